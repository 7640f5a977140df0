//! Properties: whatever the bytes are.

use std::fs;
use std::path::Path;

use cloud_api::outbound::{
    Action, Button, Content, Interactive, MarkAsRead, Media, Message, Parameter, Reaction, Reply, ReplyTo,
    Template, Text, TextPart, TypingIndicator,
};
use cloud_api::signature::{sign, verify};
use cloud_api::webhook::event::Event;
use cloud_api::webhook::message::InboundMessage;
use cloud_api::webhook::status::StatusUpdate;
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any_key(), inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "type",
        "text",
        "body",
        "image",
        "id",
        "from",
        "context",
        "errors",
        "code",
        "interactive",
        "button_reply",
        "contacts",
        "edit",
        "message",
        "original_message_id",
        "system",
        "status",
        "pricing",
        "event",
        "calls",
    ]);
    prop_oneof![known.prop_map(str::to_owned), "[a-z_]{1,8}"]
}

fn any_kind() -> impl Strategy<Value = Value> {
    let known = prop::sample::select(vec![
        "text",
        "image",
        "audio",
        "location",
        "contacts",
        "interactive",
        "button",
        "order",
        "reaction",
        "system",
        "edit",
        "revoke",
        "unsupported",
        "request_welcome",
        "tomorrow",
    ]);
    prop_oneof![4 => known.prop_map(Value::from), 1 => any_json()]
}

proptest! {
    #[test]
    fn a_changed_byte_of_the_body_breaks_the_signature(
        secret in prop::collection::vec(any::<u8>(), 1..100),
        body in prop::collection::vec(any::<u8>(), 1..300),
        at in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let header = sign(&secret, &body);
        prop_assert!(verify(&[&secret], &body, Some(&header)).is_ok());
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= change;
        prop_assert!(verify(&[&secret], &changed, Some(&header)).is_err());
    }

    #[test]
    fn a_changed_byte_of_the_header_breaks_the_signature(
        body in prop::collection::vec(any::<u8>(), 0..100),
        at in 0_usize..71,
        byte in 1_u8..128,
    ) {
        let mut header = sign(b"secret", &body).into_bytes();
        prop_assume!(header[at] != byte);
        header[at] = byte;
        let header = String::from_utf8(header).unwrap();
        prop_assert!(verify(&["secret"], &body, Some(&header)).is_err());
    }

    #[test]
    fn any_json_object_with_an_id_is_a_message(
        mut members in prop::collection::btree_map(any_key(), any_json(), 0..8),
        kind in any_kind(),
        id in "wamid\\.[A-Z]{1,20}",
    ) {
        members.insert("id".to_owned(), json!(id));
        members.insert("type".to_owned(), kind);
        let raw = serde_json::to_string(&members).unwrap();
        let message = InboundMessage::parse(&raw);
        prop_assert!(message.is_ok(), "{raw}: {message:?}");
        let message = message.unwrap();
        prop_assert_eq!(message.id.as_str(), id);
        prop_assert!(StatusUpdate::parse(&raw).is_ok());
    }

    #[test]
    fn any_json_is_an_event_of_any_field(value in any_json(), field in any_field()) {
        prop_assert!(Event::parse(&field, &value.to_string()).is_ok());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(text in ".{0,200}") {
        let _ = InboundMessage::parse(&text);
        let _ = StatusUpdate::parse(&text);
        let _ = Event::parse("calls", &text);
    }

    /// Meta changes one value of a body we know into something else.
    #[test]
    fn a_drifting_sample_is_still_read(
        sample in prop::sample::select(samples()),
        at in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let mut body = sample.1.clone();
        let places = pointers(&body);
        let place = at.get(&places);
        prop_assume!(!place.ends_with("/id"));
        *body.pointer_mut(place).unwrap() = value;
        let raw = body.to_string();
        match sample.0.as_str() {
            "message" => prop_assert!(InboundMessage::parse(&raw).is_ok(), "{place}"),
            "status" => prop_assert!(StatusUpdate::parse(&raw).is_ok(), "{place}"),
            field => prop_assert!(Event::parse(field, &raw).is_ok(), "{place}"),
        }
    }

    #[test]
    fn an_outbound_message_survives_the_queue(message in any_message()) {
        let json = serde_json::to_string(&message).unwrap();
        let again: Message = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &message);
        let value = serde_json::to_value(&message).unwrap();
        prop_assert_eq!(&Message::read(&value).unwrap(), &message);
    }

    #[test]
    fn checking_a_message_never_panics(value in any_json(), kind in any_kind()) {
        let message = json!({"type": kind, "interactive": value, "template": value, "text": value});
        if let Ok(message) = Message::read(&message) {
            let _ = message.validate();
        }
    }
}

fn any_field() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "messages",
        "calls",
        "flows",
        "history",
        "standby",
        "account_update",
        "template_category_update",
        "group_lifecycle_update",
        "user_preferences",
        "message_template_status_update",
        "tomorrow",
    ])
    .prop_map(str::to_owned)
}

/// Every message, status and event of the samples, with its kind or field.
fn samples() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/webhook");
    let mut found = Vec::new();
    for folder in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let body: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
            let change = &body["entry"][0]["changes"][0];
            let field = change["field"].as_str().unwrap();
            match (field, &change["value"]["messages"][0], &change["value"]["statuses"][0]) {
                ("messages", message @ Value::Object(_), _) => {
                    found.push(("message".to_owned(), message.clone()))
                }
                ("messages", _, status @ Value::Object(_)) => {
                    found.push(("status".to_owned(), status.clone()))
                }
                _ => found.push((field.to_owned(), change["value"].clone())),
            }
        }
    }
    found
}

/// JSON pointers to every value inside.
fn pointers(value: &Value) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, item)| (key.clone(), item)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let deeper = |(key, item): &(String, &Value)| {
        let own = format!("/{key}");
        let below = pointers(item).into_iter().map(|rest| format!("{own}{rest}")).collect::<Vec<_>>();
        std::iter::once(own).chain(below).collect::<Vec<_>>()
    };
    inside.iter().flat_map(deeper).collect()
}

fn any_message() -> impl Strategy<Value = Message> {
    let text = ".{0,40}";
    let media = (prop::option::of(text), any::<bool>()).prop_map(|(caption, by_id)| {
        let media = if by_id { Media::by_id("1".into()) } else { Media::by_link("https://x.example/a") };
        Media { caption, ..media }
    });
    let content = prop_oneof![
        (text, prop::option::of(any::<bool>()))
            .prop_map(|(body, preview_url)| Content::Text(Text { body, preview_url })),
        media.clone().prop_map(Content::Image),
        media.clone().prop_map(Content::Video),
        media.clone().prop_map(Content::Audio),
        media.clone().prop_map(Content::Document),
        media.prop_map(Content::Sticker),
        (text, text).prop_map(|(id, emoji)| Content::Reaction(Reaction { message_id: id.into(), emoji })),
        (text, prop::collection::vec((text, text), 0..4))
            .prop_map(|(body, buttons)| buttons_of(&body, buttons)),
        (text, prop::collection::vec(text, 0..4)).prop_map(|(name, values)| template_of(name, values)),
        (text, any::<bool>()).prop_map(|(id, typing)| Content::Read(MarkAsRead {
            message_id: id.into(),
            typing_indicator: typing.then(TypingIndicator::text),
        })),
    ];
    let context = prop::option::of(text.prop_map(|id| ReplyTo { message_id: id.into() }));
    (content, context).prop_map(|(content, context)| Message { content, context })
}

fn buttons_of(body: &str, buttons: Vec<(String, String)>) -> Content {
    let button = |(id, title)| Button {
        kind: "reply".to_owned(),
        reply: Some(Reply { id, title }),
        ..Button::default()
    };
    Content::Interactive(Box::new(Interactive {
        kind: "button".to_owned(),
        body: Some(TextPart { text: body.to_owned() }),
        action: Some(Action { buttons: buttons.into_iter().map(button).collect(), ..Action::default() }),
        ..Interactive::default()
    }))
}

fn template_of(name: String, values: Vec<String>) -> Content {
    let parameter = |text| Parameter { kind: "text".to_owned(), text: Some(text), ..Parameter::default() };
    let body = cloud_api::outbound::Component {
        kind: "body".to_owned(),
        index: Some("0".to_owned()),
        parameters: values.into_iter().map(parameter).collect(),
        ..Default::default()
    };
    Content::Template(Template { name, components: vec![body], ..Template::default() })
}

//! The published forms: `events/schemas` has the schema of each kind of event, `events/domain` a sample.

use std::path::{Path, PathBuf};

use domain::event::{
    Change, ConsentFacts, ContactFacts, ConversationFacts, Data, EndpointTest, Event, EventId, EventKind,
    Happening, MessageFacts, RejectedFacts, Seen, events, schema,
};
use domain::{ContactId, ConversationId, DeadLetterId, Delivery, MessageId};
use jiff::Timestamp;
use serde_json::Value;

const CONVERSATION: &str = "900000000000201.01KAPKZZZZZZZZZZZZZZZZZZZZ";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(name)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + second).unwrap()
}

fn change(of: Happening) -> Vec<Event> {
    let key = ("CONV#900000000000201#01KAPKZZZZZZZZZZZZZZZZZZZZ".to_owned(), "STATE".to_owned());
    events(&Change { table: "ventana-sample".to_owned(), key, sequence: "1".to_owned(), at: at(5), of })
}

fn message(inbound: bool) -> MessageFacts {
    MessageFacts {
        inbound,
        note: false,
        kind: "text".to_owned(),
        sent_at: at(0),
        received_at: at(1),
        accepted_at: None,
        refused_at: None,
        delivery: Delivery::default(),
        errors: Vec::new(),
        raw: r#"{"from":"15550100177","id":"wamid.FIXEVENT1","timestamp":"1795392000","type":"text","text":{"body":"Is the blue kettle back in stock?"}}"#.to_owned(),
        callback: (!inbound).then(|| "order:77".to_owned()),
    }
}

/// Something of each kind.
fn all() -> Vec<Event> {
    let conversation: ConversationId = CONVERSATION.parse().unwrap();
    let id: MessageId = format!("{CONVERSATION}.m.1795392000000.0123456789abcdef").parse().unwrap();
    let contact = ContactId::new("01KAPKZZZZZZZZZZZZZZZZZZZZ").unwrap();
    let of_message = |before, after| change(Happening::Message(id.clone(), Box::new(Seen { before, after })));
    let of_state =
        |before, after| change(Happening::Conversation(conversation.clone(), Seen { before, after }));
    let of_contact = |before, after| change(Happening::Contact(contact.clone(), Seen { before, after }));
    let errors = r#"[{"code":131026,"title":"Message undeliverable"}]"#.to_owned();
    let failed = MessageFacts { refused_at: Some(at(3)), errors: vec![errors], ..message(false) };
    let delivery = Delivery { delivered: Some(at(4)), ..Delivery::default() };
    let state = |closed, assignee: Option<&str>| ConversationFacts {
        closed,
        assignee: assignee.map(str::to_owned),
        department: Some("sales".to_owned()),
    };
    let record = ContactFacts {
        kind: "unknown".to_owned(),
        created_at: Some(at(0)),
        details: vec![("profile_name", "Amara Fern".to_owned()), ("phone", "15550100177".to_owned())],
        ..ContactFacts::default()
    };
    let alias = ContactFacts { alias_of: Some("01KAPKYYYYYYYYYYYYYYYYYYYY".to_owned()), ..record.clone() };
    let erased = ContactFacts { erased: true, ..ContactFacts::default() };
    let consent = ConsentFacts {
        purpose: "marketing".to_owned(),
        choice: Some("opt_out".to_owned()),
        portfolio: Some("900000000000001".to_owned()),
        number: None,
        source: Some("keyword".to_owned()),
        at: at(2),
    };
    let rejected = RejectedFacts {
        letter: DeadLetterId::of("send", "{}").to_string(),
        source: Some("billing".to_owned()),
        request: Some("invoice-77".to_owned()),
        callback: Some("order:77".to_owned()),
        reason: "not a send request of version 1: wrong shape (line 1, column 2)".to_owned(),
        at: at(3),
    };
    let test = Event {
        id: EventId::of("endpoints", ("01KAPKEEEEEEEEEEEEEEEEEEEE", "1"), "test"),
        kind: EventKind::EndpointTest,
        at: at(0),
        data: Data::Test(EndpointTest { endpoint: "01KAPKEEEEEEEEEEEEEEEEEEEE".to_owned() }),
        content: None,
    };
    [
        of_message(None, message(true)),
        of_message(Some(message(false)), MessageFacts { delivery, ..message(false) }),
        of_message(Some(message(false)), failed),
        change(Happening::Rejected(Seen { before: None, after: rejected })),
        of_state(None, state(false, None)),
        of_state(Some(state(false, None)), state(false, Some("agent-1"))),
        of_state(Some(state(false, Some("agent-1"))), state(true, Some("agent-1"))),
        of_contact(None, record.clone()),
        of_contact(Some(record.clone()), alias),
        of_contact(Some(record), erased),
        change(Happening::Consent(contact.clone(), Seen { before: None, after: consent })),
        vec![test],
    ]
    .concat()
}

/// Holds a file against what the code makes of it; with `UPDATE` set, writes it.
fn is_published(path: &Path, made: &Value) {
    let made = serde_json::to_string_pretty(made).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == made, "{}: run once with UPDATE=1 and look at what changed", path.display());
}

#[test]
fn the_published_schemas_are_those_of_the_code() {
    for kind in EventKind::ALL {
        is_published(&folder("schemas").join(format!("{kind}.schema.json")), &schema(*kind));
    }
    let files = std::fs::read_dir(folder("schemas")).unwrap().count();
    assert_eq!(files, EventKind::ALL.len());
}

#[test]
fn there_is_a_sample_of_each_kind_of_event_with_all_that_its_schema_asks_for_and_nothing_else() {
    let all = all();
    let kinds: Vec<_> = all.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, EventKind::ALL);
    for event in all {
        let sample: Value = serde_json::from_str(&event.to_json(true)).unwrap();
        is_published(&folder("domain").join(format!("{}.json", event.kind)), &sample);
        let schema = schema(event.kind);
        fits(&sample, &schema);
        fits(&sample["data"], &schema["properties"]["data"]);
        assert_eq!(sample["type"], schema["properties"]["type"]["const"]);
    }
}

fn fits(object: &Value, schema: &Value) {
    let properties = schema["properties"].as_object().unwrap();
    for required in schema["required"].as_array().unwrap() {
        assert!(object.get(required.as_str().unwrap()).is_some(), "{required} of {object}");
    }
    for name in object.as_object().unwrap().keys() {
        assert!(properties.contains_key(name), "{name} of {object}");
    }
}

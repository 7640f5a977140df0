//! Meta writes one thing in many ways, and adds things without notice. Nothing of it may be lost.

use cloud_api::webhook::contact::ContactProfile;
use cloud_api::webhook::content::{Content, Interactive, Relation, SystemKind};
use cloud_api::webhook::event::Event;
use cloud_api::webhook::message::InboundMessage;
use cloud_api::webhook::pricing::{PricingCategory, PricingType};
use cloud_api::webhook::status::{DeliveryStatus, StatusUpdate};
use serde_json::{Value, json};

fn message(members: &Value) -> InboundMessage {
    let mut message = json!({"id": "wamid.A", "from": "15550100177", "timestamp": "1795392000"});
    for (key, value) in members.as_object().unwrap() {
        message[key] = value.clone();
    }
    InboundMessage::parse(&message.to_string()).unwrap()
}

#[test]
fn a_type_metas_engineers_add_tomorrow_keeps_its_json_and_opens_the_window() {
    let message = message(&json!({"type": "hologram", "hologram": {"id": "H1"}}));
    let Content::Unknown { kind, raw } = &message.content else { panic!("{:?}", message.content) };
    assert_eq!(kind, "hologram");
    assert!(raw.get().contains(r#""hologram":{"id":"H1"}"#));
    assert!(message.content.opens_window());
}

#[test]
fn an_answer_of_a_new_kind_is_unknown_and_not_malformed() {
    let message = message(&json!({"type": "interactive", "interactive": {"type": "product", "product": {}}}));
    assert!(matches!(&message.content, Content::Unknown { kind, .. } if kind == "interactive.product"));
}

#[test]
fn a_broken_text_is_malformed_and_not_unknown() {
    for text in
        [json!({"type": "text"}), json!({"type": "text", "text": {}}), json!({"type": "text", "text": "Hi"})]
    {
        let message = message(&text);
        let Content::Malformed { kind, reason, raw } = &message.content else {
            panic!("{:?}", message.content)
        };
        assert_eq!(kind, "text");
        assert!(reason.starts_with("text"), "{reason}");
        assert!(raw.get().contains("wamid.A"));
        assert!(message.content.opens_window());
    }
}

#[test]
fn the_reason_names_the_place_and_never_the_words() {
    let message = message(&json!({"type": "text", "text": {"body": {"secret": "words"}}}));
    let Content::Malformed { reason, .. } = &message.content else { panic!() };
    assert_eq!(reason, "text.body: an object instead of a string");
}

#[test]
fn half_an_emoji_breaks_the_text_and_not_the_message() {
    let raw = r#"{"id":"wamid.A","from":"15550100177","timestamp":"1795392000","type":"text","text":{"body":"\ud83d"}}"#;
    let message = InboundMessage::parse(raw).unwrap();
    assert_eq!(message.from, Some("15550100177".into()));
    let Content::Malformed { raw: kept, .. } = &message.content else { panic!("{:?}", message.content) };
    assert_eq!(kept.get(), raw);
}

#[test]
fn times_and_ids_are_read_from_numbers_and_from_strings() {
    let raw = r#"{"id":900000000000000001,"from":15550100177,"timestamp":1795392000,"type":"text","text":{"body":"x"}}"#;
    let message = InboundMessage::parse(raw).unwrap();
    assert_eq!(message.id.as_str(), "900000000000000001");
    assert_eq!(message.from.unwrap().as_str(), "15550100177");
    assert_eq!(message.timestamp, Some(1_795_392_000));
}

#[test]
fn only_what_is_no_message_at_all_is_unreadable() {
    for raw in [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        r#"{"id":null}"#,
        r#"{"id":""}"#,
        r#"{"id":{}}"#,
        "{\"id\":\"a\"} x",
    ] {
        assert!(InboundMessage::parse(raw).is_err(), "{raw}");
        assert!(StatusUpdate::parse(raw).is_err(), "{raw}");
    }
}

#[test]
fn deep_nesting_is_refused_without_a_crash() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let raw = format!(r#"{{"id":"wamid.A","type":"text","text":{deep}}}"#);
    let error = InboundMessage::parse(&raw).unwrap_err();
    assert_eq!(error.reason, "nested deeper than 100 levels");
    assert!(StatusUpdate::parse(&raw).is_err());
    assert!(Event::parse("flows", &raw).is_err());
    assert!(ContactProfile::parse(&raw).is_err());
    // Brackets inside a string are not nesting.
    let text = format!(r#"{{"id":"wamid.A","type":"text","text":{{"body":"\"{}"}}}}"#, "[".repeat(1000));
    assert!(matches!(InboundMessage::parse(&text).unwrap().content, Content::Text(_)));
}

#[test]
fn reactions_edits_and_revokes_name_the_message_they_are_about() {
    let reaction =
        message(&json!({"type": "reaction", "reaction": {"message_id": "wamid.T", "emoji": "👍"}}));
    let edit = message(&json!({"type": "edit", "edit": {"original_message_id": "wamid.T",
        "message": {"type": "image", "image": {"id": "1", "caption": "new"}}}}));
    let revoke = message(&json!({"type": "revoke", "revoke": {"original_message_id": "wamid.T"}}));
    let text = message(&json!({"type": "text", "text": {"body": "x"}, "context": {"id": "wamid.T"}}));
    for (message, relation, opens) in [
        (&reaction, Some(Relation::Reaction), true),
        (&edit, Some(Relation::Edit), false),
        (&revoke, Some(Relation::Revoke), false),
        (&text, None, true),
    ] {
        assert_eq!(message.content.relation(), relation);
        assert_eq!(message.content.target().is_some(), relation.is_some());
        assert_eq!(message.content.opens_window(), opens);
    }
}

#[test]
fn what_no_person_wrote_does_not_open_the_window() {
    for outside in [
        json!({"type": "system", "system": {"type": "user_changed_number", "wa_id": "15550100178"}}),
        json!({"type": "system"}),
        json!({"type": "edit", "edit": {}}),
        json!({"type": "revoke"}),
        json!({"type": "unsupported", "unsupported": {"type": "edit"}}),
    ] {
        assert!(!message(&outside).content.opens_window(), "{outside}");
    }
    assert!(message(&json!({"type": "unsupported", "unsupported": {"type": "poll"}})).content.opens_window());
    assert!(message(&json!({"type": "request_welcome"})).content.opens_window());
}

#[test]
fn old_spellings_of_unsupported_content_are_known() {
    for kind in ["unknown", "ephemeral", "unsupported"] {
        assert!(matches!(message(&json!({"type": kind})).content, Content::Unsupported(_)), "{kind}");
    }
}

#[test]
fn a_rotated_user_id_is_read_without_any_phone_number() {
    let raw = json!({"id": "wamid.A", "from_user_id": "US.1", "timestamp": "1", "type": "system",
        "system": {"type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "US.1"}});
    let message = InboundMessage::parse(&raw.to_string()).unwrap();
    let Content::System(system) = &message.content else { panic!("{:?}", message.content) };
    assert_eq!(system.kind, Some(SystemKind::UserChangedUserId));
    assert_eq!(system.user_id, Some("US.2".into()));
    assert_eq!((&message.from, &system.wa_id), (&None, &None));
}

#[test]
fn a_call_permission_may_come_without_its_details() {
    let reply = json!({"type": "call_permission_reply", "call_permission_reply": {"response": "reject"}});
    let message = message(&json!({"type": "interactive", "interactive": reply}));
    assert!(matches!(message.content, Content::Interactive(Interactive::CallPermissionReply(_))));
}

#[test]
fn the_writers_profile_is_found_by_user_id_and_then_by_number() {
    let read = |raw: Value| ContactProfile::parse(&raw.to_string()).unwrap();
    let contacts = [
        read(json!({"wa_id": "15550100177", "user_id": "US.9", "profile": {"name": "Other"}})),
        read(json!({"user_id": "US.1", "profile": {"name": "By user id", "username": "a.b"}})),
        read(json!({"wa_id": "15550100177", "profile": {"name": "By number"}})),
    ];
    let named = |members: Value| {
        ContactProfile::of(&contacts, &message(&members)).and_then(|contact| contact.name.clone())
    };
    assert_eq!(named(json!({"from_user_id": "US.1"})).as_deref(), Some("By user id"));
    assert_eq!(named(json!({"from_user_id": "US.2"})).as_deref(), Some("By number"));
    assert_eq!(named(json!({"from": "15550100100"})), None);
    let again: ContactProfile = serde_json::from_str(&serde_json::to_string(&contacts[1]).unwrap()).unwrap();
    assert_eq!(again, contacts[1]);
}

#[test]
fn a_group_member_is_read_in_both_spellings() {
    for key in ["recipient_participant_id", "participant_recipient_id"] {
        let raw = json!({"id": "wamid.A", "status": "read", "recipient_type": "group", key: "15550100177"});
        let status = StatusUpdate::parse(&raw.to_string()).unwrap();
        assert_eq!(status.recipient_participant_id, Some("15550100177".into()), "{key}");
    }
}

#[test]
fn a_status_of_tomorrow_is_kept_as_meta_wrote_it() {
    let raw = r#"{"id":"wamid.A","status":"teleported","timestamp":1795392000,"pricing":{"type":"gift","category":"beta"}}"#;
    let status = StatusUpdate::parse(raw).unwrap();
    assert_eq!(status.status, DeliveryStatus::Other("teleported".to_owned()));
    let pricing = status.pricing.unwrap();
    assert_eq!(pricing.kind, Some(PricingType::Other("gift".to_owned())));
    assert_eq!(pricing.category.unwrap().as_str(), "beta");
}

#[test]
fn both_spellings_of_international_authentication_are_one_category() {
    for text in ["authentication-international", "authentication_international"] {
        assert_eq!(PricingCategory::from(text), PricingCategory::AuthenticationInternational);
    }
}

use super::*;
use crate::Delivery;
use crate::event::MOST_CONTENT;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn conversation() -> ConversationId {
    "900000000000201.01K".parse().unwrap()
}

fn change(of: Happening) -> Change {
    let key = ("CONV#900000000000201#01K".to_owned(), "STATE".to_owned());
    Change { table: "t".to_owned(), key, sequence: "7".to_owned(), at: at(9), of }
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(|event| event.kind).collect()
}

fn state(closed: bool, assignee: Option<&str>) -> ConversationFacts {
    ConversationFacts { closed, assignee: assignee.map(str::to_owned), department: None }
}

fn message(inbound: bool) -> MessageFacts {
    MessageFacts {
        inbound,
        note: false,
        kind: "text".to_owned(),
        sent_at: at(1),
        received_at: at(2),
        accepted_at: None,
        refused_at: None,
        delivery: Delivery::default(),
        errors: Vec::new(),
        raw: r#"{"from":"15550100","text":{"body":"Is the kettle back?"}}"#.to_owned(),
        callback: None,
    }
}

fn told(before: Option<MessageFacts>, after: MessageFacts) -> Vec<Event> {
    let id: MessageId = "900000000000201.01K.m.1000.00000000000000aa".parse().unwrap();
    events(&change(Happening::Message(id, Box::new(Seen { before, after }))))
}

#[test]
fn a_conversation_is_opened_once_and_again_after_it_was_closed() {
    use EventKind::{ConversationAssigned, ConversationClosed, ConversationOpened};
    let kinds_of = |before: Option<ConversationFacts>, after: ConversationFacts| {
        kinds(&events(&change(Happening::Conversation(conversation(), Seen { before, after }))))
    };
    assert_eq!(kinds_of(None, state(false, None)), [ConversationOpened]);
    assert_eq!(kinds_of(Some(state(false, None)), state(false, None)), []);
    assert_eq!(kinds_of(Some(state(false, None)), state(true, None)), [ConversationClosed]);
    assert_eq!(kinds_of(Some(state(true, None)), state(false, None)), [ConversationOpened]);
    assert_eq!(kinds_of(Some(state(false, None)), state(false, Some("a"))), [ConversationAssigned]);
    assert_eq!(kinds_of(Some(state(false, Some("a"))), state(false, None)), [ConversationAssigned]);
    let both = kinds_of(Some(state(false, Some("a"))), state(true, Some("b")));
    assert_eq!(both, [ConversationAssigned, ConversationClosed]);
}

#[test]
fn a_message_is_told_without_what_it_says_unless_that_is_asked_for() {
    let events = told(None, message(true));
    assert_eq!(kinds(&events), [EventKind::MessageReceived]);
    let plain = events[0].to_json(false);
    assert!(!plain.contains("kettle") && !plain.contains("15550100"), "{plain}");
    assert!(events[0].to_json(true).contains("kettle"));
    assert!(told(Some(message(true)), message(true)).is_empty(), "a repeat says nothing new");
}

#[test]
fn content_that_is_too_long_is_left_out_and_said_to_be() {
    let raw = serde_json::to_string(&"x".repeat(MOST_CONTENT)).unwrap();
    let long = told(None, MessageFacts { raw, ..message(true) });
    let body: Value = serde_json::from_str(&long[0].to_json(true)).unwrap();
    assert_eq!((&body["data"]["content_omitted"], &body["data"]["content"]), (&json!(true), &Value::Null));
    assert!(!long[0].to_json(false).contains("content"));
}

#[test]
fn each_status_of_a_message_is_told_once_and_a_failure_with_its_codes() {
    let sent = MessageFacts { accepted_at: Some(at(3)), ..message(false) };
    assert_eq!(kinds(&told(Some(message(false)), sent.clone())), [EventKind::MessageStatusChanged]);
    assert!(told(Some(sent.clone()), sent.clone()).is_empty());
    let failed = MessageFacts {
        delivery: Delivery { failed: Some(at(4)), ..Delivery::default() },
        errors: vec![r#"[{"code":131026,"title":"Undeliverable"}]"#.to_owned()],
        ..sent.clone()
    };
    let events = told(Some(sent), failed);
    assert_eq!(kinds(&events), [EventKind::MessageFailed]);
    let body: Value = serde_json::from_str(&events[0].to_json(false)).unwrap();
    assert_eq!(body["data"]["codes"], json!([131_026]));
}

#[test]
fn a_change_that_is_told_again_has_the_same_ids_and_another_change_has_others() {
    let seen = Seen { before: Some(state(false, None)), after: state(true, None) };
    let first = change(Happening::Conversation(conversation(), seen));
    let other = Change { sequence: "8".to_owned(), ..first.clone() };
    assert_eq!(events(&first)[0].id, events(&first.clone())[0].id);
    assert_ne!(events(&first)[0].id, events(&other)[0].id);
    let id = events(&first)[0].id.to_string();
    assert_eq!(EventId::parse(&id).map(|id| id.to_string()), Some(id));
}

#[test]
fn a_merge_and_an_erasure_of_a_person_are_told_once() {
    let id = ContactId::new("01K").unwrap();
    let record = ContactFacts { kind: "unknown".to_owned(), ..ContactFacts::default() };
    let alias = ContactFacts { alias_of: Some("01M".to_owned()), ..record.clone() };
    let gone = ContactFacts { erased: true, ..alias.clone() };
    let told = |before: Option<&ContactFacts>, after: &ContactFacts| {
        let seen = Seen { before: before.cloned(), after: after.clone() };
        kinds(&events(&change(Happening::Contact(id.clone(), seen))))
    };
    assert_eq!(told(None, &record), [EventKind::ContactCreated]);
    assert_eq!(told(Some(&record), &alias), [EventKind::ContactMerged]);
    assert_eq!(told(Some(&alias), &gone), [EventKind::ContactErased]);
    assert_eq!(told(Some(&gone), &gone), []);
}

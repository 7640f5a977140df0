//! From what an item was and what it became to what happened.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::data::{
    ConsentChanged, ContactCreated, ContactErased, ContactMerged, ConversationAssigned, ConversationMoved,
    Data, MessageFailed, MessageReceived, MessageStatusChanged,
};
use super::{Event, EventId, EventKind};
use crate::{ContactId, ConversationId, Delivery, MessageId};

/// The change of an item, as a table's stream tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The table.
    pub table: String,
    /// Partition key and sort key.
    pub key: (String, String),
    /// The stream's number of this change: the same whenever the change is told.
    pub sequence: String,
    /// When it was written.
    pub at: Timestamp,
    /// What it is about.
    pub of: Happening,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A message.
    Message(MessageId, Seen<MessageFacts>),
    /// The state of a conversation.
    Conversation(ConversationId, Seen<ConversationFacts>),
    /// The record of a person.
    Contact(ContactId, Seen<ContactFacts>),
    /// An entry in the ledger of consent.
    Consent(ContactId, Seen<ConsentFacts>),
}

/// What it was, if it was, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// Before the change; `None` if there was nothing.
    pub before: Option<T>,
    /// After it.
    pub after: T,
}

/// What counts of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFacts {
    /// Whether a customer wrote it.
    pub inbound: bool,
    /// Whether it is a note of this system.
    pub note: bool,
    /// Meta's `type`.
    pub kind: String,
    /// Meta's time.
    pub sent_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
    /// When Meta took it.
    pub accepted_at: Option<Timestamp>,
    /// When it was refused.
    pub refused_at: Option<Timestamp>,
    /// Meta's statuses.
    pub delivery: Delivery,
    /// Errors, as JSON.
    pub errors: Vec<String>,
    /// Its JSON.
    pub raw: String,
}

/// What counts of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFacts {
    /// Whether it is closed.
    pub closed: bool,
    /// Who has it.
    pub assignee: Option<String>,
    /// Whose department's it is.
    pub department: Option<String>,
}

/// What counts of a person's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactFacts {
    /// What the person is to the company.
    pub kind: String,
    /// When the record was made.
    pub created_at: Option<Timestamp>,
    /// The record that it was merged into.
    pub alias_of: Option<String>,
    /// Whether it was erased.
    pub erased: bool,
    /// Names and addresses, by the API's words.
    pub details: Vec<(&'static str, String)>,
}

/// What counts of an entry in the ledger of consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFacts {
    /// For what.
    pub purpose: String,
    /// What it says.
    pub choice: Option<String>,
    /// To which portfolio it was said.
    pub portfolio: Option<String>,
    /// For which number only.
    pub number: Option<String>,
    /// How that is known.
    pub source: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Everything that a change tells, in order.
#[must_use]
pub fn events(change: &Change) -> Vec<Event> {
    match &change.of {
        Happening::Message(id, seen) if seen.after.inbound => received(change, id, seen),
        Happening::Message(_, seen) if seen.after.note => Vec::new(),
        Happening::Message(id, seen) => got_on(change, id, seen),
        Happening::Conversation(id, seen) => moved(change, id, seen),
        Happening::Contact(id, seen) => of_contact(change, id, seen),
        Happening::Consent(id, seen) => consent(change, id, seen),
    }
}

impl Change {
    fn event(&self, kind: EventKind, what: &str, at: Timestamp, data: Data) -> Event {
        let id = EventId::of(&self.table, (&self.key.0, &self.key.1), what);
        Event { id, kind, at, data, content: None }
    }

    /// What happens more than once to an item is told apart by the stream's number.
    fn repeatable(&self, what: &str) -> String {
        format!("{what}:{}", self.sequence)
    }
}

fn contact(id: &ConversationId) -> Option<String> {
    id.contact().map(ToString::to_string)
}

/// A message is received once, however often it is written.
fn received(change: &Change, id: &MessageId, seen: &Seen<MessageFacts>) -> Vec<Event> {
    if seen.before.is_some() {
        return Vec::new();
    }
    let facts = &seen.after;
    let data = Data::Received(MessageReceived {
        message: id.to_string(),
        conversation: id.conversation.to_string(),
        contact: contact(&id.conversation),
        number: id.conversation.number.to_string(),
        kind: facts.kind.clone(),
        sent_at: facts.sent_at,
        received_at: facts.received_at,
    });
    let mut event = change.event(EventKind::MessageReceived, "received", facts.received_at, data);
    event.content = serde_json::from_str(&facts.raw).ok();
    vec![event]
}

/// What became of a message of ours since.
fn got_on(change: &Change, id: &MessageId, seen: &Seen<MessageFacts>) -> Vec<Event> {
    let (before, after) = (seen.before.as_ref(), &seen.after);
    let stages: [(&str, fn(&MessageFacts) -> Option<Timestamp>); 5] = [
        ("accepted", |facts| facts.accepted_at),
        ("sent", |facts| facts.delivery.sent),
        ("delivered", |facts| facts.delivery.delivered),
        ("read", |facts| facts.delivery.read),
        ("played", |facts| facts.delivery.played),
    ];
    let mut events = Vec::new();
    for (status, time) in stages {
        let Some(at) = time(after).filter(|_| before.and_then(time).is_none()) else { continue };
        let data = Data::Status(MessageStatusChanged {
            message: id.to_string(),
            conversation: id.conversation.to_string(),
            contact: contact(&id.conversation),
            number: id.conversation.number.to_string(),
            status: status.to_owned(),
            at,
        });
        events.push(change.event(EventKind::MessageStatusChanged, status, at, data));
    }
    let failed = |facts: &MessageFacts| facts.refused_at.or(facts.delivery.failed);
    if let Some(at) = failed(after).filter(|_| before.and_then(failed).is_none()) {
        let errors: Vec<Value> = after.errors.iter().filter_map(|it| serde_json::from_str(it).ok()).collect();
        let data = Data::Failed(MessageFailed {
            message: id.to_string(),
            conversation: id.conversation.to_string(),
            contact: contact(&id.conversation),
            number: id.conversation.number.to_string(),
            codes: errors.iter().flat_map(codes).collect(),
            at,
        });
        let mut event = change.event(EventKind::MessageFailed, "failed", at, data);
        event.content = (!errors.is_empty()).then(|| json!({ "errors": errors }));
        events.push(event);
    }
    events
}

/// The codes of errors, alone or in a list.
fn codes(errors: &Value) -> Vec<i64> {
    match errors {
        Value::Array(list) => list.iter().flat_map(codes).collect(),
        error => error["code"].as_i64().into_iter().collect(),
    }
}

fn moved(change: &Change, id: &ConversationId, seen: &Seen<ConversationFacts>) -> Vec<Event> {
    let after = &seen.after;
    let moved = |kind: EventKind, what: &str| {
        let data = Data::Conversation(ConversationMoved {
            conversation: id.to_string(),
            contact: contact(id),
            number: id.number.to_string(),
            assignee: after.assignee.clone(),
            department: after.department.clone(),
        });
        change.event(kind, &change.repeatable(what), change.at, data)
    };
    let mut events = Vec::new();
    let was_closed = seen.before.as_ref().is_none_or(|before| before.closed);
    if was_closed && !after.closed {
        events.push(moved(EventKind::ConversationOpened, "opened"));
    }
    let previous = seen.before.as_ref().and_then(|before| before.assignee.clone());
    if previous != after.assignee {
        let data = Data::Assigned(ConversationAssigned {
            conversation: id.to_string(),
            contact: contact(id),
            number: id.number.to_string(),
            assignee: after.assignee.clone(),
            previous_assignee: previous,
            department: after.department.clone(),
        });
        let what = change.repeatable("assigned");
        events.push(change.event(EventKind::ConversationAssigned, &what, change.at, data));
    }
    if after.closed && seen.before.as_ref().is_some_and(|before| !before.closed) {
        events.push(moved(EventKind::ConversationClosed, "closed"));
    }
    events
}

fn of_contact(change: &Change, id: &ContactId, seen: &Seen<ContactFacts>) -> Vec<Event> {
    let (before, after) = (seen.before.as_ref(), &seen.after);
    let mut events = Vec::new();
    // A tombstone of somebody who never was on record tells of no new person.
    if before.is_none() && !after.erased {
        let data = Data::Created(ContactCreated { contact: id.to_string(), kind: after.kind.clone() });
        let at = after.created_at.unwrap_or(change.at);
        let mut event = change.event(EventKind::ContactCreated, "created", at, data);
        let details = after.details.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        event.content = (!after.details.is_empty()).then(|| Value::Object(details.collect()));
        events.push(event);
    }
    if let Some(into) =
        after.alias_of.clone().filter(|into| before.and_then(|it| it.alias_of.as_ref()) != Some(into))
    {
        let data = Data::Merged(ContactMerged { contact: id.to_string(), into });
        events.push(change.event(EventKind::ContactMerged, &change.repeatable("merged"), change.at, data));
    }
    if after.erased && !before.is_some_and(|before| before.erased) {
        let data = Data::Erased(ContactErased { contact: id.to_string() });
        events.push(change.event(EventKind::ContactErased, "erased", change.at, data));
    }
    events
}

/// The ledger only grows: an entry that is written again says nothing new.
fn consent(change: &Change, id: &ContactId, seen: &Seen<ConsentFacts>) -> Vec<Event> {
    if seen.before.is_some() {
        return Vec::new();
    }
    let facts = &seen.after;
    let data = Data::Consent(ConsentChanged {
        contact: id.to_string(),
        purpose: facts.purpose.clone(),
        choice: facts.choice.clone(),
        portfolio: facts.portfolio.clone(),
        number: facts.number.clone(),
        source: facts.source.clone(),
        at: facts.at,
    });
    vec![change.event(EventKind::ConsentChanged, "changed", facts.at, data)]
}

#[cfg(test)]
mod tests {
    use super::*;

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
        }
    }

    fn told(before: Option<MessageFacts>, after: MessageFacts) -> Vec<Event> {
        let id: MessageId = "900000000000201.01K.m.1000.00000000000000aa".parse().unwrap();
        events(&change(Happening::Message(id, Seen { before, after })))
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
        let raw = serde_json::to_string(&"x".repeat(super::super::MOST_CONTENT)).unwrap();
        let long = told(None, MessageFacts { raw, ..message(true) });
        let body: Value = serde_json::from_str(&long[0].to_json(true)).unwrap();
        assert_eq!(
            (&body["data"]["content_omitted"], &body["data"]["content"]),
            (&json!(true), &Value::Null)
        );
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
}

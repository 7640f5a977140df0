//! From what an item was and what it became to what happened.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::data::{
    ConsentChanged, ContactCreated, ContactErased, ContactMerged, ConversationAssigned, ConversationMoved,
    Data, MessageFailed, MessageReceived, MessageRejected, MessageStatusChanged,
};
use super::facts::{
    Change, ConsentFacts, ContactFacts, ConversationFacts, Happening, MessageFacts, RejectedFacts, Seen,
};
use super::{Event, EventId, EventKind};
use crate::{ContactId, ConversationId, MessageId};

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
        Happening::Rejected(seen) => rejected(change, seen),
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

/// When something happened to a message, if it did.
type TimeOf = fn(&MessageFacts) -> Option<Timestamp>;

/// What became of a message of ours since.
fn got_on(change: &Change, id: &MessageId, seen: &Seen<MessageFacts>) -> Vec<Event> {
    let (before, after) = (seen.before.as_ref(), &seen.after);
    let stages: [(&str, TimeOf); 5] = [
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
            callback_id: after.callback.clone(),
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
            callback_id: after.callback.clone(),
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

/// A request is rejected once, however often it comes.
fn rejected(change: &Change, seen: &Seen<RejectedFacts>) -> Vec<Event> {
    if seen.before.is_some() {
        return Vec::new();
    }
    let facts = &seen.after;
    let data = Data::Rejected(MessageRejected {
        dead_letter: facts.letter.clone(),
        source: facts.source.clone(),
        request: facts.request.clone(),
        callback_id: facts.callback.clone(),
        reason: facts.reason.clone(),
        at: facts.at,
    });
    vec![change.event(EventKind::MessageRejected, "rejected", facts.at, data)]
}

#[cfg(test)]
mod tests;

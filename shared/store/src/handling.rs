//! How a team handles a conversation: written by hand or by policy, never by a customer's message alone.
//!
//! What is written here stands on the conversation's state, and puts it into the indexes: whose work it is, what is
//! closed, what is important. Every change leaves a line in the thread, in the same transaction.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use domain::agent::{AgentId, DepartmentId};
use domain::inbox::{Handling, Status};
use domain::label::LabelId;
use domain::{ConversationId, MessageId, Slot, hash16};
use jiff::Timestamp;
use serde_json::json;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::threads::ConversationState;
use crate::transact::update_action;
use crate::writes::{Changes, Guarded};
use crate::{Condition, Store, StoreError, keys};

/// A change that is to be written.
#[derive(Clone, Debug)]
pub struct HandlingChange<'a> {
    /// The conversation.
    pub id: &'a ConversationId,
    /// Its state as it was seen.
    pub seen: &'a ConversationState,
    /// How it is to be handled.
    pub to: &'a Handling,
    /// Who changes it: an agent, or nobody, if a policy does.
    pub by: Option<&'a AgentId>,
    /// Why, if a policy changes it.
    pub why: Option<&'a str>,
    /// Now.
    pub at: Timestamp,
}

/// Whether a change was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was.
    Written,
    /// Somebody else changed the conversation, or wrote in it, since it was seen.
    Stale,
}

impl Store {
    /// Changes how a conversation is handled, and leaves a line in its thread. Both or nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change_handling(&self, change: &HandlingChange<'_>) -> Result<Changed, StoreError> {
        let note = self.put_action(&self.tables.conversations, note(change), None);
        match self.transact(vec![self.handling_update(change), note]).await {
            Ok(Conditional::Written) => Ok(Changed::Written),
            // Two who change the same conversation at the same instant: one of them was first.
            Ok(Conditional::Refused(())) | Err(StoreError::Contended) => Ok(Changed::Stale),
            Err(error) => Err(error),
        }
    }

    fn handling_update(&self, change: &HandlingChange<'_>) -> TransactWriteItem {
        let (mut sets, mut removes) = (vec!["ver = ver + :one".to_owned()], Vec::new());
        let mut update = Update::builder()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(change.id)))
            .key("sk", s(keys::STATE))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":seen", n(change.seen.version));
        update = update.changing(attributes(change.id, change.to), &mut sets, &mut removes);
        let removes =
            if removes.is_empty() { String::new() } else { format!(" REMOVE {}", removes.join(", ")) };
        let condition = Condition::HandlingUnchanged;
        let update = update.update_expression(format!("SET {}{removes}", sets.join(", "))).under(condition);
        update_action(update)
    }
}

/// What the state holds of a handling; `None` is not there.
pub(crate) fn attributes(id: &ConversationId, to: &Handling) -> Vec<(&'static str, Option<AttributeValue>)> {
    let until = match to.status {
        Status::Snoozed { until } => Some(ms(until)),
        _ => None,
    };
    let is_open = to.status != Status::Closed;
    let labels: Vec<String> = to.labels.iter().map(ToString::to_string).collect();
    let mine = to.assignee.as_ref().map(keys::assigned);
    let mut attributes = vec![
        ("st", (to.status != Status::Open).then(|| s(to.status.word()))),
        ("su", until),
        ("as", to.assignee.as_ref().map(|agent| s(agent.as_str()))),
        ("pa", to.previous.as_ref().map(|agent| s(agent.as_str()))),
        ("dp", to.department.as_ref().map(|department| s(department.as_str()))),
        ("lb", (!labels.is_empty()).then_some(AttributeValue::Ss(labels))),
        ("an", to.answered.then_some(AttributeValue::Bool(true))),
        ("imp", to.important_since.map(|_| AttributeValue::Bool(true))),
        ("ii", to.important_since.map(|since| s(keys::seconds(since)))),
        // What is closed stays in the index of what is important: a customer's message opens it without reading.
        ("ik", to.important_since.map(|_| s(id.number.as_str()))),
        ("qk", Some(s(mine.unwrap_or_else(|| keys::unassigned(&id.number))))),
        ("qo", to.assigned_at.map(|since| s(keys::seconds(since)))),
        ("ib", Some(s(if is_open { keys::inbox(id) } else { keys::inbox_closed(id) }))),
    ];
    if !to.lets_wait() {
        attributes.push(("qs", None));
    }
    attributes
}

/// A line in the thread: who changed what. Its key comes from the version, so a change has one.
fn note(change: &HandlingChange<'_>) -> Item {
    let hash = hash16(&format!("{}\n{}\nchanged", change.id, change.seen.version));
    let slot = Slot::Message { at: change.at.as_millisecond(), hash };
    let (pk, sk) = keys::message(&MessageId { conversation: change.id.clone(), slot });
    let changes: Vec<_> = change.seen.handling.differences(change.to);
    let changes = changes.iter().map(|it| json!({ "what": it.what, "from": it.from, "to": it.to }));
    let note = json!({
        "event": "changed",
        "by": change.by.map(AgentId::as_str),
        "why": change.why,
        "changes": changes.collect::<Vec<_>>(),
    });
    let mut item = item::at(&pk, &sk);
    item.put("d", s("n"));
    item.put("t", ms(change.at));
    item.put("ra", ms(change.at));
    item.put("k", s("note"));
    item.put("raw", s(json!({ "type": "note", "note": note }).to_string()));
    item
}

pub(crate) fn read_status(item: &Item) -> Status {
    match item.text("st") {
        Some("pending") => Status::Pending,
        Some("closed") => Status::Closed,
        Some("snoozed") => item.time("su").map_or(Status::Open, |until| Status::Snoozed { until }),
        _ => Status::Open,
    }
}

pub(crate) fn read_labels(item: &Item) -> impl Iterator<Item = LabelId> {
    item.texts("lb").into_iter().filter_map(LabelId::new)
}

pub(crate) fn second(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_second(item.text(name)?.parse().ok()?).ok()
}

pub(crate) fn read_handling(item: &Item) -> Handling {
    Handling {
        status: read_status(item),
        assignee: item.text("as").and_then(AgentId::new),
        assigned_at: second(item, "qo"),
        previous: item.text("pa").and_then(AgentId::new),
        department: item.text("dp").and_then(DepartmentId::new),
        labels: read_labels(item).collect(),
        important_since: second(item, "ii"),
        answered: item.is_set("an"),
    }
}

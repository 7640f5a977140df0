//! A customer's message, and its conversation's state.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::{ContactId, ConversationId, MessageId};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::threads::{ConversationState, read_state};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a joined state is written again when others move it at the same time.
const ROUNDS: usize = 8;

/// A message to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundMessage {
    /// Where it stands: fixed by the payload and the person.
    pub id: MessageId,
    /// Meta's id.
    pub wamid: String,
    /// Meta's time.
    pub sent_at: Timestamp,
    /// Ours, when the webhook came in.
    pub received_at: Timestamp,
    /// Meta's `type`.
    pub kind: String,
    /// The message's JSON, as Meta wrote it.
    pub raw: String,
    /// Where it lies in the bucket too, if it was too large for the queue.
    pub large: Option<String>,
    /// Whether it is a file, which is to be copied.
    pub is_file: bool,
}

/// What became of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was not there.
    New,
    /// It was there, and keeps the time at which it was first received.
    Duplicate {
        /// That time.
        received_at: Timestamp,
    },
}

/// How a conversation's state moves forward. Moves join: taking the later of each in any order ends the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMove {
    /// When the newest message was received, by our clock.
    pub received_at: Timestamp,
    /// Meta's time of the newest message that opens the window, if one does.
    pub window_from: Option<Timestamp>,
    /// What the inbox shows of the newest message.
    pub preview: String,
    /// Whose record the newest message stands on, if that was merged into the conversation's.
    pub from: Option<ContactId>,
}

impl StateMove {
    /// Both together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let window_from = self.window_from.max(other.window_from);
        let newest = if other.received_at >= self.received_at { other } else { self };
        Self { window_from, ..newest }
    }
}

impl Store {
    /// Records an inbound message. Its key is fixed by the payload and the identity's first owner, so the
    /// same message lands on the same key, and the condition is the deduplication.
    ///
    /// # Errors
    /// [`StoreError::Throttled`] and [`StoreError::Unavailable`] are worth a retry; nothing was written.
    pub async fn record_inbound(&self, message: &InboundMessage) -> Result<Recorded, StoreError> {
        let (pk, sk) = keys::message(&message.id);
        let mut item = item::at(&pk, &sk);
        item.put("d", s("i"));
        item.put("w", s(&message.wamid));
        item.put("t", ms(message.sent_at));
        item.put("ra", ms(message.received_at));
        item.put("k", s(&message.kind));
        item.put("raw", s(&message.raw));
        item.put_text("lk", message.large.as_deref());
        if message.is_file {
            crate::media::put_copying(&mut item);
        }
        match self.put_if(&self.tables.conversations, item, Condition::InboundAbsent).await? {
            Conditional::Written => Ok(Recorded::New),
            Conditional::Refused(there) => {
                let received_at = there.time("ra").unwrap_or(message.received_at);
                Ok(Recorded::Duplicate { received_at })
            }
        }
    }

    /// Moves a conversation's state forward: last activity, last received, the window, the queue of those
    /// who wait; and opens it, if it was put aside or closed. Computed from stored values, so that a redelivery
    /// repeats it and changes nothing. Gives the conversation that moved and its state as it stands then, which costs no
    /// further units.
    ///
    /// The state of a record that was merged meanwhile stands still: then it is the state of the other record's
    /// conversation that moves.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn move_state(
        &self,
        id: &ConversationId,
        step: &StateMove,
    ) -> Result<(ConversationId, ConversationState), StoreError> {
        let ahead = StateValues::of(step);
        if let Some(state) = self.move_values(id, &ahead).await? {
            return Ok((id.clone(), state));
        }
        let (root, from) = self.moved_to(id).await?;
        let moved = self.move_values(&root, &StateValues { from: Some(from), ..ahead }).await?;
        // Else it is being merged or parted at this moment.
        moved.map(|state| (root, state)).ok_or(StoreError::Contended)
    }

    /// The conversation of the person whom a record was merged into, and the record.
    pub(crate) async fn moved_to(
        &self,
        id: &ConversationId,
    ) -> Result<(ConversationId, ContactId), StoreError> {
        let contact = id.contact().ok_or(StoreError::Corrupt("a group that was merged"))?;
        let root = self.root_of(contact).await?;
        if root == *contact {
            return Err(StoreError::Contended);
        }
        Ok((ConversationId::with_contact(id.number.clone(), root), contact.clone()))
    }

    /// Moves a state forward to values, or joins them with what stands there. `None` if its record was merged.
    async fn move_values(
        &self,
        id: &ConversationId,
        ahead: &StateValues,
    ) -> Result<Option<ConversationState>, StoreError> {
        let mut there = match self.write_state(id, ahead, None).await? {
            Moved::Written(state) => return Ok(Some(*state)),
            Moved::Refused(there) => there,
        };
        for _ in 0..ROUNDS {
            if there.contains_key("al") {
                return Ok(None);
            }
            let Some(joined) = ahead.joined_with(&there) else { return Ok(Some(read_state(&there))) };
            match self.write_state(id, &joined, there.number("ver")).await? {
                Moved::Written(state) => return Ok(Some(*state)),
                Moved::Refused(newer) => there = newer,
            }
        }
        Err(StoreError::Contended)
    }

    /// Writes a state: forward of whatever stands there, or exactly upon the version that was seen.
    async fn write_state(
        &self,
        id: &ConversationId,
        values: &StateValues,
        seen: Option<i64>,
    ) -> Result<Moved, StoreError> {
        let condition = if seen.is_some() { Condition::StateUnchanged } else { Condition::StateForward };
        // `qk` says whose work it is and stays; `qs` puts it into the queue. Removing what is not there costs nothing.
        let (inbox, waits, opened) = if values.waits {
            (":ib", ", qk = if_not_exists(qk, :qk), qs = if_not_exists(qs, :qs)", ["st", "su"].as_slice())
        } else {
            ("if_not_exists(ib, :ib)", "", [].as_slice())
        };
        let (from, own) = if values.from.is_some() { (", fm = :fm", None) } else { ("", Some("fm")) };
        let removed: Vec<&str> = opened.iter().copied().chain(own).collect();
        let removed =
            if removed.is_empty() { String::new() } else { format!(" REMOVE {}", removed.join(", ")) };
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", s(keys::STATE))
            .update_expression(format!(
                "SET lr = :lr, la = :la, wo = :wo, pv = :pv, ib = {inbox}, im = :im, \
                 ver = if_not_exists(ver, :zero) + :one{waits}{from}{removed}"
            ))
            .under(condition)
            .expression_attribute_values(":lr", n(values.received))
            .expression_attribute_values(":la", n(values.active))
            .expression_attribute_values(":wo", n(values.window))
            .expression_attribute_values(":pv", s(&values.preview))
            .expression_attribute_values(":ib", s(keys::inbox(id)))
            .expression_attribute_values(":im", s(keys::minute(values.active)))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if values.waits {
            update = update
                .expression_attribute_values(":qk", s(keys::unassigned(&id.number)))
                .expression_attribute_values(":qs", s(keys::seconds(waiting_from(values.received))));
        }
        if let Some(from) = &values.from {
            update = update.expression_attribute_values(":fm", s(from.as_str()));
        }
        if let Some(seen) = seen {
            update = update.expression_attribute_values(":seen", n(seen));
        }
        match update.send().await {
            Ok(answer) => Ok(Moved::Written(Box::new(read_state(&answer.attributes.unwrap_or_default())))),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Moved::Refused(failed.item().cloned().unwrap_or_default()))
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// Puts an item under a condition; if refused, gives what stands there.
    pub(crate) async fn put_if(
        &self,
        table: &str,
        item: Item,
        condition: Condition,
    ) -> Result<Conditional<Item>, StoreError> {
        self.put_if_with(table, item, condition, Vec::new()).await
    }

    /// The same, with a condition that compares values.
    pub(crate) async fn put_if_with(
        &self,
        table: &str,
        item: Item,
        condition: Condition,
        values: Vec<(&str, AttributeValue)>,
    ) -> Result<Conditional<Item>, StoreError> {
        let values: HashMap<_, _> =
            values.into_iter().map(|(place, value)| (place.to_owned(), value)).collect();
        let put = self
            .client
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .under(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(Conditional::Written),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Conditional::Refused(failed.item().cloned().unwrap_or_default()))
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// Reads one item.
    pub(crate) async fn get(
        &self,
        table: &str,
        key: &keys::Key,
        consistent: bool,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(table)
            .key("pk", s(&key.0))
            .key("sk", s(&key.1))
            .consistent_read(consistent)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(answer.item)
    }
}

/// What became of a state's write.
enum Moved {
    /// It was written, and stands so.
    Written(Box<ConversationState>),
    /// Something else stands there.
    Refused(Item),
}

fn waiting_from(received: i64) -> Timestamp {
    Timestamp::from_millisecond(received).unwrap_or_default()
}

/// What a state's write sets, in Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StateValues {
    received: i64,
    active: i64,
    /// Meta's time of the message that opened the window; 0 if none did.
    window: i64,
    preview: String,
    /// Whether the customer waits for an answer from this message on.
    waits: bool,
    /// Whose record the newest message stands on, if not the conversation's.
    from: Option<ContactId>,
}

impl StateValues {
    fn of(step: &StateMove) -> Self {
        let received = step.received_at.as_millisecond();
        Self {
            received,
            active: received,
            window: step.window_from.map_or(0, Timestamp::as_millisecond),
            preview: step.preview.clone(),
            waits: true,
            from: step.from.clone(),
        }
    }

    /// The later of each, if the stored state is behind in anything.
    fn joined_with(&self, there: &Item) -> Option<Self> {
        let number = |name: &str| there.number(name).unwrap_or_default();
        let (received, active, window) = (number("lr"), number("la"), number("wo"));
        if self.received <= received && self.window <= window {
            return None;
        }
        // Something newer than this message stands there: either it made the customer wait already, or it
        // answered.
        let newest = self.active >= active;
        let stored = |name: &str| there.text(name).map(str::to_owned);
        let is_last = self.received >= received;
        Some(Self {
            received: self.received.max(received),
            active: self.active.max(active),
            window: self.window.max(window),
            preview: if newest { self.preview.clone() } else { stored("pv").unwrap_or_default() },
            waits: newest,
            from: if is_last { self.from.clone() } else { stored("fm").and_then(ContactId::new) },
        })
    }
}

//! Messages that may not go yet. While a conversation is on hold, what is asked later waits too, and all
//! leave in the order in which they were asked.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::sending::SendState;
use domain::{ConversationId, MessageId};
use jiff::Timestamp;

use crate::item::{self, Get, Put, ms, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its key among those that wait; opaque.
    pub key: String,
    /// The send request, to be queued again.
    pub job: String,
    /// Not before this time.
    pub not_before: Timestamp,
}

impl Store {
    /// Puts a message off: it waits, and its conversation is on hold.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_off(&self, id: &MessageId, job: &str, not_before: Timestamp) -> Result<(), StoreError> {
        let update = self
            .message_update(id, Condition::MayWait)
            .update_expression("SET ss = :waiting, nb = :until")
            .expression_attribute_values(":waiting", s(SendState::Waiting.as_str()))
            .expression_attribute_values(":queued", s(SendState::Queued.as_str()))
            .expression_attribute_values(":until", ms(not_before));
        if !written(update).await? {
            return Ok(());
        }
        let place = self.hold(&id.conversation, not_before).await?;
        let mut waiting = item::at(&keys::conversation(&id.conversation), &keys::waiting(&id.slot, place));
        waiting.put("job", s(job));
        waiting.put("nb", ms(not_before));
        self.client
            .put_item()
            .table_name(&self.tables.conversations)
            .set_item(Some(waiting))
            .send()
            .await
            .map(drop)
            .map_err(|error| StoreError::from_sdk(&error))
    }

    /// Holds a conversation, and gives the place in the line: two requests of one millisecond still have an
    /// order, and the state's version counts it.
    async fn hold(&self, id: &ConversationId, until: Timestamp) -> Result<i64, StoreError> {
        let held = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", s(keys::STATE))
            .update_expression("SET hd = :until, ver = if_not_exists(ver, :zero) + :one")
            .expression_attribute_values(":until", ms(until))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let place = held.attributes.as_ref().and_then(|attributes| attributes.number("ver"));
        place.ok_or(StoreError::Corrupt("a state without a version"))
    }

    /// Those who wait in a conversation, first asked first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn waiting(&self, id: &ConversationId) -> Result<Vec<Waiting>, StoreError> {
        let found = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND begins_with(sk, :wait)")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":wait", s("WAIT#"))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let read = |item: &item::Item| {
            Some(Waiting {
                key: item.text("sk")?.to_owned(),
                job: item.text("job")?.to_owned(),
                not_before: item.time("nb")?,
            })
        };
        Ok(found.items().iter().filter_map(read).collect())
    }

    /// Takes a message out of those that wait, once it is on the queue again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_wait(&self, id: &ConversationId, waiting: &Waiting) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", AttributeValue::S(waiting.key.clone()))
            .send()
            .await
            .map(drop)
            .map_err(|error| StoreError::from_sdk(&error))
    }

    /// Lifts the hold that was seen, unless it was renewed meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lift_hold(&self, id: &ConversationId, seen: Timestamp) -> Result<(), StoreError> {
        let condition = Condition::HoldUnchanged;
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", s(keys::STATE))
            .update_expression("REMOVE hd")
            .under(condition)
            .expression_attribute_values(":seen", ms(seen));
        written(update).await.map(drop)
    }
}

//! The file of a message: how far its copy has come, where it lies, what is known of it.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::MediaId;
use domain::MessageId;
use domain::media::{MediaFacts, MediaState};
use jiff::Timestamp;

use crate::item::{Get, Item, Put, ms, s};
use crate::outbound::written;
use crate::{Condition, Store, StoreError};

/// The file of a message, as its record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMedia {
    /// How far its copy has come.
    pub state: MediaState,
    /// What is known of it.
    pub facts: MediaFacts,
    /// The upload that it came from, if it is ours.
    pub upload: Option<String>,
    /// Meta's id of it, if it is ours and Meta has it.
    pub at_meta: Option<AtMeta>,
    /// Why Meta did not take it: Meta's errors, as JSON.
    pub refused: Option<String>,
}

/// A file that Meta has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtMeta {
    /// Meta's id.
    pub id: MediaId,
    /// Until when it can be sent.
    pub until: Timestamp,
}

/// A message's file is to be copied.
pub(crate) fn put_copying(item: &mut Item) {
    item.put("mst", s(MediaState::Copying.as_str()));
}

pub(crate) fn read_media(item: &Item) -> Option<StoredMedia> {
    let state = MediaState::from_word(item.text("mst")?)?;
    let until = item.time("mmx");
    Some(StoredMedia {
        state,
        facts: read_facts(item),
        upload: item.text("mu").map(str::to_owned),
        at_meta: item.text("mmi").zip(until).map(|(id, until)| AtMeta { id: id.into(), until }),
        refused: item.text("mme").map(str::to_owned),
    })
}

pub(crate) fn read_facts(item: &Item) -> MediaFacts {
    item.text("mj").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

pub(crate) fn write_facts(facts: &MediaFacts) -> AttributeValue {
    // Numbers and texts only: nothing in it can fail to be written.
    s(serde_json::to_string(facts).unwrap_or_default())
}

impl Store {
    /// The file of a message lies in the bucket. `false` if the message is gone: then nothing may stay there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_ready(
        &self,
        message: &MessageId,
        facts: &MediaFacts,
        objects: &[String],
    ) -> Result<bool, StoreError> {
        let update = self
            .message_update(message, Condition::FileThere)
            .update_expression("SET mst = :mst, mj = :mj, mk = :mk");
        written(ready(update, facts, objects)).await
    }

    /// The same of a message of ours whose file Meta has. Its copy is not needed for that: `objects` may be none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_given(
        &self,
        message: &MessageId,
        at_meta: &AtMeta,
        facts: &MediaFacts,
        objects: &[String],
    ) -> Result<bool, StoreError> {
        let update = self
            .message_update(message, Condition::FileThere)
            .update_expression("SET mst = :mst, mj = :mj, mk = :mk, mmi = :mmi, mmx = :mmx REMOVE mme")
            .expression_attribute_values(":mmi", s(at_meta.id.as_str()))
            .expression_attribute_values(":mmx", ms(at_meta.until));
        written(ready(update, facts, objects)).await
    }

    /// Meta does not take the file of a message of ours, or there is none. Its sender says so.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_not_taken(
        &self,
        message: &MessageId,
        errors: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let facts = MediaFacts { reason: Some(reason.to_owned()), ..MediaFacts::default() };
        let update = self
            .message_update(message, Condition::FileThere)
            .update_expression("SET mst = :mst, mj = :mj, mme = :mme")
            .expression_attribute_values(":mst", s(MediaState::Refused.as_str()))
            .expression_attribute_values(":mj", write_facts(&facts))
            .expression_attribute_values(":mme", s(errors));
        written(update).await
    }

    /// The copying of a message's file has ended without one. `false` if it is not being copied: somebody else has it by
    /// now, or the message is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_missing(
        &self,
        message: &MessageId,
        state: MediaState,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let facts = MediaFacts { reason: Some(reason.to_owned()), ..MediaFacts::default() };
        let update = self
            .message_update(message, Condition::FileOnItsWay)
            .update_expression("SET mst = :mst, mj = :mj")
            .expression_attribute_values(":copying", s(MediaState::Copying.as_str()))
            .expression_attribute_values(":mst", s(state.as_str()))
            .expression_attribute_values(":mj", write_facts(&facts));
        written(update).await
    }

    /// A message's file is to be copied once more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_again(&self, message: &MessageId) -> Result<bool, StoreError> {
        let update = self
            .message_update(message, Condition::FileThere)
            .update_expression("SET mst = :mst REMOVE mj")
            .expression_attribute_values(":mst", s(MediaState::Copying.as_str()));
        written(update).await
    }
}

fn ready(update: UpdateItemFluentBuilder, facts: &MediaFacts, objects: &[String]) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_values(":mst", s(MediaState::Ready.as_str()))
        .expression_attribute_values(":mj", write_facts(facts))
        .expression_attribute_values(":mk", AttributeValue::Ss(objects.to_vec()))
}

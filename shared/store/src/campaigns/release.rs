//! How far a campaign's log is frozen, released and through.

use domain::campaign::CampaignId;
use jiff::Timestamp;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::{ms, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// Notes that everybody is in a chunk. The first time counts.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_frozen(
        &self,
        id: &CampaignId,
        (chunks, people): (u64, u64),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self
            .log_update(id, Condition::LogNotFrozen)
            .update_expression("SET fz = :fz, cn = :cn, pp = :pp")
            .expression_attribute_values(":fz", ms(now))
            .expression_attribute_values(":cn", number(chunks))
            .expression_attribute_values(":pp", number(people));
        written(update).await
    }

    /// Notes how far chunks are released, after their hints are on the queue, and how far they are through. Neither ever
    /// goes back. `false` if somebody noted more meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_released(
        &self,
        id: &CampaignId,
        (released_upto, done_upto): (u64, u64),
        (released_at, heartbeat): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<bool, StoreError> {
        let mut update = self
            .log_update(id, Condition::ReleaseForward)
            .expression_attribute_values(":ru", number(released_upto))
            .expression_attribute_values(":du", number(done_upto));
        let mut expression = "SET ru = :ru, du = :du".to_owned();
        for (name, time) in [("ra", released_at), ("hb", heartbeat)] {
            if let Some(time) = time {
                expression.push_str(&format!(", {name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), ms(time));
            }
        }
        written(update.update_expression(expression)).await
    }

    /// Notes that a piece of the fan-out has begun.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_freezing(&self, id: &CampaignId, now: Timestamp) -> Result<(), StoreError> {
        let update = self.log_update(id, Condition::LogNotFrozen).update_expression("SET hb = :hb");
        written(update.expression_attribute_values(":hb", ms(now))).await.map(drop)
    }

    /// Notes how many chunks of an hour of people who were put off are released, after their hints are on the queue.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_deferred_released(
        &self,
        id: &CampaignId,
        hour: u64,
        upto: u64,
    ) -> Result<(), StoreError> {
        let (pk, sk) = keys::campaign(id);
        let update = self.client.update_item().table_name(&self.tables.campaigns);
        let update = update.key("pk", s(pk)).key("sk", s(sk)).update_expression("SET #hour = :upto");
        let update = update.expression_attribute_names("#hour", format!("d{hour}"));
        let update = update.expression_attribute_values(":upto", number(upto));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Notes that an hour of people who were put off is through.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_deferred(&self, id: &CampaignId, hour: u64) -> Result<(), StoreError> {
        let ((pk, sk), name) = (keys::campaign(id), format!("d{hour}"));
        let hour = AttributeValue::Ns(vec![hour.to_string()]);
        let update = self.client.update_item().table_name(&self.tables.campaigns);
        let update =
            update.key("pk", s(pk)).key("sk", s(sk)).update_expression("DELETE dh :hour REMOVE #hour");
        let update = update.expression_attribute_names("#hour", name);
        let update = update.expression_attribute_values(":hour", hour);
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    fn log_update(&self, id: &CampaignId, condition: Condition) -> UpdateItemFluentBuilder {
        let (pk, sk) = keys::campaign(id);
        let update = self.client.update_item().table_name(&self.tables.campaigns);
        let update = update.key("pk", s(pk)).key("sk", s(sk));
        update.under(condition)
    }
}

fn number(number: u64) -> AttributeValue {
    n(i64::try_from(number).unwrap_or(i64::MAX))
}

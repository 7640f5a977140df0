//! The meter of service messages, and free entry points: what statuses tell of money.
//!
//! A delivered service message is a member of a set, so that however often its statuses come, it is counted once. Sets
//! stand by number and hour, in four shards: a busy hour's set stays small enough to be written for one unit, and a
//! month begins at midnight wherever the number is.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ConversationId, MessageId, Slot, hash16};
use jiff::{Timestamp, ToSpan};

use crate::item::{Get, Item, ms, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How a delivered service message counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metered {
    /// One of the month's free ones.
    Free,
    /// Charged.
    Charged,
}

/// Service messages of a number that were delivered in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Of the free ones.
    pub free: usize,
    /// Charged.
    pub charged: usize,
}

impl Store {
    /// Counts a delivered service message, once. It counts in the hour in which it was asked for: statuses of one
    /// message have several times, and each must find the same set.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn meter_message(&self, id: &MessageId, metered: Metered) -> Result<(), StoreError> {
        // Reactions are free.
        let Slot::Message { at, .. } = &id.slot else { return Ok(()) };
        let at = Timestamp::from_millisecond(*at).unwrap_or_default();
        let hash = hash16(&id.to_string());
        let shard = hash.as_bytes()[0] % 4;
        let set = match metered {
            Metered::Free => "f",
            Metered::Charged => "p",
        };
        self.client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::meter(id.conversation.number.as_str(), &month(at))))
            .key("sk", s(format!("{}#{shard}", hour(at))))
            .update_expression("ADD #set :message")
            .expression_attribute_names("#set", set)
            // Eight digits tell an hour's messages apart well enough for a meter.
            .expression_attribute_values(":message", AttributeValue::Ss(vec![hash[8..].to_owned()]))
            .send()
            .await
            .map(drop)
            .map_err(|error| StoreError::from_sdk(&error))
    }

    /// The service messages of a number from one time to another, whole hours.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn meter(&self, number: &str, from: Timestamp, to: Timestamp) -> Result<Meter, StoreError> {
        let last = to - 1.seconds();
        let mut meter = Meter::default();
        // A month of a time zone touches two months of UTC.
        let months = HashSet::from([month(from), month(last)]);
        for month in months {
            let mut pages = self
                .client
                .query()
                .table_name(&self.tables.conversations)
                .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                .expression_attribute_values(":pk", s(keys::meter(number, &month)))
                .expression_attribute_values(":from", s(hour(from)))
                .expression_attribute_values(":to", s(format!("{}#~", hour(last))))
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::from_sdk(&error))?;
                for item in page.items() {
                    let size = |set: &str| members(item, set);
                    meter.free += size("f");
                    meter.charged += size("p");
                }
            }
        }
        Ok(meter)
    }

    /// Notes until when Meta charges nothing in a conversation.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_free_entry(&self, id: &ConversationId, until: Timestamp) -> Result<(), StoreError> {
        let condition = Condition::FreeEntryForward;
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", s(keys::STATE))
            .update_expression("SET fe = :fe")
            .under(condition)
            .expression_attribute_values(":fe", ms(until));
        written(update).await.map(drop)
    }
}

fn members(item: &Item, set: &str) -> usize {
    item.texts(set).len()
}

fn month(at: Timestamp) -> String {
    at.strftime("%Y-%m").to_string()
}

/// An hour of UTC, in order over months.
fn hour(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H").to_string()
}

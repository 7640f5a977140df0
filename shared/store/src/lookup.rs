//! Looking things up without claiming or writing anything.

use std::collections::HashSet;

use domain::identity::{Person, Sighting};
use domain::{ContactId, ConversationId, hash16};
use jiff::Timestamp;

use crate::item::{Get, Item, s};
use crate::threads::Related;
use crate::{Store, StoreError, keys};

/// How many pages a look back takes at most, and how long each is.
const PAGES: usize = 4;
const PAGE: i32 = 250;

impl Store {
    /// The person behind ids, if anybody is on record for them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_person(&self, sighting: &Sighting) -> Result<Option<ContactId>, StoreError> {
        let record = self.on_record(sighting, true).await?;
        match domain::identity::resolve(sighting, &record.known).map(|resolution| resolution.person) {
            Some(Person::Known(contact)) => Ok(Some(contact)),
            Some(Person::New) | None => Ok(None),
        }
    }

    /// What is about one message, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn related_to(&self, id: &ConversationId, wamid: &str) -> Result<Vec<Related>, StoreError> {
        self.related(id, &format!("REL#{}#", hash16(wamid))).await
    }

    /// Hashes of the wamids of a conversation's messages up to a time, newest first and at most 1,000 back:
    /// tells whether a message that others are about is there at all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn wamid_hashes(
        &self,
        id: &ConversationId,
        until: Timestamp,
    ) -> Result<HashSet<String>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":first", s("MSG#"))
            .expression_attribute_values(
                ":last",
                s(format!("MSG#{}#~", keys::digits(until.as_millisecond()))),
            )
            .projection_expression("w")
            .scan_index_forward(false)
            .into_paginator()
            .page_size(PAGE)
            .send();
        let mut hashes = HashSet::new();
        for _ in 0..PAGES {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            hashes.extend(page.items().iter().filter_map(|item: &Item| item.text("w").map(hash16)));
        }
        Ok(hashes)
    }
}

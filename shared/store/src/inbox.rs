//! The list of conversations of a number, newest first.
//!
//! The index has the minute of the last activity, so that most messages move no index entry. A page
//! reads whole minutes, takes the exact times from the states, and sorts.

use domain::{Contact, ConversationId};
use futures::future::try_join_all;

use crate::item::{Get, Item, s};
use crate::threads::{ConversationState, contact_of, read_state};
use crate::{Store, StoreError, keys};

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    /// Its id.
    pub id: ConversationId,
    /// Its state.
    pub state: ConversationState,
    /// The person, unless it is a group's.
    pub contact: Option<Contact>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationPage {
    /// The conversations, newest first.
    pub rows: Vec<ConversationRow>,
    /// Where the next page begins: the last row's exact time and id.
    pub next: Option<(i64, String)>,
}

/// One entry of the index.
struct Entry {
    minute: String,
    id: ConversationId,
}

impl Store {
    /// A page of a number's conversations, from after a place on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversations(
        &self,
        number: &str,
        after: Option<&(i64, String)>,
        limit: u16,
    ) -> Result<ConversationPage, StoreError> {
        let from = after.map_or_else(|| "~".to_owned(), |(at, _)| keys::minute(*at));
        let place = |state: &ConversationState, id: &ConversationId| {
            (state.active_at.as_millisecond(), id.to_string())
        };
        let mut rows: Vec<(ConversationId, ConversationState)> = Vec::new();
        let mut upper = from;
        loop {
            let (entries, rest) = self.newest_entries(number, &upper, limit).await?;
            rows.extend(self.states(entries).await?);
            rows.retain(|(id, state)| after.is_none_or(|after| place(state, id) < *after));
            match rest {
                // The page is short and older minutes remain.
                Some(older) if rows.len() <= usize::from(limit) => upper = older,
                _ => break,
            }
        }
        rows.sort_by_key(|(id, state)| std::cmp::Reverse(place(state, id)));
        rows.dedup_by(|a, b| a.0 == b.0);
        let more = rows.len() > usize::from(limit);
        rows.truncate(limit.into());
        let next = rows.last().filter(|_| more).map(|(id, state)| place(state, id));
        let mut people = self.contacts_of(rows.iter().filter_map(|(id, _)| contact_of(id)).collect()).await?;
        let row = |(id, state)| {
            let contact = contact_of(&id).and_then(|contact| people.remove(&contact));
            ConversationRow { id, state, contact }
        };
        Ok(ConversationPage { rows: rows.into_iter().map(row).collect(), next })
    }

    /// The entries of the newest minutes at or below `upper` that hold more than `limit` conversations, each
    /// minute whole; and the minute to go on from, if older ones remain.
    async fn newest_entries(
        &self,
        number: &str,
        upper: &str,
        limit: u16,
    ) -> Result<(Vec<Entry>, Option<String>), StoreError> {
        let shards = (0..keys::INBOX_SHARDS).map(|shard| self.shard(number, shard, upper, limit));
        let shards = try_join_all(shards).await?;
        // Where a shard was cut, everything at or below its last minute is unsure: others may have more.
        let cut = shards.iter().filter(|(_, cut)| *cut).filter_map(|(entries, _)| entries.last());
        let Some(unsure) = cut.map(|entry| entry.minute.clone()).max() else {
            return Ok((shards.into_iter().flat_map(|(entries, _)| entries).collect(), None));
        };
        let sure = |entry: &Entry| entry.minute > unsure;
        let mut entries: Vec<Entry> =
            shards.into_iter().flat_map(|(entries, _)| entries).filter(sure).collect();
        // That minute, whole, so that its exact order is known.
        let minute = (0..keys::INBOX_SHARDS).map(|shard| self.minute(number, shard, &unsure));
        entries.extend(try_join_all(minute).await?.into_iter().flatten());
        let older = unsure.parse::<i64>().ok().map(|minute| keys::minute((minute - 1).max(0) * 60_000));
        Ok((entries, older))
    }

    async fn shard(
        &self,
        number: &str,
        shard: u8,
        upper: &str,
        limit: u16,
    ) -> Result<(Vec<Entry>, bool), StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name("inbox")
            .key_condition_expression("ib = :ib AND im <= :upper")
            .expression_attribute_values(":ib", s(keys::inbox_shard(number, shard)))
            .expression_attribute_values(":upper", s(upper))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok((page.items().iter().filter_map(read_entry).collect(), page.last_evaluated_key().is_some()))
    }

    async fn minute(&self, number: &str, shard: u8, minute: &str) -> Result<Vec<Entry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name("inbox")
            .key_condition_expression("ib = :ib AND im = :im")
            .expression_attribute_values(":ib", s(keys::inbox_shard(number, shard)))
            .expression_attribute_values(":im", s(minute))
            .into_paginator()
            .send();
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            entries.extend(page.items().iter().filter_map(read_entry));
        }
        Ok(entries)
    }

    async fn states(
        &self,
        entries: Vec<Entry>,
    ) -> Result<Vec<(ConversationId, ConversationState)>, StoreError> {
        let keys =
            entries.iter().map(|entry| (keys::conversation(&entry.id), keys::STATE.to_owned())).collect();
        let items = self.batch_get(&self.tables.conversations, keys).await?;
        let read = |item: &Item| Some((keys::parse_conversation(item.text("pk")?)?, read_state(item)));
        Ok(items.iter().filter_map(read).collect())
    }
}

fn read_entry(item: &Item) -> Option<Entry> {
    Some(Entry { minute: item.text("im")?.to_owned(), id: keys::parse_conversation(item.text("pk")?)? })
}

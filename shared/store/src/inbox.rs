//! The list of conversations of a number, newest first.
//!
//! The index has the minute of the last activity, so that most messages move no index entry. A page
//! reads whole minutes, takes the exact times from the states, and sorts.

use aws_sdk_dynamodb::types::Select;
use domain::label::LabelId;
use domain::sight::OfDepartment;
use domain::{Contact, ConversationId};
use futures::future::try_join_all;
use jiff::Timestamp;

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

/// Which conversations of a number.
#[derive(Clone, Debug)]
pub struct InboxFilter {
    /// Now: what was put aside until then is open.
    pub now: Timestamp,
    /// Only where the work stands so, by its word; `any` is all. Without it, everything that is not closed.
    pub status: Option<String>,
    /// Only with this label.
    pub label: Option<LabelId>,
    /// Only a department's.
    pub department: Option<OfDepartment>,
}

impl InboxFilter {
    /// Everything that is not closed.
    #[must_use]
    pub fn all(now: Timestamp) -> Self {
        Self { now, status: None, label: None, department: None }
    }

    /// The halves of the index that it needs.
    fn halves(&self) -> &'static [&'static str] {
        match self.status.as_deref() {
            Some("any") => &["open", "closed"],
            Some("closed") => &["closed"],
            _ => &["open"],
        }
    }

    fn passes(&self, id: &ConversationId, state: &ConversationState) -> bool {
        let status = state.handling.status.at(self.now).word();
        let stands = self.status.as_deref().is_none_or(|word| word == "any" || word == status);
        stands
            && self.label.as_ref().is_none_or(|label| state.handling.labels.contains(label))
            && self
                .department
                .as_ref()
                .is_none_or(|it| it.takes(&id.number, state.handling.department.as_ref()))
    }
}

/// The most reads of whole minutes for one page. Where hardly anything passes the filter, a page is short.
const MOST_READS: usize = 8;

/// One entry of the index.
struct Entry {
    minute: String,
    id: ConversationId,
}

impl Store {
    /// A page of a number's conversations, from after a place on. It may be short where few pass the filter.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversations(
        &self,
        number: &str,
        filter: &InboxFilter,
        after: Option<&(i64, String)>,
        limit: u16,
    ) -> Result<ConversationPage, StoreError> {
        let from = after.map_or_else(|| "~".to_owned(), |(at, _)| keys::minute(*at));
        let place = |state: &ConversationState, id: &ConversationId| {
            (state.active_at.as_millisecond(), id.to_string())
        };
        let mut rows: Vec<(ConversationId, ConversationState)> = Vec::new();
        let mut upper = from;
        let (mut reads, mut left_at) = (0, None);
        loop {
            let (entries, rest) = self.newest_entries(number, filter.halves(), &upper, limit).await?;
            rows.extend(self.states(entries).await?);
            rows.retain(|(id, state)| {
                filter.passes(id, state) && after.is_none_or(|after| place(state, id) < *after)
            });
            reads += 1;
            match rest {
                // The page is short and older minutes remain.
                Some(older) if rows.len() <= usize::from(limit) => {
                    if reads == MOST_READS {
                        left_at = keys::end_of_minute(&older).map(|end| (end, String::new()));
                        break;
                    }
                    upper = older;
                }
                _ => break,
            }
        }
        rows.sort_by_key(|(id, state)| std::cmp::Reverse(place(state, id)));
        rows.dedup_by(|a, b| a.0 == b.0);
        let more = rows.len() > usize::from(limit);
        rows.truncate(limit.into());
        let next = rows.last().filter(|_| more).map(|(id, state)| place(state, id)).or(left_at);
        let people = self.contacts_of(rows.iter().filter_map(|(id, _)| contact_of(id)).collect()).await?;
        let row = |(id, state)| {
            let contact = contact_of(&id).and_then(|contact| people.get(&contact).cloned());
            ConversationRow { id, state, contact }
        };
        Ok(ConversationPage { rows: rows.into_iter().map(row).collect(), next })
    }

    /// The entries of the newest minutes at or below `upper` that hold more than `limit` conversations, each
    /// minute whole; and the minute to go on from, if older ones remain.
    async fn newest_entries(
        &self,
        number: &str,
        halves: &[&str],
        upper: &str,
        limit: u16,
    ) -> Result<(Vec<Entry>, Option<String>), StoreError> {
        let partitions: Vec<String> = halves
            .iter()
            .flat_map(|half| (0..keys::INBOX_SHARDS).map(|shard| keys::inbox_shard(number, half, shard)))
            .collect();
        let shards = partitions.iter().map(|partition| self.shard(partition, upper, limit));
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
        let minute = partitions.iter().map(|partition| self.minute(partition, &unsure));
        entries.extend(try_join_all(minute).await?.into_iter().flatten());
        let older = unsure.parse::<i64>().ok().map(|minute| keys::minute((minute - 1).max(0) * 60_000));
        Ok((entries, older))
    }

    async fn shard(
        &self,
        partition: &str,
        upper: &str,
        limit: u16,
    ) -> Result<(Vec<Entry>, bool), StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name("inbox")
            .key_condition_expression("ib = :ib AND im <= :upper")
            .expression_attribute_values(":ib", s(partition))
            .expression_attribute_values(":upper", s(upper))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok((page.items().iter().filter_map(read_entry).collect(), page.last_evaluated_key().is_some()))
    }

    async fn minute(&self, partition: &str, minute: &str) -> Result<Vec<Entry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name("inbox")
            .key_condition_expression("ib = :ib AND im = :im")
            .expression_attribute_values(":ib", s(partition))
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

    /// How many conversations of a number are not closed, up to the most that is asked for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn count_open(&self, number: &str, most: usize) -> Result<usize, StoreError> {
        let shards = (0..keys::INBOX_SHARDS).map(async |shard| {
            let mut pages = self
                .client
                .query()
                .table_name(&self.tables.conversations)
                .index_name("inbox")
                .key_condition_expression("ib = :ib")
                .expression_attribute_values(":ib", s(keys::inbox_shard(number, "open", shard)))
                .select(Select::Count)
                .into_paginator()
                .page_size(i32::try_from(most).unwrap_or(i32::MAX))
                .send();
            let mut count = 0;
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::from_sdk(&error))?;
                count += usize::try_from(page.count()).unwrap_or_default();
                if count >= most {
                    break;
                }
            }
            Ok::<usize, StoreError>(count)
        });
        Ok(try_join_all(shards).await?.into_iter().sum())
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

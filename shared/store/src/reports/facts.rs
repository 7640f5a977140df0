//! Facts: what a conversation had on a day.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::report::day_of;
use domain::report::thread::{Fact, facts};
use domain::{ContactId, ConversationId};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::lines::looked;
use super::{FACT_DAYS, reach};
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::sweep::key_of;
use crate::{Condition, Store, StoreError, keys};

/// How many days of facts an erasure looks through: more than any recount writes.
const ERASED_DAYS: i32 = 120;

/// A place among the facts of a day: the partition, and the fact after which it goes on.
pub type RecountPlace = (u8, String);

impl Store {
    /// Tells anew what a conversation had on each day since one (without it, on those on which something can have changed),
    /// and marks the days that became different, to be added up again. A conversation that is part of another record's counts
    /// there.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn recount(
        &self,
        id: &ConversationId,
        from: Option<Date>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let now = looked(now);
        let from = from.unwrap_or_else(|| reach(now));
        let thread = self.thread(id).await?;
        let usual = self.number(&id.number).await?.and_then(|number| number.department);
        let told = self.told(&thread, from).await?;
        let mut computed = facts(&told.lines, &told.seat, usual.as_ref().map(|it| it.as_str()));
        computed.retain(|day, _| *day >= from);
        let today = day_of(now);
        let days = from.series(1.day()).take_while(|day| *day <= today);
        // Somebody's clock may be ahead of ours.
        let days: BTreeSet<Date> = days.chain(computed.keys().copied()).collect();
        let wanted: Vec<_> = thread
            .members
            .iter()
            .flat_map(|member| days.iter().map(|day| keys::fact(*day, member)))
            .collect();
        let there = self.batch_get_consistent(&self.tables.journal, wanted).await?;
        let there: HashMap<_, _> =
            there.iter().filter_map(|item| Some((key_of(item)?, read_fact(item)))).collect();
        for day in days {
            for member in &thread.members {
                let fact = computed.get(&day).filter(|_| *member == thread.root).cloned().unwrap_or_default();
                let known = there.get(&keys::fact(day, member)).cloned().unwrap_or_default();
                if known != fact {
                    // The mark first: a crash in between leaves a day that is added up for nothing.
                    self.mark_day(day, id.number.as_str(), now).await?;
                    self.put_fact(day, member, &fact, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes what a conversation had on a day, unless it was told from a newer look.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_fact(
        &self,
        day: Date,
        id: &ConversationId,
        fact: &Fact,
        looked_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (pk, sk) = keys::fact(day, id);
        let item = counted(item::at(&pk, &sk), fact, looked_at, looked_at.as_second() + FACT_DAYS * 86_400)?;
        self.put_recount(item, looked_at).await
    }

    /// Puts what was recounted, unless something stands there that was recounted later.
    pub(super) async fn put_recount(&self, item: Item, looked_at: Timestamp) -> Result<(), StoreError> {
        let values: Vec<(&str, AttributeValue)> = vec![(":rv", ms(looked_at))];
        self.put_if_with(&self.tables.journal, item, Condition::RecountForward, values).await.map(drop)
    }

    /// A page of the conversations that had something on a day.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversations_of_day(
        &self,
        day: Date,
        after: &RecountPlace,
        limit: u16,
    ) -> Result<(Vec<ConversationId>, Option<RecountPlace>), StoreError> {
        let (shard, after) = after;
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", s(keys::facts_of(day, *shard)))
            .expression_attribute_values(":after", s(if after.is_empty() { " " } else { after }))
            .projection_expression("sk")
            .limit(limit.into())
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let names = page.items().iter().filter_map(|item| item.text("sk"));
        let found = names.filter_map(keys::parse_fact).collect();
        let next = match page.last_evaluated_key().and_then(|key| key.text("sk")) {
            Some(last) => Some((*shard, last.to_owned())),
            None => Some((shard + 1, String::new())).filter(|(shard, _)| *shard < keys::FACT_SHARDS),
        };
        Ok((found, next))
    }

    /// The facts of a number's day, as they stand now.
    pub(super) async fn facts_of_number(&self, day: Date, number: &str) -> Result<Vec<Fact>, StoreError> {
        let shards = (0..keys::FACT_SHARDS).map(async |shard| {
            let query = self.client.query().table_name(&self.tables.journal);
            let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :number)");
            let query = query.expression_attribute_values(":pk", s(keys::facts_of(day, shard)));
            let query = query.expression_attribute_values(":number", s(format!("{number}#")));
            let mut pages = query.consistent_read(true).into_paginator().send();
            let mut facts = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::from_sdk(&error))?;
                facts.extend(page.items().iter().map(read_fact));
            }
            Ok::<_, StoreError>(facts)
        });
        Ok(futures::future::try_join_all(shards).await?.into_iter().flatten().collect())
    }

    /// Takes away the facts of an erased person's conversation, and gives how many there were.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erase_facts(
        &self,
        contact: &ContactId,
        number: &cloud_api::PhoneNumberId,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let id = ConversationId::with_contact(number.clone(), contact.clone());
        let tomorrow = day_of(now).saturating_add(1.day());
        let days = tomorrow.series((-1).day()).take(usize::try_from(ERASED_DAYS).unwrap_or_default());
        let noted = (keys::TOLD.to_owned(), id.to_string());
        let keys = days.map(|day| keys::fact(day, &id)).chain([noted]).collect();
        let there = self.batch_get_consistent(&self.tables.journal, keys).await?;
        let keys: Vec<_> = there.iter().filter_map(key_of).collect();
        let removed = keys.len().try_into().unwrap_or(u32::MAX);
        self.delete_all(&self.tables.journal, keys).await?;
        Ok(removed)
    }
}

fn read_fact(item: &Item) -> Fact {
    read_counted(item).unwrap_or_default()
}

/// What was counted, as an item has it; nothing if it does not read: then it is counted again.
pub(super) fn read_counted<T: serde::de::DeserializeOwned>(item: &Item) -> Option<T> {
    serde_json::from_str(item.text("j")?).ok()
}

/// An item with what was counted, when it was looked at, and when it goes.
pub(super) fn counted<T: serde::Serialize>(
    mut item: Item,
    what: &T,
    looked_at: Timestamp,
    ttl: i64,
) -> Result<Item, StoreError> {
    let json = serde_json::to_string(what)
        .map_err(|_| StoreError::Refused("a count that cannot be written".to_owned()))?;
    item.put("j", s(json));
    item.put("rv", ms(looked_at));
    item.put("ttl", n(ttl));
    Ok(item)
}

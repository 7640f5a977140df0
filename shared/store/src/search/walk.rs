//! Over everybody: sixteen partitions of an index, read side by side and merged, newest first.

use std::collections::VecDeque;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::record::Filter;
use domain::{Contact, ContactId};
use futures::future::try_join_all;

use super::{ContactPage, Meter, Place};
use crate::item::{Get, Item, s};
use crate::record_item::read_contact;
use crate::{Store, StoreError, keys};

/// How many are read of a partition at a time: without a filter a page needs few of each.
const FEW: i32 = 8;
const MANY: i32 = 100;

/// One partition, as far as it was read.
struct Shard {
    number: u8,
    read: VecDeque<Contact>,
    after: Option<ContactId>,
    is_done: bool,
}

impl Store {
    /// A page of all whom a filter finds that has no entries.
    pub(super) async fn walk_contacts(
        &self,
        filter: &Filter,
        after: Option<&ContactId>,
        limit: u16,
    ) -> Result<ContactPage, StoreError> {
        let limit = usize::from(limit);
        let some = if filter.is_empty() { FEW } else { MANY };
        let shard = |number| Shard { number, read: VecDeque::new(), after: after.cloned(), is_done: false };
        let mut shards: Vec<_> = (0..keys::WALK_SHARDS).map(shard).collect();
        let (mut meter, mut found, mut last) = (Meter::default(), Vec::new(), after.cloned());
        loop {
            let empty = shards.iter_mut().filter(|shard| shard.read.is_empty() && !shard.is_done);
            let empty: Vec<_> = empty.collect();
            if !empty.is_empty() {
                if meter.is_full() {
                    let next = last.map(Place::Contact);
                    return Ok(ContactPage { contacts: found, next, units: meter.0 });
                }
                let units = try_join_all(empty.into_iter().map(|shard| self.read_on(shard, some))).await?;
                meter.0 += units.into_iter().sum::<f64>();
                continue;
            }
            // Ids begin with the time they were made at, so their order is the order of age.
            let newest = shards.iter_mut().max_by(|a, b| {
                let id = |shard: &Shard| shard.read.front().map(|contact| contact.id.clone());
                id(a).cmp(&id(b))
            });
            let Some(contact) = newest.and_then(|shard| shard.read.pop_front()) else {
                return Ok(ContactPage { contacts: found, next: None, units: meter.0 });
            };
            let id = contact.id.clone();
            if filter.matches(&contact) {
                if found.len() == limit {
                    let next = last.map(Place::Contact);
                    return Ok(ContactPage { contacts: found, next, units: meter.0 });
                }
                found.push(contact);
            }
            last = Some(id);
        }
    }

    /// Reads on in a partition, and gives what that cost.
    async fn read_on(&self, shard: &mut Shard, some: i32) -> Result<f64, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .index_name("walk")
            .expression_attribute_values(":wk", s(shard.number.to_string()))
            .scan_index_forward(false)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(some);
        let query = match &shard.after {
            Some(after) => query
                .key_condition_expression("wk = :wk AND wid < :after")
                .expression_attribute_values(":after", s(after.as_str())),
            None => query.key_condition_expression("wk = :wk"),
        };
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let read = |item: &Item| Some(read_contact(&ContactId::new(item.text("wid")?)?, item));
        shard.read.extend(page.items().iter().filter_map(read));
        shard.is_done = page.last_evaluated_key().is_none();
        shard.after = shard.read.back().map(|contact| contact.id.clone()).or_else(|| shard.after.clone());
        let mut meter = Meter::default();
        meter.count(page.consumed_capacity());
        Ok(meter.0)
    }
}

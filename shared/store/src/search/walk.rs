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

/// How many are read of a partition at a time: few at first, as a page needs few of each where most are found; many
/// later.
const FEW: u16 = 8;
const MANY: u16 = 100;

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
        let shard = |number| Shard { number, read: VecDeque::new(), after: after.cloned(), is_done: false };
        let mut shards: Vec<_> = (0..keys::WALK_SHARDS).map(shard).collect();
        let (mut meter, mut found, mut last) = (Meter::default(), Vec::new(), after.cloned());
        let (mut some, mut read) = (FEW, 0);
        loop {
            if shards.iter().any(|shard| shard.read.is_empty() && !shard.is_done) {
                if meter.is_full() {
                    let next = last.map(Place::Contact);
                    return Ok(ContactPage { contacts: found, next, units: meter.0 });
                }
                // With a filter, those that will soon be empty are read on beside those that are.
                let low = if filter.is_empty() { 0 } else { usize::from(some) / 2 };
                let low = shards.iter_mut().filter(|shard| shard.read.len() <= low && !shard.is_done);
                let units = try_join_all(low.map(|shard| self.read_on(shard, some))).await?;
                for (items, units) in units {
                    read += items;
                    meter.0 += units;
                }
                if !filter.is_empty() {
                    some = more(some, meter.0 / f64::from(read.max(1)), &meter);
                }
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

    /// Reads on in a partition, and gives how many there were and what that cost.
    async fn read_on(&self, shard: &mut Shard, some: u16) -> Result<(u32, f64), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .index_name("walk")
            .expression_attribute_values(":wk", s(shard.number.to_string()))
            .scan_index_forward(false)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(i32::from(some));
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
        Ok((u32::try_from(page.items().len()).unwrap_or_default(), meter.0))
    }
}

/// How many of each partition are read next, if one costs so much: more than before, and of all partitions together no
/// more than the page may still read.
fn more(some: u16, cost: f64, meter: &Meter) -> u16 {
    let each = meter.left() / f64::from(keys::WALK_SHARDS) / cost.max(f64::EPSILON);
    (FEW..=(some * 4).min(MANY)).rev().find(|some| f64::from(*some) <= each).unwrap_or(FEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_read_each_time_as_long_as_the_page_may_read_it() {
        let reading = |some, cost, spent| more(some, cost, &Meter(spent));
        assert_eq!(reading(8, 0.05, 8.0), 32);
        assert_eq!(reading(32, 0.05, 32.0), 100);
        assert_eq!(reading(32, 0.5, 96.0), FEW, "large records");
        assert_eq!(reading(100, 0.05, 80.0), 60);
    }
}

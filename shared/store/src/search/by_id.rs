//! By whole entries: each lists its contacts by their ids, which begin with the time they were made at.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::record::Filter;
use domain::{Contact, ContactId};
use futures::future::try_join_all;

use super::{ContactPage, Meter, Place};
use crate::item::{Get, s};
use crate::{Store, StoreError};

/// How many candidates are read at a time where not all of them will be found.
const CANDIDATES: usize = 100;

impl Store {
    /// A page of those who stand under any of these partitions and are what the filter asks for.
    pub(super) async fn contacts_by_id(
        &self,
        filter: &Filter,
        partitions: Vec<String>,
        after: Option<&ContactId>,
        limit: u16,
    ) -> Result<ContactPage, StoreError> {
        let limit = usize::from(limit);
        let (mut meter, mut found, mut after) = (Meter::default(), Vec::new(), after.cloned());
        loop {
            let wanted = if filter.is_single() { limit + 1 - found.len() } else { CANDIDATES };
            let ids = self.entries_of(&partitions, after.as_ref(), wanted, &mut meter).await?;
            let is_last = ids.len() < wanted;
            let mut profiles = self.profiles(&ids, &mut meter).await?;
            for id in ids {
                // An entry may be older than its record, which decides.
                if let Some(contact) = profiles.remove(&id)
                    && filter.matches(&contact)
                {
                    if found.len() == limit {
                        let next = after.map(Place::Contact);
                        return Ok(ContactPage { contacts: found, next, units: meter.0 });
                    }
                    found.push(contact);
                }
                after = Some(id);
            }
            if is_last || meter.is_full() {
                let next = after.filter(|_| !is_last).map(Place::Contact);
                return Ok(ContactPage { contacts: found, next, units: meter.0 });
            }
        }
    }

    /// The newest contacts of all these partitions, each once.
    async fn entries_of(
        &self,
        partitions: &[String],
        after: Option<&ContactId>,
        wanted: usize,
        meter: &mut Meter,
    ) -> Result<Vec<ContactId>, StoreError> {
        let query = |pk: &String| {
            let query = self
                .client
                .query()
                .table_name(&self.tables.contacts)
                .expression_attribute_values(":pk", s(pk))
                .scan_index_forward(false)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX));
            match after {
                Some(after) => query
                    .key_condition_expression("pk = :pk AND sk < :after")
                    .expression_attribute_values(":after", s(after.as_str())),
                None => query.key_condition_expression("pk = :pk"),
            }
            .send()
        };
        let pages = try_join_all(partitions.iter().map(query)).await;
        let pages = pages.map_err(|error| StoreError::from_sdk(&error))?;
        let mut ids = BTreeSet::new();
        for page in &pages {
            meter.count(page.consumed_capacity());
            ids.extend(page.items().iter().filter_map(|item| ContactId::new(item.text("sk")?)));
        }
        Ok(ids.into_iter().rev().take(wanted).collect())
    }

    /// The records of some contacts.
    pub(super) async fn profiles(
        &self,
        ids: &[ContactId],
        meter: &mut Meter,
    ) -> Result<HashMap<ContactId, Contact>, StoreError> {
        let found = self.contacts_of(ids.to_vec()).await?;
        // Read one by one, each is half a unit as long as it is under 4 KB, which records are.
        meter.0 += 0.5 * f64::from(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        Ok(found)
    }
}

//! Reading people.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::{Contact, ContactId};
use futures::future::try_join_all;

use crate::item::{Get, Item, s};
use crate::record_item::read_contact;
use crate::{Store, StoreError, keys};

/// The most keys that one `BatchGetItem` takes.
const BATCH: usize = 100;
/// How often keys that a batch left out are asked for again.
const ROUNDS: usize = 5;

impl Store {
    /// A contact.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, StoreError> {
        let item = self.get(&self.tables.contacts, &keys::profile(id), true).await?;
        Ok(item.as_ref().map(|item| read_contact(id, item)))
    }

    /// Contacts by id. Those that do not exist are left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn contacts_of(&self, ids: Vec<ContactId>) -> Result<HashMap<ContactId, Contact>, StoreError> {
        let keys = ids.iter().map(keys::profile).collect();
        let items = self.batch_get(&self.tables.contacts, keys).await?;
        let read = |item: &Item| {
            let id = ContactId::new(item.text("pk")?.strip_prefix("CONTACT#")?)?;
            Some((id.clone(), read_contact(&id, item)))
        };
        Ok(items.iter().filter_map(read).collect())
    }

    /// Reads many items. Keys that DynamoDB leaves out of a batch are asked for again.
    pub(crate) async fn batch_get(&self, table: &str, keys: Vec<keys::Key>) -> Result<Vec<Item>, StoreError> {
        self.batches(table, keys, false).await
    }

    /// The same, as everything stands now: at twice the price.
    pub(crate) async fn batch_get_consistent(
        &self,
        table: &str,
        keys: Vec<keys::Key>,
    ) -> Result<Vec<Item>, StoreError> {
        self.batches(table, keys, true).await
    }

    async fn batches(
        &self,
        table: &str,
        mut keys: Vec<keys::Key>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        keys.sort_unstable();
        keys.dedup();
        let batches = keys.chunks(BATCH).map(|batch| self.batch_get_once(table, batch, consistent));
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn batch_get_once(
        &self,
        table: &str,
        keys: &[keys::Key],
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let key = |key: &keys::Key| {
            HashMap::from([("pk".to_owned(), s(&key.0)), ("sk".to_owned(), AttributeValue::S(key.1.clone()))])
        };
        let mut left: Vec<_> = keys.iter().map(key).collect();
        let mut found = Vec::new();
        for _ in 0..ROUNDS {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(left))
                .consistent_read(consistent)
                .build()
                .map_err(|_| StoreError::Corrupt("a batch without keys"))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(table, wanted)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            found.extend(answer.responses.and_then(|mut tables| tables.remove(table)).unwrap_or_default());
            let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(table));
            left = unprocessed.map(|rest| rest.keys).unwrap_or_default();
            if left.is_empty() {
                return Ok(found);
            }
        }
        Err(StoreError::Throttled)
    }
}

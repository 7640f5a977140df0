//! Reading all of a partition, and deleting it.

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};

use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// The most requests that one `BatchWriteItem` takes.
const BATCH: usize = 25;
/// How often what a batch left out is asked for again.
const ROUNDS: usize = 6;

impl Store {
    /// Every item of a partition.
    pub(crate) async fn all_under(&self, table: &str, pk: &str) -> Result<Vec<Item>, StoreError> {
        let query = self.client.query().table_name(table).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", s(pk)).consistent_read(true);
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// The items of a conversation between two sort keys.
    pub(crate) async fn all_between(
        &self,
        pk: &str,
        first: &str,
        last: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let query = self.client.query().table_name(&self.tables.conversations);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(pk));
        let query = query.expression_attribute_values(":first", s(first));
        let query = query.expression_attribute_values(":last", s(last));
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// Deletes items; one that is not there is as good as deleted.
    pub(crate) async fn delete_all(&self, table: &str, mut keys: Vec<keys::Key>) -> Result<(), StoreError> {
        keys.sort_unstable();
        keys.dedup();
        for batch in keys.chunks(BATCH) {
            let mut left: Vec<WriteRequest> = batch.iter().filter_map(delete_request).collect();
            for round in 0.. {
                if left.is_empty() {
                    break;
                }
                if round == ROUNDS {
                    return Err(StoreError::Throttled);
                }
                let sent = self.client.batch_write_item().request_items(table, left).send().await;
                let answer = sent.map_err(|error| StoreError::from_sdk(&error))?;
                let unprocessed = answer.unprocessed_items.and_then(|mut tables| tables.remove(table));
                left = unprocessed.unwrap_or_default();
            }
        }
        Ok(())
    }
}

/// The key of an item.
pub(crate) fn key_of(item: &Item) -> Option<keys::Key> {
    Some((item.text("pk")?.to_owned(), item.text("sk")?.to_owned()))
}

fn delete_request(key: &keys::Key) -> Option<WriteRequest> {
    let delete = DeleteRequest::builder().key("pk", s(&key.0)).key("sk", s(&key.1)).build().ok()?;
    Some(WriteRequest::builder().delete_request(delete).build())
}

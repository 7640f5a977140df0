//! Keeping the entries under which contacts are found, from what the table's stream tells.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use domain::ContactId;
use domain::record::term::{Term, terms_of};

use crate::item::{Item, at, s};
use crate::record_item::contact_of_item;
use crate::{Store, StoreError, keys};

/// The most writes of one batch.
const BATCH: usize = 25;
/// How often writes that a batch left out are asked for again.
const ROUNDS: usize = 5;

impl Store {
    /// Brings a contact's entries from what its old image asks for to what its new one does. Anything else than a
    /// contact's profile changes nothing. Repeating it changes nothing: both images are whole.
    ///
    /// # Errors
    /// See [`StoreError`]; some entries may have been written.
    pub async fn keep_terms(&self, old: Option<&Item>, new: Option<&Item>) -> Result<(), StoreError> {
        let (old, new) = (old.and_then(contact_of_item), new.and_then(contact_of_item));
        let Some(id) = new.as_ref().or(old.as_ref()).map(|contact| contact.id.clone()) else { return Ok(()) };
        let before = old.as_ref().map(terms_of).unwrap_or_default();
        let after = new.as_ref().map(terms_of).unwrap_or_default();
        let gone = before.difference(&after).map(|term| removal(term, &id));
        let come = after.difference(&before).map(|term| entry(term, &id));
        let writes: Vec<WriteRequest> = gone.chain(come).collect();
        for batch in writes.chunks(BATCH) {
            self.write_batch(&self.tables.contacts, batch.to_vec()).await?;
        }
        Ok(())
    }

    /// Writes up to 25 items without conditions. What DynamoDB leaves out is written again.
    pub(crate) async fn write_batch(
        &self,
        table: &str,
        mut left: Vec<WriteRequest>,
    ) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let batch = self.client.batch_write_item().request_items(table, left).send().await;
            let answer = batch.map_err(|error| StoreError::from_sdk(&error))?;
            left = answer.unprocessed_items.and_then(|mut tables| tables.remove(table)).unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Throttled)
    }
}

fn entry(term: &Term, id: &ContactId) -> WriteRequest {
    let (pk, sk) = keys::entry(term, id);
    // Key and item are always set.
    WriteRequest::builder()
        .set_put_request(PutRequest::builder().set_item(Some(at(&pk, &sk))).build().ok())
        .build()
}

fn removal(term: &Term, id: &ContactId) -> WriteRequest {
    let (pk, sk) = keys::entry(term, id);
    let key: HashMap<String, AttributeValue> = [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into();
    WriteRequest::builder()
        .set_delete_request(DeleteRequest::builder().set_key(Some(key)).build().ok())
        .build()
}

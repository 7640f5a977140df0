//! Keeping the entries under which contacts are found, from what the table's stream tells.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use domain::ContactId;
use domain::record::term::{Term, terms_of};
use jiff::Timestamp;

use crate::changes::{ChangeRecord, Image};
use crate::item::{Get, Item, at, s};
use crate::record_item::contact_of_item;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// The most writes of one batch.
const BATCH: usize = 25;
/// How often writes that a batch left out are asked for again.
const ROUNDS: usize = 5;

impl Store {
    /// Does what follows from a change of an item for how contacts are found: a record's entries, and the month of a
    /// person's last activity. Repeating it changes nothing: both images are whole.
    ///
    /// # Errors
    /// See [`StoreError`]; a part may have been written.
    pub async fn follow(&self, change: &ChangeRecord) -> Result<(), StoreError> {
        let (old, new) = (change.old.as_ref().map(Image::item), change.new.as_ref().map(Image::item));
        let whole = new.or(old);
        if whole.is_some_and(|item| item.text("sk") == Some(keys::STATE)) {
            return self.note_month(old, new).await;
        }
        self.keep_terms(old, new).await
    }

    async fn keep_terms(&self, old: Option<&Item>, new: Option<&Item>) -> Result<(), StoreError> {
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

    /// A conversation moved into another month: so did its person. One write a month.
    async fn note_month(&self, old: Option<&Item>, new: Option<&Item>) -> Result<(), StoreError> {
        let month = |item: &Item| item.time("la").map(month_of);
        let Some((new, now)) = new.and_then(|item| Some((item, month(item)?))) else { return Ok(()) };
        let conversation = new.text("pk").and_then(keys::parse_conversation);
        let Some(contact) = conversation.and_then(|id| id.contact().cloned()) else { return Ok(()) };
        let is_known = match old.and_then(month) {
            Some(before) => before >= now,
            // A record that was made this month says so from the beginning.
            None => made_at(&contact).map(month_of).is_some_and(|made| made >= now),
        };
        if is_known {
            return Ok(());
        }
        let condition = Condition::MonthForward;
        let (pk, sk) = keys::profile(&contact);
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.contacts)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET act = :month")
            .under(condition)
            .expression_attribute_values(":month", s(now));
        crate::outbound::written(update).await.map(drop)
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

/// A month as a record has it.
pub(crate) fn month_of(at: Timestamp) -> String {
    at.strftime("%Y-%m").to_string()
}

/// When a record was made: its id begins with the time.
fn made_at(contact: &ContactId) -> Option<Timestamp> {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits = contact.as_str().get(..10)?;
    let ms = digits.bytes().try_fold(0_i64, |ms, digit| {
        let value = DIGITS.iter().position(|known| *known == digit.to_ascii_uppercase())?;
        Some(ms * 32 + i64::try_from(value).ok()?)
    });
    Timestamp::from_millisecond(ms?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_its_record_was_made() {
        let id = ContactId::new("01KB0XQ6G00000000000000000").unwrap();
        assert_eq!(made_at(&id).map(month_of).as_deref(), Some("2025-11"));
        assert_eq!(made_at(&ContactId::new("ana").unwrap()), None);
    }
}

//! Writes of several items, all or none.

use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};

use crate::error::Conditional;
use crate::item::{Item, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

impl Store {
    pub(crate) fn update_of(&self, key: &keys::Key) -> UpdateBuilder {
        Update::builder().table_name(&self.tables.contacts).key("pk", s(&key.0)).key("sk", s(&key.1))
    }

    pub(crate) fn put_builder(&self, item: Item, condition: Option<Condition>) -> PutBuilder {
        self.put_in(&self.tables.contacts, item, condition)
    }

    pub(crate) fn put_in(&self, table: &str, item: Item, condition: Option<Condition>) -> PutBuilder {
        let mut put = Put::builder().table_name(table).set_item(Some(item));
        if let Some(condition) = condition {
            put = put.under(condition);
        }
        put
    }

    pub(crate) fn put_action(
        &self,
        table: &str,
        item: Item,
        condition: Option<Condition>,
    ) -> TransactWriteItem {
        put_action(self.put_in(table, item, condition))
    }

    /// Writes all or nothing.
    pub(crate) async fn transact(
        &self,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Conditional<()>, StoreError> {
        let sent = self.client.transact_write_items().set_transact_items(Some(actions)).send().await;
        let Err(error) = sent else { return Ok(Conditional::Written) };
        let reasons = match error.as_service_error() {
            Some(refused) if refused.is_transaction_canceled_exception() => match refused {
                aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(canceled) => {
                    canceled.cancellation_reasons()
                }
                _ => &[],
            },
            _ => return Err(StoreError::from_sdk(&error)),
        };
        let code = |wanted: &str| reasons.iter().any(|reason| reason.code() == Some(wanted));
        if code("ConditionalCheckFailed") {
            return Ok(Conditional::Refused(()));
        }
        if code("TransactionConflict") {
            return Err(StoreError::Contended);
        }
        if code("ThrottlingError") || code("ProvisionedThroughputExceeded") {
            return Err(StoreError::Throttled);
        }
        if code("ValidationError") || code("ItemCollectionSizeLimitExceeded") {
            return Err(StoreError::Refused("a part of a transaction is not valid".to_owned()));
        }
        Err(StoreError::from_sdk(&error))
    }
}

pub(crate) fn put_action(put: PutBuilder) -> TransactWriteItem {
    // Table and item are always set above.
    TransactWriteItem::builder().set_put(put.build().ok()).build()
}

pub(crate) fn update_action(update: UpdateBuilder) -> TransactWriteItem {
    // Table, key and expression are always set above.
    TransactWriteItem::builder().set_update(update.build().ok()).build()
}

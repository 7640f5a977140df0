//! Sits in the DynamoDB clients of the functions, asks for `ConsumedCapacity`, and enters it.

use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem, WriteRequest};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut, Error, Output,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use super::bill::{Bill, Part, kind_of};
use super::size;

/// A transactional write is billed twice.
const TRANSACTIONAL: f64 = 2.0;

/// The interceptor for the clients of a function.
pub(crate) fn interceptor(bill: &Bill) -> SharedInterceptor {
    SharedInterceptor::new(Tap(bill.clone()))
}

#[derive(Debug)]
struct Tap(Bill);

/// What a request is about, kept until its answer.
#[derive(Clone, Debug)]
struct Asked(Vec<Part>);

impl Storable for Asked {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for Tap {
    fn name(&self) -> &'static str {
        "capacity"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        let wanted = Some(ReturnConsumedCapacity::Indexes);
        let parts = if let Some(put) = input.downcast_mut::<PutItemInput>() {
            put.return_consumed_capacity = wanted;
            let item = put.item.clone().unwrap_or_default();
            vec![(kind_of(&item).to_owned(), size::write_units(size::of_item(&item)))]
        } else if let Some(update) = input.downcast_mut::<UpdateItemInput>() {
            update.return_consumed_capacity = wanted;
            vec![(kind_of(update.key.as_ref().unwrap_or(&Default::default())).to_owned(), 1.0)]
        } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
            transaction.return_consumed_capacity = wanted;
            transaction.transact_items.iter().flatten().map(part_of).collect()
        } else if let Some(delete) = input.downcast_mut::<DeleteItemInput>() {
            delete.return_consumed_capacity = wanted;
            vec![(kind_of(delete.key.as_ref().unwrap_or(&Default::default())).to_owned(), 1.0)]
        } else if let Some(batch) = input.downcast_mut::<BatchWriteItemInput>() {
            batch.return_consumed_capacity = wanted;
            batch
                .request_items
                .iter()
                .flatten()
                .flat_map(|(_, requests)| requests)
                .map(part_of_batch)
                .collect()
        } else if let Some(batch) = input.downcast_mut::<BatchGetItemInput>() {
            batch.return_consumed_capacity = wanted;
            let tables = batch.request_items.iter().flatten();
            let key = tables.flat_map(|(_, keys)| keys.keys()).next();
            vec![(key.map_or("other", kind_of).to_owned(), 1.0)]
        } else if let Some(get) = input.downcast_mut::<GetItemInput>() {
            get.return_consumed_capacity = wanted;
            vec![(kind_of(get.key.as_ref().unwrap_or(&Default::default())).to_owned(), 1.0)]
        } else if let Some(query) = input.downcast_mut::<QueryInput>() {
            query.return_consumed_capacity = wanted;
            vec![("query".to_owned(), 1.0)]
        } else {
            return Ok(());
        };
        config.interceptor_state().store_put(Asked(parts));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Asked(parts)) = config.load::<Asked>() else { return Ok(()) };
        match context.output_or_error() {
            Ok(output) => self.enter(parts, output),
            Err(error) => {
                if let Some(error) = error.as_operation_error() {
                    self.enter_refusal(parts, error);
                }
            }
        }
        Ok(())
    }
}

impl Tap {
    fn enter(&self, parts: &[Part], output: &Output) {
        if let Some(put) = output.downcast_ref::<PutItemOutput>() {
            self.0.wrote(parts, put.consumed_capacity.as_slice());
        } else if let Some(update) = output.downcast_ref::<UpdateItemOutput>() {
            self.0.wrote(parts, update.consumed_capacity.as_slice());
        } else if let Some(transaction) = output.downcast_ref::<TransactWriteItemsOutput>() {
            self.0.wrote(parts, transaction.consumed_capacity());
        } else if let Some(delete) = output.downcast_ref::<DeleteItemOutput>() {
            self.0.wrote(parts, delete.consumed_capacity.as_slice());
        } else if let Some(batch) = output.downcast_ref::<BatchWriteItemOutput>() {
            self.0.wrote(parts, batch.consumed_capacity());
        } else if let (Some(batch), Some((kind, _))) =
            (output.downcast_ref::<BatchGetItemOutput>(), parts.first())
        {
            self.0.read(kind, batch.consumed_capacity());
        } else if let (Some(get), Some((kind, _))) = (output.downcast_ref::<GetItemOutput>(), parts.first()) {
            self.0.read(kind, get.consumed_capacity.as_slice());
        } else if let Some(query) = output.downcast_ref::<QueryOutput>() {
            self.0.read("query", query.consumed_capacity.as_slice());
        }
    }

    /// An answer that refuses carries no `ConsumedCapacity`: what AWS bills is computed here.
    fn enter_refusal(&self, parts: &[Part], error: &Error) {
        let standing = if let Some(PutItemError::ConditionalCheckFailedException(refused)) =
            error.downcast_ref()
        {
            refused.item()
        } else if let Some(UpdateItemError::ConditionalCheckFailedException(refused)) = error.downcast_ref() {
            refused.item()
        } else {
            if let Some(TransactWriteItemsError::TransactionCanceledException(_)) = error.downcast_ref() {
                self.0.refused(parts);
            }
            return;
        };
        let units = size::write_units(standing.map_or(0, size::of_item));
        let parts: Vec<Part> = parts.iter().map(|(kind, _)| (kind.clone(), units)).collect();
        self.0.refused(&parts);
    }
}

fn part_of(action: &TransactWriteItem) -> Part {
    let (key, bytes) = match (action.put(), action.update()) {
        (Some(put), _) => (Some(put.item()), size::of_item(put.item())),
        (_, Some(update)) => (Some(update.key()), 0),
        _ => (None, 0),
    };
    (key.map_or("other", kind_of).to_owned(), size::write_units(bytes) * TRANSACTIONAL)
}

fn part_of_batch(request: &WriteRequest) -> Part {
    let (key, bytes) = match (request.put_request(), request.delete_request()) {
        (Some(put), _) => (Some(put.item()), size::of_item(put.item())),
        (_, Some(delete)) => (Some(delete.key()), 0),
        _ => (None, 0),
    };
    (key.map_or("other", kind_of).to_owned(), size::write_units(bytes))
}

//! DynamoDB: transactions.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use tests::fidelity::{Differs, Item, Table, holds, item, key, n, refused};

use crate::check;

fn transaction(table: &Table) -> TransactWriteItemsFluentBuilder {
    table.client.transact_write_items()
}

fn put(table: &Table, item: Item) -> Result<TransactWriteItem, Differs> {
    let put = Put::builder().table_name(&table.name).set_item(Some(item)).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn put_if_absent(table: &Table, item: Item) -> Result<TransactWriteItem, Differs> {
    let put = Put::builder().table_name(&table.name).set_item(Some(item));
    let put = put.condition_expression("attribute_not_exists(pk)");
    let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

fn count(table: &Table, key: Item) -> Result<TransactWriteItem, Differs> {
    let update = Update::builder().table_name(&table.name).set_key(Some(key)).update_expression("ADD n :o");
    let update = update.expression_attribute_values(":o", n(1)).build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

check!(a_transaction_puts_updates_checks_and_deletes, async |place| {
    let table = Table::create(place).await?;
    table.put(key("a", "1")).send().await?;
    table.put(key("gone", "1")).send().await?;
    let stands = ConditionCheck::builder().table_name(&table.name).set_key(Some(key("a", "1")));
    let stands = stands.condition_expression("attribute_exists(pk)").build()?;
    let delete = Delete::builder().table_name(&table.name).set_key(Some(key("gone", "1"))).build()?;
    let all = transaction(&table)
        .transact_items(put(&table, key("t", "1"))?)
        .transact_items(count(&table, key("t", "2"))?)
        .transact_items(TransactWriteItem::builder().condition_check(stands).build())
        .transact_items(TransactWriteItem::builder().delete(delete).build());
    all.send().await?;
    let (written, counted) = (table.get(key("t", "1")).await?, table.get(key("t", "2")).await?);
    let deleted = table.get(key("gone", "1")).await?;
    let wanted = counted == Some(item("t", "2", [("n", n(1))]));
    holds(written.is_some() && wanted && deleted.is_none(), (written, counted, deleted))
});

check!(a_cancelled_transaction_tells_why_item_by_item_and_writes_nothing, async |place| {
    let table = Table::create(place).await?;
    table.put(item("a", "1", [("v", n(1))])).send().await?;
    let all = transaction(&table)
        .transact_items(put(&table, key("t", "9"))?)
        .transact_items(put_if_absent(&table, key("a", "1"))?);
    let error = all.send().await.err().ok_or(Differs::because("accepted"))?.into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return Err(Differs::because(format!("{error}")));
    };
    let reasons = cancelled.cancellation_reasons();
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason.code.as_deref()).collect();
    holds(codes == ["None", "ConditionalCheckFailed"], &codes)?;
    let shown = reasons[1].item.clone();
    holds(shown == Some(item("a", "1", [("v", n(1))])), shown)?;
    let written = table.get(key("t", "9")).await?;
    holds(written.is_none(), written)
});

check!(a_transaction_that_is_sent_again_with_its_token_happens_once, async |place| {
    let table = Table::create(place).await?;
    for _ in 0..2 {
        let all = transaction(&table).transact_items(count(&table, key("idem", "1"))?);
        all.client_request_token("the same").send().await?;
    }
    let counted = table.get(key("idem", "1")).await?;
    holds(counted == Some(item("idem", "1", [("n", n(1))])), counted)
});

check!(a_transaction_that_names_an_item_twice_is_refused, async |place| {
    let table = Table::create(place).await?;
    let twice = transaction(&table)
        .transact_items(put(&table, key("dup", "1"))?)
        .transact_items(put(&table, key("dup", "1"))?);
    refused(twice.send().await, "ValidationException")
});

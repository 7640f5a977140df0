//! DynamoDB: puts, updates and their conditions.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use tests::fidelity::{Differs, Item, Table, holds, item, key, n, refused, s};

use crate::check;

const ABSENT: &str = "attribute_not_exists(pk)";
const FAILED: &str = "ConditionalCheckFailedException";

check!(a_put_if_absent_is_refused_where_an_item_stands, async |place| {
    let table = Table::create(place).await?;
    table.put(item("a", "1", [("v", n(1))])).condition_expression(ABSENT).send().await?;
    refused(table.put(key("a", "1")).condition_expression(ABSENT).send().await, FAILED)?;
    let kept = table.get(key("a", "1")).await?;
    holds(kept == Some(item("a", "1", [("v", n(1))])), kept)
});

check!(a_refused_put_brings_the_item_that_stands_there, async |place| {
    let table = Table::create(place).await?;
    table.put(item("a", "1", [("v", n(1))])).send().await?;
    let put = table.put(key("a", "1")).condition_expression(ABSENT);
    let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let error = put.send().await.err().ok_or(Differs::because("accepted"))?.into_service_error();
    let shown = match &error {
        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) => {
            failed.item.clone()
        }
        other => return Err(Differs::because(format!("{other}"))),
    };
    holds(shown == Some(item("a", "1", [("v", n(1))])), shown)
});

check!(an_update_counts_appends_defaults_and_removes_at_once, async |place| {
    let table = Table::create(place).await?;
    table.put(item("a", "1", [("v", n(1))])).send().await?;
    let expression = "SET c = if_not_exists(c, :z), l = list_append(if_not_exists(l, :e), :x) \
                      ADD unread :one, tags :ss REMOVE nope";
    let update = table.update(key("a", "1"), expression);
    let update = update.expression_attribute_values(":z", n(7)).expression_attribute_values(":one", n(1));
    let update = update.expression_attribute_values(":e", AttributeValue::L(vec![]));
    let update = update.expression_attribute_values(":x", AttributeValue::L(vec![s("x")]));
    let update = update.expression_attribute_values(":ss", AttributeValue::Ss(vec!["p".into()]));
    let updated = update.return_values(ReturnValue::AllNew).send().await?.attributes;
    let wanted: Item = item(
        "a",
        "1",
        [
            ("v", n(1)),
            ("c", n(7)),
            ("unread", n(1)),
            ("tags", AttributeValue::Ss(vec!["p".into()])),
            ("l", AttributeValue::L(vec![s("x")])),
        ],
    );
    holds(updated.as_ref() == Some(&wanted), updated)
});

check!(a_set_inside_a_map_that_is_missing_is_refused, async |place| {
    let table = Table::create(place).await?;
    table.put(key("a", "1")).send().await?;
    let update = table.update(key("a", "1"), "SET m.k = :v").expression_attribute_values(":v", n(1));
    refused(update.send().await, "ValidationException")
});

check!(a_rank_moves_forward_only, async |place| {
    let table = Table::create(place).await?;
    let to = |rank| {
        let update = table.update(key("m", "1"), "SET #r = :r").expression_attribute_names("#r", "rank");
        let update = update.condition_expression("attribute_not_exists(#r) OR #r < :r");
        update.expression_attribute_values(":r", n(rank)).send()
    };
    to(2).await?;
    to(3).await?;
    refused(to(1).await, FAILED)?;
    let kept = table.get(key("m", "1")).await?;
    holds(kept == Some(item("m", "1", [("rank", n(3))])), kept)
});

check!(a_reserved_word_needs_a_placeholder, async |place| {
    let table = Table::create(place).await?;
    let update = table.update(key("m", "1"), "SET status = :r").expression_attribute_values(":r", n(1));
    refused(update.send().await, "ValidationException")
});

check!(a_value_that_no_expression_uses_is_refused, async |place| {
    let table = Table::create(place).await?;
    let update = table.update(key("m", "1"), "SET z = :r").expression_attribute_values(":r", n(1));
    refused(update.expression_attribute_values(":q", n(1)).send().await, "ValidationException")
});

check!(an_empty_key_is_refused, async |place| {
    let table = Table::create(place).await?;
    refused(table.put(key("", "1")).send().await, "ValidationException")
});

check!(an_item_above_400_kb_is_refused, async |place| {
    let table = Table::create(place).await?;
    table.put(item("almost", "1", [("b", s(&"x".repeat(400_000)))])).send().await?;
    refused(table.put(item("big", "1", [("b", s(&"x".repeat(410_000)))])).send().await, "ValidationException")
});

check!(a_batch_takes_25_writes_of_different_items_and_no_more, async |place| {
    let table = Table::create(place).await?;
    table.put_many(25).await?;
    refused(table.put_many(26).await, "ValidationException")?;
    refused(table.put_together(vec![key("b", "000"), key("b", "000")]).await, "ValidationException")
});

//! DynamoDB: reads, indexes, pages and what they cost.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use tests::fidelity::{Differs, Item, Table, holds, item, key, s};

use crate::check;

/// Twelve items of 100 KB: more than one page of 1 MB.
async fn put_more_than_a_page(table: &Table) -> Result<(), Differs> {
    for number in 0..12 {
        let large = item("mb", &format!("{number:02}"), [("b", s(&"x".repeat(100_000)))]);
        table.put(large).send().await?;
    }
    Ok(())
}

fn texts(items: &[Item], attribute: &str) -> Vec<String> {
    let text = |item: &Item| item.get(attribute).and_then(|value| value.as_s().ok()).cloned();
    items.iter().filter_map(text).collect()
}

check!(a_batch_of_30_keys_gives_the_items_that_exist, async |place| {
    let table = Table::create(place).await?;
    table.put_many(25).await?;
    let keys = (0..30).map(|number| key("b", &format!("{number:03}"))).collect();
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
    let got = table.client.batch_get_item().request_items(&table.name, keys).send().await?.responses;
    let got = got.and_then(|mut tables| tables.remove(&table.name)).unwrap_or_default();
    holds(got.len() == 25, got.len())
});

check!(an_index_is_read_backwards_in_pages_that_go_on_after_four_keys, async |place| {
    let table = Table::create(place).await?;
    table.put_many(25).await?;
    let (mut read, mut last, mut pages) = (Vec::new(), None, 0);
    loop {
        let query = table.client.query().table_name(&table.name).index_name("gsi1").limit(10);
        let query = query.key_condition_expression("gpk = :g").expression_attribute_values(":g", s("G"));
        let page = query.scan_index_forward(false).set_exclusive_start_key(last).send().await?;
        pages += 1;
        read.extend(texts(page.items(), "gsk"));
        last = page.last_evaluated_key;
        let Some(last) = &last else { break };
        let names: BTreeSet<_> = last.keys().map(String::as_str).collect();
        holds(names == BTreeSet::from(["pk", "sk", "gpk", "gsk"]), names)?;
    }
    let wanted: Vec<_> = (0..25).rev().map(|number| format!("{number:03}")).collect();
    holds(read == wanted && pages == 3, (pages, read))
});

check!(a_filter_counts_what_it_read_and_what_it_left, async |place| {
    let table = Table::create(place).await?;
    table.put_many(25).await?;
    let query = table.client.query().table_name(&table.name).filter_expression("gsk > :f");
    let query = query.key_condition_expression("pk = :p AND sk BETWEEN :a AND :b");
    let query = query.expression_attribute_values(":p", s("b")).expression_attribute_values(":f", s("009"));
    let query = query.expression_attribute_values(":a", s("005")).expression_attribute_values(":b", s("014"));
    let page = query.send().await?;
    holds((page.count, page.scanned_count) == (5, 10), (page.count, page.scanned_count))?;
    let query = table.client.query().table_name(&table.name);
    let query = query.key_condition_expression("pk = :p AND begins_with(sk, :b)");
    let query = query.expression_attribute_values(":p", s("b")).expression_attribute_values(":b", s("01"));
    let found = query.send().await?.count;
    holds(found == 10, found)
});

check!(a_page_ends_at_1_mb, async |place| {
    let table = Table::create(place).await?;
    put_more_than_a_page(&table).await?;
    let page = table.query("mb").send().await?;
    holds(page.last_evaluated_key.is_some() && (10..=11).contains(&page.count), page.count)
});

check!(capacity_is_told_of_writes_queries_and_indexes, async |place| {
    let table = Table::create(place).await?;
    let total = ReturnConsumedCapacity::Total;
    let put = table.put(item("cc", "1", [("b", s(&"x".repeat(3_000)))]));
    let written = put.return_consumed_capacity(total.clone()).send().await?.consumed_capacity;
    let written = written.and_then(|told| told.capacity_units);
    holds(written == Some(3.0), format!("a put of 3 KB: {written:?}"))?;
    let indexed = table.put(item("cc", "2", [("gpk", s("q")), ("gsk", s("q"))]));
    let indexed = indexed.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
    let indexed = indexed.consumed_capacity.and_then(|told| told.global_secondary_indexes);
    let units = indexed.as_ref().and_then(|indexes| indexes.get("gsi1")).and_then(|told| told.capacity_units);
    holds(units == Some(1.0), format!("the index of a put: {units:?}"))?;
    put_more_than_a_page(&table).await?;
    let read = table.query("mb").return_consumed_capacity(total).send().await?.consumed_capacity;
    let read = read.and_then(|told| told.capacity_units);
    holds(read.is_some_and(|units| (120.0..=140.0).contains(&units)), format!("a query of 1 MB: {read:?}"))
});

check!(partiql_selects_by_key, async |place| {
    let table = Table::create(place).await?;
    table.put(key("a", "1")).send().await?;
    table.put(key("a", "2")).send().await?;
    let select = format!(r#"SELECT * FROM "{}" WHERE pk = ? AND sk = ?"#, table.name);
    let select = table.client.execute_statement().statement(select).parameters(s("a")).parameters(s("1"));
    let found = select.send().await?.items;
    holds(found.as_deref() == Some(&[key("a", "1")]), found)
});

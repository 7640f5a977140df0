//! DynamoDB: what belongs to a table: expiry, streams, indexes, backups, tags.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, KeySchemaElement,
    KeyType, PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType, Tag,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use aws_sdk_dynamodbstreams::types::{OperationType, Record, ShardIteratorType};
use tests::fidelity::{Differs, Place, Table, Verdict, eventually, holds, item, key, n, s};

use crate::check;

/// AWS takes up to a few days; whoever plays it sweeps each minute.
const SWEEP: Duration = Duration::from_secs(61);

async fn expire_by_ttl(table: &Table) -> Verdict {
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build()?;
    let update = table.client.update_time_to_live().table_name(&table.name);
    update.time_to_live_specification(ttl).send().await?;
    Ok(())
}

check!(time_to_live_is_switched_on_and_described, async |place| {
    let table = Table::create(place).await?;
    expire_by_ttl(&table).await?;
    let told = table.client.describe_time_to_live().table_name(&table.name).send().await?;
    let told = told.time_to_live_description.ok_or(Differs::because("no description"))?;
    let on = matches!(told.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
    holds(on && told.attribute_name.as_deref() == Some("ttl"), told)
});

check!(an_expired_item_goes_in_the_end_and_no_other, async |place| {
    let table = Table::create(place).await?;
    expire_by_ttl(&table).await?;
    let now = place.now().as_second();
    table.put(item("ttl", "expired", [("ttl", n(now - 60))])).send().await?;
    table.put(item("ttl", "later", [("ttl", n(now + 86_400))])).send().await?;
    table.put(item("ttl", "in words", [("ttl", s("yesterday"))])).send().await?;
    place.pass(SWEEP).await;
    eventually(Duration::from_secs(10), async || {
        let left = table.query("ttl").send().await?.items.unwrap_or_default();
        let left: Vec<_> = left.iter().filter_map(|item| item["sk"].as_s().ok()).collect();
        holds(left == ["in words", "later"], left)
    })
    .await
});

/// All records of a table's stream, shard by shard.
async fn records(place: &Place, table: &Table) -> Result<Vec<Record>, Differs> {
    let streams = place.streams();
    let described = table.client.describe_table().table_name(&table.name).send().await?.table;
    let arn = described.and_then(|table| table.latest_stream_arn).ok_or(Differs::because("no stream"))?;
    let stream = streams.describe_stream().stream_arn(&arn).send().await?.stream_description;
    let mut records = Vec::new();
    for shard in stream.and_then(|stream| stream.shards).unwrap_or_default() {
        let start = streams.get_shard_iterator().stream_arn(&arn).set_shard_id(shard.shard_id);
        let start = start.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?;
        let mut next = start.shard_iterator;
        // An open shard always has a next iterator: it is read until it gives nothing.
        while let Some(iterator) = next.take() {
            let page = streams.get_records().shard_iterator(iterator).send().await?;
            let read = page.records.unwrap_or_default();
            next = page.next_shard_iterator.filter(|_| !read.is_empty());
            records.extend(read);
        }
    }
    Ok(records)
}

check!(a_stream_tells_every_change_with_both_images, async |place| {
    let table = Table::create(place).await?;
    table.put_many(25).await?;
    table.put(item("a", "1", [("v", n(1))])).send().await?;
    table.update(key("a", "1"), "SET v = :v").expression_attribute_values(":v", n(2)).send().await?;
    table.client.delete_item().table_name(&table.name).set_key(Some(key("a", "1"))).send().await?;
    let records = records(place, &table).await?;
    let of =
        |name: OperationType| records.iter().filter(move |record| record.event_name == Some(name.clone()));
    let counts = [of(OperationType::Insert), of(OperationType::Modify), of(OperationType::Remove)];
    let counts = counts.map(Iterator::count);
    holds(counts == [26, 1, 1], counts)?;
    let modified = of(OperationType::Modify).next().and_then(|record| record.dynamodb.clone());
    let modified = modified.ok_or(Differs::because("no images"))?;
    let image = |image: &Option<std::collections::HashMap<String, _>>| {
        image.as_ref().and_then(|image| image.get("v").cloned())
    };
    let values = (image(&modified.old_image), image(&modified.new_image));
    let number = |number: &str| Some(aws_sdk_dynamodbstreams::types::AttributeValue::N(number.to_owned()));
    holds(values == (number("1"), number("2")), values)
});

check!(an_index_that_is_added_holds_what_was_there_before, async |place| {
    let table = Table::create(place).await?;
    table.put(item("a", "1", [("g2", s("found"))])).send().await?;
    let key = KeySchemaElement::builder().attribute_name("g2").key_type(KeyType::Hash).build()?;
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let index = CreateGlobalSecondaryIndexAction::builder().index_name("gsi2").key_schema(key);
    let index = index.projection(keys_only).build()?;
    let attribute = AttributeDefinition::builder().attribute_name("g2");
    let attribute = attribute.attribute_type(ScalarAttributeType::S).build()?;
    let update = table.client.update_table().table_name(&table.name).attribute_definitions(attribute);
    let create = GlobalSecondaryIndexUpdate::builder().create(index).build();
    update.global_secondary_index_updates(create).send().await?;
    eventually(Duration::from_secs(20), async || {
        let query = table.client.query().table_name(&table.name).index_name("gsi2");
        let query = query.key_condition_expression("g2 = :g").expression_attribute_values(":g", s("found"));
        let found = query.send().await?.count;
        holds(found == 1, found)
    })
    .await
});

check!(point_in_time_recovery_and_tags_are_accepted, async |place| {
    let table = Table::create(place).await?;
    let described = table.client.describe_table().table_name(&table.name).send().await?.table;
    let arn = described.and_then(|table| table.table_arn).ok_or(Differs::because("no ARN"))?;
    let tag = Tag::builder().key("stage").value("tests").build()?;
    table.client.tag_resource().resource_arn(arn).tags(tag).send().await?;
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build()?;
    let update = table.client.update_continuous_backups().table_name(&table.name);
    update.point_in_time_recovery_specification(on).send().await?;
    Ok(())
});

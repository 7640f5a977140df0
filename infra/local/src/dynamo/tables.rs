//! Brings the database's tables to what the template says.

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::describe_time_to_live::DescribeTimeToLiveRequest;
use dynoxide::actions::update_table::UpdateTableRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::{Database, DynoxideError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::DynamoError;
use crate::template::{Index, KeyPart, Table};

/// Creates the table, or adds and removes indexes, stream and expiry until it is as the template says.
pub(super) fn ensure(database: &Database, table: &Table) -> Result<(), DynamoError> {
    let describe = DescribeTableRequest { table_name: table.name.clone() };
    match database.describe_table(describe) {
        Err(DynoxideError::ResourceNotFoundException(_)) => create(database, table)?,
        Err(error) => return Err(error.into()),
        Ok(found) => {
            let found = serde_json::to_value(found.table).map_err(unreadable)?;
            adapt(database, table, &found)?;
        }
    }
    expire(database, table)
}

fn create(database: &Database, table: &Table) -> Result<(), DynamoError> {
    let mut wanted = json!({
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys(&table.keys),
        "AttributeDefinitions": attributes(table),
    });
    if !table.indexes.is_empty() {
        wanted["GlobalSecondaryIndexes"] = table.indexes.iter().map(index).collect();
    }
    if let Some(view) = &table.stream {
        wanted["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
    }
    database.create_table(request::<CreateTableRequest>(wanted)?)?;
    Ok(())
}

fn adapt(database: &Database, table: &Table, found: &Value) -> Result<(), DynamoError> {
    let wanted = keys(&table.keys);
    if found["KeySchema"] != wanted {
        return Err(DynamoError::Changed {
            table: table.name.clone(),
            found: format!("the key {}", found["KeySchema"]),
            wanted: wanted.to_string(),
        });
    }
    let present = found["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
    for old in &present {
        let name = old["IndexName"].as_str().unwrap_or_default();
        if !table.indexes.iter().any(|wanted| wanted.name == name && is_same(old, wanted)) {
            update(database, table, json!({ "Delete": { "IndexName": name } }))?;
        }
    }
    for wanted in &table.indexes {
        if !present.iter().any(|old| old["IndexName"] == wanted.name.as_str() && is_same(old, wanted)) {
            update(database, table, json!({ "Create": index(wanted) }))?;
        }
    }
    let streams = found["StreamSpecification"]["StreamEnabled"] == true;
    if streams != table.stream.is_some() {
        let mut change =
            json!({ "TableName": table.name, "StreamSpecification": { "StreamEnabled": !streams } });
        if let Some(view) = &table.stream {
            change["StreamSpecification"]["StreamViewType"] = json!(view);
        }
        database.update_table(request::<UpdateTableRequest>(change)?)?;
    }
    Ok(())
}

fn update(database: &Database, table: &Table, change: Value) -> Result<(), DynamoError> {
    let change = json!({
        "TableName": table.name,
        "AttributeDefinitions": attributes(table),
        "GlobalSecondaryIndexUpdates": [change],
    });
    database.update_table(request::<UpdateTableRequest>(change)?)?;
    Ok(())
}

fn expire(database: &Database, table: &Table) -> Result<(), DynamoError> {
    let now = database
        .describe_time_to_live(DescribeTimeToLiveRequest { table_name: table.name.clone() })?
        .time_to_live_description;
    let enabled = now.time_to_live_status == "ENABLED";
    let current = now.attribute_name.filter(|_| enabled);
    if current == table.ttl {
        return Ok(());
    }
    for (attribute, on) in [(&current, false), (&table.ttl, true)] {
        let Some(attribute) = attribute else { continue };
        let change = json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": on },
        });
        database.update_time_to_live(request::<UpdateTimeToLiveRequest>(change)?)?;
    }
    Ok(())
}

fn is_same(found: &Value, wanted: &Index) -> bool {
    let projection = &found["Projection"];
    let mut attributes: Vec<&str> =
        projection["NonKeyAttributes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut wanted_attributes: Vec<&str> = wanted.projection.attributes.iter().map(String::as_str).collect();
    attributes.sort_unstable();
    wanted_attributes.sort_unstable();
    found["KeySchema"] == keys(&wanted.keys)
        && projection["ProjectionType"] == wanted.projection.kind.as_str()
        && attributes == wanted_attributes
}

fn keys(keys: &[KeyPart]) -> Value {
    keys.iter().map(|key| json!({ "AttributeName": key.attribute, "KeyType": key.role })).collect()
}

fn attributes(table: &Table) -> Value {
    let all = table.attributes.iter();
    all.map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind })).collect()
}

fn index(index: &Index) -> Value {
    let mut projection = json!({ "ProjectionType": index.projection.kind });
    if !index.projection.attributes.is_empty() {
        projection["NonKeyAttributes"] = json!(index.projection.attributes);
    }
    json!({ "IndexName": index.name, "KeySchema": keys(&index.keys), "Projection": projection })
}

fn request<T: DeserializeOwned>(value: Value) -> Result<T, DynamoError> {
    serde_json::from_value(value).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> DynamoError {
    DynamoError::Database(DynoxideError::ValidationException(error.to_string()))
}

//! What a request to an AWS service asks IAM for: actions, resources, keys.

use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::events::{DEFAULT_BUS, bus_arn};
use crate::sockets::{self, Sockets};
use crate::template::{ACCOUNT, REGION, STAGE, Table};

/// One action on one resource. A batch or a transaction is several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The action, e.g. `dynamodb:PutItem`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The partition keys that it touches.
    pub keys: Vec<String>,
}

impl Call {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), keys: Vec::new() }
    }

    /// The calls of a request.
    pub(super) fn of(parts: &Parts, body: &[u8], tables: &[Table]) -> Vec<Self> {
        let target = parts.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
        let Some((service, operation)) = target.and_then(|target| target.split_once('.')) else {
            return if Sockets::knows(parts.uri.path()) { on_connection(parts) } else { on_bucket(parts) };
        };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match service {
            "DynamoDB_20120810" => on_table(operation, &body, tables),
            "DynamoDBStreams_20120810" => on_stream(operation, &body),
            "AmazonSQS" => vec![on_queue(operation, &body)],
            "secretsmanager" => {
                let id = body["SecretId"].as_str().unwrap_or("*");
                vec![Self::new(format!("secretsmanager:{operation}"), id)]
            }
            "AWSEvents" if operation == "PutEvents" => on_buses(&body),
            "AWSEvents" => vec![Self::new(format!("events:{operation}"), "*")],
            other => vec![Self::new(format!("{other}:{operation}"), "*")],
        }
    }
}

/// An operation on a stream. Records are asked for by an iterator, which only those have who might ask for it.
fn on_stream(operation: &str, body: &Value) -> Vec<Call> {
    let stream = body["StreamArn"].as_str();
    stream.map(|arn| Call::new(format!("dynamodb:{operation}"), arn)).into_iter().collect()
}

/// Events for buses: each entry names its own.
fn on_buses(body: &Value) -> Vec<Call> {
    let entries = body["Entries"].as_array().into_iter().flatten();
    let bus = |entry: &Value| match entry["EventBusName"].as_str().unwrap_or(DEFAULT_BUS) {
        arn if arn.starts_with("arn:") => arn.to_owned(),
        name => bus_arn(name),
    };
    entries.map(|entry| Call::new("events:PutEvents", bus(entry))).collect()
}

/// An operation on a queue. IAM knows no batches: who may send one message may send ten.
fn on_queue(operation: &str, body: &Value) -> Call {
    let url = body["QueueUrl"].as_str().unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let action = operation.strip_suffix("Batch").unwrap_or(operation);
    Call::new(format!("sqs:{action}"), format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"))
}

/// A call of a WebSocket API's connections. The API is named by its logical id.
fn on_connection(parts: &Parts) -> Vec<Call> {
    let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
    let api = format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{}/{STAGE}", sockets::API);
    vec![Call::new("execute-api:ManageConnections", format!("{api}/{}{path}", parts.method))]
}

/// An operation on a bucket, path style.
fn on_bucket(parts: &Parts) -> Vec<Call> {
    // A list of a bucket may end in a slash; the bucket's name does not.
    let path = parts.uri.path().trim_matches('/');
    let has_key = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let action = match (&parts.method, has_key) {
        (&Method::GET | &Method::HEAD, true) => "GetObject",
        (&Method::PUT, true) => "PutObject",
        (&Method::DELETE, true) => "DeleteObject",
        (_, true) => "PostObject",
        (_, false) => "ListBucket",
    };
    vec![Call::new(format!("s3:{action}"), format!("arn:aws:s3:::{path}"))]
}

/// An operation on tables. A transaction is allowed by the actions that it is made of.
fn on_table(operation: &str, body: &Value, tables: &[Table]) -> Vec<Call> {
    match operation {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            let actions = items.filter_map(|item| item.as_object()?.iter().next());
            let calls = actions.map(|(kind, action)| match kind.as_str() {
                "ConditionCheck" => on_item("ConditionCheckItem", action, tables),
                kind => on_item(&format!("{kind}Item"), action, tables),
            });
            calls.collect()
        }
        "BatchGetItem" | "BatchWriteItem" => {
            let requests = body["RequestItems"].as_object().into_iter().flatten();
            let calls = requests.map(|(name, requests)| {
                let table = table(name, tables);
                let mut call = Call::new(format!("dynamodb:{operation}"), arn(name));
                let keys = requests["Keys"].as_array().into_iter().flatten();
                let writes = requests.as_array().into_iter().flatten();
                let writes = writes.filter_map(|write| {
                    write["PutRequest"].get("Item").or(write["DeleteRequest"].get("Key"))
                });
                call.keys =
                    keys.chain(writes).filter_map(|key| key_of(key, partition_of(table, None)?)).collect();
                call
            });
            calls.collect()
        }
        operation => vec![on_item(operation, body, tables)],
    }
}

/// One action on one table or index.
fn on_item(operation: &str, action: &Value, tables: &[Table]) -> Call {
    let name = action["TableName"].as_str().unwrap_or_default();
    let index = action["IndexName"].as_str();
    let resource = match index {
        Some(index) => format!("{}/index/{index}", arn(name)),
        None => arn(name),
    };
    let mut call = Call::new(format!("dynamodb:{operation}"), resource);
    let Some(partition) = partition_of(table(name, tables), index) else { return call };
    let item = action.get("Item").or(action.get("Key"));
    call.keys.extend(item.and_then(|item| key_of(item, partition)));
    call.keys.extend(queried(action, partition));
    call
}

fn arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}")
}

fn table<'t>(name: &str, tables: &'t [Table]) -> Option<&'t Table> {
    tables.iter().find(|table| table.name == name)
}

/// The attribute that is the partition key of a table, or of an index of it.
fn partition_of<'t>(table: Option<&'t Table>, index: Option<&str>) -> Option<&'t str> {
    let table = table?;
    let keys = match index {
        Some(name) => &table.indexes.iter().find(|index| index.name == name)?.keys,
        None => &table.keys,
    };
    keys.first().map(|key| key.attribute.as_str())
}

fn key_of(item: &Value, partition: &str) -> Option<String> {
    item[partition]["S"].as_str().map(str::to_owned)
}

/// The partition key that a query asks for: the value that its condition says the attribute equals.
fn queried(action: &Value, partition: &str) -> Option<String> {
    let condition = action["KeyConditionExpression"].as_str()?;
    condition.split(" AND ").find_map(|part| {
        let (left, right) = part.split_once('=')?;
        let left = left.trim();
        let name = action["ExpressionAttributeNames"][left].as_str().unwrap_or(left);
        let value = &action["ExpressionAttributeValues"][right.trim()]["S"];
        (name == partition).then(|| value.as_str().map(str::to_owned))?
    })
}

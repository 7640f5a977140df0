//! Answers of the protocol.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::errors::SqsError;
use super::super::types::{AttributeValue, BatchOutcome, Message, MessageAttribute, Sent};
use super::super::{MoveStatus, MoveTask, md5};
use super::queue_url;
use super::request::Wanted;

/// Attributes that `GetQueueAttributes` knows, whether this queue has them or not.
const KNOWN: [&str; 21] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// The answer that says only that it is done.
pub(super) fn nothing((): ()) -> Value {
    json!({})
}

pub(super) fn sent(sent: &Sent) -> Value {
    let mut answer = Map::new();
    let mut set = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            answer.insert(name.to_owned(), Value::from(value.as_str()));
        }
    };
    set("MessageId", Some(&sent.message_id));
    set("MD5OfMessageBody", Some(&sent.md5_of_body));
    set("MD5OfMessageAttributes", sent.md5_of_attributes.as_ref());
    set("MD5OfMessageSystemAttributes", sent.md5_of_system_attributes.as_ref());
    set("SequenceNumber", sent.sequence_number.as_ref());
    Value::Object(answer)
}

pub(super) fn batch<T>(outcome: BatchOutcome<T>, write: impl Fn(T) -> Value) -> Value {
    let successful = outcome.successful.into_iter().map(|entry| {
        let mut answer = write(entry.request);
        answer["Id"] = Value::from(entry.id);
        answer
    });
    let failed = outcome.failed.into_iter().map(|entry| {
        let error = entry.request;
        json!({"Id": entry.id, "Code": error.query_code(), "Message": error.to_string(),
            "SenderFault": error.is_senders_fault()})
    });
    let mut answer = json!({"Successful": successful.collect::<Vec<_>>()});
    let failed = failed.collect::<Vec<_>>();
    if !failed.is_empty() {
        answer["Failed"] = Value::from(failed);
    }
    answer
}

pub(super) fn received(messages: &[Message], wanted: &Wanted) -> Value {
    if messages.is_empty() {
        return json!({});
    }
    json!({"Messages": messages.iter().map(|it| message(it, wanted)).collect::<Vec<_>>()})
}

fn message(message: &Message, wanted: &Wanted) -> Value {
    let mut answer = json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "MD5OfBody": md5::of_body(&message.body),
        "Body": message.body,
    });
    let system = system_attributes(message, &wanted.system);
    if !system.is_empty() {
        answer["Attributes"] = Value::Object(system);
    }
    let own = || message.attributes.iter().filter(|(name, _)| is_wanted(name, &wanted.own));
    // The checksum is over what is returned, for that is what the receiver can check.
    if let Some(md5) = md5::of_pairs(own()) {
        answer["MD5OfMessageAttributes"] = Value::from(md5);
        let attributes = own().map(|(name, it)| (name.clone(), attribute(it)));
        answer["MessageAttributes"] = Value::Object(attributes.collect());
    }
    answer
}

fn system_attributes(message: &Message, wanted: &[String]) -> Map<String, Value> {
    let mut attributes = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|_| wanted.iter().any(|it| it == "All" || it == name)) {
            attributes.insert(name.to_owned(), Value::from(value));
        }
    };
    set("SenderId", Some("AIDALOCALLOCALLOCAL00".into()));
    set("SentTimestamp", Some(message.sent.as_millisecond().to_string()));
    set("ApproximateReceiveCount", Some(message.receive_count.to_string()));
    set("ApproximateFirstReceiveTimestamp", Some(message.first_received.as_millisecond().to_string()));
    set("MessageGroupId", message.group_id.clone());
    set("MessageDeduplicationId", message.deduplication_id.clone());
    set("SequenceNumber", message.sequence_number.clone());
    set("AWSTraceHeader", message.trace_header.clone());
    set("DeadLetterQueueSourceArn", message.dead_letter_source.clone());
    attributes
}

/// Names, `All`, or prefixes that end in `.*`.
fn is_wanted(name: &str, wanted: &[String]) -> bool {
    wanted.iter().any(|it| {
        it == "All" || it == name || it.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
    })
}

fn attribute(attribute: &MessageAttribute) -> Value {
    match &attribute.value {
        AttributeValue::Text(text) => json!({"DataType": attribute.data_type, "StringValue": text}),
        AttributeValue::Bytes(bytes) => {
            json!({"DataType": attribute.data_type, "BinaryValue": STANDARD.encode(bytes)})
        }
    }
}

pub(super) fn attributes(all: BTreeMap<String, String>, names: &[String]) -> Result<Value, SqsError> {
    if let Some(name) = names.iter().find(|it| *it != "All" && !KNOWN.contains(&it.as_str())) {
        return Err(SqsError::InvalidAttributeName(name.clone()));
    }
    let everything = names.iter().any(|it| it == "All");
    let wanted = all.into_iter().filter(|(name, _)| everything || names.contains(name));
    let wanted = wanted.map(|(name, value)| (name, Value::from(value))).collect::<Map<_, _>>();
    Ok(if wanted.is_empty() { json!({}) } else { json!({"Attributes": wanted}) })
}

pub(super) fn urls(field: &str, base: &str, names: &[String]) -> Value {
    let urls = names.iter().map(|it| Value::from(queue_url(base, it))).collect::<Vec<_>>();
    Value::Object(Map::from_iter([(field.to_owned(), Value::from(urls))]))
}

pub(super) fn move_task(task: &MoveTask) -> Value {
    let mut answer = json!({
        "Status": task.status.as_str(),
        "SourceArn": task.request.source_arn,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": task.started.as_millisecond(),
    });
    // AWS gives the handle only while there is something to cancel.
    if task.status == MoveStatus::Running {
        answer["TaskHandle"] = Value::from(task.handle.as_str());
    }
    if let Some(arn) = &task.request.destination_arn {
        answer["DestinationArn"] = Value::from(arn.as_str());
    }
    if let Some(rate) = task.request.max_per_second {
        answer["MaxNumberOfMessagesPerSecond"] = Value::from(rate);
    }
    if let Some(failure) = &task.failure {
        answer["FailureReason"] = Value::from(failure.as_str());
    }
    answer
}

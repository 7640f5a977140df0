//! Requests of the protocol, as their JSON, and what they ask of the queues.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::errors::SqsError;
use super::super::types::{
    AttributeValue, Attributes, Entry, MessageAttribute, NewMessage, Receive, VisibilityChange,
};

/// Which attributes a receive asked for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// System attributes.
    pub(super) system: Vec<String>,
    /// The sender's attributes.
    pub(super) own: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    queue_url: Option<String>,
    #[serde(flatten)]
    entry: SendEntry,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessageBatch {
    queue_url: Option<String>,
    #[serde(default)]
    entries: Vec<SendEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEntry {
    #[serde(default)]
    id: String,
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    #[serde(default)]
    message_attributes: Option<BTreeMap<String, WireAttribute>>,
    #[serde(default)]
    message_system_attributes: Option<BTreeMap<String, WireAttribute>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAttribute {
    data_type: Option<String>,
    string_value: Option<String>,
    binary_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    queue_url: Option<String>,
    #[serde(default)]
    attribute_names: Option<Vec<String>>,
    #[serde(default)]
    message_system_attribute_names: Option<Vec<String>>,
    #[serde(default)]
    message_attribute_names: Option<Vec<String>>,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByHandle {
    queue_url: Option<String>,
    #[serde(default)]
    id: String,
    receipt_handle: Option<String>,
    visibility_timeout: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByHandleBatch {
    queue_url: Option<String>,
    #[serde(default)]
    entries: Vec<ByHandle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AboutQueue {
    queue_url: Option<String>,
    queue_name: Option<String>,
    pub(super) queue_name_prefix: Option<String>,
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AboutMove {
    pub(super) source_arn: Option<String>,
    pub(super) destination_arn: Option<String>,
    pub(super) max_number_of_messages_per_second: Option<u32>,
    pub(super) max_results: Option<usize>,
    pub(super) task_handle: Option<String>,
}

impl SendMessage {
    pub(super) fn into_message(self) -> Result<(String, NewMessage), SqsError> {
        Ok((queue(self.queue_url.as_deref())?.to_owned(), self.entry.into_message()?))
    }
}

impl SendMessageBatch {
    pub(super) fn into_entries(self) -> Result<(String, Vec<Entry<NewMessage>>), SqsError> {
        let queue = queue(self.queue_url.as_deref())?.to_owned();
        let entry = |mut it: SendEntry| -> Result<_, SqsError> {
            Ok(Entry::new(std::mem::take(&mut it.id), it.into_message()?))
        };
        Ok((queue, self.entries.into_iter().map(entry).collect::<Result<_, SqsError>>()?))
    }
}

impl SendEntry {
    fn into_message(self) -> Result<NewMessage, SqsError> {
        let mut system = attributes(self.message_system_attributes)?;
        let trace_header = match system.remove("AWSTraceHeader").map(|it| it.value) {
            Some(AttributeValue::Text(text)) => Some(text),
            _ => None,
        };
        if let Some(name) = system.keys().next() {
            let reason = format!("Message system attribute name '{name}' is invalid.");
            return Err(SqsError::InvalidParameterValue(reason));
        }
        Ok(NewMessage {
            body: self.message_body.unwrap_or_default(),
            attributes: attributes(self.message_attributes)?,
            trace_header,
            delay: self.delay_seconds.map(number),
            group_id: self.message_group_id,
            deduplication_id: self.message_deduplication_id,
        })
    }
}

impl ReceiveMessage {
    pub(super) fn into_receive(self) -> Result<(String, Receive, Wanted), SqsError> {
        let receive = Receive {
            max: self.max_number_of_messages.map_or(1, number),
            visibility: self.visibility_timeout.map(number),
            wait: self.wait_time_seconds.map(number),
        };
        // The older name and the newer one mean the same.
        let mut system = self.attribute_names.unwrap_or_default();
        system.extend(self.message_system_attribute_names.unwrap_or_default());
        let own = self.message_attribute_names.unwrap_or_default();
        Ok((queue(self.queue_url.as_deref())?.to_owned(), receive, Wanted { system, own }))
    }
}

impl ByHandle {
    pub(super) fn into_handle(self) -> Result<(String, String), SqsError> {
        let queue = queue(self.queue_url.as_deref())?.to_owned();
        Ok((queue, self.receipt_handle.ok_or(SqsError::MissingParameter("ReceiptHandle"))?))
    }

    pub(super) fn into_change(self) -> Result<(String, VisibilityChange), SqsError> {
        let visibility = self.visibility_timeout.ok_or(SqsError::MissingParameter("VisibilityTimeout"))?;
        let (queue, receipt_handle) = self.into_handle()?;
        Ok((queue, VisibilityChange { receipt_handle, visibility: number(visibility) }))
    }
}

impl ByHandleBatch {
    pub(super) fn into_handles(self) -> Result<(String, Vec<Entry<String>>), SqsError> {
        let queue = queue(self.queue_url.as_deref())?.to_owned();
        let entry = |it: ByHandle| Entry::new(it.id, it.receipt_handle.unwrap_or_default());
        Ok((queue, self.entries.into_iter().map(entry).collect()))
    }

    pub(super) fn into_changes(self) -> Result<(String, Vec<Entry<VisibilityChange>>), SqsError> {
        let queue = queue(self.queue_url.as_deref())?.to_owned();
        let entry = |it: ByHandle| -> Result<_, SqsError> {
            let missing = SqsError::MissingParameter("VisibilityTimeout");
            let visibility = number(it.visibility_timeout.ok_or(missing)?);
            let receipt_handle = it.receipt_handle.unwrap_or_default();
            Ok(Entry::new(it.id, VisibilityChange { receipt_handle, visibility }))
        };
        Ok((queue, self.entries.into_iter().map(entry).collect::<Result<_, SqsError>>()?))
    }
}

impl AboutQueue {
    pub(super) fn queue(&self) -> Result<&str, SqsError> {
        queue(self.queue_url.as_deref())
    }

    pub(super) fn queue_name(&self) -> Result<&str, SqsError> {
        self.queue_name.as_deref().ok_or(SqsError::MissingParameter("QueueName"))
    }
}

/// A queue's name is the last segment of its URL, whatever host the URL names.
fn queue(url: Option<&str>) -> Result<&str, SqsError> {
    let url = url.ok_or(SqsError::MissingParameter("QueueUrl"))?;
    Ok(url.trim_end_matches('/').rsplit('/').next().unwrap_or_default())
}

/// A number that does not fit is as far out of every range as the largest.
fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn attributes(wire: Option<BTreeMap<String, WireAttribute>>) -> Result<Attributes, SqsError> {
    let mut attributes = Attributes::new();
    for (name, it) in wire.unwrap_or_default() {
        let value = match (it.string_value, it.binary_value) {
            (Some(text), _) => AttributeValue::Text(text),
            (None, Some(text)) => {
                let bytes = STANDARD.decode(text);
                AttributeValue::Bytes(bytes.map_err(|error| SqsError::Serialization(error.to_string()))?)
            }
            (None, None) => AttributeValue::Text(String::new()),
        };
        let data_type = it.data_type.unwrap_or_default();
        attributes.insert(name, MessageAttribute { data_type, value });
    }
    Ok(attributes)
}

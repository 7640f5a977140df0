//! Queues of the template.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{TemplateError, typed};

/// An SQS queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Logical id, e.g. `SendQueue`.
    pub id: String,
    /// Real name, with the stage.
    pub name: String,
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// Whether the body's hash serves as deduplication id.
    pub content_based_deduplication: bool,
    /// Whether a deduplication id counts within its group only.
    pub deduplicates_by_group: bool,
    /// Seconds that a received message stays hidden.
    pub visibility_timeout: u32,
    /// Seconds that a message is kept.
    pub retention: u32,
    /// Seconds that every new message is delayed.
    pub delay: u32,
    /// The largest message in bytes.
    pub maximum_message_size: u32,
    /// Seconds that a receive waits.
    pub receive_wait: u32,
    /// Where messages go that nobody could handle.
    pub redrive: Option<Redrive>,
}

/// A queue's redrive policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Redrive {
    /// Name of the dead-letter queue.
    #[serde(rename = "deadLetterTargetArn", deserialize_with = "name_of_arn")]
    pub dead_letter_queue: String,
    /// How often a message is received before it goes there.
    pub max_receive_count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Properties {
    queue_name: String,
    #[serde(default)]
    fifo_queue: bool,
    #[serde(default)]
    content_based_deduplication: bool,
    #[serde(default = "defaults::visibility")]
    visibility_timeout: u32,
    #[serde(default = "defaults::retention")]
    message_retention_period: u32,
    #[serde(default)]
    delay_seconds: u32,
    #[serde(default = "defaults::size")]
    maximum_message_size: u32,
    #[serde(default)]
    receive_message_wait_time_seconds: u32,
    redrive_policy: Option<Redrive>,
    #[serde(default)]
    deduplication_scope: Scope,
    // How far a FIFO queue scales; an embedded queue has one scale.
    #[serde(rename = "FifoThroughputLimit")]
    _throughput_limit: Option<IgnoredAny>,
    #[serde(rename = "SqsManagedSseEnabled")]
    _encryption: Option<IgnoredAny>,
    #[serde(rename = "KmsMasterKeyId")]
    _key: Option<IgnoredAny>,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Scope {
    #[default]
    Queue,
    MessageGroup,
}

/// What SQS takes where a template is silent.
mod defaults {
    pub(super) fn visibility() -> u32 {
        30
    }
    pub(super) fn retention() -> u32 {
        345_600
    }
    pub(super) fn size() -> u32 {
        1_048_576
    }
}

impl Queue {
    pub(super) fn read(id: &str, properties: Value) -> Result<Self, TemplateError> {
        let properties: Properties = typed(id, properties)?;
        if properties.fifo_queue != properties.queue_name.ends_with(".fifo") {
            return Err(TemplateError::new(
                id,
                "QueueName",
                "it ends in .fifo if, and only if, FifoQueue is true",
            ));
        }
        Ok(Self {
            id: id.to_owned(),
            name: properties.queue_name,
            fifo: properties.fifo_queue,
            content_based_deduplication: properties.content_based_deduplication,
            deduplicates_by_group: properties.deduplication_scope == Scope::MessageGroup,
            visibility_timeout: properties.visibility_timeout,
            retention: properties.message_retention_period,
            delay: properties.delay_seconds,
            maximum_message_size: properties.maximum_message_size,
            receive_wait: properties.receive_message_wait_time_seconds,
            redrive: properties.redrive_policy,
        })
    }
}

/// The last part of an ARN.
pub(super) fn name_of_arn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let arn = String::deserialize(deserializer)?;
    match arn.rsplit_once(':') {
        Some((_, name)) => Ok(name.to_owned()),
        None => Err(serde::de::Error::custom(format!("{arn} is not an ARN"))),
    }
}

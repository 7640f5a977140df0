//! A queue's settings, and how SQS writes them as attributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::SqsError;

const ARN: &str = "arn:aws:sqs:us-east-1:000000000000:";

/// Attributes that are kept and shown, but change nothing here.
const KEPT: [&str; 6] = [
    "Policy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "FifoThroughputLimit",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

/// Within what a deduplication id is unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeduplicationScope {
    /// The whole queue.
    #[default]
    Queue,
    /// One message group.
    MessageGroup,
}

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redrive {
    /// Name of the dead-letter queue.
    pub dead_letter_queue: String,
    /// Receives allowed: the next one moves the message instead.
    pub max_receive_count: u32,
}

/// A queue and its settings; all times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSpec {
    /// The name; that of a FIFO queue ends in `.fifo`.
    pub name: String,
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// How long a received message stays hidden.
    pub visibility: u32,
    /// How long a message is kept.
    pub retention: u32,
    /// How long a new message stays hidden.
    pub delay: u32,
    /// The largest message, in bytes.
    pub max_message_size: u32,
    /// How long a receive waits that does not say.
    pub wait: u32,
    /// Whether a FIFO queue takes the body's SHA-256 when no deduplication id is given.
    pub content_based_deduplication: bool,
    /// Within what a deduplication id is unique.
    pub deduplication_scope: DeduplicationScope,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
    /// Attributes that change nothing here but are shown as they were given.
    pub other: BTreeMap<String, String>,
}

impl QueueSpec {
    /// A queue with AWS's defaults; FIFO when its name says so.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            fifo: name.ends_with(".fifo"),
            name,
            visibility: 30,
            retention: 345_600,
            delay: 0,
            max_message_size: 1_048_576,
            wait: 0,
            content_based_deduplication: false,
            deduplication_scope: DeduplicationScope::Queue,
            redrive: None,
            other: BTreeMap::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        arn_of(&self.name)
    }

    /// Sets attributes as `CreateQueue` and `SetQueueAttributes` give them.
    ///
    /// # Errors
    /// The first attribute that is unknown or has a value that AWS refuses.
    pub fn apply(&mut self, attributes: &BTreeMap<String, String>) -> Result<(), SqsError> {
        attributes.iter().try_for_each(|(name, value)| self.set(name, value))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SqsError> {
        match name {
            "VisibilityTimeout" => self.visibility = within(name, value, 0, 43_200)?,
            "MessageRetentionPeriod" => self.retention = within(name, value, 60, 1_209_600)?,
            "DelaySeconds" => self.delay = within(name, value, 0, 900)?,
            "MaximumMessageSize" => self.max_message_size = within(name, value, 1_024, 1_048_576)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait = within(name, value, 0, 20)?,
            // A standard queue has no such attribute, not even to say no.
            "FifoQueue" if truth(name, value)? && self.fifo => {}
            "ContentBasedDeduplication" if self.fifo => {
                self.content_based_deduplication = truth(name, value)?;
            }
            "DeduplicationScope" if self.fifo => self.deduplication_scope = scope(name, value)?,
            "FifoQueue" | "DeduplicationScope" | "ContentBasedDeduplication" => {
                return Err(SqsError::InvalidAttributeName(name.to_owned()));
            }
            "RedrivePolicy" => self.redrive = redrive(name, value)?,
            _ if KEPT.contains(&name) => {
                self.other.insert(name.to_owned(), value.to_owned());
            }
            _ => return Err(SqsError::InvalidAttributeName(name.to_owned())),
        }
        Ok(())
    }

    /// Its settings as attributes.
    #[must_use]
    pub fn to_attributes(&self) -> BTreeMap<String, String> {
        let mut attributes = self.other.clone();
        let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
        set("QueueArn", self.arn());
        set("VisibilityTimeout", self.visibility.to_string());
        set("MessageRetentionPeriod", self.retention.to_string());
        set("DelaySeconds", self.delay.to_string());
        set("MaximumMessageSize", self.max_message_size.to_string());
        set("ReceiveMessageWaitTimeSeconds", self.wait.to_string());
        if let Some(redrive) = &self.redrive {
            let arn = arn_of(&redrive.dead_letter_queue);
            let policy =
                serde_json::json!({"deadLetterTargetArn": arn, "maxReceiveCount": redrive.max_receive_count});
            set("RedrivePolicy", policy.to_string());
        }
        if self.fifo {
            set("FifoQueue", "true".into());
            set("ContentBasedDeduplication", self.content_based_deduplication.to_string());
            let scope = match self.deduplication_scope {
                DeduplicationScope::Queue => "queue",
                DeduplicationScope::MessageGroup => "messageGroup",
            };
            set("DeduplicationScope", scope.into());
        }
        attributes
    }
}

/// The ARN of a queue of this name.
#[must_use]
pub fn arn_of(name: &str) -> String {
    format!("{ARN}{name}")
}

/// The queue's name in an ARN.
pub(super) fn name_in_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let fits = parts.next() == Some("arn") && parts.nth(1) == Some("sqs");
    parts.nth(2).filter(|name| fits && !name.is_empty())
}

fn within(name: &str, value: &str, least: u32, most: u32) -> Result<u32, SqsError> {
    let parsed = value.trim().parse().ok().filter(|it| (least..=most).contains(it));
    parsed.ok_or_else(|| SqsError::InvalidAttributeValue(name.to_owned()))
}

fn truth(name: &str, value: &str) -> Result<bool, SqsError> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(SqsError::InvalidAttributeValue(name.to_owned())),
    }
}

fn scope(name: &str, value: &str) -> Result<DeduplicationScope, SqsError> {
    match value {
        "queue" => Ok(DeduplicationScope::Queue),
        "messageGroup" => Ok(DeduplicationScope::MessageGroup),
        _ => Err(SqsError::InvalidAttributeValue(name.to_owned())),
    }
}

fn redrive(name: &str, value: &str) -> Result<Option<Redrive>, SqsError> {
    if value.is_empty() {
        return Ok(None);
    }
    let invalid = || SqsError::InvalidAttributeValue(name.to_owned());
    let policy: serde_json::Value = serde_json::from_str(value).map_err(|_| invalid())?;
    let target = policy["deadLetterTargetArn"].as_str().and_then(name_in_arn).ok_or_else(invalid)?;
    // Both `5` and `"5"` are accepted, as AWS does.
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok());
    let count = count.and_then(|it| u32::try_from(it).ok()).filter(|it| (1..=1000).contains(it));
    Ok(Some(Redrive { dead_letter_queue: target.to_owned(), max_receive_count: count.ok_or_else(invalid)? }))
}

//! What goes into a queue and what comes out.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::errors::SqsError;

/// A message attribute, as SQS carries it beside the body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, with an optional `.label`.
    pub data_type: String,
    /// The value.
    pub value: AttributeValue,
}

/// The value of a message attribute.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum AttributeValue {
    /// Text, for `String` and `Number`.
    Text(String),
    /// Bytes, for `Binary`.
    Bytes(Vec<u8>),
}

impl AttributeValue {
    /// The value's bytes, which size and checksum are made of.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Message attributes by name.
pub type Attributes = BTreeMap<String, MessageAttribute>;

/// A message that someone wants to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// The body.
    pub body: String,
    /// Attributes of the sender's own.
    pub attributes: Attributes,
    /// The system attribute `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// Seconds until it can be received; the queue's own delay when absent.
    pub delay: Option<u32>,
    /// The group: the order's scope in a FIFO queue, the tenant in a standard one.
    pub group_id: Option<String>,
    /// What a FIFO queue knows a repeat by.
    pub deduplication_id: Option<String>,
}

impl NewMessage {
    /// A message with this body and nothing else.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    /// Puts it into a group under a deduplication id, as a FIFO queue wants it.
    #[must_use]
    pub fn in_group(mut self, group: impl Into<String>, deduplication: impl Into<String>) -> Self {
        self.group_id = Some(group.into());
        self.deduplication_id = Some(deduplication.into());
        self
    }

    /// Its size as SQS counts it: body and attributes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.body.len() + attributes_size(&self.attributes)
    }
}

/// The size of attributes as SQS counts it: names, types and values.
pub(super) fn attributes_size(attributes: &Attributes) -> usize {
    attributes
        .iter()
        .map(|(name, it)| name.len() + it.data_type.len() + it.value.as_bytes().len())
        .sum::<usize>()
}

/// What SQS answers for a message it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message's id; that of the first one when this was a repeat.
    pub message_id: String,
    /// MD5 of the body, in hex.
    pub md5_of_body: String,
    /// MD5 of the attributes, in hex, when there are any.
    pub md5_of_attributes: Option<String>,
    /// MD5 of the system attributes, in hex, when there are any.
    pub md5_of_system_attributes: Option<String>,
    /// Its place in a FIFO queue.
    pub sequence_number: Option<String>,
}

/// A received message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id it got when it was sent.
    pub message_id: String,
    /// Names this receive of the message; deletes it or changes its visibility.
    pub receipt_handle: String,
    /// The body.
    pub body: String,
    /// The sender's attributes.
    pub attributes: Attributes,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was received first.
    pub first_received: Timestamp,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// Its group.
    pub group_id: Option<String>,
    /// What it was deduplicated by.
    pub deduplication_id: Option<String>,
    /// Its place in a FIFO queue.
    pub sequence_number: Option<String>,
    /// The system attribute `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// ARN of the queue that it was a dead letter of.
    pub dead_letter_source: Option<String>,
}

/// How to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receive {
    /// At most this many messages, 1 to 10.
    pub max: u32,
    /// Seconds for which nobody else gets them; the queue's own when absent.
    pub visibility: Option<u32>,
    /// Seconds to wait for a message; the queue's own when absent.
    pub wait: Option<u32>,
}

impl Receive {
    /// Up to `max` messages, with the queue's own visibility and without waiting.
    #[must_use]
    pub fn up_to(max: u32) -> Self {
        Self { max, visibility: None, wait: Some(0) }
    }
}

/// One entry of a batch: the id by which the answer names it, and what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// Unique within the batch.
    pub id: String,
    /// What is asked.
    pub request: T,
}

impl<T> Entry<T> {
    /// An entry.
    pub fn new(id: impl Into<String>, request: T) -> Self {
        Self { id: id.into(), request }
    }
}

/// What became of a batch: each entry stands in exactly one of the two.
#[derive(Clone, Debug)]
pub struct BatchOutcome<T> {
    /// Entries that were done.
    pub successful: Vec<Entry<T>>,
    /// Entries that were not.
    pub failed: Vec<Entry<SqsError>>,
}

/// A message's new visibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibilityChange {
    /// The receive it is about.
    pub receipt_handle: String,
    /// Seconds from now; 0 gives the message back.
    pub visibility: u32,
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Waiting to be received.
    pub visible: u64,
    /// Received, neither deleted nor visible again.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

impl Depth {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.visible + self.in_flight + self.delayed
    }
}

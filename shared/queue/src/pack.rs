//! What `webhook` puts on the inbound and the status queue: many items in as few SQS messages as possible.
//!
//! An item is one message, one status, or one other webhook event, as raw JSON with its envelope. It is
//! never cut; what would not fit a pack lies in the bucket, and the pack has a pointer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::correlation::{CorrelationId, lenient};

/// A pack's size in bytes at most: SQS bills each request by started 64 KB.
pub const MAX_BYTES: usize = 64 * 1024;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A member of `value.messages`.
    Message,
    /// A member of `value.statuses`.
    Status,
    /// Any other change, whole.
    Event,
    /// Bytes that Meta signed and that are not a webhook body.
    Unreadable,
}

/// The content of an item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content<'a> {
    /// JSON, as Meta wrote it.
    #[serde(borrow)]
    Raw(Cow<'a, RawValue>),
    /// The key in the bucket where the JSON (or, of something unreadable, the bytes) lies.
    Stored(Cow<'a, str>),
    /// Bytes that are not JSON, in base64.
    Bytes(Cow<'a, str>),
}

/// One item with the envelope that it came in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item<'a> {
    /// What it is.
    #[serde(rename = "k")]
    pub kind: ItemKind,
    /// `entry[].id`: the WABA, with few exceptions.
    #[serde(rename = "w", borrow, default, skip_serializing_if = "str::is_empty")]
    pub waba: Cow<'a, str>,
    /// The webhook field.
    #[serde(rename = "f", borrow, default, skip_serializing_if = "str::is_empty")]
    pub field: Cow<'a, str>,
    /// `entry[].time` in Unix seconds, where Meta sends one.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    /// `metadata.phone_number_id`.
    #[serde(rename = "n", borrow, default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Cow<'a, str>>,
    /// `metadata.display_phone_number`.
    #[serde(rename = "d", borrow, default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Cow<'a, str>>,
    /// The `contacts[]` entry that belongs to the item, or all of them if none matches.
    #[serde(rename = "c", borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Cow<'a, RawValue>>,
    /// Why it is unreadable.
    #[serde(rename = "e", borrow, default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'a, str>>,
    /// The content.
    #[serde(rename = "x", borrow)]
    pub content: Content<'a>,
}

/// A job on the inbound or status queue, version 1.
///
/// The version is a field, not an enum's tag: serde buffers the content of a tagged enum, and raw JSON does
/// not survive that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pack<'a> {
    /// The version: `"1"`.
    pub v: V1,
    /// When we received it, Unix milliseconds.
    #[serde(rename = "r")]
    pub received_at: i64,
    /// How often these items were tried in packs before this one.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub tries: u32,
    /// That of the webhook: its request's id.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation: Option<CorrelationId>,
    /// The items.
    #[serde(borrow)]
    pub items: Vec<Item<'a>>,
}

/// The text `"1"`, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum V1 {
    /// Version 1.
    #[default]
    #[serde(rename = "1")]
    One,
}

impl<'a> Pack<'a> {
    /// A pack of one item that was not tried yet.
    #[must_use]
    pub fn of_one(item: Item<'a>, received_at: i64, correlation: Option<CorrelationId>) -> Self {
        Self { v: V1::One, received_at, tries: 0, correlation, items: vec![item] }
    }

    /// Reads a job.
    ///
    /// # Errors
    /// It is not a pack of a version that this build knows. The error names no content.
    pub fn parse(body: &'a str) -> Result<Self, NotAPack> {
        serde_json::from_str(body).map_err(|error| NotAPack { line: error.line(), column: error.column() })
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A pack holds strings, numbers and raw JSON only: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A job that is not a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pack of version 1 (line {line}, column {column})")]
pub struct NotAPack {
    line: usize,
    column: usize,
}

impl Item<'_> {
    /// The same item, without the body that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Item<'static> {
        fn text(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        fn raw(raw: Cow<'_, RawValue>) -> Cow<'static, RawValue> {
            Cow::Owned(raw.into_owned())
        }
        Item {
            kind: self.kind,
            waba: text(self.waba),
            field: text(self.field),
            time: self.time,
            number: self.number.map(text),
            display: self.display.map(text),
            contacts: self.contacts.into_iter().map(raw).collect(),
            reason: self.reason.map(text),
            content: match self.content {
                Content::Raw(json) => Content::Raw(raw(json)),
                Content::Stored(key) => Content::Stored(text(key)),
                Content::Bytes(bytes) => Content::Bytes(text(bytes)),
            },
        }
    }

    /// What makes the item itself: its JSON, its bytes or its pointer, without the envelope.
    #[must_use]
    pub fn content_text(&self) -> &str {
        match &self.content {
            Content::Raw(raw) => raw.get(),
            Content::Stored(text) | Content::Bytes(text) => text,
        }
    }
}

// serde hands the field over by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A job as version 1 wrote it on 2026-11-23. Old jobs outlive deploys: this text never changes.
    const FROZEN: &str = r#"{"v":"1","r":1795392000123,"n":2,"items":[{"k":"message","w":"900000000000101","f":"messages","n":"900000000000201","d":"15550100200","c":[{"wa_id":"15550100177"}],"x":{"raw":{"id":"wamid.A", "type":"text"}}},{"k":"event","w":"900000000000101","f":"account_update","t":1795392000,"x":{"stored":"large/ab"}},{"k":"unreadable","e":"not JSON","x":{"bytes":"AAEC"}}]}"#;

    #[test]
    fn a_job_of_version_1_reads_the_same_forever() {
        let pack = Pack::parse(FROZEN).unwrap();
        assert_eq!((pack.received_at, pack.tries, pack.items.len()), (1_795_392_000_123, 2, 3));
        assert_eq!(pack.items[0].content_text(), r#"{"id":"wamid.A", "type":"text"}"#);
        assert_eq!(pack.items[2].reason.as_deref(), Some("not JSON"));
        assert_eq!(pack.to_json(), FROZEN);
    }

    /// A job as version 1 writes it since 2026-11-26.
    #[test]
    fn a_job_with_a_correlation_id_reads_the_same_forever() {
        let frozen = FROZEN.replace(r#""n":2,"#, r#""n":2,"c":"c-1","#);
        let pack = Pack::parse(&frozen).unwrap();
        assert_eq!(pack.correlation.as_ref().map(CorrelationId::as_str), Some("c-1"));
        assert_eq!(pack.items.len(), 3);
        assert_eq!(pack.to_json(), frozen);
    }

    #[test]
    fn a_job_of_another_version_is_refused_and_not_guessed() {
        assert!(Pack::parse(&FROZEN.replace(r#""v":"1""#, r#""v":"2""#)).is_err());
        assert!(Pack::parse("{").is_err());
    }
}

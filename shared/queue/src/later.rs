//! A wake-up: a conversation has messages that were not allowed to go before a time.

use serde::{Deserialize, Serialize};

use crate::SendRequest;
use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// A job on the `later` queue.
#[derive(Clone, Debug, PartialEq)]
pub enum Later {
    /// A conversation is to be woken.
    Conversation(LaterJob),
    /// A request is to begin.
    Request(Box<LaterRequest>),
}

impl Later {
    /// Reads a job.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(body: &str) -> Result<Self, NotALaterJob> {
        match serde_json::from_str::<LaterRequest>(body) {
            Ok(job) => Ok(Self::Request(Box::new(job))),
            Err(_) => LaterJob::parse(body).map(Self::Conversation),
        }
    }

    /// Not before this time, Unix milliseconds.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        match self {
            Self::Conversation(job) => job.not_before,
            Self::Request(job) => job.not_before,
        }
    }

    /// That of the request behind it.
    #[must_use]
    pub fn correlation_id(&self) -> Option<&CorrelationId> {
        match self {
            Self::Conversation(job) => job.correlation_id.as_ref(),
            Self::Request(job) => job.request.correlation_id.as_ref(),
        }
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Conversation(job) => job.to_json(),
            Self::Request(job) => serde_json::to_string(job).unwrap_or_default(),
        }
    }
}

/// A request to send whose time has not come. Nothing was done for it yet: no person was looked for, nothing written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaterRequest {
    /// The version: `"1"`.
    pub v: V1,
    /// The request.
    pub request: SendRequest,
    /// When it begins, Unix milliseconds.
    pub not_before: i64,
}

/// A wake-up of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterJob {
    /// The version: `"1"`.
    pub v: V1,
    /// The conversation's id.
    pub conversation: String,
    /// When to wake it, Unix milliseconds. A delay on SQS ends at 15 minutes; a longer wait takes several.
    pub not_before: i64,
    /// That of the request for which the conversation waits.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation_id: Option<CorrelationId>,
}

impl LaterJob {
    /// Reads a job.
    ///
    /// # Errors
    /// It is not a wake-up of a version that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotALaterJob> {
        serde_json::from_str(body).map_err(|_| NotALaterJob)
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A job that is not a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a wake-up of version 1")]
pub struct NotALaterJob;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_up_of_version_1_reads_the_same_forever() {
        let frozen = r#"{"v":"1","conversation":"900000000000201.01K","not_before":1795392000000}"#;
        let job = LaterJob::parse(frozen).unwrap();
        assert_eq!(job.not_before, 1_795_392_000_000);
        assert_eq!(job.to_json(), frozen);
        let frozen = r#"{"v":"1","conversation":"900000000000201.01K","not_before":1795392000000,"correlation_id":"c-1"}"#;
        let job = LaterJob::parse(frozen).unwrap();
        assert_eq!(job.correlation_id.as_ref().map(CorrelationId::as_str), Some("c-1"));
        assert_eq!(job.to_json(), frozen);
        assert_eq!(Later::parse(frozen), Ok(Later::Conversation(job)));
    }

    #[test]
    fn a_request_for_later_reads_the_same_forever() {
        let frozen = r#"{"v":"1","request":{"v":"1","source":"billing","id":"7","from":"900000000000201","to":{"contact":"01K"},"message":{"type":"text","text":{"body":"Hello"}},"correlation_id":"c-1"},"not_before":1795392000000}"#;
        let job = Later::parse(frozen).unwrap();
        assert_eq!((job.not_before(), job.to_json().as_str()), (1_795_392_000_000, frozen));
        assert_eq!(job.correlation_id().map(CorrelationId::as_str), Some("c-1"));
        assert_eq!(Later::parse("{}"), Err(NotALaterJob));
    }
}

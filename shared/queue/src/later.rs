//! A wake-up: a conversation has messages that were not allowed to go before a time.

use serde::{Deserialize, Serialize};

use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// A job on the `later` queue.
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
    }
}

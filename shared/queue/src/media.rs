//! A job about a file.

use serde::{Deserialize, Serialize};

use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// A job on the `media` queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaJob {
    /// The version: `"1"`.
    pub v: V1,
    /// What is to be done.
    #[serde(flatten)]
    pub task: MediaTask,
    /// That of the webhook or request behind it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation_id: Option<CorrelationId>,
}

/// What is to be done with a file. Each may be done twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MediaTask {
    /// Copy from Meta what a customer sent.
    Copy {
        /// The message's id.
        message: String,
    },
    /// Look at what somebody uploaded.
    Check {
        /// The upload's id.
        upload: String,
    },
    /// Give Meta the file of a message of ours.
    Give {
        /// The message's id.
        message: String,
    },
}

impl MediaJob {
    /// A job.
    #[must_use]
    pub fn of(task: MediaTask, correlation_id: Option<CorrelationId>) -> Self {
        Self { v: V1::One, task, correlation_id }
    }

    /// Reads a job.
    ///
    /// # Errors
    /// It is not a job of a version and kind that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotAMediaJob> {
        serde_json::from_str(body).map_err(|_| NotAMediaJob)
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts only: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Not a job about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a job about a file of version 1")]
pub struct NotAMediaJob;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_about_files_of_version_1_read_the_same_forever() {
        for frozen in [
            r#"{"v":"1","kind":"copy","message":"900.01K.m.5.0123456789abcdef"}"#,
            r#"{"v":"1","kind":"check","upload":"01K","correlation_id":"c-1"}"#,
            r#"{"v":"1","kind":"give","message":"900.01K.m.5.0123456789abcdef"}"#,
        ] {
            assert_eq!(MediaJob::parse(frozen).unwrap().to_json(), frozen);
        }
        assert!(MediaJob::parse(r#"{"v":"2","kind":"check","upload":"01K"}"#).is_err());
        assert!(MediaJob::parse(r#"{"v":"1","kind":"paint","upload":"01K"}"#).is_err());
    }
}

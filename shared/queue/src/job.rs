//! A job for `jobs`: long work, in pieces. Each piece puts the next one on the queue.

use serde::{Deserialize, Serialize};

use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// A job on the `jobs` queue, version 1. Kinds are only added; members of a kind never change.
///
/// It names people by our own ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The version: `"1"`.
    pub v: V1,
    /// What is to be done.
    #[serde(flatten)]
    pub task: Task,
    /// That of the request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation_id: Option<CorrelationId>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Erase a person whose tombstone stands.
    Erase {
        /// The person.
        contact: String,
        /// Which round: the second one finds what was on its way during the first.
        #[serde(default)]
        round: u8,
        /// What comes next.
        step: EraseStep,
        /// Where the step goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Write down everything about a person.
    Export {
        /// The export.
        export: String,
    },
    /// Read contacts from a file.
    Import {
        /// The import.
        import: String,
    },
    /// Write contacts into files.
    ExportContacts {
        /// The export.
        export: String,
    },
    /// Block or unblock a person at Meta.
    Block {
        /// The person.
        contact: String,
        /// The number for which.
        number: String,
        /// Whether to block.
        blocked: bool,
    },
    /// Delete what is older than the company keeps it.
    Retain {
        /// The contact after which it goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Erase again everybody who was ever erased: tables that were restored have them.
    ReapplyErasures {
        /// The key in the bucket after which it goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
}

/// A step of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EraseStep {
    /// Identities, messages, claims, objects.
    Content,
    /// Dead letters.
    Letters,
    /// Webhook events.
    Events,
}

impl Job {
    /// A job.
    #[must_use]
    pub fn of(task: Task, correlation_id: Option<CorrelationId>) -> Self {
        Self { v: V1::One, task, correlation_id }
    }

    /// Reads a job.
    ///
    /// # Errors
    /// It is not a job of a version and kind that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotAJob> {
        serde_json::from_str(body).map_err(|_| NotAJob)
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers only: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Not a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a job of version 1")]
pub struct NotAJob;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_version_1_read_the_same_forever() {
        for frozen in [
            r#"{"v":"1","kind":"erase","contact":"01K","round":1,"step":"letters","after":"x"}"#,
            r#"{"v":"1","kind":"erase","contact":"01K","round":0,"step":"content"}"#,
            r#"{"v":"1","kind":"export","export":"01K","correlation_id":"c-1"}"#,
            r#"{"v":"1","kind":"block","contact":"01K","number":"900","blocked":true}"#,
            r#"{"v":"1","kind":"import","import":"01K"}"#,
            r#"{"v":"1","kind":"export_contacts","export":"01K"}"#,
            r#"{"v":"1","kind":"retain"}"#,
            r#"{"v":"1","kind":"reapply_erasures","after":"erasures/01K.json"}"#,
        ] {
            assert_eq!(Job::parse(frozen).unwrap().to_json(), frozen);
        }
        assert!(Job::parse(r#"{"v":"2","kind":"retain"}"#).is_err());
        assert!(Job::parse(r#"{"v":"1","kind":"paint"}"#).is_err());
    }
}

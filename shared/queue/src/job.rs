//! A job for `jobs`: long work, in pieces. Each piece puts the next one on the queue.

use cloud_api::manage::ProfileChange;
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
    /// Write what became of everybody of a campaign into files.
    ExportCampaign {
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
    /// Go on with telling anew what reports are made of.
    RollUp {
        /// The time up to which changes are looked at: when the pass began, in Unix milliseconds.
        until: i64,
        /// What comes next.
        step: RollUpStep,
        /// Where the step goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Ask Meta for a step of a number, once.
    Number {
        /// The number.
        number: String,
        /// The request that asked for it.
        id: String,
        /// What is asked.
        ask: NumberAsk,
    },
    /// Read a number's business profile, after it was changed if it is to be.
    Profile {
        /// The number.
        number: String,
        /// The request that asked for it.
        id: String,
        /// What is to be changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<ProfileChange>,
        /// The key in the bucket of a picture that is to be uploaded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<String>,
    },
    /// Ask Meta for the numbers of a WABA.
    SyncNumbers {
        /// The WABA.
        waba: String,
    },
    /// Ask Meta for a step of a template, once. What is asked stands with the template.
    Template {
        /// The WABA.
        waba: String,
        /// The template's name.
        name: String,
        /// Its language.
        language: String,
        /// The request that asked for it.
        id: String,
    },
    /// Ask Meta for the templates of a WABA, or for those of one name.
    SyncTemplates {
        /// The WABA.
        waba: String,
        /// The name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

/// What Meta is asked of a number. Codes and PINs are sealed: nobody who sees a queue or a dead letter can read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum NumberAsk {
    /// Send a code.
    RequestCode {
        /// `SMS` or `VOICE`.
        method: String,
        /// The language of the code's text, in Meta's spelling.
        language: String,
    },
    /// Verify the number with a code.
    VerifyCode {
        /// The code, sealed.
        sealed: String,
    },
    /// Register the number with the PIN of its two-step verification.
    Register {
        /// The PIN, sealed.
        sealed: String,
    },
    /// Take the number off the platform.
    Deregister {},
    /// Set the PIN of two-step verification.
    Pin {
        /// The PIN, sealed.
        sealed: String,
    },
    /// Ask for another display name.
    DisplayName {
        /// The name.
        name: String,
    },
}

impl NumberAsk {
    /// The step's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::RequestCode { .. } => "request_code",
            Self::VerifyCode { .. } => "verify_code",
            Self::Register { .. } => "register",
            Self::Deregister {} => "deregister",
            Self::Pin { .. } => "pin",
            Self::DisplayName { .. } => "display_name",
        }
    }
}

/// A step of a roll-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollUpStep {
    /// Conversations that are noted as changed.
    Changed,
    /// Conversations in which something was said, where nobody remembers what changed.
    Active,
    /// Conversations of days that are over: statuses come late.
    Again,
    /// Campaigns.
    Campaigns,
    /// Days that became different are added up.
    Totals,
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
            r#"{"v":"1","kind":"export_campaign","export":"01K"}"#,
            r#"{"v":"1","kind":"retain"}"#,
            r#"{"v":"1","kind":"roll_up","until":1795424400000,"step":"changed"}"#,
            r#"{"v":"1","kind":"roll_up","until":1795424400000,"step":"active","after":"900|0|"}"#,
            r#"{"v":"1","kind":"reapply_erasures","after":"erasures/01K.json"}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"request_code","method":"SMS","language":"en_US"}}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"register","sealed":"AAAA"}}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"verify_code","sealed":"AAAA"}}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"pin","sealed":"AAAA"}}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"deregister"}}"#,
            r#"{"v":"1","kind":"number","number":"900","id":"01K","ask":{"step":"display_name","name":"Kettles"}}"#,
            r#"{"v":"1","kind":"profile","number":"900","id":"01K"}"#,
            r#"{"v":"1","kind":"profile","number":"900","id":"01K","change":{"about":"Tea"},"picture":"pictures/900/01K"}"#,
            r#"{"v":"1","kind":"sync_numbers","waba":"900"}"#,
            r#"{"v":"1","kind":"template","waba":"900","name":"offer","language":"en_US","id":"01K"}"#,
            r#"{"v":"1","kind":"sync_templates","waba":"900","name":"offer"}"#,
            r#"{"v":"1","kind":"sync_templates","waba":"900"}"#,
        ] {
            assert_eq!(Job::parse(frozen).unwrap().to_json(), frozen);
        }
        assert!(Job::parse(r#"{"v":"2","kind":"retain"}"#).is_err());
        assert!(Job::parse(r#"{"v":"1","kind":"paint"}"#).is_err());
    }
}

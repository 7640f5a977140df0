//! A job for `campaign`: the next step of a campaign. Each is right however often it comes, and whenever.

use serde::{Deserialize, Serialize};

use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// A job on the `campaigns` queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignJob {
    /// The version: `"1"`.
    pub v: V1,
    /// What is to be done.
    #[serde(flatten)]
    pub task: CampaignTask,
    /// That of the request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation_id: Option<CorrelationId>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CampaignTask {
    /// Start a campaign whose time has come.
    Start {
        /// The campaign.
        campaign: String,
    },
    /// Go on with putting everybody into a chunk.
    Freeze {
        /// The campaign.
        campaign: String,
    },
    /// Release what may be worked on: after a chunk is through, and when a campaign goes on.
    Release {
        /// The campaign.
        campaign: String,
        /// Whether hints are sent again that were sent before: whoever got them put them away.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Go on with counting what a campaign would do.
    Preflight {
        /// The campaign.
        campaign: String,
        /// The pre-flight.
        preflight: String,
    },
    /// Look at what Meta tells now of templates, numbers and accounts: campaigns that are concerned pause.
    Watch {},
}

impl CampaignJob {
    /// A job.
    #[must_use]
    pub fn of(task: CampaignTask, correlation_id: Option<CorrelationId>) -> Self {
        Self { v: V1::One, task, correlation_id }
    }

    /// Reads a job.
    ///
    /// # Errors
    /// It is not a job of a version and kind that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotACampaignJob> {
        serde_json::from_str(body).map_err(|_| NotACampaignJob)
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Not a job of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a campaign's job of version 1")]
pub struct NotACampaignJob;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_version_1_read_the_same_forever() {
        for frozen in [
            r#"{"v":"1","kind":"start","campaign":"01K"}"#,
            r#"{"v":"1","kind":"freeze","campaign":"01K","correlation_id":"c-1"}"#,
            r#"{"v":"1","kind":"release","campaign":"01K"}"#,
            r#"{"v":"1","kind":"release","campaign":"01K","again":true}"#,
            r#"{"v":"1","kind":"preflight","campaign":"01K","preflight":"01L"}"#,
            r#"{"v":"1","kind":"watch"}"#,
        ] {
            assert_eq!(CampaignJob::parse(frozen).unwrap().to_json(), frozen);
        }
        assert!(CampaignJob::parse(r#"{"v":"1","kind":"paint","campaign":"01K"}"#).is_err());
    }
}

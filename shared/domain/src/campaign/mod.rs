#![doc = include_str!("README.md")]

pub mod answer;
pub mod attribution;
pub mod binding;
pub mod callback;
pub mod conversion;
pub mod decide;
pub mod definition;
pub mod earlier;
pub mod filling;
pub mod gate;
pub mod guard;
pub mod log;
pub mod outcome;
pub mod percent;
pub mod preflight;
pub mod quiet;
pub mod report;
pub mod result;
pub mod schedule;
pub mod split;
mod spread;
pub mod standing;
pub mod state;
pub mod story;
pub mod summary;
pub mod tally;
pub mod uplift;
mod validate;
pub mod watch;
pub mod zones;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ContactId, clean};

/// Who asks for messages of campaigns: the source of their requests.
pub const SOURCE: &str = "ventana.campaign";

/// A campaign's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct CampaignId(String);

impl CampaignId {
    /// Wraps an id. `None` if it holds anything but letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        clean::is_plain(&id).then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CampaignId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::new(id).ok_or("must be letters, digits, - and _ only")
    }
}

impl From<CampaignId> for String {
    fn from(id: CampaignId) -> Self {
        id.0
    }
}

/// The last part of the message key of a person's message of a campaign: the same however often it is asked for, so
/// that a repeated step meets the message that is there. Another attempt after a definite refusal is another message.
#[must_use]
pub fn message_hash(campaign: &CampaignId, contact: &ContactId, attempt: u32) -> String {
    if attempt <= 1 {
        return crate::hash16(&format!("{campaign}|{contact}"));
    }
    crate::hash16(&format!("{campaign}|{contact}|{attempt}"))
}

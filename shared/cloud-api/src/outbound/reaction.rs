//! Reactions.

use serde::{Deserialize, Serialize};

use crate::ids::Wamid;

use super::validate::Check;

/// A reaction to a message of the last 30 days. Only the status `sent` follows.
/// See [Cloud API/Reaction messages], read 2026-11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
#[schemars(rename = "OutboundReaction")]
#[schema(as = OutboundReaction)]
pub struct Reaction {
    /// The message to react to.
    pub message_id: Wamid,
    /// One emoji; empty takes the reaction back.
    pub emoji: String,
}

impl Reaction {
    pub(super) fn check(&self, check: &mut Check) {
        check.text("message_id", self.message_id.as_str(), 1024);
        // The longest emoji sequences (families, flags) stay well below this.
        check.at_most("emoji", &self.emoji, 16);
    }
}

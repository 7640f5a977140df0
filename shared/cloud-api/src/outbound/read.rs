//! Read receipts and the typing indicator.

use serde::{Deserialize, Serialize};

use crate::ids::Wamid;

use super::validate::Check;

/// Marks a message of the last 30 days, and all before it, as read; may show that we are typing, for
/// 25 s or until we answer. Has no recipient, and is not possible in groups.
/// See [Cloud API/Mark messages as read], read 2026-11.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkAsRead {
    /// The person's message.
    pub message_id: Wamid,
    /// Show that we are typing.
    pub typing_indicator: Option<TypingIndicator>,
}

/// Shows that we are typing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
pub struct TypingIndicator {
    /// `text`: Meta knows no other.
    #[serde(rename = "type")]
    pub kind: String,
}

impl TypingIndicator {
    /// The only one there is.
    #[must_use]
    pub fn text() -> Self {
        Self { kind: "text".to_owned() }
    }
}

impl MarkAsRead {
    pub(super) fn check(&self, check: &mut Check) {
        check.text("message_id", self.message_id.as_str(), 1024);
        if let Some(typing) = &self.typing_indicator
            && typing.kind != "text"
        {
            check.fail("typing_indicator.type", "must be text");
        }
    }
}

//! Plain text.

use serde::{Deserialize, Serialize};

use super::validate::Check;

/// Plain text. See [Cloud API/Text messages], read 2026-11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
#[schemars(rename = "OutboundText")]
#[schema(as = OutboundText)]
pub struct Text {
    /// 1 to 4096 characters.
    pub body: String,
    /// Show a preview of the first link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<bool>,
}

impl Text {
    pub(super) fn check(&self, check: &mut Check) {
        check.text("body", &self.body, 4096);
    }
}

//! Answers to interactive messages.

use serde::Serialize;
use serde_json::Value;

use crate::wire::{Broken, Fields};

use super::Outside;

/// An answer, by `interactive.type`. Kinds we do not know become
/// [`Content::Unknown`](super::Content::Unknown).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Interactive {
    /// A reply button was tapped.
    ButtonReply(ButtonReply),
    /// A row of a list was chosen.
    ListReply(ListReply),
    /// A flow or an address form was sent (Meta's "native flow message").
    NfmReply(FlowReply),
    /// May we call?
    CallPermissionReply(CallPermissionReply),
}

impl Interactive {
    pub(super) fn from_fields(message: &mut Fields) -> Result<Self, Outside> {
        let value: Value = message.take(&["interactive"])?;
        let mut fields = Fields::of(value).map_err(under)?;
        let kind: String = fields.take(&["type"]).map_err(under)?;
        Ok(match kind.as_str() {
            "button_reply" => Self::ButtonReply(fields.take(&["button_reply"]).map_err(under)?),
            "list_reply" => Self::ListReply(fields.take(&["list_reply"]).map_err(under)?),
            "nfm_reply" => Self::NfmReply(fields.take(&["nfm_reply"]).map_err(under)?),
            "call_permission_reply" => {
                Self::CallPermissionReply(fields.take(&["call_permission_reply"]).map_err(under)?)
            }
            other => return Err(Outside::Unknown(format!("interactive.{other}"))),
        })
    }
}

fn under(broken: Broken) -> Broken {
    broken.at("interactive")
}

wire! {
    /// The button that was tapped.
    #[derive(PartialEq, Eq)]
    pub struct ButtonReply {
        /// Ours: decide by this one. Old messages keep old ids.
        pub id: String,
        /// The label, as the person saw it.
        pub title: Option<String>,
    }

    /// The row that was chosen.
    #[derive(PartialEq, Eq)]
    pub struct ListReply {
        /// Ours: decide by this one.
        pub id: String,
        /// The row's title.
        pub title: Option<String>,
        /// The row's second line.
        pub description: Option<String>,
    }

    /// A filled form.
    #[derive(PartialEq, Eq)]
    pub struct FlowReply {
        /// `flow`, `address_message`, …
        pub name: Option<String>,
        /// What the chat shows, such as `Sent`.
        pub body: Option<String>,
        /// The answers: a JSON document inside a string, with `flow_token` for flows.
        pub response_json: String,
    }

    /// May we call?
    #[derive(PartialEq, Eq)]
    pub struct CallPermissionReply {
        /// `accept` or `reject`.
        pub response: String,
        /// Until revoked?
        pub is_permanent: Option<bool>,
        /// Unix seconds.
        pub expiration_timestamp: Option<i64>,
        /// `user_action` or `automatic`.
        pub response_source: Option<String>,
    }
}

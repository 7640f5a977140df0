//! Messages about another message.

use serde::Serialize;
use serde_json::Value;

use crate::ids::Wamid;
use crate::wire::{Broken, Fields, Wire};

use super::Content;
use crate::webhook::message::Context;

/// How a message relates to the one it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A reaction, or its removal.
    Reaction,
    /// A new text.
    Edit,
    /// A deletion for everyone.
    Revoke,
}

impl Relation {
    /// Meta's `type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::Edit => "edit",
            Self::Revoke => "revoke",
        }
    }
}

wire! {
    /// A reaction.
    #[derive(PartialEq, Eq)]
    pub struct Reaction {
        /// The message reacted to.
        pub message_id: Wamid,
        /// Missing or empty: the reaction was taken back.
        pub emoji: Option<String>,
    }

    /// A deletion for everyone.
    #[derive(PartialEq, Eq)]
    pub struct Revoke {
        /// The message that is gone.
        pub original_message_id: Wamid,
    }

    /// A changed message. People may edit for 15 minutes.
    pub struct Edit {
        /// The message that has a new text.
        pub original_message_id: Wamid,
        /// The new text, or the file with its new caption.
        pub message: EditedMessage,
    }
}

/// What the message says now.
#[derive(Debug, Clone, Serialize)]
pub struct EditedMessage {
    /// Meta's `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it refers to. Meta's sample has an id here that is no message's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The new content.
    pub content: Box<Content>,
}

impl Wire for EditedMessage {
    fn read(value: Value) -> Result<Self, Broken> {
        let raw = value.to_string();
        let mut fields = Fields::of(value)?;
        let kind: String = fields.take(&["type"])?;
        let content = Content::read(&kind, &mut fields, &raw);
        match content {
            // A broken new text breaks the edit, so that it is noticed.
            Content::Malformed { reason, .. } => Err(Broken::new(reason)),
            content => Ok(Self { kind, context: fields.maybe("context"), content: Box::new(content) }),
        }
    }
}

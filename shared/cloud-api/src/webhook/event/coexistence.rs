//! Numbers shared with the WhatsApp Business app: what the owner typed there, the contact book, the past.

use serde::Serialize;
use serde_json::Value;

use crate::error::GraphError;
use crate::ids::{Bsuid, Username, WaId};
use crate::webhook::contact::{ContactProfile, Metadata};
use crate::webhook::message::InboundMessage;
use crate::wire::{Broken, Fields, Wire};

wire! {
    /// `smb_message_echoes`: what the owner sent from the app.
    pub struct MessageEchoes {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// To whom.
        pub contacts: Vec<ContactProfile>,
        /// The messages.
        pub echoes = "message_echoes": Vec<Echo>,
    }

    /// `smb_app_state_sync`: the app's contact book.
    #[derive(PartialEq, Eq)]
    pub struct AppStateSync {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// The changes.
        pub state_sync: Vec<StateSync>,
    }

    /// A change in the contact book. An edit comes as `add`.
    #[derive(PartialEq, Eq)]
    pub struct StateSync {
        /// `contact`.
        pub kind = "type": Option<String>,
        /// `add` or `remove`.
        pub action: Option<String>,
        /// Who.
        pub contact: Option<BookContact>,
        /// When.
        pub metadata: Option<SyncTime>,
    }

    /// A contact of the book; without names when removed.
    #[derive(PartialEq, Eq)]
    pub struct BookContact {
        /// Full name.
        pub full_name: Option<String>,
        /// First name.
        pub first_name: Option<String>,
        /// Phone number.
        pub phone_number: Option<String>,
        /// The person.
        pub user_id: Option<Bsuid>,
        /// The person across linked portfolios.
        pub parent_user_id: Option<Bsuid>,
        /// The person's username.
        pub username: Option<Username>,
    }

    /// When.
    #[derive(PartialEq, Eq)]
    pub struct SyncTime {
        /// Unix seconds.
        pub timestamp: Option<i64>,
    }

    /// `history`: past chats, up to 180 days. Chunks come in any order.
    pub struct History {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// Who, with late files.
        pub contacts: Vec<ContactProfile>,
        /// Chunks.
        pub history: Vec<HistoryChunk>,
        /// Late files: the rows of a chunk again, now with their media id.
        pub messages: Vec<Echo>,
    }

    /// A chunk of the past.
    pub struct HistoryChunk {
        /// Where it belongs.
        pub metadata: Option<ChunkPosition>,
        /// By person.
        pub threads: Vec<Thread>,
        /// Code 2593109: the owner does not share the past.
        pub errors: Vec<GraphError>,
    }

    /// Where a chunk belongs.
    #[derive(PartialEq, Eq)]
    pub struct ChunkPosition {
        /// 0: the last day; 1: to day 90; 2: to day 180.
        pub phase: Option<i64>,
        /// The order of chunks.
        pub chunk_order: Option<i64>,
        /// Percent.
        pub progress: Option<i64>,
    }

    /// A chat.
    pub struct Thread {
        /// The person.
        pub id: Option<String>,
        /// Its messages, of both sides.
        pub messages: Vec<Echo>,
    }

    /// How far a message of the past came.
    #[derive(PartialEq, Eq)]
    pub struct HistoryContext {
        /// `DELIVERED`, `ERROR`, `PENDING`, `PLAYED`, `READ`, `SENT`.
        pub status: Option<String>,
    }
}

/// A message that may be the business's own: it then has a recipient.
#[derive(Debug, Clone, Serialize)]
pub struct Echo {
    /// Recipient's phone id; only on messages of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<WaId>,
    /// Recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_user_id: Option<Bsuid>,
    /// Recipient across linked portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_parent_user_id: Option<Bsuid>,
    /// Only in history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_context: Option<HistoryContext>,
    /// The message; its `from` is the business number when the business wrote it.
    pub message: InboundMessage,
}

impl Wire for Echo {
    fn read(value: Value) -> Result<Self, Broken> {
        let raw = value.to_string();
        let mut fields = Fields::of(value)?;
        Ok(Self {
            to: fields.maybe("to"),
            to_user_id: fields.maybe("to_user_id"),
            to_parent_user_id: fields.maybe("to_parent_user_id"),
            history_context: fields.maybe("history_context"),
            message: InboundMessage::from_fields(fields, &raw)?,
        })
    }
}

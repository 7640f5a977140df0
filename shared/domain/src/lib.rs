#![doc = include_str!("../README.md")]

pub mod activity;
pub mod agent;
pub mod assignment;
pub mod author;
pub mod budget;
pub mod callback;
pub mod campaign;
pub mod clean;
pub mod client;
pub mod consent;
pub mod contact;
pub mod conversation;
pub mod dead_letter;
pub mod delivery;
pub mod endpoint;
pub mod event;
pub mod greeting;
pub mod hours;
pub mod idempotency;
pub mod identity;
pub mod inbox;
pub mod label;
pub mod loan;
pub mod media;
pub mod message;
pub mod number;
pub mod pace;
pub mod phone;
pub mod privacy;
pub mod quick_reply;
pub mod rates;
pub mod realtime;
pub mod record;
pub mod report;
pub mod rules;
pub mod sending;
pub mod sight;
pub mod template;
pub mod throttle;
pub mod tier;
pub mod window;

pub use callback::Callback;
pub use contact::{Contact, ContactId, ContactKind, Source, SourceKind};
pub use conversation::{ConversationId, Party};
pub use dead_letter::{DeadLetter, DeadLetterId};
pub use delivery::{Delivery, DeliveryEvent, Displayed};
pub use message::{MessageId, Slot};
pub use window::{CustomerServiceWindow, FreeEntryPoint};

use sha2::{Digest, Sha256};

/// The first 16 hexadecimal digits of SHA-256: long enough that two of a conversation's messages never
/// share them, short enough for a key.
#[must_use]
pub fn hash16(text: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(text.as_bytes()));
    digest.truncate(16);
    digest
}

/// SHA-256 of bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

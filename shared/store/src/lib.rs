#![doc = include_str!("../README.md")]

mod agents;
mod changes;
mod condition;
mod contacts;
mod deliveries;
mod directory;
mod endpoints;
mod error;
mod importing;
mod inbound;
mod inbox;
mod item;
mod journal;
mod keys;
mod letters;
mod lists;
mod lookup;
mod outbound;
mod people;
mod people_claims;
mod record_item;
mod records;
mod search;
mod statuses;
mod streams;
mod terms;
mod threads;
mod waiting;

use aws_sdk_dynamodb::Client;

pub use changes::{BadChange, ChangeRecord, Image};
pub use condition::Condition;
pub use deliveries::{Delivered, DeliveryPage, DeliveryRow, DeliveryState};
pub use directory::Number;
pub use endpoints::{EndpointChange, Subscriptions};
pub use error::StoreError;
pub use importing::{ImportFrame, ImportLine, LineOutcome};
pub use inbound::{InboundMessage, Recorded, StateMove};
pub use inbox::{ConversationPage, ConversationRow};
pub use journal::{EventPage, WebhookEvent};
pub use letters::{LetterPage, OpenLetters};
pub use lists::{Audience, AudienceKind, ContactNote};
pub use outbound::{Attempt, Claim, NewSend, Outbound, Outcome};
pub use people::{ProfileSeen, Resolved};
pub use records::Created;
pub use search::{ContactPage, Place};
pub use statuses::{StatusFold, StatusTarget};
pub use streams::{StreamError, StreamPlace, Streams};
pub use threads::{ConversationState, Direction, MessagePage, Related, StoredMessage};
pub use waiting::Waiting;

/// The names of the tables. A function names those that it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// People, identities, consent.
    pub contacts: String,
    /// Threads and messages.
    pub conversations: String,
    /// Numbers, WABAs, templates, settings.
    pub directory: String,
    /// Webhook events, dead letters, audit.
    pub journal: String,
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: Tables,
}

impl Store {
    /// The store on these tables.
    #[must_use]
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }
}

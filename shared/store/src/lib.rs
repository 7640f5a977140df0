#![doc = include_str!("../README.md")]

mod agents;
mod condition;
mod contacts;
mod directory;
mod error;
mod hand_out;
mod handling;
mod importing;
mod inbound;
mod inbox;
mod item;
mod journal;
mod keys;
mod letters;
mod lists;
mod lookup;
mod meter;
mod notes;
mod outbound;
mod people;
mod people_claims;
mod presence;
mod record_item;
mod records;
mod search;
mod settings;
mod shelf;
mod statuses;
mod terms;
mod threads;
mod waiting;
mod work;

use aws_sdk_dynamodb::Client;

pub use condition::Condition;
pub use directory::Number;
pub use error::StoreError;
pub use hand_out::HandedOut;
pub use handling::{Changed, HandlingChange};
pub use importing::{ImportFrame, ImportLine, LineOutcome};
pub use inbound::{InboundMessage, Recorded, StateMove};
pub use inbox::{ConversationPage, ConversationRow, InboxFilter};
pub use journal::{EventPage, WebhookEvent};
pub use letters::{LetterPage, OpenLetters};
pub use lists::{Audience, AudienceKind, ContactNote};
pub use meter::{Meter, Metered};
pub use notes::{MOST_UNREAD, Mention, MentionPage, Note, note_slot};
pub use outbound::{Attempt, Claim, NewSend, Outbound, Outcome, Sent};
pub use people::{ProfileSeen, Resolved};
pub use presence::Present;
pub use records::Created;
pub use search::{ContactPage, Place};
pub use shelf::QuickReply;
pub use statuses::{StatusFold, StatusTarget};
pub use threads::{ConversationState, Direction, MessagePage, Related, StoredMessage};
pub use waiting::Waiting;
pub use work::{Count, MOST_COUNTED, Work, WorkFilter, WorkPage, WorkPlace};

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

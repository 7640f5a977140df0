//! What happened, for programs outside: events with a fixed form, made from what an item was and what it became.
//!
//! An event says what happened to whom, by ids. What people wrote, their names and their phone numbers are its
//! *content*, which only those get who asked for it.

mod changes;
mod data;
mod facts;
mod schema;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

pub use changes::events;
pub use data::{
    ConsentChanged, ContactCreated, ContactErased, ContactMerged, ConversationAssigned, ConversationMoved,
    Data, EndpointTest, MessageFailed, MessageReceived, MessageRejected, MessageStatusChanged,
};
pub use facts::{
    Change, ConsentFacts, ContactFacts, ConversationFacts, Happening, MessageFacts, RejectedFacts, Seen,
};
pub use schema::schema;

/// The version of every event's form. A member may be added within it; nothing else changes.
pub const VERSION: u8 = 1;
/// An event's content that is longer is left out: what is handed on stays small. In bytes of JSON.
pub const MOST_CONTENT: usize = 64 * 1024;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What kind of thing happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventKind {
            $($(#[$doc])* $name,)*
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that stands in events and in settings.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// A customer's message came in.
    MessageReceived = "message.received";
    /// A message of ours was accepted, sent, delivered, read or played. Several for each message.
    MessageStatusChanged = "message.status_changed";
    /// A message of ours failed.
    MessageFailed = "message.failed";
    /// A request to send was not taken: it is a dead letter.
    MessageRejected = "message.rejected";
    /// A conversation began, or was taken up again after it was closed.
    ConversationOpened = "conversation.opened";
    /// A conversation was given to somebody, or taken from them.
    ConversationAssigned = "conversation.assigned";
    /// A conversation was closed.
    ConversationClosed = "conversation.closed";
    /// There is a record of a person.
    ContactCreated = "contact.created";
    /// Two records turned out to be of one person.
    ContactMerged = "contact.merged";
    /// A person's data were erased.
    ContactErased = "contact.erased";
    /// Somebody gave or withdrew consent.
    ConsentChanged = "consent.changed";
    /// Nothing happened: somebody tries out an endpoint.
    EndpointTest = "endpoint.test";
}

impl EventKind {
    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// Whether somebody can ask for it. A test comes without being asked for.
    #[must_use]
    pub fn is_wanted_by_choice(self) -> bool {
        self != Self::EndpointTest
    }

    /// What somebody gets who does not say. Statuses are several for each message, so they are not in it.
    #[must_use]
    pub fn by_default() -> Vec<Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|kind| kind.is_wanted_by_choice() && *kind != Self::MessageStatusChanged).collect()
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for EventKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An event's id: the hash of the item and of what changed about it, so that a change that is told again has the
/// same id. Receivers know by it what they have had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EventId(String);

impl EventId {
    /// The id of a change: of which table and key, and what changed.
    #[must_use]
    pub fn of(table: &str, key: (&str, &str), what: &str) -> Self {
        let (pk, sk) = key;
        let mut hash = crate::sha256(format!("{table}\n{pk}\n{sk}\n{what}").as_bytes());
        hash.truncate(32);
        Self(format!("evt_{hash}"))
    }

    /// Reads an id back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hash = text.strip_prefix("evt_")?;
        (hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }

    /// The id's text. It has no full stop: a signature's parts are joined by them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// What kind of thing.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// What happened to whom.
    pub data: Data,
    /// What people wrote, their names and addresses.
    pub content: Option<Value>,
}

/// An event as it is handed on.
#[derive(Serialize)]
struct Published<'a> {
    id: &'a EventId,
    #[serde(rename = "type")]
    kind: EventKind,
    version: u8,
    timestamp: Timestamp,
    data: WithContent<'a>,
}

#[derive(Serialize)]
struct WithContent<'a> {
    #[serde(flatten)]
    data: &'a Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    content_omitted: bool,
}

impl Event {
    /// The event's JSON, as receivers get it, with its content or without.
    #[must_use]
    pub fn to_json(&self, with_content: bool) -> String {
        let content = self.content.as_ref().filter(|_| with_content);
        let fits = |content: &&Value| content.to_string().len() <= MOST_CONTENT;
        let kept = content.filter(fits);
        let data = WithContent {
            data: &self.data,
            content: kept,
            content_omitted: content.is_some() && kept.is_none(),
        };
        let published =
            Published { id: &self.id, kind: self.kind, version: VERSION, timestamp: self.at, data };
        // Texts and numbers only: nothing in it can fail to be written.
        serde_json::to_string(&published).unwrap_or_default()
    }
}

//! What an item was and what it became, as far as others hear of it.

use jiff::Timestamp;

use crate::{ContactId, ConversationId, Delivery, MessageId};

/// The change of an item, as a table's stream tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The table.
    pub table: String,
    /// Partition key and sort key.
    pub key: (String, String),
    /// The stream's number of this change: the same whenever the change is told.
    pub sequence: String,
    /// When it was written.
    pub at: Timestamp,
    /// What it is about.
    pub of: Happening,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A message.
    Message(MessageId, Box<Seen<MessageFacts>>),
    /// The state of a conversation.
    Conversation(ConversationId, Seen<ConversationFacts>),
    /// The record of a person.
    Contact(ContactId, Seen<ContactFacts>),
    /// An entry in the ledger of consent.
    Consent(ContactId, Seen<ConsentFacts>),
    /// A request to send that was not taken.
    Rejected(Seen<RejectedFacts>),
}

/// What it was, if it was, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// Before the change; `None` if there was nothing.
    pub before: Option<T>,
    /// After it.
    pub after: T,
}

/// What counts of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFacts {
    /// Whether a customer wrote it.
    pub inbound: bool,
    /// Whether it is a note of this system.
    pub note: bool,
    /// Meta's `type`.
    pub kind: String,
    /// Meta's time.
    pub sent_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
    /// When Meta took it.
    pub accepted_at: Option<Timestamp>,
    /// When it was refused.
    pub refused_at: Option<Timestamp>,
    /// Meta's statuses.
    pub delivery: Delivery,
    /// Errors, as JSON.
    pub errors: Vec<String>,
    /// Its JSON.
    pub raw: String,
    /// What the asker wants to have back.
    pub callback: Option<String>,
}

/// What counts of a request to send that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedFacts {
    /// The dead letter that keeps it.
    pub letter: String,
    /// Who asked, as far as it could be read.
    pub source: Option<String>,
    /// The asker's id of the request, as far as it could be read.
    pub request: Option<String>,
    /// What the asker wants to have back.
    pub callback: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What counts of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFacts {
    /// Whether it is closed.
    pub closed: bool,
    /// Who has it.
    pub assignee: Option<String>,
    /// Whose department's it is.
    pub department: Option<String>,
}

/// What counts of a person's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactFacts {
    /// What the person is to the company.
    pub kind: String,
    /// When the record was made.
    pub created_at: Option<Timestamp>,
    /// The record that it was merged into.
    pub alias_of: Option<String>,
    /// Whether it was erased.
    pub erased: bool,
    /// Names and addresses, by the API's words.
    pub details: Vec<(&'static str, String)>,
}

/// What counts of an entry in the ledger of consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFacts {
    /// For what.
    pub purpose: String,
    /// What it says.
    pub choice: Option<String>,
    /// To which portfolio it was said.
    pub portfolio: Option<String>,
    /// For which number only.
    pub number: Option<String>,
    /// How that is known.
    pub source: Option<String>,
    /// When.
    pub at: Timestamp,
}

//! A person on record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::agent::AgentId;
use crate::clean;
use crate::record::{FieldId, FieldValue};

/// Our own id of a person, for good: identities come and go, this stays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactId(String);

impl ContactId {
    /// Wraps an id. `None` if it holds anything but letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        clean::is_plain(&id).then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person is to the company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContactKind {
    /// Wrote to us, or was written to; nobody has said yet who it is.
    #[default]
    Unknown,
    /// May become a customer.
    Lead,
    /// A customer or another person known by name.
    Contact,
    /// A company or other body.
    Organization,
    /// Sells to us.
    Vendor,
}

impl ContactKind {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Lead => "lead",
            Self::Contact => "contact",
            Self::Organization => "organization",
            Self::Vendor => "vendor",
        }
    }

    /// Reads the word back. A word that this build does not know is *unknown*, which is what it is to us.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "lead" => Self::Lead,
            "contact" => Self::Contact,
            "organization" => Self::Organization,
            "vendor" => Self::Vendor,
            _ => Self::Unknown,
        }
    }
}

/// Where a record came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Wrote first, without an ad.
    Inbound,
    /// Wrote after a click on an ad.
    Ad,
    /// Wrote after a campaign of ours.
    Campaign,
    /// Came in a file.
    Import,
    /// An agent entered it.
    Agent,
    /// Another program entered it, over the API or the send queue.
    Api,
}

impl SourceKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Inbound, Self::Ad, Self::Campaign, Self::Import, Self::Agent, Self::Api];

    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Ad => "ad",
            Self::Campaign => "campaign",
            Self::Import => "import",
            Self::Agent => "agent",
            Self::Api => "api",
        }
    }

    /// Whether records are found by it. Most people just write, and imports count their own: an entry for each would
    /// be a write for each.
    #[must_use]
    pub fn has_entries(self) -> bool {
        !matches!(self, Self::Inbound | Self::Import)
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Where a record came from, in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// In short.
    pub kind: SourceKind,
    /// Which one: the ad's or campaign's id, the import, the agent.
    pub id: Option<String>,
    /// The click, for reports to Meta's Conversions API.
    pub ctwa_clid: Option<String>,
    /// What it was called, such as the ad's headline.
    pub title: Option<String>,
}

impl Source {
    /// Nothing but the kind.
    #[must_use]
    pub fn of(kind: SourceKind) -> Self {
        Self { kind, id: None, ctwa_clid: None, title: None }
    }
}

/// A person on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// What the person is to the company.
    pub kind: ContactKind,
    /// The name that the company gave.
    pub name: Option<String>,
    /// The name that the person chose on WhatsApp. Free text: may be empty, never a key.
    pub profile_name: Option<String>,
    /// The username, if the person has one. Changes at any time, never a key.
    pub username: Option<String>,
    /// The current phone number, digits with country code.
    pub phone: Option<String>,
    /// The current business-scoped user id, with the portfolio that it belongs to.
    pub user_id: Option<String>,
    /// The address that the company has.
    pub email: Option<String>,
    /// The organization that the person belongs to.
    pub organization: Option<ContactId>,
    /// The agent who looks after the record.
    pub owner: Option<AgentId>,
    /// Labels, by their ids.
    pub labels: BTreeSet<String>,
    /// Set by hand, or by the rule of the most active.
    pub important: bool,
    /// Whether the rule marked it once: what somebody unmarks after that stays unmarked.
    pub important_by_rule: bool,
    /// Fields of the company's own.
    pub fields: BTreeMap<FieldId, FieldValue>,
    /// Where the record came from.
    pub source: Option<Source>,
    /// The month of the last activity, as `2026-11`.
    pub active_month: Option<String>,
    /// The record that this one was merged into.
    pub alias_of: Option<ContactId>,
    /// Whether the person was erased: nothing is left but this.
    pub erased: bool,
    /// Every identity claimed for this person: `phone:…`, `bsuid:<portfolio>:…`, `parent:…`, `email:…`,
    /// `username:…`, `external:<system>:…`.
    pub identities: Vec<String>,
    /// The records that were merged into this one.
    pub merged: Vec<ContactId>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// Since when the company blocks the person.
    pub blocked_at: Option<Timestamp>,
    /// Grows with each change by hand, so that two do not overwrite each other.
    pub version: i64,
}

impl Contact {
    /// A record of which nothing is known yet.
    #[must_use]
    pub fn new(id: ContactId, created_at: Timestamp) -> Self {
        Self {
            id,
            kind: ContactKind::Unknown,
            name: None,
            profile_name: None,
            username: None,
            phone: None,
            user_id: None,
            email: None,
            organization: None,
            owner: None,
            labels: BTreeSet::new(),
            important: false,
            important_by_rule: false,
            fields: BTreeMap::new(),
            source: None,
            active_month: None,
            alias_of: None,
            merged: Vec::new(),
            erased: false,
            blocked_at: None,
            identities: Vec::new(),
            created_at,
            version: 0,
        }
    }

    /// What people call the person: the company's name, or the person's own, or the username.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        let names = [&self.name, &self.profile_name, &self.username];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty())
    }
}

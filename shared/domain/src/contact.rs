//! A person on record.

use std::fmt;

use jiff::Timestamp;

use crate::clean;

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

/// A person on record, as far as the main loop knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// What the person is to the company.
    pub kind: ContactKind,
    /// The name that the person chose on WhatsApp. Free text: may be empty, never a key.
    pub profile_name: Option<String>,
    /// The username, if the person has one. Changes at any time, never a key.
    pub username: Option<String>,
    /// The current phone number, digits with country code.
    pub phone: Option<String>,
    /// The current business-scoped user id, with the portfolio that it belongs to.
    pub user_id: Option<String>,
    /// Every identity claimed for this person: `phone:…`, `bsuid:<portfolio>:…`.
    pub identities: Vec<String>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// Since when the company blocks the person.
    pub blocked_at: Option<Timestamp>,
    /// When the person was erased. Nothing else is left then.
    pub erased_at: Option<Timestamp>,
}

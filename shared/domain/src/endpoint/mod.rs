//! An endpoint of somebody who wants to hear of events over HTTP: [Standard Webhooks], read 2026-11.
//!
//! [Standard Webhooks]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

mod address;
mod retry;
mod signature;

use std::fmt;

use jiff::Timestamp;

use crate::clean;
use crate::event::EventKind;

pub use address::{NotAnAddress, Reach, check_host, check_url, is_public};
pub use retry::{
    CIRCUIT_AFTER, FAILS_FOR_GOOD_AFTER, MOST_ATTEMPTS, Verdict, WAITS_AT_MOST, circuit_pause, next_attempt,
    verdict,
};
pub use signature::{NotASecret, SigningSecret, sign};

/// How long a secret that was replaced stays good, in seconds.
pub const OLD_SECRET_SECONDS: i64 = 86_400;

/// An endpoint's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndpointId(String);

impl EndpointId {
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

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which events somebody wants, and how much of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub types: Vec<EventKind>,
    /// Whether with what people wrote, names and phone numbers.
    pub content: bool,
}

impl Wanted {
    /// Whether an event of this kind is wanted.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.types.contains(&kind)
    }
}

/// Why an endpoint gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disabled {
    /// Somebody said so.
    Asked,
    /// It answered 410.
    Gone,
    /// Every attempt failed for days.
    Failing,
}

impl Disabled {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "gone" => Self::Gone,
            "failing" => Self::Failing,
            _ => Self::Asked,
        }
    }
}

/// How an endpoint does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Since when every attempt fails.
    pub failing_since: Option<Timestamp>,
    /// How many failed one after the other.
    pub failures: u32,
    /// Nothing is tried before.
    pub pauses_until: Option<Timestamp>,
}

/// An endpoint, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where events are posted.
    pub url: String,
    /// What it is for, in the company's words.
    pub description: String,
    /// What it wants.
    pub wanted: Wanted,
    /// Why it gets nothing; `None` if it does.
    pub disabled: Option<Disabled>,
    /// How it does.
    pub health: Health,
    /// When it was added.
    pub created_at: Timestamp,
}

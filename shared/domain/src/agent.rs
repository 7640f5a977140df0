//! Who works here: agents and their departments.

use std::collections::BTreeSet;
use std::fmt;

/// An agent's id: the `sub` of their tokens. One person, for good.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentId(String);

impl AgentId {
    /// Wraps an id. `None` if it is empty, longer than 128 characters, or holds control characters or `#`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let is_plain = !id.is_empty()
            && id.len() <= 128
            && !id.chars().any(|c| c.is_control() || c.is_whitespace() || c == '#');
        is_plain.then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The beginning of the source of send requests that come from the API: then who asked.
pub const SOURCES: &str = "api.";

/// The source of a person's send requests: [`SOURCES`] and their subject, with signs that a source may have.
#[must_use]
pub fn source_of(subject: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if subject.len() <= 60 && subject.chars().all(is_name) {
        return format!("{SOURCES}{subject}");
    }
    // Two subjects never share a source: that would be sharing idempotency keys.
    let start: String = subject.chars().filter(|c| is_name(*c)).take(40).collect();
    format!("{SOURCES}{start}.{}", crate::hash16(subject))
}

/// A department's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DepartmentId(String);

impl DepartmentId {
    /// Wraps an id. `None` if it holds anything but letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        crate::clean::is_plain(&id).then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DepartmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who answers customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The `sub` of their tokens.
    pub id: AgentId,
    /// What colleagues call them.
    pub name: String,
    /// Their address, if it is known.
    pub email: Option<String>,
    /// `agent`, `supervisor` or `admin`, as the directory has it.
    pub role: String,
    /// The departments that they work in.
    pub departments: BTreeSet<DepartmentId>,
    /// How many open conversations they take at most; `None` is no limit.
    pub capacity: Option<u32>,
    /// Whether they work here still.
    pub active: bool,
}

/// A part of the company that answers some of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name.
    pub name: String,
}

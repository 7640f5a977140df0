//! Labels: what a team calls its conversations.

use std::fmt;

/// The most labels of one conversation: its state stays under 1 KB with them.
pub const MOST: usize = 20;

/// A label's id. Short, because a conversation's state holds up to [`MOST`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelId(String);

impl LabelId {
    /// Wraps an id. `None` if it is longer than 16 characters or holds anything but letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        (id.len() <= 16 && crate::clean::is_plain(&id)).then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its id, for good.
    pub id: LabelId,
    /// What people read.
    pub name: String,
    /// Its colour, as `#rrggbb`.
    pub color: Option<String>,
}

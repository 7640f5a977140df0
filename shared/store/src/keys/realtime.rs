//! Keys of who is connected, and of what they are told.

use domain::ConversationId;

use super::Key;

/// A ticket, under the hash of its text: whoever reads the table cannot connect with it.
pub(crate) fn ticket(text: &str) -> Key {
    (format!("TICKET#{}", domain::sha256(text.as_bytes())), "TICKET".to_owned())
}

/// The list of connections.
pub(crate) const CONNECTIONS: &str = "CONNECTIONS";

/// The connections that have a conversation on the screen.
pub(crate) fn watchers(conversation: &ConversationId) -> String {
    format!("WATCH#{conversation}")
}

/// Conversations that changed in a span of time.
pub(crate) fn changed(span: i64) -> String {
    format!("CHANGED#{span}")
}

/// What is to be pushed to lists within the second.
pub(crate) fn pending() -> Key {
    ("PUSHES".to_owned(), "LISTS".to_owned())
}

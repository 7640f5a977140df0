//! Keys of requests to send.

use super::Key;

/// Which message a request made.
pub(crate) fn claim(source: &str, id: &str) -> Key {
    (format!("SEND#{source}#{id}"), "CLAIM".to_owned())
}

/// The beginning of the key of a request that was not taken.
pub(crate) const REJECTED: &str = "REJECTED#";

/// A request that was not taken, by its dead letter.
pub(crate) fn rejected(letter: &str) -> Key {
    (format!("{REJECTED}{letter}"), "REJECTED".to_owned())
}

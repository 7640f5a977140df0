//! Keys of requests to send, and of files for them.

use cloud_api::PhoneNumberId;

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

/// A file that somebody uploaded.
pub(crate) fn upload(id: &str) -> Key {
    (format!("UPLOAD#{id}"), "UPLOAD".to_owned())
}

/// Meta's id of an upload, for messages of a number.
pub(crate) fn upload_at_meta(id: &str, number: &PhoneNumberId) -> Key {
    (format!("UPLOAD#{id}"), format!("META#{number}"))
}

//! Text that goes into keys and ids.

/// Whether a text can stand in an id of ours as it is: letters, digits, `-` and `_` only.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Writes any text with letters, digits, `-` and `_` only: plain text as it is, anything else as `~` and
/// its bytes in hexadecimal.
#[must_use]
pub fn escape(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { format!("~{}", hex::encode(text)) }
}

/// Reads what [`escape`] wrote.
#[must_use]
pub fn unescape(text: &str) -> Option<String> {
    match text.strip_prefix('~') {
        Some(digits) => String::from_utf8(hex::decode(digits).ok()?).ok(),
        None => is_plain(text).then(|| text.to_owned()),
    }
}

//! Text that goes into keys and ids.

/// The longest id of ours in bytes. Keys have room for 1,024, and an id is never all of a key.
pub const LONGEST_ID: usize = 128;

/// Whether a text can stand in an id of ours as it is: letters, digits, `-` and `_` only, and not too long.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
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

/// The beginning of a text, for a list: at most 80 characters and 160 bytes, whole characters only. It stands in
/// an item that must stay under 1 KB, and an emoji has four bytes.
#[must_use]
pub fn beginning(text: &str) -> String {
    let fits = |bytes: &mut usize, c: char| {
        *bytes += c.len_utf8();
        (*bytes <= 160).then_some(c)
    };
    text.chars().scan(0, fits).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_short_in_characters_and_in_bytes() {
        assert_eq!(beginning("kettle"), "kettle");
        assert_eq!(beginning(&"x".repeat(100)), "x".repeat(80));
        assert_eq!(beginning(&"🎉".repeat(100)), "🎉".repeat(40));
    }
}

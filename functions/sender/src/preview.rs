//! What the list of conversations shows of a message of ours.

use domain::clean::beginning;
use serde_json::Value;

/// The beginning of what was said, or the kind of what was sent.
pub(crate) fn of(raw: &str, kind: &str) -> String {
    let message: Value = serde_json::from_str(raw).unwrap_or_default();
    let places =
        ["/text/body", "/image/caption", "/video/caption", "/document/caption", "/interactive/body/text"];
    let text = places.iter().find_map(|place| message.pointer(place)?.as_str());
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => beginning(text),
        None => format!("[{kind}]"),
    }
}

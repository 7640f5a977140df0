//! What the list of conversations shows of a message.

use cloud_api::webhook::content::Content;
use domain::clean::beginning;

/// The beginning of what was said, or the kind of what was sent.
pub(crate) fn of(content: &Content, kind: &str) -> String {
    let text = match content {
        Content::Text(text) => Some(text.body.as_str()),
        Content::Button(button) => Some(button.text.as_str()),
        Content::Image(media) | Content::Video(media) | Content::Document(media) => media.caption.as_deref(),
        _ => None,
    };
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => beginning(text),
        None => format!("[{}]", beginning(kind)),
    }
}

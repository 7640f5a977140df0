//! What a message says, in Meta's own shape.

use cloud_api::error::GraphError;
use cloud_api::webhook::content::Content;
use cloud_api::webhook::message::InboundMessage;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// Members of an inbound message that are not what it says: the record has them under its own names.
const ENVELOPE: [&str; 6] = ["id", "from", "from_user_id", "from_parent_user_id", "group_id", "timestamp"];

/// What could be read.
pub struct Said {
    /// Meta's JSON: without the envelope where we know the type, whole where we do not.
    pub content: Box<RawValue>,
    /// `known`, `unknown` or `malformed`.
    pub reading: &'static str,
    /// The wamid of the message that is quoted.
    pub quoted: Option<String>,
    /// Errors that came with it.
    pub errors: Vec<GraphError>,
    /// Who wrote, where several can: the user id or phone of a group's participant.
    pub author: Option<String>,
}

/// Reads a customer's message.
pub fn inbound(json: &str) -> Said {
    let Ok(message) = InboundMessage::parse(json) else {
        return Said {
            content: raw(json),
            reading: "malformed",
            quoted: None,
            errors: Vec::new(),
            author: None,
        };
    };
    let reading = match message.content {
        Content::Unknown { .. } => "unknown",
        Content::Malformed { .. } => "malformed",
        _ => "known",
    };
    Said {
        content: if reading == "known" { without_envelope(json) } else { raw(json) },
        reading,
        quoted: message.context.and_then(|context| context.id).map(|wamid| wamid.to_string()),
        errors: message.errors,
        author: message.from_user_id.map(|id| id.to_string()).or(message.from.map(|from| from.to_string())),
    }
}

/// Meta's JSON of a message of ours, or of a note.
pub fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn without_envelope(json: &str) -> Box<RawValue> {
    // What cannot be taken apart (half an emoji somewhere) is shown whole.
    let Ok(Value::Object(mut members)) = serde_json::from_str(json) else { return raw(json) };
    members.retain(|key, _| !ENVELOPE.contains(&key.as_str()));
    to_raw_value(&members).unwrap_or_else(|_| raw(json))
}

/// A member of a JSON text, by its path.
pub fn member(json: &str, path: &[&str]) -> Option<Value> {
    let mut value: Value = serde_json::from_str(json).ok()?;
    for key in path {
        value = value.get_mut(*key)?.take();
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_message_is_shown_in_metas_shape_without_its_envelope() {
        let said = inbound(
            r#"{"from":"15550100177","id":"wamid.A","timestamp":"1795392000","type":"text",
                "text":{"body":"Hi"},"context":{"from":"15550100200","id":"wamid.Q"}}"#,
        );
        assert_eq!(said.reading, "known");
        assert_eq!(said.quoted.as_deref(), Some("wamid.Q"));
        let shown = r#"{"type":"text","text":{"body":"Hi"},"context":{"from":"15550100200","id":"wamid.Q"}}"#;
        assert_eq!(said.content.get(), shown);
    }

    #[test]
    fn what_we_cannot_read_is_shown_as_meta_wrote_it() {
        let unknown = r#"{"id": "wamid.A", "type": "hologram", "hologram": {"x": 1.50}}"#;
        assert_eq!((inbound(unknown).reading, inbound(unknown).content.get()), ("unknown", unknown));
        let malformed = r#"{"id":"wamid.A","type":"text","text":7}"#;
        assert_eq!((inbound(malformed).reading, inbound(malformed).content.get()), ("malformed", malformed));
        let half = r#"{"id":"wamid.A","type":"text","text":{"body":"\ud83d"}}"#;
        assert_eq!((inbound(half).reading, inbound(half).content.get()), ("malformed", half));
    }
}

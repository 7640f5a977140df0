//! Writing messages in Meta's JSON, and saying what is wrong with them.

use cloud_api::outbound::Message;
use serde_json::{Value, json};

/// What is wrong with a message, in its shape or in its limits.
pub(crate) fn violations(message: &Value) -> Vec<String> {
    match Message::read(message) {
        Err(violation) => vec![violation.to_string()],
        Ok(message) => match message.validate() {
            Ok(()) => Vec::new(),
            Err(violations) => violations.iter().map(ToString::to_string).collect(),
        },
    }
}

/// A text of that many characters, each of two bytes.
pub(crate) fn text(length: usize) -> String {
    "ä".repeat(length)
}

/// An interactive message.
pub(crate) fn interactive(kind: &str, action: Value) -> Value {
    json!({"type": "interactive", "interactive": {"type": kind, "body": {"text": "x"}, "action": action}})
}

/// A template.
pub(crate) fn template(components: Value) -> Value {
    json!({"type": "template", "template": {"name": "order_update_v3", "language": {"code": "en_US"},
        "components": components}})
}

/// A card of a template.
pub(crate) fn card(n: u32) -> Value {
    json!({"card_index": n, "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0",
            "parameters": [{"type": "payload", "payload": format!("more-{n}")}]}]})
}

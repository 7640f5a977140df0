//! What a campaign decides, as sentences.

mod deciding;
mod defining;
mod guarding;

use serde_json::{Value, json};

use super::definition::Definition;

/// A definition that may be kept, as people write it.
pub(super) fn written() -> Value {
    json!({
        "name": "Winter sale",
        "numbers": ["100000000000001"],
        "templates": [{"template": "winter_sale"}],
        "language": {"default": "es_MX"},
        "audience": {"include": [{"segment": "vip"}]},
    })
}

/// The same with other members.
pub(super) fn with(members: Value) -> Value {
    let mut whole = written();
    for (name, value) in members.as_object().cloned().unwrap_or_default() {
        whole[name] = value;
    }
    whole
}

pub(super) fn definition(members: Value) -> Definition {
    serde_json::from_value(with(members)).unwrap()
}

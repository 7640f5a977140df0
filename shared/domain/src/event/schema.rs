//! The JSON Schema of each kind of event, made from the types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::data;
use super::{EventKind, VERSION};

/// The JSON Schema of an event, as receivers get it.
#[must_use]
pub fn schema(kind: EventKind) -> Value {
    let data = match kind {
        EventKind::MessageReceived => of::<data::MessageReceived>(),
        EventKind::MessageStatusChanged => of::<data::MessageStatusChanged>(),
        EventKind::MessageFailed => of::<data::MessageFailed>(),
        EventKind::MessageRejected => of::<data::MessageRejected>(),
        EventKind::ConversationOpened | EventKind::ConversationClosed => of::<data::ConversationMoved>(),
        EventKind::ConversationAssigned => of::<data::ConversationAssigned>(),
        EventKind::ContactCreated => of::<data::ContactCreated>(),
        EventKind::ContactMerged => of::<data::ContactMerged>(),
        EventKind::ContactErased => of::<data::ContactErased>(),
        EventKind::ConsentChanged => of::<data::ConsentChanged>(),
        EventKind::EndpointTest => of::<data::EndpointTest>(),
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.as_str(),
        "description": data.get("description").cloned().unwrap_or_default(),
        "type": "object",
        "properties": {
            "id": {
                "description": "The same for every repeat: a receiver that has had it is done.",
                "type": "string",
                "pattern": "^evt_[0-9a-f]{32}$",
            },
            "type": { "const": kind.as_str() },
            "version": {
                "description": "A member may be added within a version; nothing else changes.",
                "const": VERSION,
            },
            "timestamp": { "description": "When it happened.", "type": "string", "format": "date-time" },
            "data": with_content(data),
        },
        "required": ["id", "type", "version", "timestamp", "data"],
    })
}

fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    Schema::into(settings.into_generator().into_root_schema_for::<T>())
}

/// Adds what every event may carry for those who asked for it.
fn with_content(mut data: Value) -> Value {
    if let Some(data) = data.as_object_mut() {
        data.remove("title");
        data.remove("description");
        if let Some(properties) = data.get_mut("properties").and_then(Value::as_object_mut) {
            let content = "What people wrote, names, addresses. Only for those who asked for it.";
            properties.insert("content".to_owned(), json!({ "description": content }));
            let omitted = "There is content, and it is too long for an event: ask the API.";
            properties
                .insert("content_omitted".to_owned(), json!({ "description": omitted, "type": "boolean" }));
        }
    }
    data
}

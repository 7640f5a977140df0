//! What people send besides words. All of it was made for this: drawn, and spoken by a machine.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The fields that make a person send something of a kind; pictures differ by the conversation.
pub(super) fn sample(kind: &str, key: &str) -> Value {
    let (mime, bytes): (&str, &[u8]) = match kind {
        "image" => ("image/jpeg", picture(key)),
        "voice" => ("audio/ogg; codecs=opus", include_bytes!("samples/voice.ogg")),
        "video" => ("video/mp4", include_bytes!("samples/video.mp4")),
        "sticker" => ("image/webp", include_bytes!("samples/sticker.webp")),
        _ => return json!({}),
    };
    json!({ "mime_type": mime, "bytes": STANDARD.encode(bytes) })
}

fn picture(key: &str) -> &'static [u8] {
    match key {
        "daniela" => include_bytes!("samples/kitchen.jpg"),
        "luzmarina" | "patricia" => include_bytes!("samples/plate.jpg"),
        _ => include_bytes!("samples/box.jpg"),
    }
}

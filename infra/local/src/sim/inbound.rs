//! What a person writes, in the shapes of the webhook. Built by hand from Meta's facts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::control::input::Input;
use super::error::ControlError;
use super::graph::media::download_url;
use super::model::Media;
use super::state::State;

/// One pixel, so that a picture is a picture.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The `type` and the object under it.
pub(crate) struct Content {
    pub(crate) kind: String,
    pub(crate) body: Value,
}

impl State {
    /// Reads `type`, `body` and the fields that are short for them.
    pub(crate) fn content(
        &mut self,
        number: &str,
        input: &mut Input,
        now: Timestamp,
    ) -> Result<Content, ControlError> {
        let text = input.text("text")?;
        let body = input.value("body").unwrap_or(Value::Null);
        let kind = input.text("type")?;
        let kind = match (kind, &text) {
            (Some(kind), _) => kind,
            (None, Some(_)) => "text".into(),
            (None, None) => return Err(input.wrong("type", "is required, or text")),
        };
        let (kind, body) = match kind.as_str() {
            "text" => text_body(text, body, input)?,
            "image" | "video" | "audio" | "voice" | "document" | "sticker" => {
                self.media_body(number, &kind, body, input, now)?
            }
            "button_reply" | "list_reply" | "call_permission_reply" => {
                ("interactive".into(), json!({ "type": kind, kind.as_str(): given(&kind, body, input)? }))
            }
            "flow_reply" => flow_reply(given(&kind, body, input)?),
            "edit" => edit(given(&kind, body, input)?),
            "unsupported" if body.is_null() => (kind, json!({ "type": "poll" })),
            "location" if body.is_null() => {
                let place = json!({ "latitude": 12.345678, "longitude": -98.765432, "name": "Fixture Plaza",
                    "address": "1 Example Road, Sampletown" });
                (kind, place)
            }
            "contacts" if body.is_null() => (kind, example_contacts()),
            "request_welcome" | "ephemeral" => (kind, Value::Null),
            _ => (kind.clone(), given(&kind, body, input)?),
        };
        Ok(Content { kind, body })
    }

    fn media_body(
        &mut self,
        number: &str,
        kind: &str,
        body: Value,
        input: &mut Input,
        now: Timestamp,
    ) -> Result<(String, Value), ControlError> {
        let size = input.count("size")?;
        let mime = input.text("mime_type")?.unwrap_or_else(|| default_mime(kind).into());
        let bytes = match input.text("bytes")? {
            Some(text) => STANDARD.decode(text).map_err(|_| input.wrong("bytes", "must be base64"))?,
            None => default_bytes(kind, size),
        };
        let media = self.keep_media(number, &mime, &bytes, true, now);
        let mut content = json!({});
        for key in ["caption", "filename"] {
            if let Some(text) = input.text(key)? {
                content[key] = text.into();
            }
        }
        if kind == "document" && content["filename"].is_null() {
            content["filename"] = "invoice-FX-77.pdf".into();
        }
        content["mime_type"] = mime.into();
        content["sha256"] = STANDARD.encode(Sha256::digest(&bytes)).into();
        content["url"] = download_url(&self.config, &media, now).into();
        content["id"] = media.id.into();
        match kind {
            "audio" | "voice" => content["voice"] = (kind == "voice").into(),
            "sticker" => content["animated"] = false.into(),
            _ => {}
        }
        if let Value::Object(fields) = body {
            for (key, value) in fields {
                content[key] = value;
            }
        }
        Ok((if kind == "voice" { "audio" } else { kind }.into(), content))
    }

    /// Stores bytes: 7 days for what people send, 30 for what the business uploads.
    pub(crate) fn keep_media(
        &mut self,
        number: &str,
        mime: &str,
        bytes: &[u8],
        inbound: bool,
        now: Timestamp,
    ) -> Media {
        let days = if inbound { 7 } else { 30 };
        let media = Media {
            id: (900_000_000_100_000 + self.next_seq()).to_string(),
            number: number.into(),
            mime_type: mime.into(),
            sha256_hex: hex::encode(Sha256::digest(bytes)),
            size: bytes.len(),
            base64: STANDARD.encode(bytes),
            inbound,
            expires: now + SignedDuration::from_hours(24 * days),
        };
        self.disk.put("media", &media.id, Some(&media));
        self.media.insert(media.id.clone(), media.clone());
        media
    }
}

fn given(kind: &str, body: Value, input: &Input) -> Result<Value, ControlError> {
    if body.is_null() { Err(input.wrong("body", &format!("is required for type {kind}"))) } else { Ok(body) }
}

fn text_body(text: Option<String>, body: Value, input: &Input) -> Result<(String, Value), ControlError> {
    match (text, body) {
        (Some(text), Value::Null) => Ok(("text".into(), json!({ "body": text }))),
        (None, body @ Value::Object(_)) => Ok(("text".into(), body)),
        (None, Value::String(text)) => Ok(("text".into(), json!({ "body": text }))),
        _ => Err(input.wrong("text", "give text, or body as an object, and not both")),
    }
}

fn flow_reply(answers: Value) -> (String, Value) {
    let reply = json!({ "name": "flow", "body": "Sent", "response_json": answers.to_string() });
    ("interactive".into(), json!({ "type": "nfm_reply", "nfm_reply": reply }))
}

/// `{original_message_id, text}` is short for the full form.
fn edit(body: Value) -> (String, Value) {
    let full = match body["text"].as_str() {
        None => body,
        Some(text) => json!({
            "original_message_id": body["original_message_id"],
            "message": { "context": { "id": "M0" }, "type": "text", "text": { "body": text } },
        }),
    };
    ("edit".into(), full)
}

fn default_mime(kind: &str) -> &'static str {
    match kind {
        "image" => "image/png",
        "video" => "video/mp4",
        "audio" => "audio/mpeg",
        "voice" => "audio/ogg; codecs=opus",
        "sticker" => "image/webp",
        _ => "application/pdf",
    }
}

fn default_bytes(kind: &str, size: Option<u64>) -> Vec<u8> {
    let mut bytes: Vec<u8> = match kind {
        "image" => STANDARD.decode(PIXEL).unwrap_or_default(),
        "video" => b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec(),
        "audio" => b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64".to_vec(),
        "voice" => b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead\x01\x01".to_vec(),
        "sticker" => {
            b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0".to_vec()
        }
        _ => b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec(),
    };
    if let Some(size) = size {
        bytes.resize(usize::try_from(size).unwrap_or(usize::MAX).min(110 << 20), b'.');
    }
    bytes
}

fn example_contacts() -> Value {
    json!([{
        "name": { "formatted_name": "Noor Sample", "first_name": "Noor", "last_name": "Sample" },
        "phones": [{ "phone": "+1 555-010-0188", "wa_id": "15550100188", "type": "CELL" }],
        "origin": "other",
    }])
}

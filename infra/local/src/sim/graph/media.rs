//! Media: upload, look-up with an address of five minutes, download, deletion.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::errors::GraphError;
use super::multipart;
use super::route::Answered;
use super::{Reply, ReplyBody, Request};
use crate::sim::config::SimConfig;
use crate::sim::ledger::LedgerEntry;
use crate::sim::model::{Media, Number};
use crate::sim::state::State;
use crate::sim::webhooks::signature;

const MB: usize = 1 << 20;

/// Kind and largest size of a MIME type.
fn kind_of(mime: &str) -> Option<(&'static str, usize)> {
    let plain = mime.split(';').next().unwrap_or_default().trim();
    match plain {
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => Some(("audio", 16 * MB)),
        "image/jpeg" | "image/png" => Some(("image", 5 * MB)),
        "video/mp4" | "video/3gpp" => Some(("video", 16 * MB)),
        "image/webp" => Some(("sticker", 500 << 10)),
        _ if plain.starts_with("application/") || plain.starts_with("text/") => Some(("document", 100 * MB)),
        _ => None,
    }
}

/// Where the bytes are fetched: good until five minutes from now.
pub(crate) fn download_url(config: &SimConfig, media: &Media, now: Timestamp) -> String {
    let until = (now + SignedDuration::from_mins(5)).as_second();
    let hash = address_hash(config, &media.id, &until.to_string());
    let base = config.base_url.trim_end_matches('/');
    format!("{base}/lookaside/whatsapp_business/attachments/?mid={}&ext={until}&hash={hash}", media.id)
}

fn address_hash(config: &SimConfig, id: &str, until: &str) -> String {
    signature(&config.app_secret, format!("{id}|{until}").as_bytes())[7..31].to_owned()
}

impl State {
    pub(crate) fn upload(
        &mut self,
        request: &Request,
        number: &str,
        entry: &mut LedgerEntry,
        now: Timestamp,
    ) -> Result<Value, GraphError> {
        if !self.numbers.contains_key(number) {
            return Err(GraphError::unknown_object("post", number));
        }
        let parts = multipart::parts(&request.content_type, &request.body)
            .ok_or_else(|| GraphError::new(100, "The request is not a multipart form."))?;
        let field = |name: &str| parts.iter().find(|part| part.name == name);
        if field("messaging_product").is_none_or(|part| part.bytes != b"whatsapp") {
            return Err(GraphError::new(100, "The parameter messaging_product is required."));
        }
        let file = field("file").ok_or_else(|| GraphError::new(100, "The parameter file is required."))?;
        let given = field("type").and_then(|part| String::from_utf8(part.bytes.to_vec()).ok());
        let mime = file.content_type.clone().or(given).unwrap_or_default();
        entry.body = json!({ "mime_type": mime, "bytes": file.bytes.len(), "filename": file.filename });
        let (kind, limit) = kind_of(&mime).ok_or_else(|| {
            GraphError::new(
                100,
                format!(
                    "Param file must be a file with one of the allowed types. Received file of type '{mime}'."
                ),
            )
        })?;
        if file.bytes.is_empty() || file.bytes.len() > limit {
            return Err(GraphError::new(
                100,
                format!("Param file: {} bytes; a {kind} has 1 to {limit}", file.bytes.len()),
            ));
        }
        let bytes = file.bytes.to_vec();
        let media = self.keep_media(number, &mime, &bytes, false, now);
        Ok(json!({ "id": media.id }))
    }

    /// Look-up or deletion.
    pub(crate) fn media_node(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
    ) -> Result<Value, GraphError> {
        let gone = || GraphError::unknown_object(&request.method, id);
        let media = self.media.get(id).filter(|media| media.expires > now).ok_or_else(gone)?;
        if request.query.get("phone_number_id").is_some_and(|number| *number != media.number) {
            return Err(gone());
        }
        if request.method == "DELETE" {
            self.media.remove(id);
            self.disk.put::<()>("media", id, None);
            return Ok(json!({ "success": true }));
        }
        Ok(json!({
            "url": download_url(&self.config, media, now),
            "mime_type": media.mime_type,
            "sha256": media.sha256_hex,
            "file_size": media.size,
            "id": media.id,
            "messaging_product": "whatsapp",
        }))
    }

    pub(crate) fn download(&self, request: &Request, now: Timestamp) -> Answered {
        let query = |key: &str| request.query.get(key).map(String::as_str).unwrap_or_default();
        let (id, until) = (query("mid"), query("ext"));
        let fresh = until.parse().is_ok_and(|until: i64| now.as_second() <= until);
        let genuine = query("hash") == address_hash(&self.config, id, until);
        let media = self.media.get(id).filter(|media| fresh && genuine && media.expires > now);
        let Some(media) = media else { return Ok(Reply::proxy_error(404)) };
        let bytes = STANDARD.decode(&media.base64).unwrap_or_default();
        Ok(Reply { http: 200, body: ReplyBody::Bytes(media.mime_type.clone(), bytes), fault: None })
    }

    /// Whether a media id may be used by this number; `Some` says why its file does not suit the message.
    pub(crate) fn media_fits(
        &self,
        number: &Number,
        kind: &str,
        content: &Value,
        now: Timestamp,
    ) -> Result<Option<String>, GraphError> {
        let Some(id) = content["id"].as_str().filter(|_| kind_is_media(kind)) else { return Ok(None) };
        let media = self.media.get(id).filter(|media| media.number == number.id && media.expires > now);
        let why = format!("Param {kind}['id'] is not a valid whatsapp business account media attachment ID");
        let media = media.ok_or_else(|| GraphError::new(100, why))?;
        let fits = kind == "document" || kind_of(&media.mime_type).is_some_and(|(of, _)| of == kind);
        Ok((!fits).then(|| format!("The file is {} and cannot be sent as {kind}.", media.mime_type)))
    }
}

fn kind_is_media(kind: &str) -> bool {
    matches!(kind, "image" | "video" | "audio" | "document" | "sticker")
}

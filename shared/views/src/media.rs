//! A file.

use cloud_api::outbound::Message;
use cloud_api::webhook::message::InboundMessage;
use domain::media::MediaFacts;
use serde::Serialize;
use store::{Direction, StoredMessage, Upload};
use utoipa::ToSchema;

use crate::Time;

/// A file of a message, or one that was uploaded, as far as it has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Media)]
pub struct MediaView {
    /// Its id: that of its message or upload.
    pub id: String,
    /// `uploading`; `copying`, on its way or being looked at; `ready`; `failed`, which another try may mend; `refused`, not
    /// what it should be or too large; `expired`, not kept by Meta any more.
    pub state: &'static str,
    /// Why it was not to be had, in words for people.
    pub reason: Option<String>,
    /// What it is, whatever its sender says; `null` until somebody looked.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Seconds.
    pub duration: Option<f64>,
    /// How loud a voice note is, in 64 parts of the same length, from 0 to 255; empty where nobody knows.
    pub waveform: Vec<u8>,
    /// Where it can be had until `expires_at`, without signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where a small picture of it can be had, a JPEG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// Until when the links are good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Where to put it, while it is `uploading`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadView>,
}

/// Where a file is to be put, and how.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MediaUpload)]
pub struct UploadView {
    /// The address.
    pub url: String,
    /// `PUT`.
    pub method: &'static str,
    /// Headers that the request must have. Its length must be the one that was announced.
    pub headers: std::collections::BTreeMap<&'static str, String>,
}

impl MediaView {
    fn new(id: String, state: &'static str, facts: &MediaFacts) -> Self {
        // Milliseconds of hours fit a double.
        let seconds = |ms: u64| u32::try_from(ms).map_or(f64::from(u32::MAX), f64::from) / 1_000.0;
        Self {
            id,
            state,
            reason: facts.reason.clone(),
            content_type: Some(facts.content_type.clone()).filter(|kind| !kind.is_empty()),
            size: facts.size,
            name: None,
            width: facts.width,
            height: facts.height,
            duration: facts.duration_ms.map(seconds),
            waveform: facts.waveform.clone(),
            url: None,
            thumbnail: None,
            expires_at: None,
            upload: None,
        }
    }

    /// A message's file. `None` if it has none that is copied.
    pub fn of_message(message: &StoredMessage) -> Option<Self> {
        let media = message.media.as_ref()?;
        let view = Self::new(message.id.to_string(), media.state.as_str(), &media.facts);
        Some(Self { name: name_of(message), ..view })
    }

    /// A file that was uploaded.
    pub fn of_upload(upload: &Upload) -> Self {
        let view = Self::new(upload.id.clone(), upload.state.as_str(), &upload.facts);
        Self { name: upload.name.clone(), size: view.size.or(Some(upload.size)), ..view }
    }
}

/// The name that a document has.
fn name_of(message: &StoredMessage) -> Option<String> {
    if message.kind != "document" {
        return None;
    }
    match message.direction {
        Direction::Inbound => InboundMessage::parse(&message.raw).ok()?.content.file()?.filename.clone(),
        _ => serde_json::from_str::<Message>(&message.raw).ok()?.media()?.filename.clone(),
    }
}

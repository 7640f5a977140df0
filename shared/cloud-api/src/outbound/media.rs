//! Files.

use serde::{Deserialize, Serialize};

use crate::ids::MediaId;

use super::validate::Check;

/// A file, by the id of an upload or by a link that Meta fetches, or by an upload to this system. Exactly one of these.
/// See [Cloud API/Media messages], read 2026-11.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[schemars(rename = "OutboundMedia")]
#[schema(as = OutboundMedia)]
pub struct Media {
    /// From an upload to the same number. Prefer this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MediaId>,
    /// Meta fetches it, and keeps it for about 10 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// An upload to this system, which Meta never sees: whoever sends it gives Meta the file, and names Meta's id instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// At most 1024 characters; image, video, document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Document only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Audio only: show it as a voice note; must be ogg/opus, mono.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
}

impl Media {
    /// A file that was uploaded.
    #[must_use]
    pub fn by_id(id: MediaId) -> Self {
        Self { id: Some(id), ..Self::default() }
    }

    /// A file that Meta fetches.
    #[must_use]
    pub fn by_link(link: impl Into<String>) -> Self {
        Self { link: Some(link.into()), ..Self::default() }
    }

    /// `kind` is Meta's name of the member that holds this.
    pub(super) fn check(&self, kind: &str, check: &mut Check) {
        match (&self.id, &self.link, &self.media) {
            (Some(id), None, None) => check.text("id", id.as_str(), 512),
            (None, Some(link), None) => check.link("link", link),
            (None, None, Some(media)) => check.text("media", media, 64),
            (None, None, None) => check.fail("id", "give an id or a link"),
            _ => check.fail("link", "give either id or link, not both"),
        }
        if let Some(caption) = &self.caption {
            check.at_most("caption", caption, 1024);
            check.only(matches!(kind, "image" | "video" | "document"), "caption", kind);
        }
        check.only(self.filename.is_none() || kind == "document", "filename", kind);
        check.only(self.voice.is_none() || kind == "audio", "voice", kind);
    }
}

//! Files in messages: what may be sent, what a file is, and how far its copy has come.

mod sniff;

use serde::{Deserialize, Serialize};
pub use sniff::{Seen, sniff};

use crate::{ConversationId, MessageId, Slot};

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// The largest file that a customer can send. See [Cloud API/Media], read 2026-11.
pub const LARGEST: u64 = 100 * MB;
/// For how many days Meta keeps what a customer sent. See the same.
pub const KEPT_BY_META_DAYS: i64 = 7;
/// For how many days an id of a file that we gave Meta may be used: a day less than Meta says.
pub const SENDABLE_DAYS: i64 = 29;
/// For how many days a file that somebody uploaded can be sent.
pub const UPLOAD_DAYS: i64 = 7;
/// How many values a waveform has.
pub const WAVEFORM: usize = 64;

/// What a file is sent as: Meta's `type` of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound, or a voice note.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// Meta's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// Reads the word. `None` for messages that are no files.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Audio, Self::Document, Self::Sticker]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    /// The media types that Meta takes of this kind; none where it takes any. See [Cloud API/Media], read 2026-11.
    #[must_use]
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/jpeg", "image/png"],
            Self::Video => &["video/mp4", "video/3gpp"],
            Self::Audio => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
            Self::Document => &[],
            Self::Sticker => &["image/webp"],
        }
    }

    /// The most bytes that Meta takes of this kind. A sticker that does not move has less: [`STILL_STICKER`].
    #[must_use]
    pub fn largest(self) -> u64 {
        match self {
            Self::Image => 5 * MB,
            Self::Video | Self::Audio => 16 * MB,
            Self::Document => LARGEST,
            Self::Sticker => 500 * KB,
        }
    }
}

/// The most bytes of a sticker that does not move.
pub const STILL_STICKER: u64 = 100 * KB;

/// How far the copy of a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaState {
    /// Somebody was told where to put it.
    Uploading,
    /// It is on its way into the bucket, or being looked at.
    Copying,
    /// It can be seen.
    Ready,
    /// It could not be had. Asking again may help.
    Failed,
    /// It is not what it should be, or too large. Asking again does not help.
    Refused,
    /// Meta does not keep it any more.
    Expired,
}

impl MediaState {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Copying => "copying",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Uploading, Self::Copying, Self::Ready, Self::Failed, Self::Refused, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What is known of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaFacts {
    /// Its media type: what it is, not what its sender says. What nobody can tell is `application/octet-stream`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub content_type: String,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// How loud a voice note is, in [`WAVEFORM`] parts of the same length, from 0 to 255.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waveform: Vec<u8>,
    /// Whether there is a small picture of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub thumbnail: bool,
    /// Why it could not be had, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether a browser may show a file of this type where it is. Everything else is only downloaded: nothing that could
/// run, no markup, no script.
#[must_use]
pub fn shown_in_place(content_type: &str) -> bool {
    matches!(
        content_type,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "image/gif"
            | "video/mp4"
            | "video/3gpp"
            | "application/pdf"
    ) || MediaKind::Audio.types().contains(&content_type)
}

/// A media type without its parameters, in small letters.
#[must_use]
pub fn bare(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether somebody may send a file of this type and size, before anybody has seen it. A voice note may come as WebM,
/// from which its sound is taken.
///
/// # Errors
/// The member that is wrong, and why.
pub fn may_upload(
    kind: MediaKind,
    content_type: &str,
    voice: bool,
    size: u64,
) -> Result<(), (&'static str, String)> {
    let plain = bare(content_type);
    let fits = match (kind, voice) {
        (MediaKind::Audio, true) => matches!(plain.as_str(), "audio/ogg" | "audio/webm"),
        (MediaKind::Document, _) => is_type(&plain),
        _ => kind.types().contains(&plain.as_str()),
    };
    if voice && kind != MediaKind::Audio {
        return Err(("voice", "goes with audio only".to_owned()));
    }
    if !fits && voice {
        return Err((
            "content_type",
            "of a voice note must be audio/ogg or audio/webm with Opus in it: WhatsApp shows AAC and MP4 as a file, not \
             as a voice note"
                .to_owned(),
        ));
    }
    if !fits {
        let known = kind.types().join(", ");
        let known = if known.is_empty() { "a media type".to_owned() } else { known };
        return Err(("content_type", format!("of this kind must be {known}")));
    }
    if size == 0 || size > kind.largest() {
        return Err(("size", format!("of this kind must be 1 to {} bytes", kind.largest())));
    }
    Ok(())
}

fn is_type(text: &str) -> bool {
    let is_part = |part: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
        (1..=127).contains(&part.len()) && part.bytes().all(known)
    };
    text.split_once('/').is_some_and(|(kind, sub)| is_part(kind) && is_part(sub))
}

/// Whether a file that was uploaded is what it was said to be.
///
/// # Errors
/// Why not, in words for people.
pub fn may_send(kind: MediaKind, declared: &str, bytes: &[u8]) -> Result<(), String> {
    let seen = sniff(bytes);
    let size = bytes.len() as u64;
    if size == 0 || size > kind.largest() {
        return Err(format!("The file has {size} bytes; 1 to {} are possible.", kind.largest()));
    }
    if kind == MediaKind::Document {
        return Ok(());
    }
    let declared = bare(declared);
    let is = seen.map_or("something else", |seen| seen.content_type);
    // A film and a sound of the MP4 family begin alike.
    let alike = matches!((declared.as_str(), is), ("audio/mp4", "video/mp4") | ("video/3gpp", "video/mp4"));
    if declared != is && !alike {
        return Err(format!("The file is {is}, and not {declared}."));
    }
    let is_still = seen.is_some_and(|seen| !seen.moves);
    if kind == MediaKind::Sticker && is_still && size > STILL_STICKER {
        return Err(format!("A sticker that does not move has at most {STILL_STICKER} bytes."));
    }
    Ok(())
}

/// Where the files of a message lie in the bucket: under one beginning for a whole conversation, so that an erasure finds
/// what was put there while it ran.
#[must_use]
pub fn place(message: &MessageId) -> String {
    let hash = match &message.slot {
        Slot::Message { at, hash } => format!("{at}-{hash}"),
        Slot::About { hash, .. } => hash.clone(),
    };
    format!("{}{hash}", places(&message.conversation))
}

/// The beginning of the places of a conversation's files.
#[must_use]
pub fn places(conversation: &ConversationId) -> String {
    format!("media/{conversation}/")
}

/// Where a file lies that somebody uploaded. Everything there is gone after a week.
#[must_use]
pub fn upload_place(upload: &str) -> String {
    format!("uploads/{upload}")
}

/// Whether a text can be the id of an upload.
#[must_use]
pub fn is_upload(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_meta_would_refuse_is_refused_before_anybody_uploads_it() {
        assert_eq!(may_upload(MediaKind::Image, "image/jpeg", false, 5 * MB), Ok(()));
        assert_eq!(may_upload(MediaKind::Image, "image/jpeg", false, 5 * MB + 1).unwrap_err().0, "size");
        assert_eq!(may_upload(MediaKind::Image, "image/gif", false, 10).unwrap_err().0, "content_type");
        assert_eq!(may_upload(MediaKind::Document, "application/zip", false, 100 * MB), Ok(()));
        assert_eq!(may_upload(MediaKind::Document, "zip", false, 10).unwrap_err().0, "content_type");
        assert_eq!(may_upload(MediaKind::Audio, "audio/ogg; codecs=opus", true, 10), Ok(()));
        assert_eq!(may_upload(MediaKind::Audio, "audio/webm;codecs=opus", true, 10), Ok(()));
        assert_eq!(may_upload(MediaKind::Audio, "audio/webm", false, 10).unwrap_err().0, "content_type");
        let aac = may_upload(MediaKind::Audio, "audio/mp4", true, 10).unwrap_err();
        assert!(aac.1.contains("not as a voice note"), "{aac:?}");
        assert_eq!(may_upload(MediaKind::Image, "image/png", true, 10).unwrap_err().0, "voice");
    }

    #[test]
    fn a_file_that_is_something_else_than_it_was_said_to_be_is_not_sent() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        assert_eq!(may_send(MediaKind::Image, "image/png", png), Ok(()));
        assert!(may_send(MediaKind::Image, "image/jpeg", png).unwrap_err().contains("image/png"));
        assert!(may_send(MediaKind::Image, "image/png", b"<html>").unwrap_err().contains("something else"));
        assert_eq!(may_send(MediaKind::Document, "application/pdf", b"<html>"), Ok(()));
        let still = [b"RIFF\0\0\0\0WEBPVP8 ".as_slice(), &vec![0; 200 << 10]].concat();
        assert!(may_send(MediaKind::Sticker, "image/webp", &still).is_err());
    }

    #[test]
    fn only_what_cannot_run_is_shown_in_place() {
        for shown in ["image/png", "audio/ogg", "video/mp4", "application/pdf"] {
            assert!(shown_in_place(shown), "{shown}");
        }
        for loaded in [
            "image/svg+xml",
            "text/html",
            "application/octet-stream",
            "application/vnd.android.package-archive",
        ] {
            assert!(!shown_in_place(loaded), "{loaded}");
        }
    }
}

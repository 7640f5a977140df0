//! What a file is, how it looks and how it sounds. Takes a processor's time, so it runs beside the runtime's own threads.

use bytes::Bytes;
use domain::media::{MediaFacts, MediaKind, bare, may_send, sniff};
use lambda_kit::Failure;

use crate::{picture, voice};

/// What nobody can tell.
const ANYTHING: &str = "application/octet-stream";

/// A file that somebody looked at.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    pub(crate) bytes: Bytes,
    pub(crate) facts: MediaFacts,
    /// A small picture of it, as JPEG.
    pub(crate) thumbnail: Option<Bytes>,
}

/// Looks at what a customer sent.
pub(crate) async fn received(bytes: Bytes) -> Result<Looked, Failure> {
    aside(move || look(bytes)).await
}

/// Looks at what somebody wants to send: whether it is what it was said to be. A voice note becomes one of WhatsApp's.
/// The inner error is a reason, in words for people.
pub(crate) async fn uploaded(
    kind: MediaKind,
    declared: String,
    is_voice: bool,
    bytes: Bytes,
) -> Result<Result<Looked, String>, Failure> {
    aside(move || {
        if is_voice {
            let note = voice::voice_note(&bytes).map_err(|refused| refused.0)?;
            may_send(kind, "audio/ogg", &note)?;
            return Ok(look(note.into()));
        }
        may_send(kind, &declared, &bytes)?;
        let mut seen = look(bytes);
        // A sound in MP4 begins like a film: it is sent as what it was said to be.
        if kind != MediaKind::Document {
            seen.facts.content_type = bare(&declared);
        }
        Ok(seen)
    })
    .await
}

fn look(bytes: Bytes) -> Looked {
    let is = sniff(&bytes).map_or(ANYTHING, |seen| seen.content_type);
    let (facts, thumbnail) = match is {
        "image/jpeg" | "image/png" => picture::look(&bytes),
        "audio/ogg" => (voice::facts(&bytes), None),
        _ => (MediaFacts::default(), None),
    };
    let facts = MediaFacts { content_type: is.to_owned(), size: Some(bytes.len() as u64), ..facts };
    Looked { bytes, facts, thumbnail: thumbnail.map(Bytes::from) }
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    // A panic of a decoder is this file's failure.
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Retry("a panic over a file".to_owned()))
}

//! Giving Meta the file of a message of ours, and keeping a copy with the message.

use cloud_api::MediaId;
use domain::MessageId;
use domain::media::{LARGEST, MediaKind, MediaState, SENDABLE_DAYS, bare, place, upload_place};
use graph::{Managed, NewFile};
use jiff::SignedDuration;
use lambda_kit::Failure;
use serde_json::json;
use store::{AtMeta, Upload};
use tracing::{info, warn};

use crate::look::Looked;
use crate::{Media, failure, no_bucket, passes};

/// Meta's code for a file that it does not take. See [Cloud API/Error codes], read 2026-11.
const UPLOAD_ERROR: u32 = 131_053;

/// An error of our own, in Meta's shape, as a message keeps it.
pub(crate) fn error(details: &str) -> String {
    json!([{ "code": UPLOAD_ERROR, "title": "Media upload error", "error_data": { "details": details },
        "source": "ventana" }])
    .to_string()
}

/// What came of asking Meta.
enum Given {
    To(AtMeta),
    /// Meta does not take it: its errors, and a reason in words for people.
    No(String, String),
}

impl Media {
    /// Gives Meta a message's file. A second time finds that Meta has it.
    pub(crate) async fn give(&self, id: &MessageId) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let Some(message) = self.store.message(id).await.map_err(failure)? else { return Ok(()) };
        let Some(media) = message.media else { return Ok(()) };
        if media.at_meta.is_some_and(|at_meta| now < at_meta.until) || media.refused.is_some() {
            return Ok(());
        }
        let Some(upload) = media.upload else { return Ok(()) };
        let Some(upload) = self.store.upload(&upload, now).await.map_err(failure)? else {
            return self.not_taken(id, "The file was uploaded more than a week ago, and is gone.").await;
        };
        match upload.state {
            MediaState::Ready if upload.kind.as_str() == message.kind => {}
            MediaState::Ready => {
                return self.not_taken(id, "The file was uploaded for another kind of message.").await;
            }
            MediaState::Copying => return Err(Failure::Retry("the file is not looked at yet".to_owned())),
            MediaState::Uploading | MediaState::Failed | MediaState::Refused | MediaState::Expired => {
                return self
                    .not_taken(id, "The file was not uploaded as a whole, or is not what it should be.")
                    .await;
            }
        }
        let seen = match self.looked_at(&upload).await? {
            Some(seen) => seen,
            None => return self.not_taken(id, "The file is gone.").await,
        };
        let at_meta = match self.hand_over(id, &upload, &seen).await? {
            Given::To(at_meta) => at_meta,
            Given::No(errors, reason) => {
                warn!(message.id = %id, "Meta does not take a file");
                return self.store.file_not_taken(id, &errors, &reason).await.map(drop).map_err(failure);
            }
        };
        let objects = self.keep(&place(id), &seen).await?;
        if !self.store.file_given(id, &at_meta, &seen.facts, &objects).await.map_err(failure)? {
            return self.drop_objects(&objects).await;
        }
        info!(message.id = %id, "Gave Meta a file");
        Ok(())
    }

    async fn not_taken(&self, id: &MessageId, reason: &str) -> Result<(), Failure> {
        self.store.file_not_taken(id, &error(reason), reason).await.map(drop).map_err(failure)
    }

    /// What may be sent of an upload, with its small picture.
    async fn looked_at(&self, upload: &Upload) -> Result<Option<Looked>, Failure> {
        let place = upload_place(&upload.id);
        let read = async |part: &str| {
            self.bucket.read_if_there(&format!("{place}/{part}"), LARGEST).await.map_err(no_bucket)
        };
        let Some(bytes) = read("sent").await? else { return Ok(None) };
        let thumbnail = if upload.facts.thumbnail { read("thumbnail").await? } else { None };
        Ok(Some(Looked { bytes, facts: upload.facts.clone(), thumbnail }))
    }

    /// Meta's id of a file: the one that it has, or a new one.
    async fn hand_over(&self, id: &MessageId, upload: &Upload, seen: &Looked) -> Result<Given, Failure> {
        let (number, now) = (&id.conversation.number, self.kit.clock.now());
        if let Some(known) = self.store.upload_at_meta(&upload.id, number, now).await.map_err(failure)? {
            return Ok(Given::To(known));
        }
        // What was declared a document may be anything; of all others it is known what they are.
        let content_type = match upload.kind {
            MediaKind::Document => bare(&upload.content_type),
            _ => seen.facts.content_type.clone(),
        };
        let file = NewFile { content_type, name: "file", bytes: seen.bytes.clone() };
        let given: Managed<MediaId> = self.graph.give(&self.token(number).await?, number, &file).await;
        match given {
            Managed::Done(media) => {
                let until = now.checked_add(SignedDuration::from_hours(24 * SENDABLE_DAYS)).unwrap_or(now);
                let at_meta = AtMeta { id: media, until };
                self.store.keep_upload_at_meta(&upload.id, number, &at_meta).await.map_err(failure)?;
                Ok(Given::To(at_meta))
            }
            Managed::Refused(refused) if passes(&refused) => {
                Err(Failure::Retry(refused.details().to_owned()))
            }
            Managed::Refused(refused) => {
                let reason = refused.details().to_owned();
                let errors = serde_json::to_string(&[&refused]).unwrap_or_else(|_| error(&reason));
                Ok(Given::No(errors, reason))
            }
            Managed::NotSent => Err(Failure::Retry("no connection to the Graph API".to_owned())),
            Managed::Unknown { why } => Err(Failure::Retry(why)),
        }
    }
}

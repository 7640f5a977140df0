//! Looking at what somebody uploaded, before anybody may send it.

use domain::media::{MediaFacts, MediaState, upload_place};
use lambda_kit::Failure;
use store::Upload;
use tracing::info;

use crate::{Media, failure, look, no_bucket};

impl Media {
    /// Looks at an upload. What may be sent lies beside what was uploaded: its link can be used again for a while, and
    /// what is sent is what was looked at.
    pub(crate) async fn check(&self, id: &str) -> Result<(), Failure> {
        let upload = self.store.upload(id, self.kit.clock.now()).await.map_err(failure)?;
        // A dead letter that somebody put back is another try.
        let open = [MediaState::Copying, MediaState::Failed];
        let Some(upload) = upload.filter(|upload| open.contains(&upload.state)) else { return Ok(()) };
        let (state, facts) = match self.judge(&upload).await? {
            Ok(facts) => (MediaState::Ready, facts),
            Err(reason) => {
                (MediaState::Refused, MediaFacts { reason: Some(reason), ..MediaFacts::default() })
            }
        };
        info!(upload.id = id, media.state = state.as_str(), "Looked at an upload");
        self.store.change_upload(id, state, &facts).await.map(drop).map_err(failure)
    }

    async fn judge(&self, upload: &Upload) -> Result<Result<MediaFacts, String>, Failure> {
        let place = upload_place(&upload.id);
        // One byte more tells that there is more.
        let bytes = self.bucket.read_if_there(&format!("{place}/file"), upload.size + 1).await;
        let Some(bytes) = bytes.map_err(no_bucket)? else {
            return Ok(Err("There is no file: put it where its link says first.".to_owned()));
        };
        if bytes.len() as u64 != upload.size {
            return Ok(Err(format!("The file does not have the {} bytes that were announced.", upload.size)));
        }
        let seen = look::uploaded(upload.kind, upload.content_type.clone(), upload.voice, bytes).await?;
        let seen = match seen {
            Ok(seen) => seen,
            Err(reason) => return Ok(Err(reason)),
        };
        self.put(&format!("{place}/sent"), &seen.facts.content_type, seen.bytes.clone()).await?;
        if let Some(small) = &seen.thumbnail {
            self.put(&format!("{place}/thumbnail"), "image/jpeg", small.clone()).await?;
        }
        Ok(Ok(seen.facts))
    }
}

//! The file that a message names: uploaded by whoever sends it, looked at, and of the message's kind.

use cloud_api::outbound::{Message, Violation};
use domain::media::{MediaState, is_upload};

use crate::identity::Identity;
use crate::{Api, Problem};

impl Api {
    /// 422 if a message names an upload that it cannot be sent with.
    pub(crate) async fn must_have_file(&self, identity: &Identity, message: &Message) -> Result<(), Problem> {
        let Some(file) = message.media() else { return Ok(()) };
        let Some(id) = &file.media else { return Ok(()) };
        let kind = message.content.kind();
        let wrong = |field: &str, why: &str| {
            let (field, message) = (format!("{kind}.{field}"), why.to_owned());
            Err(Problem::would_be_refused(vec![Violation { field, message }]))
        };
        let upload = match is_upload(id) {
            true => self.store.upload(id, self.clock.now()).await?,
            false => None,
        };
        let Some(upload) = upload.filter(|upload| upload.by == identity.source()) else {
            return wrong("media", "is no file that you uploaded within the last week");
        };
        if upload.kind.as_str() != kind {
            return wrong("media", &format!("was uploaded to be sent as {}", upload.kind.as_str()));
        }
        if file.voice == Some(true) && !upload.voice {
            return wrong("voice", "must be said when the file is uploaded, so that it becomes a voice note");
        }
        match upload.state {
            MediaState::Ready => Ok(()),
            MediaState::Uploading => wrong("media", "is not uploaded yet: put the file, and complete it"),
            MediaState::Copying => wrong("media", "is being looked at: wait until its state is ready"),
            MediaState::Failed | MediaState::Refused | MediaState::Expired => {
                wrong("media", upload.facts.reason.as_deref().unwrap_or("cannot be sent"))
            }
        }
    }
}

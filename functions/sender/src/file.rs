//! The file of a message: Meta has to have it first, and `media` gives it to Meta.

use cloud_api::outbound::Message;
use lambda_kit::Failure;
use queue::{Entry, MediaJob, MediaTask, SendRequest};
use store::StoredMessage;

use crate::{Sender, errors};

/// At which of its tries a message asks for its file again: the first, and then about once a minute. A job that was put on
/// the queue is done or becomes a dead letter; this mends what broke off before it was put there.
const EVERY: u32 = 6;

impl Sender {
    /// Has a message's file given to Meta, if Meta does not have it yet.
    pub(crate) async fn ask_for_file(
        &self,
        request: &SendRequest,
        message: &StoredMessage,
        tries: u32,
    ) -> Result<(), Failure> {
        let Some(media) = &message.media else { return Ok(()) };
        let now = self.kit.clock.now();
        let is_there = media.at_meta.as_ref().is_some_and(|at_meta| now < at_meta.until);
        if is_there || media.upload.is_none() || media.refused.is_some() || !tries.is_multiple_of(EVERY) {
            return Ok(());
        }
        let task = MediaTask::Give { message: message.id.to_string() };
        let job = MediaJob::of(task, request.correlation_id.clone());
        let sent = self.queue.send(&self.media_queue_url, Entry::new(job.to_json())).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// Puts Meta's id where a message names an upload. The inner error is why there is none and will be none, in Meta's
    /// shape. A message whose file is on its way holds its conversation up, so that all leave in order; others go on.
    pub(crate) fn put_file(
        &self,
        said: &mut Message,
        message: &StoredMessage,
    ) -> Result<Result<(), String>, Failure> {
        let Some(file) = said.media_mut().filter(|file| file.media.is_some()) else { return Ok(Ok(())) };
        let Some(media) = &message.media else { return Ok(Err(errors::no_file())) };
        if let Some(errors) = &media.refused {
            return Ok(Err(errors.clone()));
        }
        let now = self.kit.clock.now();
        let Some(at_meta) = media.at_meta.as_ref().filter(|at_meta| now < at_meta.until) else {
            return Err(Failure::Retry("the message's file is on its way to Meta".to_owned()));
        };
        file.id = Some(at_meta.id.clone());
        file.media = None;
        Ok(Ok(()))
    }
}

//! Jobs about files, one by one, as the batch loop sees them.

use domain::media::{MediaFacts, MediaState};
use domain::{DeadLetter, MessageId};
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker};
use queue::{CorrelationId, MediaJob, MediaTask, Queue};

use crate::{Media, give};

/// What a file is that nobody could get or look at, in words for people.
const GAVE_UP: &str = "It could not be had, although it was tried for hours. Ask for it again.";

/// A job about a file.
#[derive(Clone, Debug)]
pub struct Errand {
    body: String,
    job: MediaJob,
}

impl Job for Errand {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        self.job.correlation_id.as_ref().map(CorrelationId::as_str)
    }
}

impl Worker for Media {
    type Item = Errand;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "media"
    }

    fn queue_url(&self) -> &str {
        &self.media_queue_url
    }

    fn open(&self, body: &str) -> Result<Parcel<Errand>, String> {
        let job = MediaJob::parse(body).map_err(|error| error.to_string())?;
        Ok(Parcel::of_one(Errand { body: body.to_owned(), job }))
    }

    async fn work(&self, errand: &Errand, _tries: u32) -> Result<(), Failure> {
        match &errand.job.task {
            MediaTask::Copy { message } => self.copy(&message_id(message)?).await,
            MediaTask::Check { upload } => self.check(upload).await,
            MediaTask::Give { message } => self.give(&message_id(message)?).await,
        }
    }

    /// Keeps the dead letter, and says beside the message that there will be no file.
    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())?;
        let Ok(job) = MediaJob::parse(&letter.job) else { return Ok(()) };
        let said = match &job.task {
            MediaTask::Copy { message } => match message_id(message) {
                Ok(message) => self.store.file_missing(&message, MediaState::Failed, GAVE_UP).await,
                Err(_) => Ok(false),
            },
            MediaTask::Check { upload } => {
                let facts = MediaFacts { reason: Some(GAVE_UP.to_owned()), ..MediaFacts::default() };
                self.store.change_upload(upload, MediaState::Failed, &facts).await
            }
            MediaTask::Give { message } => match message_id(message) {
                Ok(message) => self.store.file_not_taken(&message, &give::error(GAVE_UP), GAVE_UP).await,
                Err(_) => Ok(false),
            },
        };
        said.map(drop).map_err(|error| error.to_string())
    }
}

fn message_id(text: &str) -> Result<MessageId, Failure> {
    text.parse().map_err(|_| Failure::Dead("a job that names no message".to_owned()))
}

//! Wake-ups: those who wait in a conversation go back to the send queue, in the order in which they asked.

use domain::{ConversationId, DeadLetter};
use jiff::Timestamp;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker, correlated};
use queue::{CorrelationId, Entry, Later, Queue, SendRequest};
use store::Waiting;
use tracing::info;

use crate::Sender;
use crate::worker::failure;

/// The sender, working on the queue of wake-ups.
#[derive(Clone, Debug)]
pub struct Waker {
    /// The sender.
    pub sender: Sender,
}

/// A wake-up, as the batch loop sees it.
#[derive(Clone, Debug)]
pub struct WakeUp {
    body: String,
    job: Later,
}

impl Job for WakeUp {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        self.job.correlation_id().map(CorrelationId::as_str)
    }
}

impl Worker for Waker {
    type Item = WakeUp;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.sender.kit
    }

    fn queue(&self) -> &Queue {
        &self.sender.queue
    }

    fn source(&self) -> &'static str {
        "later"
    }

    fn queue_url(&self) -> &str {
        &self.sender.later_queue_url
    }

    /// A wake-up waits because it is told to.
    fn lags(&self) -> bool {
        false
    }

    fn open(&self, body: &str) -> Result<Parcel<WakeUp>, String> {
        let job = Later::parse(body).map_err(|error| error.to_string())?;
        Ok(Parcel::of_one(WakeUp { body: body.to_owned(), job }))
    }

    async fn work(&self, item: &WakeUp, _tries: u32) -> Result<(), Failure> {
        let sender = &self.sender;
        let now = sender.kit.clock.now();
        let until = Timestamp::from_millisecond(item.job.not_before()).unwrap_or(now);
        if until > now {
            // A delay on SQS ends at 15 minutes: a longer wait takes several.
            return sender.wake_at(&item.job, until).await;
        }
        let job = match &item.job {
            Later::Conversation(job) => job,
            Later::Request(job) => return self.begin(&job.request).await,
        };
        let conversation: ConversationId = job
            .conversation
            .parse()
            .map_err(|_| Failure::Dead("the wake-up names no conversation".to_owned()))?;
        let state = sender.store.state(&conversation).await.map_err(failure)?;
        let hold = state.and_then(|state| state.hold);
        if hold.is_some_and(|hold| hold > now) {
            // Renewed meanwhile: whoever renewed it queued a wake-up of its own.
            return Ok(());
        }
        for waiting in sender.store.waiting(&conversation).await.map_err(failure)? {
            self.queue_again(&conversation, &waiting).await?;
        }
        match hold {
            Some(seen) => sender.store.lift_hold(&conversation, seen).await.map_err(failure),
            None => Ok(()),
        }
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.sender.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

impl Waker {
    /// A request's time has come. It goes back under a deduplication id of this moment: its own may be remembered still.
    async fn begin(&self, request: &SendRequest) -> Result<(), Failure> {
        let sender = &self.sender;
        let now = sender.kit.clock.now().as_millisecond();
        let deduplication = format!("{}-{now}", request.deduplication_id());
        let entry = Entry::fifo(request.to_json(), request.group(), deduplication);
        let sent = sender.queue.send(&sender.send_queue_url, entry).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }

    async fn queue_again(&self, conversation: &ConversationId, waiting: &Waiting) -> Result<(), Failure> {
        let sender = &self.sender;
        let request = SendRequest::parse(&waiting.job)
            .map_err(|_| Failure::Dead("what waits is no request".to_owned()))?;
        let entry = Entry::fifo(request.to_json(), request.group(), request.deduplication_id());
        let sent = sender.queue.send(&sender.send_queue_url, entry).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))?;
        // Each under the id of its own request: the wake-up has that of one of them.
        correlated(request.correlation_id.as_ref().map(CorrelationId::as_str)).in_scope(
            || info!(conversation.id = %conversation, "A message that waited goes back to its queue"),
        );
        sender.store.end_wait(conversation, waiting).await.map_err(failure)
    }
}

#![doc = include_str!("../README.md")]

mod config;
mod event;
mod numbers;
mod templates;
mod watch;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
pub use config::{Access, Config};
use domain::DeadLetter;
pub use event::{Event, Task};
use graph::Graph;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Secret, Worker, batch, metrics};
use queue::{CorrelationId, Queue};
use store::{Store, StoreError};
use tracing::info;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sync {
    /// The journal, and the directory of numbers.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// The Graph API.
    pub graph: Graph,
    /// What opens it.
    pub access: Secret<Access>,
    /// The clock and the metrics.
    pub kit: Kit,
}

impl Sync {
    /// Serves whatever calls the function. Only a queue hears an answer.
    ///
    /// # Errors
    /// A task was not done; it comes again with its schedule.
    pub async fn serve(&self, event: Event) -> Result<Option<SqsBatchResponse>, StoreError> {
        match event {
            Event::DeadLetters(event) => Ok(Some(self.drain(event).await)),
            Event::Task(Task::CountDeadLetters {}) => self.count_dead_letters().await.map(|()| None),
            Event::Task(Task::SyncNumbers {}) => self.sync_numbers().await.map(|()| None),
            Event::Task(Task::SyncTemplates {}) => self.sync_templates().await.map(|()| None),
            Event::Task(Task::WatchNumbers {}) => self.watch_numbers().await.map(|()| None),
        }
    }

    /// Says how many dead letters stand open and since when: one of them is one too many.
    async fn count_dead_letters(&self) -> Result<(), StoreError> {
        let open = self.store.open_letters().await?;
        let now = self.kit.clock.now();
        let oldest = open.oldest.map_or(0, |since| now.duration_since(since).as_secs().max(0));
        self.kit.metrics.record(metrics::DEAD_LETTERS_OPEN, open.count as u64);
        info!(
            dead_letters.open = open.count,
            dead_letters.more = open.more,
            dead_letters.oldest_seconds = oldest,
            "Counted the dead letters that stand open"
        );
        Ok(())
    }

    /// Serves one event of a dead-letter queue. An event never mixes two.
    pub async fn drain(&self, event: SqsEvent) -> SqsBatchResponse {
        let arn = event.records.first().and_then(|record| record.event_source_arn.as_deref());
        let drain = Drain { sync: self.clone(), source: source_of(arn.unwrap_or_default()) };
        batch::run(&drain, event).await
    }
}

/// The queue whose jobs a dead-letter queue holds, as dead letters name it.
fn source_of(arn: &str) -> &'static str {
    let name = arn.rsplit(':').next().unwrap_or_default().trim_end_matches(".fifo").trim_end_matches("-dlq");
    let sources = [
        "inbound",
        "status",
        "send",
        "later",
        "changes",
        "deliveries",
        "jobs",
        "campaigns",
        "chunks",
        "media",
    ];
    sources.into_iter().find(|source| name.ends_with(source)).unwrap_or("unknown")
}

/// The work on one dead-letter queue: every job there is dead.
struct Drain {
    sync: Sync,
    source: &'static str,
}

/// A job that nobody could finish.
struct Given {
    body: String,
    correlation: Option<CorrelationId>,
}

impl Job for Given {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        self.correlation.as_ref().map(CorrelationId::as_str)
    }
}

impl Worker for Drain {
    type Item = Given;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.sync.kit
    }

    fn queue(&self) -> &Queue {
        &self.sync.queue
    }

    fn source(&self) -> &'static str {
        self.source
    }

    /// What is here had its time on the queue before.
    fn lags(&self) -> bool {
        false
    }

    /// Nothing is put back on a dead-letter queue: what cannot be kept comes again after its own timeout.
    fn queue_url(&self) -> &str {
        ""
    }

    fn open(&self, body: &str) -> Result<Parcel<Given>, String> {
        Ok(Parcel::of_one(Given { body: body.to_owned(), correlation: CorrelationId::of_job(body) }))
    }

    async fn work(&self, _item: &Given, _tries: u32) -> Result<(), Failure> {
        Err(Failure::Dead("gave up: the job broke its function on every receive".to_owned()))
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.sync.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_names_the_queue_that_its_job_was_on() {
        assert_eq!(source_of("arn:aws:sqs:us-east-1:000000000000:ventana-local-send-dlq.fifo"), "send");
        assert_eq!(source_of("arn:aws:sqs:us-east-1:000000000000:inbound-dlq"), "inbound");
        assert_eq!(source_of(""), "unknown");
    }
}

#![doc = include_str!("../README.md")]

mod attempt;
mod chunk;
mod config;
mod consent;
mod errors;
mod file;
mod instead;
mod limits;
mod post;
mod read_mark;
mod rejected;
mod target;
mod time;
mod waker;
mod worker;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use chunk::Chunks;
pub use config::{Access, Config};
use graph::Graph;
use lambda_kit::metrics::Metric;
use lambda_kit::{Kit, Secret, batch};
use queue::Queue;
use store::Store;
pub use time::Time;
pub use waker::Waker;
pub use worker::Job;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The tables.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// The Graph API.
    pub graph: Graph,
    /// What opens it.
    pub access: Secret<Access>,
    /// The clock and the metrics.
    pub kit: Kit,
    /// The queue of requests.
    pub send_queue_url: String,
    /// The queue of wake-ups.
    pub later_queue_url: String,
    /// The queue of hints at chunks of campaigns.
    pub chunks_queue_url: String,
    /// The queue of steps of campaigns.
    pub campaigns_queue_url: String,
    /// The queue of jobs about files.
    pub media_queue_url: String,
    /// What this worker knows of its clock. Kept as long as the worker lives.
    pub time: Time,
}

impl Sender {
    /// Serves one event of any of its queues. An event never mixes two.
    pub async fn serve(&self, event: SqsEvent) -> SqsBatchResponse {
        let source = event.records.first().and_then(|record| record.event_source_arn.as_deref());
        let source = source.and_then(|arn| arn.rsplit(':').next().map(str::to_owned));
        let is_of = |url: &str| source.as_deref() == url.rsplit('/').next();
        if is_of(&self.later_queue_url) {
            batch::run(&Waker { sender: self.clone() }, event).await
        } else if is_of(&self.chunks_queue_url) {
            batch::run(&Chunks::now(self.clone()), event).await
        } else {
            batch::run(self, event).await
        }
    }

    fn count(&self, metric: Metric) {
        self.kit.metrics.record(metric, 1);
    }
}

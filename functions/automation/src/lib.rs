#![doc = include_str!("../README.md")]

mod aside;
mod config;
mod publish;
mod rules;
mod stream;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
pub use config::Config;
use lambda_kit::{Kit, batch};
use platform::EventBus;
use queue::Queue;
pub use rules::RuleBook;
use serde_json::Value;
use store::{Store, Streams};

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Automation {
    /// Who wants to hear of what, and the journal.
    pub store: Store,
    /// The streams themselves, for what Lambda gave up.
    pub streams: Streams,
    /// The queues' client.
    pub queue: Queue,
    /// The event bus.
    pub bus: EventBus,
    /// The clock and the metrics.
    pub kit: Kit,
    /// Events on their way to endpoints.
    pub deliveries_queue_url: String,
    /// Changes that could not be served in their turn.
    pub changes_queue_url: String,
    /// The company's rules about people.
    pub rules: RuleBook,
}

impl Automation {
    /// Serves whatever calls the function: a batch of a stream, or of the queue of what was put aside.
    ///
    /// # Errors
    /// The event is neither.
    pub async fn serve(&self, event: Value) -> Result<Value, serde_json::Error> {
        if event["Records"][0]["eventSource"] == "aws:sqs" {
            return serde_json::to_value(Box::pin(self.serve_aside(serde_json::from_value(event)?)).await);
        }
        serde_json::to_value(Box::pin(self.serve_stream(&event)).await)
    }

    /// Serves a batch of the queue of what was put aside.
    pub async fn serve_aside(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::run(self, event).await
    }
}

#![doc = include_str!("../README.md")]

mod config;
mod frame;
mod known;
mod lists;
mod presence;
mod push;
mod screen;
mod socket;
mod stream;

pub use config::Config;
pub use known::Known;
use lambda_kit::Kit;
use platform::Connections;
use queue::Queue;
use serde_json::Value;
use store::{Store, StoreError};

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Realtime {
    /// The tables.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// The connections.
    pub connections: Connections,
    /// The clock and the metrics.
    pub kit: Kit,
    /// What is pushed to lists a second later.
    pub pushes_queue_url: String,
    /// Who works here and which numbers there are, as it was read a moment ago.
    pub known: Known,
}

/// An event could not be served. The gateway refuses a connection then; a frame is lost, and the client notices by the
/// answer that does not come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RealtimeError {
    /// A table did not do its work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is no event of a source that this function has.
    #[error("an event of no source that is known")]
    Unknown,
}

impl Realtime {
    /// Serves whatever calls the function: the gateway's authorizer and routes, a batch of the stream, or the queue of
    /// pushes.
    ///
    /// # Errors
    /// See [`RealtimeError`]. Batches answer by themselves what failed.
    pub async fn serve(&self, event: Value) -> Result<Value, RealtimeError> {
        match (event["Records"][0]["eventSource"].as_str(), event["type"].as_str()) {
            (Some("aws:dynamodb"), _) => Ok(Box::pin(self.serve_stream(&event)).await),
            (Some("aws:sqs"), _) => Ok(Box::pin(self.serve_pushes(&event)).await),
            (None, Some("REQUEST")) => Box::pin(self.authorize(&event)).await,
            (None, None) => Box::pin(self.route(&event)).await,
            _ => Err(RealtimeError::Unknown),
        }
    }
}

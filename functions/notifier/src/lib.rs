#![doc = include_str!("../README.md")]

mod attempt;
mod config;
mod post;
mod worker;

pub use config::Config;
use lambda_kit::Kit;
pub use post::{BuildError, Poster};
use queue::Queue;
use store::Store;
pub use worker::Delivery;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Notifier {
    /// Endpoints with their secrets, and what became of deliveries.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// Posts.
    pub poster: Poster,
    /// The clock and the metrics.
    pub kit: Kit,
    /// Events on their way to endpoints.
    pub deliveries_queue_url: String,
}

#![doc = include_str!("../README.md")]

pub mod access;
mod colleagues;
mod config;
mod cursor;
mod extract;
pub mod identity;
mod input;
mod openapi;
mod problem;
mod record;
mod request_id;
mod routes;
mod send;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use domain::endpoint::Reach;
use http::StatusCode;
use lambda_kit::Clock;
use platform::Bucket;
use queue::Queue;
use store::Store;

pub use config::{Config, Queues};
pub use identity::{Identity, Role};
pub use problem::{FieldError, Problem};
pub use request_id::RequestId;
pub use routes::document;
pub use view::Time;

/// The largest body of a request.
pub const MAX_BODY: usize = 256 * 1024;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    /// The tables.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// Where large items lie.
    pub bucket: Bucket,
    /// The clock.
    pub clock: Clock,
    /// The queues that it writes to.
    pub queues: Queues,
    /// Where endpoints may be.
    pub reach: Reach,
}

/// Every route, behind the check that somebody verified who asks: whoever serves it puts an [`Identity`] into
/// a request's extensions, and a [`RequestId`] if it has one.
pub fn router(api: Api) -> Router {
    let missing = || async { Problem::missing("resource") };
    let not_allowed =
        || async { Problem::of_status(StatusCode::METHOD_NOT_ALLOWED, "See the header `Allow`.") };
    routes::router()
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .route_layer(from_fn(access::check))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(identity::require))
        .layer(from_fn(request_id::correlated))
        .with_state(api)
}

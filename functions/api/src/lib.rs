#![doc = include_str!("../README.md")]

pub mod access;
mod audit;
mod colleagues;
mod config;
mod cursor;
mod extract;
pub mod identity;
mod input;
mod openapi;
mod problem;
mod recent;
mod record;
mod replay;
mod request_id;
mod routes;
mod send;
mod service;
mod sight;
mod standing;
mod throttle;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use domain::endpoint::Reach;
use lambda_kit::{Clock, Seal};
use platform::Bucket;
use queue::Queue;
use store::Store;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use standing::Known;
use throttle::Throttle;

pub use config::{Config, Queues};
pub use identity::{Identity, Role};
pub use problem::{FieldError, Problem};
pub use request_id::{RequestId, SourceAddress};
pub use routes::document;
pub use view::Time;

/// Answers from this size on are compressed: smaller ones are one packet in any case.
const COMPRESSED_FROM: u16 = 1_400;

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
    /// Where a client connects for what happens at once: an address, or a path on the same host.
    pub realtime_url: String,
    /// What seals codes and PINs, and marks requests.
    pub seal: Seal,
}

/// Every route, behind the check that somebody verified who asks: whoever serves it puts an [`Identity`] into
/// a request's extensions, and a [`RequestId`] and a [`SourceAddress`] if it has one. Under `/service` the same routes
/// are for service clients, whose tokens are verified here.
pub fn router(api: Api) -> Router {
    let missing = || async { Problem::missing("resource") };
    let known = Known::new(api.clone());
    // From the inside to the outside: the last layer is the first that sees a request.
    let router = routes::router()
        .fallback(missing)
        .route_layer(from_fn_with_state(api.clone(), replay::once))
        .route_layer(from_fn(access::check))
        .route_layer(from_fn_with_state(api.clone(), audit::keep))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(known.clone(), standing::settle))
        .layer(from_fn_with_state(Throttle::new(api.clock.clone()), throttle::limit))
        .layer(from_fn(identity::require))
        .layer(from_fn(request_id::correlated))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(COMPRESSED_FROM)))
        .with_state(api);
    let services = router.clone().layer(from_fn_with_state(known, service::authenticate));
    router.nest(service::SERVICE, services)
}

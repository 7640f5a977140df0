//! Where a request comes from, and its id: its log lines have it, and so have those of the message that it asks for.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use queue::CorrelationId;
use tracing::Instrument;

/// A request's id, as whoever stands in front of the router gave it: on Lambda, API Gateway.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The address that a request came from, as whoever stands in front of the router saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAddress(pub String);

/// What goes on with the jobs of a request.
pub(crate) struct Correlation(pub(crate) Option<CorrelationId>);

impl Correlation {
    fn of(request_id: Option<&RequestId>) -> Self {
        Self(request_id.and_then(|id| CorrelationId::new(&id.0)))
    }
}

impl<S: Sync> FromRequestParts<S> for Correlation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.extensions.get()))
    }
}

/// Answers in a span with the request's id.
pub(crate) async fn correlated(request: Request, next: Next) -> Response {
    let Correlation(id) = Correlation::of(request.extensions().get());
    let span = lambda_kit::correlated(id.as_ref().map(CorrelationId::as_str));
    next.run(request).instrument(span).await
}

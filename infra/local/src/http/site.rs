//! The console on the public listener: everything that is nobody else's, as API Gateway's `$default` route gives it.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tower::ServiceExt;

use super::Problem;
use crate::lambda::Invoker;

/// The console's function.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) pages: Router,
    pub(super) invoker: Invoker,
}

impl Site {
    pub(super) async fn answer(self, request: Request) -> Response {
        match self.invoker.call(self.pages.oneshot(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(error) => {
                tracing::warn!(%error, "The console gave no answer");
                Problem::new(StatusCode::BAD_GATEWAY, "the console gave no answer").into_response()
            }
        }
    }
}

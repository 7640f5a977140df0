//! Plays API Gateway in front of the API: routes of the template, verified tokens, size and time limits.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use api::{RequestId, SourceAddress};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use lambda_kit::invocation;
use tower::ServiceExt;
use tracing::Instrument;

use super::Problem;
use super::function_url::LARGEST_BODY;
use crate::lambda::Invoker;
use crate::template::Route;
use crate::tokens::{Refusal, Tokens};

#[derive(Clone)]
pub(super) struct Gateway {
    pub(super) routes: Arc<[Route]>,
    pub(super) tokens: Arc<Tokens>,
    pub(super) api: Router,
    pub(super) invoker: Invoker,
}

impl Gateway {
    /// Whether a route of the template takes this request.
    pub(super) fn takes(&self, request: &Request) -> bool {
        self.route(request).is_some()
    }

    fn route(&self, request: &Request) -> Option<&Route> {
        let path = request.uri().path();
        self.routes.iter().find(|route| {
            let method =
                route.method.eq_ignore_ascii_case("ANY") || route.method == request.method().as_str();
            let path = match route.path.strip_suffix("{proxy+}") {
                Some(prefix) => path.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
                None => path == route.path,
            };
            method && path
        })
    }

    /// Verifies who asks, then lets the API answer. What asks on an open route, the API verifies itself.
    pub(super) async fn answer(self, mut request: Request) -> Response {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if self.route(&request).is_none_or(|route| !route.open) {
            match self.tokens.verify(header) {
                Ok(claims) => request.extensions_mut().insert(claims),
                Err(refusal) => return refused(refusal),
            };
        }
        if let Some(address) = source_address(&request) {
            request.extensions_mut().insert(address);
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else { return too_large() };
        let mut request = Request::from_parts(parts, Body::from(body));
        let id = ulid::Ulid::generate().to_string();
        let span = invocation(&id, None);
        request.extensions_mut().insert(RequestId(id));
        match self.invoker.call(self.api.oneshot(request).instrument(span)).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(error) => {
                tracing::warn!(%error, "The API gave no answer");
                Problem::new(StatusCode::BAD_GATEWAY, "the API gave no answer").into_response()
            }
        }
    }
}

/// Who connected; where that is a reverse proxy on this machine, whom it names last.
fn source_address(request: &Request) -> Option<SourceAddress> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    let named = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let address: IpAddr = named.filter(|_| peer.ip().is_loopback()).unwrap_or_else(|| peer.ip());
    Some(SourceAddress(address.to_string()))
}

pub(super) fn too_large() -> Response {
    let detail = format!("the body is longer than {} MB", LARGEST_BODY >> 20);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response()
}

fn refused(refusal: Refusal) -> Response {
    let challenge = match refusal {
        Refusal::Missing => "Bearer".to_owned(),
        other => format!("Bearer error=\"invalid_token\", error_description=\"{other}\""),
    };
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, refusal.to_string()).into_response();
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

//! The Graph API: one entrance, so that every request is drawn for faults and noted in the ledger.

mod accept;
pub(crate) mod errors;
pub(crate) mod media;
mod multipart;
mod nodes;
mod onboarding;
mod profile;
mod recipient;
mod reply;
mod route;
mod send;
mod template_news;
mod templates;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::fmt::rfc2822::DateTimePrinter;
use lambda_kit::Clock;

use super::Sim;

pub(crate) use reply::{Reply, ReplyBody};

/// Meta takes documents of 100 MB; the rest of a form is small.
const LONGEST_BODY: usize = 110 << 20;

/// A request to the Graph API, taken apart.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Path segments after the version.
    pub(crate) segments: Vec<String>,
    /// Whether the version in the path exists; a path without one is served as the current version.
    pub(crate) version_known: bool,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) content_type: String,
    pub(crate) token: Option<String>,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn new(method: &Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let token = text(header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .map(|(_, token)| token.trim());
        let mut segments: Vec<String> =
            uri.path().split('/').filter(|part| !part.is_empty()).map(String::from).collect();
        let mut version_known = true;
        if let Some(version) = segments.first().and_then(|first| version(first)) {
            segments.remove(0);
            version_known = (21..=26).contains(&version);
        }
        Self {
            method: method.to_string(),
            path: uri.path().into(),
            segments,
            version_known,
            query: query(uri.query().unwrap_or_default()),
            content_type: text(header::CONTENT_TYPE).unwrap_or_default().into(),
            token: token.map(String::from),
            body,
        }
    }
}

/// The major version of `v26.0`.
fn version(segment: &str) -> Option<u32> {
    segment.strip_prefix('v')?.strip_suffix(".0")?.parse().ok()
}

/// A query string as pairs.
pub(crate) fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = || u8::from_str_radix(text.get(i + 1..i + 3)?, 16).ok();
        match (bytes[i], hex()) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The router, to be mounted under any prefix.
pub(crate) fn router(sim: Sim) -> Router {
    Router::new().fallback(handle).layer(axum::extract::DefaultBodyLimit::max(LONGEST_BODY)).with_state(sim)
}

async fn handle(
    Shared(sim): Shared<Sim>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request::new(&method, &uri, &headers, body);
    match sim.write(|state, now| Ok(state.graph(&request, now))) {
        Ok(reply) => dated(reply.into_response(sim.clock()).await, sim.clock()),
        Err(error) => {
            tracing::error!(%error, "the simulator could not keep a Graph request");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// By the simulator's clock: senders tell from it how far their own is off.
fn dated(mut response: Response, clock: &Clock) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&clock.now());
    if let Some(date) = date.ok().and_then(|date| date.parse().ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

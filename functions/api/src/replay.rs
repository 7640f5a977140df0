//! Idempotency keys: the same key with the same request is done once, and gets the same answer.
//!
//! What failed changed nothing, or is right when it is repeated: then its key is free again at once.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use store::{Begun, KeptAnswer, RequestKey};
use tracing::warn;

use crate::access::{is_change, route};
use crate::identity::Identity;
use crate::send::key_of;
use crate::{Api, Problem};

/// The largest body that reaches a function: Lambda's limit. Each route has its own, smaller one.
const LARGEST: usize = 6 * 1024 * 1024;
/// A longer answer is not kept: an item of the table holds 400 KB.
const KEPT: usize = 128 * 1024;

/// On an answer: it was given before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replayed;

/// On an answer: it holds a secret, and is given once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret;

/// Does what has a key once. A message to send has its key in its claim, which `sender` knows too.
pub(crate) async fn once(
    State(api): State<Api>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let is_message = request.method() == Method::POST && route(&path) == "/v1/messages";
    if !is_change(request.method()) || is_message {
        return next.run(request).await;
    }
    let key = match key_of(request.headers()) {
        Ok(Some(key)) => key,
        Ok(None) => return next.run(request).await,
        Err(problem) => return problem.into_response(),
    };
    let Some(source) = request.extensions().get::<Identity>().map(Identity::source) else {
        return Problem::unauthorized().into_response();
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.").into_response();
    };
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let asked = [parts.method.as_str().as_bytes(), target.as_bytes(), &body].join(&b'\n');
    let work = Work {
        api: &api,
        key: RequestKey { source: &source, key: &key },
        // With the stack's key: a plain hash of a request with a PIN would tell the PIN to whoever tries a million.
        request: api.seal.mark(&asked),
        begun_at: api.clock.now(),
    };
    match api.store.begin_request(&work.key, &work.request, work.begun_at).await {
        Ok(Begun::Now) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            work.end(response).await
        }
        Ok(Begun::Answered(answer)) => again(answer),
        Ok(Begun::UnderWay(seconds)) => Problem::under_way(seconds).into_response(),
        Ok(Begun::OtherRequest) => Problem::key_reused().into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

struct Work<'a> {
    api: &'a Api,
    key: RequestKey<'a>,
    request: String,
    begun_at: Timestamp,
}

impl Work<'_> {
    /// Keeps what succeeded, and frees the key of what did not.
    async fn end(&self, response: Response) -> Response {
        if !response.status().is_success() {
            // It frees itself after a minute.
            if let Err(error) = self.api.store.free_request(&self.key, self.begun_at).await {
                warn!(%error, "An idempotency key was not freed");
            }
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return Problem::unavailable().into_response();
        };
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let may_keep = parts.extensions.get::<Secret>().is_none() && body.len() <= KEPT;
        let answer = KeptAnswer {
            status: parts.status.as_u16(),
            content_type: text(header::CONTENT_TYPE),
            location: text(header::LOCATION),
            body: std::str::from_utf8(&body).ok().filter(|_| may_keep).map(str::to_owned),
        };
        let kept = self.api.store.answer_request(&self.key, &self.request, self.begun_at, &answer).await;
        // A repeat is told that it is under way, and after a minute does it again.
        if let Err(error) = kept {
            warn!(%error, "The answer to a request with an idempotency key was not kept");
        }
        Response::from_parts(parts, Body::from(body))
    }
}

/// The answer that was given before.
fn again(answer: KeptAnswer) -> Response {
    let Some(body) = answer.body else { return Problem::answer_not_kept().into_response() };
    let mut response = Response::new(Body::from(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location)];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.extensions_mut().insert(Replayed);
    response
}

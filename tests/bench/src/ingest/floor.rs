//! The floor: the least that a server has to do. It checks the signature, reads the body into types that borrow
//! from it, counts, and answers 200.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Request, StatusCode};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::bodies::{Body, SECRET};
use crate::BoxError;

#[derive(Deserialize)]
struct Webhook<'a> {
    #[serde(borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    value: Value<'a>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow, default)]
    messages: Vec<Message<'a>>,
    #[serde(borrow, default)]
    statuses: Vec<Status<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    from_user_id: Cow<'a, str>,
    #[serde(borrow)]
    text: Text<'a>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    body: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
}

impl Webhook<'_> {
    /// What the compiler must not find to be of no use.
    fn weight(&self) -> usize {
        let values = || self.entry.iter().flat_map(|entry| &entry.changes).map(|change| &change.value);
        let of_message = |message: &Message<'_>| {
            [&message.id, &message.timestamp, &message.kind, &message.from_user_id, &message.text.body]
                .map(|text| text.len())
                .iter()
                .sum::<usize>()
        };
        let of_status = |status: &Status<'_>| status.id.len() + status.status.len() + status.timestamp.len();
        let messages: usize = values().flat_map(|value| &value.messages).map(of_message).sum();
        messages + values().flat_map(|value| &value.statuses).map(of_status).sum::<usize>()
    }
}

async fn receive(State(secret): State<Arc<str>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(digits) = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()) else {
        return StatusCode::UNAUTHORIZED;
    };
    let claimed = digits.strip_prefix("sha256=").and_then(|digits| hex::decode(digits).ok());
    let (Some(claimed), Ok(mut mac)) = (claimed, Hmac::<Sha256>::new_from_slice(secret.as_bytes())) else {
        return StatusCode::UNAUTHORIZED;
    };
    mac.update(&body);
    if mac.verify_slice(&claimed).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    match serde_json::from_slice::<Webhook<'_>>(&body) {
        Ok(webhook) if webhook.weight() > 0 => StatusCode::OK,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The floor's server.
pub(crate) fn router() -> Router {
    Router::new().route("/webhook", post(receive)).with_state(Arc::from(SECRET))
}

/// A request as axum gets it from its HTTP parser.
pub(crate) fn request(body: &Body, bytes: &Bytes) -> Result<Request<HttpBody>, http::Error> {
    Request::post("/webhook")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("content-length", bytes.len())
        .header("x-hub-signature-256", &body.signature)
        .body(HttpBody::from(bytes.clone()))
}

/// The floor behind its HTTP parser, over a pipe in memory: the work of a server without the kernel's.
pub(crate) struct Http {
    pipe: DuplexStream,
    answer: Vec<u8>,
}

impl Http {
    /// Starts a server on this thread's runtime and connects to it. The server ends with the connection.
    pub(crate) fn start() -> Self {
        let (pipe, served) = tokio::io::duplex(256 * 1024);
        let service = TowerToHyperService::new(router());
        let connection = http1::Builder::new().serve_connection(TokioIo::new(served), service);
        tokio::spawn(async move {
            // If it ends with an error, so does the next request.
            let _ = connection.await;
        });
        Self { pipe, answer: Vec::with_capacity(1024) }
    }

    /// Sends a request and reads its answer, which must be 200 and has no body.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<(), BoxError> {
        self.pipe.write_all(request).await?;
        self.answer.clear();
        while !self.answer.ends_with(b"\r\n\r\n") {
            if self.pipe.read_buf(&mut self.answer).await? == 0 {
                return Err("the floor hung up".into());
            }
        }
        if self.answer.starts_with(b"HTTP/1.1 200") { Ok(()) } else { Err("the floor refused".into()) }
    }
}

/// A request's bytes.
pub(crate) fn request_bytes(body: &Body) -> Vec<u8> {
    let head = format!(
        "POST /webhook HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: */*\r\n\
         user-agent: facebookexternalua\r\nx-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
        body.signature,
        body.bytes.len()
    );
    [head.as_bytes(), &body.bytes].concat()
}

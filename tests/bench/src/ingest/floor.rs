//! The floor: the least that a server has to do. It checks the signature, reads the body into types that borrow
//! from it, counts, and answers 200.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::routing::{get, post};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Request, StatusCode};
use serde::Deserialize;
use sha2::Sha256;

use super::bodies::{Body, SECRET};
use crate::{BoxError, cpu};

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

/// The floor behind a socket, in a thread of its own that tells its CPU time.
pub(crate) struct Http {
    stream: BufReader<TcpStream>,
}

impl Http {
    /// Starts a server and connects to it. The server ends with the program.
    pub(crate) fn start() -> Result<Self, BoxError> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let time = get(async || cpu::of_this_thread().as_nanos().to_string());
        let router = router().route("/cpu", time);
        std::thread::spawn(move || {
            runtime.block_on(async move {
                // Registering a fresh listener fails only without file descriptors; then the bench fails too.
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    let _ = axum::serve(listener, router).await;
                }
            });
        });
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// CPU time of the server's thread.
    pub(crate) fn cpu(&mut self) -> Result<Duration, BoxError> {
        let answer = self.ask(b"GET /cpu HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
        Ok(Duration::from_nanos(String::from_utf8(answer)?.parse()?))
    }

    /// Sends a request and reads its answer, which must be 200.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.stream.get_mut().write_all(request)?;
        let (mut line, mut length, mut first) = (String::new(), 0, true);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if first && !line.starts_with("HTTP/1.1 200") {
                return Err(format!("the floor answered {}", line.trim()).into());
            }
            first = false;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(body)
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

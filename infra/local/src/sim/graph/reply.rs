//! Answers, and the ways in which an answer can fail to arrive.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Response as Parts, StatusCode, header};
use axum::response::Response;
use futures::StreamExt as _;
use lambda_kit::Clock;
use serde_json::Value;

use crate::sim::faults::{GraphFault, GraphFaultKind};
use crate::sim::state::ms;

/// What is answered, and what happens to the answer on its way.
pub(crate) struct Reply {
    pub(crate) http: u16,
    pub(crate) body: ReplyBody,
    pub(crate) fault: Option<GraphFault>,
}

/// The kinds of answers.
pub(crate) enum ReplyBody {
    Json(Value),
    Bytes(String, Vec<u8>),
    /// From some proxy before the Graph API.
    Html(String),
}

impl Reply {
    pub(crate) fn json(http: u16, body: Value) -> Self {
        Self { http, body: ReplyBody::Json(body), fault: None }
    }

    pub(crate) fn proxy_error(http: u16) -> Self {
        let page = format!(
            "<html><head><title>Error</title></head><body>Sorry, something went wrong ({http}).</body></html>"
        );
        Self { http, body: ReplyBody::Html(page), fault: None }
    }

    /// The HTTP answer; a hanging one is broken off when its time is over.
    pub(crate) async fn into_response(self, clock: &Clock) -> Response {
        let fault = self.fault.clone();
        let (kind, hang) = match &fault {
            Some(fault) => (Some(fault.kind), ms(fault.hang_ms)),
            None => (None, ms(0)),
        };
        match kind {
            Some(GraphFaultKind::Slow) => {
                clock.sleep_until(clock.now() + hang).await;
                self.whole()
            }
            Some(GraphFaultKind::TimeoutBefore | GraphFaultKind::TimeoutAfter) => {
                clock.sleep_until(clock.now() + hang).await;
                broken(Bytes::new())
            }
            Some(GraphFaultKind::ResetBefore | GraphFaultKind::ResetAfter) => broken(Bytes::new()),
            Some(GraphFaultKind::ResetMidBody) => {
                let bytes = self.bytes().1;
                broken(bytes.slice(..bytes.len() / 2))
            }
            _ => self.whole(),
        }
    }

    fn bytes(self) -> (String, Bytes) {
        match self.body {
            ReplyBody::Json(value) => ("application/json".into(), value.to_string().into()),
            ReplyBody::Bytes(mime, bytes) => (mime, bytes.into()),
            ReplyBody::Html(page) => ("text/html; charset=utf-8".into(), page.into()),
        }
    }

    fn whole(self) -> Response {
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (mime, bytes) = self.bytes();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        if let Ok(mime) = mime.parse() {
            response.headers_mut().insert(header::CONTENT_TYPE, mime);
        }
        response
    }
}

/// Promises more than it sends, then fails: the server closes the connection.
fn broken(first: Bytes) -> Response {
    let start = futures::stream::iter((!first.is_empty()).then_some(Ok(first)));
    let end = futures::stream::once(async {
        // What was sent so far leaves before the connection breaks.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let body = Body::from_stream(start.chain(end));
    Parts::builder().header(header::CONTENT_LENGTH, 65_536).body(body).unwrap_or_default()
}

//! Passes DynamoDB requests on to the embedded database, which has a port of its own.

use std::net::SocketAddr;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use tokio::sync::watch;

use super::Problem;

/// Operations that can put a record into a stream.
const WRITES: [&str; 8] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
];

#[derive(Clone)]
pub(crate) struct DatabaseProxy {
    client: reqwest::Client,
    url: String,
    /// Counts writes, so that readers of streams know when to look.
    changes: watch::Sender<u64>,
}

impl DatabaseProxy {
    pub(crate) fn new(database: SocketAddr, changes: watch::Sender<u64>) -> reqwest::Result<Self> {
        let client = graph::client().no_proxy().tcp_nodelay(true).build()?;
        Ok(Self { client, url: format!("http://{database}/"), changes })
    }

    pub(super) async fn answer(&self, target: &str, parts: Parts, body: Bytes) -> Response {
        let operation = target.split_once('.').map_or("", |(_, operation)| operation);
        let sent = self.client.post(&self.url).headers(without_hops(parts.headers)).body(body).send().await;
        let answered = match sent {
            Ok(response) => {
                let (status, headers) = (response.status(), without_hops(response.headers().clone()));
                response.bytes().await.map(|body| (status, headers, body))
            }
            Err(error) => Err(error),
        };
        if WRITES.contains(&operation) {
            self.changes.send_modify(|change| *change += 1);
        }
        match answered {
            Ok((status, headers, body)) => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response
            }
            Err(error) => {
                let detail = format!("the embedded DynamoDB does not answer: {}", error.without_url());
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
            }
        }
    }
}

/// Headers that belong to one connection, or that the next one writes anew.
fn without_hops(mut headers: HeaderMap) -> HeaderMap {
    for name in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers
}

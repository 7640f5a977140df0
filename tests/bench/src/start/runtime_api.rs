//! A small Lambda Runtime API for one process, as AWS documents it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>, read 2026-11.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::{get, post};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::BoxError;

/// Longest wait for a process to ask for its first event, and for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a process says.
enum Said {
    /// It asked for an event at this time.
    Next(Instant),
    /// It answered one.
    Response(Bytes),
    /// It could not start, or not serve one.
    Error(Bytes),
}

/// The side of the process.
struct Side {
    said: mpsc::UnboundedSender<Said>,
    events: Mutex<mpsc::UnboundedReceiver<(usize, String)>>,
}

/// A Runtime API. Dropping it closes it.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    said: mpsc::UnboundedReceiver<Said>,
    events: mpsc::UnboundedSender<(usize, String)>,
    sent: usize,
    server: JoinHandle<()>,
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl RuntimeApi {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Result<Self, BoxError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (tell, said) = mpsc::unbounded_channel();
        let (events, waiting) = mpsc::unbounded_channel();
        let side = Arc::new(Side { said: tell, events: Mutex::new(waiting) });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(side);
        let server = tokio::spawn(async move {
            // It serves until it is dropped; a process that hangs up is its own affair.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, said, events, sent: 0, server })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is to be.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// When the process asked for its first event.
    pub(crate) async fn first_next(&mut self) -> Result<Instant, BoxError> {
        match self.hear().await? {
            Said::Next(at) => Ok(at),
            Said::Error(why) => Err(format!("it cannot start: {}", String::from_utf8_lossy(&why)).into()),
            Said::Response(_) => Err("it answered before it asked".into()),
        }
    }

    /// Hands an event to the process and waits for its answer.
    pub(crate) async fn invoke(&mut self, event: String) -> Result<Bytes, BoxError> {
        self.sent += 1;
        self.events.send((self.sent, event))?;
        loop {
            match self.hear().await? {
                Said::Next(_) => {}
                Said::Response(body) => return Ok(body),
                Said::Error(why) => {
                    return Err(format!("an event failed: {}", String::from_utf8_lossy(&why)).into());
                }
            }
        }
    }

    async fn hear(&mut self) -> Result<Said, BoxError> {
        let said = tokio::time::timeout(PATIENCE, self.said.recv()).await;
        said.map_err(|_| "it says nothing")?.ok_or_else(|| "the server has ended".into())
    }
}

async fn next(State(side): State<Arc<Side>>) -> (HeaderMap, String) {
    // Only this process sends here; if nobody listens any more, it will be killed.
    let _ = side.said.send(Said::Next(Instant::now()));
    let Some((id, event)) = side.events.lock().await.recv().await else {
        return std::future::pending().await;
    };
    let deadline = Timestamp::now().as_millisecond() + 60_000;
    let header = |name, value: String| {
        (HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("")))
    };
    let headers = [
        header("content-type", "application/json".to_owned()),
        header("lambda-runtime-aws-request-id", format!("90000000-0000-4000-8000-{id:012}")),
        header("lambda-runtime-deadline-ms", deadline.to_string()),
        header(
            "lambda-runtime-trace-id",
            format!("Root=1-6b05e300-{id:024};Parent=0000000000000001;Sampled=0"),
        ),
        header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:bench".to_owned(),
        ),
    ];
    (headers.into_iter().collect(), event)
}

async fn response(State(side): State<Arc<Side>>, Path(_id): Path<String>, body: Bytes) -> StatusCode {
    let _ = side.said.send(Said::Response(body));
    StatusCode::ACCEPTED
}

async fn error(State(side): State<Arc<Side>>, body: Bytes) -> StatusCode {
    let _ = side.said.send(Said::Error(body));
    StatusCode::ACCEPTED
}

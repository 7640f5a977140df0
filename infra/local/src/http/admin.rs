//! The private listener: the AWS protocols at its root, the simulator, tokens, and the variables of functions.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::public::not_found;
use super::{DatabaseProxy, Health, Problem, dev};
use crate::events::Events;
use crate::iam::{Denied, Permissions};
use crate::lambda::Activity;
use crate::s3::{S3, link};
use crate::scheduler::Scheduler;
use crate::secrets::SecretsManager;
use crate::sim::Sim;
use crate::sockets::Sockets;
use crate::sqs::Sqs;
use crate::template::Function;
use crate::tokens::Tokens;

/// DynamoDB takes 16 MB, SQS less; a file in S3 has at most 100 MB.
const LARGEST_BODY: usize = 128 * 1024 * 1024;

/// What the private listener is made of.
pub(crate) struct Admin {
    pub(crate) sqs: Sqs,
    pub(crate) s3: S3,
    pub(crate) secrets: SecretsManager,
    pub(crate) scheduler: Scheduler,
    pub(crate) events: Events,
    pub(crate) sockets: Sockets,
    pub(crate) database: DatabaseProxy,
    pub(crate) sim: Option<Sim>,
    /// Hands out tokens, unless people sign in with passwords.
    pub(crate) tokens: Option<Arc<Tokens>>,
    pub(crate) buckets: Arc<[String]>,
    pub(crate) functions: Vec<Function>,
    /// This listener's own address.
    pub(crate) endpoint: String,
    pub(crate) permissions: Permissions,
    pub(crate) health: Health,
    /// Hears of each AWS call while it is answered.
    pub(crate) calls: Activity,
}

#[derive(Clone)]
struct Aws {
    sqs: Sqs,
    s3: Router,
    secrets: SecretsManager,
    scheduler: Scheduler,
    events: Events,
    sockets: Sockets,
    database: DatabaseProxy,
    buckets: Arc<[String]>,
    permissions: Permissions,
}

impl Admin {
    pub(crate) fn router(self) -> Router {
        let mut router = self.health.router();
        if let Some(tokens) = self.tokens {
            router = router.merge(dev::token_router(tokens));
        }
        router = router.merge(dev::variables_router(&self.functions, &self.endpoint));
        if let Some(sim) = &self.sim {
            router = router.nest("/sim", sim.control_router()).nest("/graph", sim.graph_router());
        }
        let aws = Aws {
            sqs: self.sqs,
            s3: self.s3.router(),
            secrets: self.secrets,
            database: self.database,
            buckets: self.buckets,
            permissions: self.permissions,
            scheduler: self.scheduler,
            events: self.events,
            sockets: self.sockets,
        };
        let aws = Router::new()
            .fallback(aws_call)
            .with_state(aws)
            .layer(from_fn_with_state(self.calls, counted))
            .layer(DefaultBodyLimit::disable());
        router.fallback_service(aws)
    }
}

/// A call that waits for a message is not work.
async fn counted(State(calls): State<Activity>, request: Request, next: Next) -> Response {
    let waits = target(request.headers()) == "AmazonSQS.ReceiveMessage";
    let _working = (!waits).then(|| calls.begin());
    next.run(request).await
}

async fn aws_call(State(aws): State<Aws>, request: Request) -> Response {
    let (parts, body) = match whole(request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    if link::is_preflight(&parts) && aws.has_bucket(parts.uri.path()) {
        return link::preflight();
    }
    let target = target(&parts.headers).to_owned();
    let service = target.split_once('.').map_or("", |(service, _)| service);
    if let Err(denied) = aws.permissions.check(&parts, &body) {
        tracing::warn!(%denied, "A function wanted what its role does not allow");
        return denied_by(service, &denied);
    }
    match service {
        "AmazonSQS" => aws.sqs.handle(parts, body).await,
        "AWSEvents" => aws.events.handle(parts, body).await,
        "secretsmanager" => aws.secrets.handle(&parts, &body),
        "DynamoDB_20120810" | "DynamoDBStreams_20120810" => aws.database.answer(&target, parts, body).await,
        "" if aws.has_bucket(parts.uri.path()) => {
            match tower::ServiceExt::oneshot(aws.s3, Request::from_parts(parts, Body::from(body))).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
        "" if Sockets::knows(parts.uri.path()) => aws.sockets.manage(&parts, &body),
        "" if Scheduler::knows(parts.uri.path()) => aws.scheduler.handle(parts, body).await,
        "" => not_found(),
        other => {
            let detail = format!("the embedded world does not play {other}");
            Problem::new(StatusCode::NOT_IMPLEMENTED, detail).into_response()
        }
    }
}

/// A refusal as the services write it: S3 in XML, the others in JSON.
fn denied_by(service: &str, denied: &Denied) -> Response {
    if service.is_empty() {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code><Message>{denied}</Message></Error>"
        );
        return (StatusCode::FORBIDDEN, [("content-type", "application/xml")], body).into_response();
    }
    let body = serde_json::json!({ "__type": "AccessDeniedException", "message": denied.to_string() });
    (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.0")], body.to_string())
        .into_response()
}

impl Aws {
    fn has_bucket(&self, path: &str) -> bool {
        let bucket = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        self.buckets.iter().any(|known| known == bucket)
    }
}

fn target(headers: &HeaderMap) -> &str {
    headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn whole(request: Request) -> Result<(http::request::Parts, bytes::Bytes), Response> {
    let (parts, body): (_, Body) = request.into_parts();
    match axum::body::to_bytes(body, LARGEST_BODY).await {
        Ok(body) => Ok((parts, body)),
        Err(_) => Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long").into_response()),
    }
}

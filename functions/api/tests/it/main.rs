//! The router from outside, without a table behind it; what needs one is tested on the embedded world.

#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod bodies;
mod described;
mod samples;
mod schema;
mod turned_away;

use api::{Api, Identity, Queues, Role};
use aws_credential_types::Credentials;
use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;
use lambda_kit::Clock;
use platform::Bucket;
use queue::Queue;
use serde_json::Value;
use store::{Store, Tables};
use tower::ServiceExt;

/// Nobody listens there: whatever comes so far gets a 503.
const NOWHERE: &str = "http://127.0.0.1:9";

fn api() -> Api {
    let credentials = Credentials::new("test", "test", None, None, "test");
    macro_rules! client {
        ($sdk:ident) => {
            $sdk::Client::from_conf(
                $sdk::Config::builder()
                    .behavior_version($sdk::config::BehaviorVersion::latest())
                    .region($sdk::config::Region::new("eu-central-1"))
                    .credentials_provider(credentials.clone())
                    .retry_config($sdk::config::retry::RetryConfig::disabled())
                    .http_client(lambda_kit::https())
                    .endpoint_url(NOWHERE)
                    .build(),
            )
        };
    }
    let name = str::to_owned;
    let tables = Tables {
        contacts: name("contacts"),
        conversations: name("conversations"),
        campaigns: name("campaigns"),
        directory: name("directory"),
        journal: name("journal"),
    };
    let url = |queue: &str| format!("{NOWHERE}/{queue}");
    Api {
        store: Store::new(client!(aws_sdk_dynamodb), tables),
        queue: Queue::new(client!(aws_sdk_sqs)),
        bucket: Bucket::new(client!(aws_sdk_s3), "bucket"),
        clock: Clock::manual(Timestamp::from_second(1_795_392_000).unwrap()).0,
        queues: Queues {
            send: url("send.fifo"),
            inbound: url("inbound"),
            status: url("status"),
            later: url("later"),
            changes: url("changes"),
            deliveries: url("deliveries"),
            jobs: url("jobs"),
            campaigns: url("campaigns"),
            chunks: url("chunks"),
            media: url("media"),
        },
        reach: domain::endpoint::Reach::Public,
        realtime_url: "/realtime".to_owned(),
        seal: lambda_kit::Seal::of(&"a key of no stack, long enough for one".into()),
    }
}

fn identity(role: Role) -> Identity {
    Identity::person("u1".to_owned(), role, [].into())
}

/// An answer, read.
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn is_problem(&self, status: u16) -> bool {
        self.status == status
            && self.header("content-type") == "application/problem+json"
            && self.body["status"] == status
            && self.body["title"].is_string()
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// Asks the router, as somebody with this role or as nobody.
async fn ask(role: Option<Role>, request: Request<Body>) -> Answer {
    ask_as(role.map(identity), request).await
}

async fn ask_as(identity: Option<Identity>, mut request: Request<Body>) -> Answer {
    if let Some(identity) = identity {
        request.extensions_mut().insert(identity);
    }
    read(api::router(api()).oneshot(request).await.unwrap()).await
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.into()).unwrap()
}

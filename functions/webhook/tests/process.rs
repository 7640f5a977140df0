//! The binary `webhook` as Lambda runs it: a process of its own, against a Runtime API and an AWS endpoint.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST_ID: &str = "90000000-0000-4000-8000-000000000001";
const ROOT: &str = "1-6b05e300-900000000000000000000001";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:hooks";
const APP_SECRET: &str = "test_app_secret";

/// Plays the Runtime API with one event, and the AWS services that the function asks.
#[derive(Clone)]
struct Around {
    secret: Arc<str>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// How often the function asked for an event.
    asked: usize,
    /// Its answer.
    answer: Option<Value>,
    /// Calls of AWS services: target and trace.
    calls: Vec<(String, Option<String>)>,
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn next(State(around): State<Around>) -> Response {
    let first = {
        let mut seen = around.seen.lock().unwrap();
        seen.asked += 1;
        seen.asked == 1
    };
    if !first {
        std::future::pending::<()>().await;
    }
    let body = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"a"}]}}]}]}"#;
    let signature = cloud_api::signature::sign(APP_SECRET.as_bytes(), body.as_bytes());
    let event = json!({
        "version": "2.0", "headers": { "x-hub-signature-256": signature }, "body": body, "isBase64Encoded": false,
        "requestContext": { "http": { "method": "POST" }, "requestId": REQUEST_ID },
    });
    let trace = format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1");
    let headers = [
        ("lambda-runtime-aws-request-id", REQUEST_ID.to_owned()),
        ("lambda-runtime-deadline-ms", "4102444800000".to_owned()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:x".to_owned(),
        ),
        ("lambda-runtime-trace-id", trace),
    ];
    (headers, event.to_string()).into_response()
}

async fn answered(State(around): State<Around>, body: Bytes) -> &'static str {
    around.seen.lock().unwrap().answer = serde_json::from_slice(&body).ok();
    ""
}

async fn aws(State(around): State<Around>, headers: HeaderMap, body: Bytes) -> String {
    let target = text(&headers, "x-amz-target").unwrap_or_default();
    let answer = match target.as_str() {
        "secretsmanager.GetSecretValue" => {
            json!({ "ARN": ARN, "Name": "hooks", "SecretString": &*around.secret })
        }
        _ => {
            let call: Value = serde_json::from_slice(&body).unwrap_or_default();
            let entries = call["Entries"].as_array().cloned().unwrap_or_default();
            let sent =
                entries.iter().map(|it| json!({ "Id": it["Id"], "MessageId": "m", "MD5OfMessageBody": "0" }));
            json!({ "Successful": sent.collect::<Vec<_>>(), "Failed": [] })
        }
    };
    around.seen.lock().unwrap().calls.push((target, text(&headers, "x-amzn-trace-id")));
    answer.to_string()
}

impl Around {
    /// Serves on a free port.
    async fn start(secret: &str) -> (Self, String) {
        let around = Self { secret: secret.into(), seen: Arc::default() };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/", post(aws))
            .with_state(around.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (around, address)
    }
}

fn start(address: &str) -> Child {
    let url = format!("http://{address}");
    Command::new(env!("CARGO_BIN_EXE_webhook"))
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address),
            ("AWS_LAMBDA_FUNCTION_NAME", "stack-webhook"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_ENDPOINT_URL", &url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("STAGE", "stack"),
            ("WEBHOOK_SECRET_ARN", ARN),
            ("INBOUND_QUEUE_URL", &format!("{url}/1/inbound")),
            ("STATUS_QUEUE_URL", &format!("{url}/1/status")),
            ("BUCKET", "bucket"),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

async fn until(mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "it takes too long");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

#[tokio::test]
async fn an_event_is_served_traced_logged_and_counted_with_the_ids_that_lambda_gives() {
    let secret = json!({ "META_APP_SECRET": APP_SECRET, "META_VERIFY_TOKEN": "v" });
    let (around, address) = Around::start(&secret.to_string()).await;
    let mut child = start(&address);
    until(|| around.seen.lock().unwrap().asked == 2).await;
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let seen = around.seen.lock().unwrap();
    assert_eq!(seen.answer.as_ref().unwrap()["statusCode"], 200);
    let trace = format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1");
    let expected = [
        ("secretsmanager.GetSecretValue".to_owned(), None),
        ("AmazonSQS.SendMessageBatch".to_owned(), Some(trace)),
    ];
    assert_eq!(seen.calls, expected, "one read of the secret before any event; the job carries the trace");
    let lines = lines(&output);
    let [log, metrics] = lines.as_slice() else { panic!("one line of each: {lines:#?}") };
    assert_eq!(log["message"], "Queued a webhook");
    assert_eq!(log["level"], "INFO");
    assert!(log["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    for name in ["correlation.id", "function.request_id"] {
        assert_eq!(log[name], REQUEST_ID);
    }
    assert_eq!(log["xray_trace_id"], ROOT);
    assert_eq!(metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Ventana");
    assert_eq!((&metrics["Stage"], &metrics["Function"]), (&json!("stack"), &json!("stack-webhook")));
    assert_eq!(metrics["Items"], 1);
}

#[tokio::test]
async fn without_its_secret_it_ends_before_it_asks_for_an_event_and_says_why() {
    let half = json!({ "META_APP_SECRET": "hush" }).to_string();
    for (secret, why) in
        [(half.as_str(), "missing keys: META_VERIFY_TOKEN"), ("hush", "is not a JSON object")]
    {
        let (around, address) = Around::start(secret).await;
        let mut child = start(&address);
        until(|| child.try_wait().unwrap().is_some()).await;
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success());
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(&format!("secret {ARN}")) && said.contains(why), "{said}");
        assert!(!said.contains("hush"), "{said}");
        assert_eq!(around.seen.lock().unwrap().asked, 0);
    }
}

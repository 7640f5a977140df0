//! `SendMessageBatch` answers 200 even when it refuses entries: each counts as not sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use queue::{Entry, Queue, QueueError};
use serde_json::{Value, json};

/// An SQS that refuses the entries named `1` in the first so many calls.
#[derive(Clone)]
struct Moody {
    refusals: usize,
    calls: Arc<AtomicUsize>,
}

async fn answer(State(moody): State<Moody>, body: String) -> String {
    let call = moody.calls.fetch_add(1, Ordering::SeqCst);
    let asked: Value = serde_json::from_str(&body).expect("a request");
    let (mut sent, mut failed) = (Vec::new(), Vec::new());
    for entry in asked["Entries"].as_array().expect("entries") {
        if entry["Id"] == "1" && call < moody.refusals {
            failed.push(json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false }));
        } else {
            sent.push(json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "x" }));
        }
    }
    json!({ "Successful": sent, "Failed": failed }).to_string()
}

async fn sends(refusals: usize) -> (Result<(), QueueError>, usize) {
    let moody = Moody { refusals, calls: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().route("/", post(answer)).with_state(moody.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = aws_sdk_sqs::Config::builder()
        .http_client(lambda_kit::https())
        .behavior_version_latest()
        .region(aws_sdk_sqs::config::Region::new("us-east-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new("x", "x", None, None, "tests"))
        .endpoint_url(&url)
        .build();
    let queue = Queue::new(aws_sdk_sqs::Client::from_conf(config));
    let entries: Vec<Entry> = (0..3).map(|n| Entry::new(format!("body {n}"))).collect();
    let outcome = queue.send_all(&format!("{url}/000000000000/q"), &entries).await;
    (outcome, moody.calls.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_refused_entry_is_sent_again_alone_and_then_all_is_well() {
    assert_eq!(sends(1).await, (Ok(()), 2));
}

#[tokio::test]
async fn what_is_refused_again_and_again_makes_the_whole_send_fail() {
    let (outcome, calls) = sends(usize::MAX).await;
    assert_eq!(outcome, Err(QueueError::Unsent { unsent: 1, reason: "InternalError".to_owned() }));
    assert_eq!(calls, 3);
}

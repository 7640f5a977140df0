//! Codes and PINs: whoever sees a queue, a table, a dead letter, the audit trail or a log learns none of them.

use std::sync::{Arc, Mutex};

use lambda_kit::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::{code, fresh, opened, path, step};

const PIN: &str = "864209";

/// Every item of every table, as text.
async fn tables(stage: &Stage) -> String {
    let mut all = String::new();
    for table in ["contacts", "conversations", "campaigns", "directory", "journal"] {
        let scan = stage.world.dynamodb().scan().table_name(format!("local-{table}"));
        let mut pages = scan.into_paginator().send();
        while let Some(page) = pages.next().await {
            all += &format!("{:?}\n", page.unwrap().items());
        }
    }
    all
}

/// Asks with an idempotency key.
async fn with_key(stage: &Stage, path: &str, body: &Value, key: &str) -> (StatusCode, Value) {
    let token = stage.world.token(local::tokens::Role::Admin).unwrap();
    let post = graph::client().build().unwrap().post(format!("{}{path}", stage.world.public_url()));
    let post = post.bearer_auth(token).header("idempotency-key", key).json(body);
    let answer = post.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn no_table_queue_dead_letter_audit_entry_or_log_line_has_a_code_or_a_pin() {
    let lines = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&lines);
    let write = move |line: &str| into.lock().unwrap().push_str(line);
    let subscriber = lambda_kit::log::subscriber(Some("debug"), Clock::system(), write);
    let _here = tracing::subscriber::set_default(subscriber);
    let stage = opened().await;
    let number = fresh(&stage).await;
    step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en" })).await;
    let code = code(&stage, &number);
    step(&stage, &number, "verify-code", json!({ "code": code })).await;

    // On the queue, before its job is done.
    let path = format!("/v1/numbers/{number}/register");
    let body = json!({ "pin": PIN });
    let (status, begun) = with_key(&stage, &path, &body, "first").await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    let url = stage.world.queue_url("JobsQueue").unwrap();
    let receive = stage.world.sqs_client().receive_message().queue_url(&url).visibility_timeout(0);
    let received = receive.max_number_of_messages(10).send().await.unwrap();
    let jobs: Vec<_> = received.messages().iter().filter_map(|message| message.body()).collect();
    assert!(jobs.iter().any(|job| job.contains(r#""step":"register","sealed":""#)), "{jobs:?}");
    assert!(!jobs.concat().contains(PIN), "{jobs:?}");
    let (status, repeated) = with_key(&stage, &path, &body, "first").await;
    assert_eq!((status, repeated), (StatusCode::ACCEPTED, begun), "the answer is kept, and says nothing");
    let (status, _) = with_key(&stage, &path, &json!({ "pin": "111111" }), "first").await;
    assert_eq!(status, StatusCode::CONFLICT);

    // In a dead letter: a job that a later build wrote, say.
    let strange = jobs[0].replace(r#""kind":"number""#, r#""kind":"number_of_tomorrow""#);
    stage.world.sqs_client().send_message().queue_url(&url).message_body(strange).send().await.unwrap();
    stage.pass(60).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1);
    let content =
        stage.bytes(&format!("/v1/dead-letters/{}/content", letters[0]["id"].as_str().unwrap())).await;
    assert!(String::from_utf8(content.clone()).unwrap().contains("sealed"));
    assert!(!String::from_utf8(content).unwrap().contains(PIN));

    assert_eq!(step(&stage, &number, "pin", json!({ "pin": "975318" })).await["state"], "done");
    let everything = [
        ("tables", tables(&stage).await),
        ("audit", format!("{:?}", stage.all("/v1/audit").await)),
        ("the number", stage.read(&format!("/v1/numbers/{number}")).await.to_string()),
        ("its history", format!("{:?}", stage.all(&format!("/v1/numbers/{number}/history")).await)),
        ("the log", lines.lock().unwrap().clone()),
    ];
    let asked = ["POST", &path, &body.to_string()].join("\n");
    let plain_hash = domain::sha256(asked.as_bytes());
    for (place, text) in &everything {
        assert!(text.len() > 100, "{place} was looked at");
        for secret in [PIN, "975318", code.as_str(), plain_hash.as_str()] {
            assert!(!text.contains(secret), "{place} has {secret}");
        }
    }
}

#[tokio::test]
async fn a_sealed_pin_is_good_for_its_own_step_of_its_own_number_only() {
    let stage = opened().await;
    let (status, _) = stage.api(Method::POST, &path("/register"), Some(json!({ "pin": "000000" }))).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let url = stage.world.queue_url("JobsQueue").unwrap();
    let receive = stage.world.sqs_client().receive_message().queue_url(&url).visibility_timeout(0);
    let received = receive.send().await.unwrap();
    let job: Value = serde_json::from_str(received.messages()[0].body().unwrap()).unwrap();
    stage.settle().await;
    // Somebody who can write on the queue takes the seal into a job of another step.
    let (status, _) = stage.api(Method::PUT, &path("/pin"), Some(json!({ "pin": "999999" }))).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let received = stage.world.sqs_client().receive_message().queue_url(&url).send().await.unwrap();
    let message = &received.messages()[0];
    let mut forged: Value = serde_json::from_str(message.body().unwrap()).unwrap();
    forged["ask"]["sealed"] = job["ask"]["sealed"].clone();
    let delete = stage.world.sqs_client().delete_message().queue_url(&url);
    delete.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    let send = stage.world.sqs_client().send_message().queue_url(&url).message_body(forged.to_string());
    send.send().await.unwrap();
    stage.pass(120).await;
    let shown = stage.read(&format!("/v1/numbers/{NUMBER}")).await;
    let step = &shown["onboarding"];
    assert_eq!((&step["step"], &step["state"]), (&json!("pin"), &json!("failed")), "{step}");
    assert!(step["reason"].as_str().unwrap().contains("cannot be read"), "{step}");
}

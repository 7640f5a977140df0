//! What programs of a company hear of what happens: endpoints over HTTP, and the event bus.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod bus;
mod changes;
mod endpoints;
mod failing;
mod heard;
mod outages;
mod published;
mod receiver;
mod send_queue;

use domain::endpoint::sign;
use receiver::{Post, Receiver};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

/// Adds an endpoint; gives its id and its secret.
async fn subscribe(stage: &Stage, receiver: &Receiver, extra: Value) -> (String, String) {
    let mut body = json!({ "url": receiver.url });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let (status, created) = stage.api(Method::POST, "/v1/webhook-endpoints", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    (created["id"].as_str().unwrap().to_owned(), created["secret"].as_str().unwrap().to_owned())
}

/// Fails unless a post is signed with each of these secrets, the newest first.
fn is_signed(post: &Post, secrets: &[&str]) {
    let secrets: Vec<_> =
        secrets.iter().map(|it| domain::endpoint::SigningSecret::parse(it).unwrap()).collect();
    let second: i64 = post.header("webhook-timestamp").parse().unwrap();
    let signature = sign(&secrets, post.header("webhook-id"), second, &post.body);
    assert_eq!(post.header("webhook-signature"), signature);
}

/// An endpoint's deliveries, newest event first.
async fn deliveries(stage: &Stage, endpoint: &str) -> Vec<Value> {
    stage.all(&format!("/v1/webhook-endpoints/{endpoint}/deliveries")).await
}

/// A stage on which a known person has a conversation, so that what follows tells of nothing else.
async fn known(name: &str, phone: &str) -> (Stage, String) {
    let stage = Stage::start().await;
    let person = stage.person(name, phone, json!({}));
    stage.writes(&person, "Hello");
    stage.settle().await;
    (stage, person)
}

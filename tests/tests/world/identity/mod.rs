//! One person, many identities: numbers written in several ways, ids that change, records that merge and part.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod changes;
mod entered;
mod handled;
mod interleavings;
mod merges;
mod numbers;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

/// A text.
fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// Every conversation of the first number.
async fn inbox(stage: &Stage) -> Vec<Value> {
    stage.all(&format!("/v1/conversations?number={NUMBER}")).await
}

/// The messages of a conversation, oldest first: texts, and the names of notes.
async fn said(stage: &Stage, conversation: &Value) -> Vec<String> {
    let id = conversation["id"].as_str().unwrap();
    let mut messages = stage.all(&format!("/v1/conversations/{id}/messages")).await;
    messages.reverse();
    let word = |message: &Value| {
        let content = &message["content"];
        let body = content["text"]["body"].as_str().or(content["note"]["event"].as_str());
        body.unwrap_or(message["type"].as_str().unwrap_or_default()).to_owned()
    };
    messages.iter().map(word).collect()
}

/// Asks, and expects a status.
async fn asks(stage: &Stage, method: Method, path: &str, body: Option<Value>, status: StatusCode) -> Value {
    let (answered, body) = stage.api(method.clone(), path, body).await;
    assert_eq!(answered, status, "{method} {path}: {body}");
    body
}

async fn merge(stage: &Stage, loser: &str, into: &str) -> Value {
    let body = json!({ "into": into });
    asks(stage, Method::POST, &format!("/v1/contacts/{loser}/merge"), Some(body), StatusCode::OK).await
}

async fn unmerge(stage: &Stage, loser: &str) -> Value {
    asks(stage, Method::POST, &format!("/v1/contacts/{loser}/unmerge"), None, StatusCode::OK).await
}

/// The only contact that a lookup finds.
async fn found(stage: &Stage, by: &str) -> Value {
    let page = stage.read(&format!("/v1/contacts/lookup?{by}")).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{by}: {page}");
    page["items"][0].clone()
}

/// The record's id.
fn id(contact: &Value) -> String {
    contact["id"].as_str().unwrap().to_owned()
}

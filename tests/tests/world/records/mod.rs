//! Records: people, organizations, the company's own fields, searches, segments, lists.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod audiences;
mod bad_bodies;
mod files;
mod people;
mod rules;
mod searches;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

/// Asks, and expects this status.
async fn ask(stage: &Stage, method: Method, path: &str, body: Value, status: StatusCode) -> Value {
    let body = (!body.is_null()).then_some(body);
    let (answered, answer) = stage.api(method.clone(), path, body).await;
    assert_eq!(answered, status, "{method} {path}: {answer:#}");
    answer
}

async fn post(stage: &Stage, path: &str, body: Value) -> Value {
    ask(stage, Method::POST, path, body, StatusCode::CREATED).await
}

async fn patch(stage: &Stage, path: &str, body: Value) -> Value {
    ask(stage, Method::PATCH, path, body, StatusCode::OK).await
}

async fn put(stage: &Stage, path: &str, body: Value) -> Value {
    ask(stage, Method::PUT, path, body, StatusCode::OK).await
}

/// Fields of every type.
async fn fields(stage: &Stage) {
    for (id, body) in [
        ("city", json!({"label": "City", "type": "choice", "options": ["Lima", "Cusco"]})),
        ("tours", json!({"label": "Tours", "type": "multi_choice", "options": ["Puno", "Ica", "Arequipa"]})),
        ("score", json!({"label": "Score", "type": "number"})),
        ("since", json!({"label": "Customer since", "type": "date"})),
        ("spent", json!({"label": "Spent", "type": "money"})),
        ("wholesale", json!({"label": "Wholesale", "type": "boolean"})),
        ("remark", json!({"label": "Remark", "type": "text", "kinds": ["lead", "contact"]})),
    ] {
        put(stage, &format!("/v1/fields/{id}"), body).await;
    }
}

fn id(contact: &Value) -> String {
    contact["id"].as_str().unwrap().to_owned()
}

/// Who is on a list, by their names.
async fn names(stage: &Stage, path: &str) -> Vec<String> {
    stage.all(path).await.iter().map(|contact| contact["name"].as_str().unwrap_or("?").to_owned()).collect()
}

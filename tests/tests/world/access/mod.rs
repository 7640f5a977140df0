//! Who may do what: people, programs, keys and the trail that they leave.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod agents;
mod audit;
mod clients;
mod keys;
mod sight;

use local::tokens::{Claims, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// A person, by the `sub` and the role of their token.
    Person(&'static str, Role),
    /// A program, by its token.
    Client(String),
}

pub(crate) const ADMIN: Who = Who::Person("u-admin", Role::Admin);
pub(crate) const ANA: Who = Who::Person("u-ana", Role::Agent);
pub(crate) const BO: Who = Who::Person("u-bo", Role::Agent);

/// An answer, with the headers that matter here.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

/// Asks, with an idempotency key if there is one. A client asks under its own prefix.
pub(crate) async fn ask(
    stage: &Stage,
    who: &Who,
    (method, path): (Method, &str),
    key: Option<&str>,
    body: Option<Value>,
) -> Answer {
    let (prefix, token) = match who {
        Who::Person(sub, role) => {
            let claims = Claims { sub: (*sub).to_owned(), role: *role, numbers: None };
            ("", stage.world.token_for(claims).unwrap())
        }
        Who::Client(token) => ("/service", token.clone()),
    };
    let client = graph::client().no_proxy().build().unwrap();
    let url = format!("{}{prefix}{path}", stage.world.public_url());
    let mut request = client.request(method, url).bearer_auth(token);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, location, retry_after) = (answer.status(), header("location"), header("retry-after"));
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, location, retry_after, body }
}

pub(crate) async fn get(stage: &Stage, who: &Who, path: &str) -> Answer {
    ask(stage, who, (Method::GET, path), None, None).await
}

pub(crate) async fn put(stage: &Stage, path: &str, body: Value) -> Value {
    let answer = ask(stage, &ADMIN, (Method::PUT, path), None, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "PUT {path}: {}", answer.body);
    answer.body
}

/// Ana works in sales, Bo in support.
pub(crate) async fn with_departments(stage: &Stage) {
    for (id, name) in [("sales", "Sales"), ("support", "Support")] {
        put(stage, &format!("/v1/departments/{id}"), json!({ "name": name })).await;
    }
    for (id, name, department) in [("u-ana", "Ana", "sales"), ("u-bo", "Bo", "support")] {
        let agent = json!({ "name": name, "role": "agent", "departments": [department] });
        put(stage, &format!("/v1/agents/{id}"), agent).await;
    }
}

/// A new client with these scopes, and the answer that made it.
pub(crate) async fn client(stage: &Stage, scopes: &[&str]) -> (Who, Value) {
    let body = json!({ "name": "Shop", "scopes": scopes });
    let made = ask(stage, &ADMIN, (Method::POST, "/v1/clients"), None, Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    (Who::Client(made.body["token"].as_str().unwrap().to_owned()), made.body)
}

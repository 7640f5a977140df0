//! The inbox: whose work a conversation is, what may happen to it, and what a team settles for its numbers.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod colleagues;
mod handling;
mod lists;
mod money;
mod numbers;
mod person;

use domain::agent::{Agent, AgentId, Department, DepartmentId};
use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

/// An agent who works here.
async fn hired(stage: &Stage, id: &str, departments: &[&str], capacity: Option<u32>) {
    let departments = departments.iter().map(|id| DepartmentId::new(*id).unwrap()).collect();
    let agent = Agent {
        id: AgentId::new(id).unwrap(),
        name: format!("{id} of the shop"),
        email: None,
        role: "agent".to_owned(),
        departments,
        capacity,
        active: true,
    };
    stage.store().put_agent(&agent).await.unwrap();
}

async fn department(stage: &Stage, id: &str) {
    let department = Department { id: DepartmentId::new(id).unwrap(), name: id.to_owned() };
    stage.store().put_department(&department).await.unwrap();
}

/// Asks as somebody.
async fn asks(
    stage: &Stage,
    who: &str,
    role: Role,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    stage.api_as((who, role), method, path, body).await
}

/// Reads as an agent.
async fn reads(stage: &Stage, who: &str, path: &str) -> Value {
    let (status, body) = asks(stage, who, Role::Agent, Method::GET, path, None).await;
    assert_eq!(status, StatusCode::OK, "GET {path}: {body}");
    body
}

/// The ids of a list, in its order, over all its pages.
async fn listed(stage: &Stage, who: &str, query: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = reads(stage, who, &format!("/v1/conversations?{query}{cursor}")).await;
        let items = page["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// Changes a conversation as an agent; anything but 200 is a failure of the test.
async fn changes(stage: &Stage, who: &str, id: &str, change: Value) -> Value {
    let path = format!("/v1/conversations/{id}");
    let (status, body) = asks(stage, who, Role::Agent, Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// Settles something for the first number.
async fn settles(stage: &Stage, change: Value) -> Value {
    let path = format!("/v1/numbers/{}", tests::NUMBER);
    let (status, body) = asks(stage, "boss", Role::Admin, Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // Whoever works on messages believes the old settings for half a minute.
    stage.pass(31).await;
    body
}

/// Somebody new writes; gives the person and the conversation.
async fn a_customer(stage: &Stage, name: &str, phone: &str) -> (String, String) {
    let person = stage.person(name, phone, json!({}));
    stage.writes(&person, "Is the kettle back?");
    stage.settle().await;
    let contact = conversation_of(stage, phone).await;
    (person, contact)
}

/// The conversation of a person, by phone.
async fn conversation_of(stage: &Stage, phone: &str) -> String {
    let all = stage.all("/v1/conversations?state=any").await;
    let theirs = all.iter().find(|it| it["contact"]["phone"] == phone).unwrap();
    theirs["id"].as_str().unwrap().to_owned()
}

/// A conversation, as an agent sees it.
async fn shown(stage: &Stage, who: &str, id: &str) -> Value {
    reads(stage, who, &format!("/v1/conversations/{id}")).await
}

/// An agent answers in a conversation.
async fn answers(stage: &Stage, who: &str, id: &str, text: &str) -> (StatusCode, Value) {
    let body = json!({ "from": tests::NUMBER, "to": { "conversation": id },
        "message": { "type": "text", "text": { "body": text } } });
    let answer = asks(stage, who, Role::Agent, Method::POST, "/v1/messages", Some(body)).await;
    stage.settle().await;
    answer
}

/// The texts of ours that a stage's customers got.
fn heard(stage: &Stage) -> Vec<String> {
    let posts = stage.posts();
    let text = |post: &Value| post.pointer("/body/text/body").and_then(Value::as_str).map(str::to_owned);
    posts.iter().filter_map(text).collect()
}

/// The notes of a thread, oldest first.
async fn notes(stage: &Stage, id: &str) -> Vec<Value> {
    let mut all = stage.all(&format!("/v1/conversations/{id}/messages")).await;
    all.retain(|message| message["direction"] == "note");
    all.reverse();
    all
}

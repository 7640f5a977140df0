//! Reports: what the team did, told from its threads every ten minutes.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod asking;
mod deaths;
mod later;
mod people;
mod waits;

use domain::agent::{Agent, AgentId, Department, DepartmentId};
use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

/// Longer than from one pass to the next.
const A_PASS: u64 = 660;

/// Asks as somebody.
async fn asks(
    stage: &Stage,
    (who, role): (&str, Role),
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    stage.api_as((who, role), method, path, body).await
}

async fn hired(stage: &Stage, id: &str, name: &str) {
    let agent = Agent {
        id: AgentId::new(id).unwrap(),
        name: name.to_owned(),
        email: None,
        role: "agent".to_owned(),
        departments: [].into(),
        capacity: None,
        active: true,
    };
    stage.store().put_agent(&agent).await.unwrap();
}

async fn department(stage: &Stage, id: &str, name: &str) {
    let department = Department { id: DepartmentId::new(id).unwrap(), name: name.to_owned() };
    stage.store().put_department(&department).await.unwrap();
}

/// Somebody new writes; gives the person and the conversation.
async fn a_customer(stage: &Stage, name: &str, phone: &str) -> (String, String) {
    let person = stage.person(name, phone, json!({}));
    stage.writes(&person, "Is the kettle back?");
    stage.settle().await;
    (person, conversation_of(stage, phone).await)
}

/// The conversation of a person, by phone.
async fn conversation_of(stage: &Stage, phone: &str) -> String {
    let all = stage.all("/v1/conversations?state=any").await;
    let theirs = all.iter().find(|it| it["contact"]["phone"] == phone).unwrap();
    theirs["id"].as_str().unwrap().to_owned()
}

/// An agent answers.
async fn answers(stage: &Stage, who: &str, id: &str) {
    let number = id.split_once('.').unwrap().0;
    let body = json!({ "from": number, "to": { "conversation": id },
        "message": { "type": "text", "text": { "body": "Yes, since today." } } });
    let (status, answer) = asks(stage, (who, Role::Agent), Method::POST, "/v1/messages", Some(body)).await;
    assert!(status.is_success(), "{answer}");
    stage.settle().await;
}

/// An agent changes a conversation.
async fn changes(stage: &Stage, who: &str, id: &str, change: Value) {
    let path = format!("/v1/conversations/{id}");
    let (status, body) = asks(stage, (who, Role::Agent), Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    stage.settle().await;
}

/// An admin settles something of the first number.
async fn settles(stage: &Stage, change: Value) {
    let path = format!("/v1/numbers/{NUMBER}");
    let (status, body) = asks(stage, ("boss", Role::Admin), Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // Whoever works on messages believes the old settings for half a minute.
    stage.pass(31).await;
}

/// The report of some days, as far as it has come.
async fn report(stage: &Stage, query: &str) -> Value {
    let path = format!("/v1/reports?{query}");
    let (status, body) = asks(stage, ("eva", Role::Supervisor), Method::GET, &path, None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// The report of the first days on stage, after the next pass.
async fn report_of_the_week(stage: &Stage) -> Value {
    stage.pass(A_PASS).await;
    report(stage, "from=2026-11-23&to=2026-11-29").await
}

/// Whether a time is what it should be, as far as reports are exact.
fn is_about(told: &Value, seconds: u64) -> bool {
    let told = told.as_u64().unwrap();
    told.abs_diff(seconds) <= seconds * 3 / 100 + 1
}

fn by<'a>(report: &'a Value, part: &str, name: &str, value: &str) -> &'a Value {
    let rows = report[part].as_array().unwrap();
    rows.iter().find(|row| row[name] == value).unwrap_or_else(|| panic!("{value} in {part}: {report:#}"))
}

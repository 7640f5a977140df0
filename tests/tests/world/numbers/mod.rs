//! Numbers: how one comes onto the platform, what Meta says of it, and how that changed.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod bad_bodies;
mod facts;
mod onboarding;
mod profiles;
mod secrets;
mod syncing;

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

/// The WABA of the first number.
pub(crate) const WABA: &str = "900000000000101";
/// That of the vendors.
pub(crate) const VENDORS: &str = "900000000000102";

/// A stage whose first WABA an admin has told of, so that its numbers are known.
pub(crate) async fn opened() -> Stage {
    let stage = Stage::start().await;
    tells_of(&stage, WABA, json!({ "name": "Kettles" })).await;
    stage
}

/// An admin tells of a WABA, and its numbers are asked for.
pub(crate) async fn tells_of(stage: &Stage, waba: &str, body: Value) {
    let (status, answer) = stage.api(Method::PUT, &format!("/v1/wabas/{waba}"), Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    stage.settle().await;
}

/// A number that was just entered at Meta: neither verified nor registered. Gives its id.
pub(crate) async fn fresh(stage: &Stage) -> String {
    let number =
        json!({ "phone": "15550100277", "name": "Fixture Kettles Repairs", "waba_id": WABA, "fresh": true });
    let number = stage.sim().add_number(number).unwrap();
    tells_of(stage, WABA, json!({ "name": "Kettles" })).await;
    number["id"].as_str().unwrap().to_owned()
}

/// Asks for a step as an admin, and lets its job be done; gives what the number shows then.
pub(crate) async fn step(stage: &Stage, number: &str, step: &str, body: Value) -> Value {
    // Meta's time has whole seconds: what was seen in one second is told apart from the next.
    stage.pass(1).await;
    let method = if step == "pin" { Method::PUT } else { Method::POST };
    let body = (!body.is_null()).then_some(body);
    let (status, begun) = stage.api(method, &format!("/v1/numbers/{number}/{step}"), body).await;
    assert_eq!((status, &begun["state"]), (StatusCode::ACCEPTED, &json!("pending")), "{begun}");
    stage.settle().await;
    shown(stage, number).await["onboarding"].clone()
}

/// A number, as an admin sees it.
pub(crate) async fn shown(stage: &Stage, number: &str) -> Value {
    stage.read(&format!("/v1/numbers/{number}")).await
}

/// A fact of a number.
pub(crate) async fn fact(stage: &Stage, number: &str, name: &str) -> Value {
    shown(stage, number).await["facts"][name].clone()
}

/// A number as Meta has it.
pub(crate) fn at_meta(stage: &Stage, number: &str) -> Value {
    let all = stage.sim().numbers();
    all["numbers"].as_array().unwrap().iter().find(|it| it["id"] == number).unwrap().clone()
}

/// The code that was sent to a number.
pub(crate) fn code(stage: &Stage, number: &str) -> String {
    at_meta(stage, number)["onboarding"]["code"].as_str().unwrap().to_owned()
}

/// Meta posts an event at a time, as seconds after the stage began.
pub(crate) async fn meta_tells(stage: &Stage, waba: &str, field: &str, second: i64, value: Value) {
    let start: jiff::Timestamp = tests::START.parse().unwrap();
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": waba,
        "time": start.as_second() + second, "changes": [{ "field": field, "value": value }] }] });
    assert_eq!(stage.meta_posts(body.to_string().as_bytes()).await, StatusCode::OK);
    stage.settle().await;
}

/// Asks with a role; gives status and body.
pub(crate) async fn asks(
    stage: &Stage,
    role: Role,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    stage.api_as(("somebody", role), method, path, body).await
}

/// What is sent to a person from a number, and what became of it.
pub(crate) async fn sends(stage: &Stage, from: &str, phone: &str) -> Value {
    let message = json!({ "type": "template",
        "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    let request = json!({ "from": from, "to": { "phone": phone }, "message": message });
    let (status, sent) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    stage.settle().await;
    stage.read(&format!("/v1/messages/{}", sent["id"].as_str().unwrap())).await
}

/// The display of the first number, as webhooks write it.
pub(crate) const DISPLAY: &str = "15550100200";

/// The path of a resource of the first number.
pub(crate) fn path(of: &str) -> String {
    format!("/v1/numbers/{NUMBER}{of}")
}

//! Consent and privacy: nobody gets what they did not agree to, and nothing is left of whom was erased.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod consent;
mod erasure;
mod merged;
mod rights;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

/// Ada's phone.
pub(crate) const ADA: &str = "15550109911";
/// The WABA of the first number.
pub(crate) const WABA: &str = "900000000000101";

/// Ada, who wrote "Hello?"; gives her id in the simulator and with us.
pub(crate) async fn ada(stage: &Stage) -> (String, String) {
    let person = stage.person("Ada Fern", ADA, json!({}));
    stage.writes(&person, "Hello?");
    stage.settle().await;
    (person, contact(stage).await)
}

/// The newest contact on stage.
pub(crate) async fn contact(stage: &Stage) -> String {
    let contacts = stage.read("/v1/contacts").await;
    contacts["items"][0]["id"].as_str().unwrap().to_owned()
}

/// Meta changes the category of the template that tests send, and tells it.
pub(crate) async fn is_of_category(stage: &Stage, category: &str) {
    let all = stage.sim().templates();
    let template = all.as_array().unwrap().iter().find(|it| it["template"]["name"] == "hello_world").unwrap();
    let id = template["template"]["id"].as_str().unwrap();
    stage.sim().change_template(id, json!({ "category": category })).unwrap();
    stage.settle().await;
}

pub(crate) fn template() -> Value {
    json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } })
}

/// Asks the API to send to Ada.
pub(crate) async fn send(stage: &Stage, message: Value) -> (StatusCode, Value) {
    let request = json!({ "from": NUMBER, "to": { "phone": ADA }, "message": message });
    stage.api(Method::POST, "/v1/messages", Some(request)).await
}

/// Notes what a person said.
pub(crate) async fn says(stage: &Stage, contact: &str, word: Value) -> (StatusCode, Value) {
    stage.api(Method::POST, &format!("/v1/contacts/{contact}/consent"), Some(word)).await
}

pub(crate) async fn agrees_to_marketing(stage: &Stage, contact: &str) {
    let word = json!({ "choice": "opt_in", "purpose": "marketing", "wording": "News about kettles", "proof": "form 7" });
    assert_eq!(says(stage, contact, word).await.0, StatusCode::CREATED);
}

pub(crate) async fn consent(stage: &Stage, contact: &str) -> Value {
    stage.read(&format!("/v1/contacts/{contact}/consent")).await
}

/// Every message of the one conversation, newest first.
pub(crate) async fn messages(stage: &Stage, contact: &str) -> Vec<Value> {
    stage.all(&format!("/v1/conversations/{NUMBER}.{contact}/messages")).await
}

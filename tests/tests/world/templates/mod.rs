//! Templates and rate cards: what Meta says of templates, what is asked of it, what people read, what it costs.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod bad_bodies;
mod mirror;
mod news;
mod previews;
mod rate_cards;
mod steps;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

/// The WABA of the first number.
pub(crate) const WABA: &str = "900000000000101";

/// A stage whose first WABA an admin has told of, so that its templates are known.
pub(crate) async fn opened() -> Stage {
    let stage = Stage::start().await;
    let waba = Some(json!({ "name": "Kettles" }));
    assert_eq!(stage.api(Method::PUT, &format!("/v1/wabas/{WABA}"), waba).await.0, StatusCode::OK);
    stage.settle().await;
    // Meta's time has whole seconds: what was seen in one second is told apart from the next.
    stage.pass(1).await;
    stage
}

/// The path of a template of the first WABA.
pub(crate) fn path(name: &str, of: &str) -> String {
    format!("/v1/templates/{WABA}/{name}/en_US{of}")
}

/// A template in English.
pub(crate) async fn shown(stage: &Stage, name: &str) -> Value {
    stage.read(&path(name, "")).await
}

/// The id of a template at Meta.
pub(crate) fn id_of(stage: &Stage, name: &str) -> String {
    let all = stage.sim().templates();
    let all = all.as_array().cloned().unwrap_or_else(|| all["templates"].as_array().unwrap().clone());
    let found = all.iter().find(|it| it["template"]["name"] == name).unwrap();
    found["template"]["id"].as_str().unwrap().to_owned()
}

/// A utility template, as Meta wants it.
pub(crate) fn parcel() -> Value {
    json!({ "name": "parcel_ready", "language": "en_US", "category": "UTILITY", "components": [
        { "type": "BODY", "text": "Hi {{1}}, your parcel {{2}} waits for you.",
          "example": { "body_text": [["Amara", "FX-77"]] } },
        { "type": "FOOTER", "text": "Fixture Kettles" }] })
}

/// Asks for a template to be created; gives status and body.
pub(crate) async fn creates(stage: &Stage, template: Value) -> (StatusCode, Value) {
    let body = json!({ "waba": WABA, "template": template });
    stage.api(Method::POST, "/v1/templates", Some(body)).await
}

/// The newest change of one kind.
pub(crate) fn newest<'a>(template: &'a Value, what: &str) -> &'a Value {
    template["history"].as_array().unwrap().iter().find(|it| it["what"] == what).unwrap()
}

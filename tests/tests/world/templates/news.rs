//! What webhooks tell of templates is known at once, whatever order they come in.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, START, Stage};

use crate::templates::{WABA, id_of, newest, opened, path, shown};

/// Meta posts an event at a time, as seconds after the stage began.
async fn meta_tells(stage: &Stage, field: &str, second: i64, value: Value) {
    let start: jiff::Timestamp = START.parse().unwrap();
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": WABA,
        "time": start.as_second() + second, "changes": [{ "field": field, "value": value }] }] });
    assert_eq!(stage.meta_posts(body.to_string().as_bytes()).await, StatusCode::OK);
    stage.settle().await;
}

async fn sends(stage: &Stage) -> (StatusCode, Value) {
    let message =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    let request = json!({ "from": NUMBER, "to": { "phone": "15550104711" }, "message": message });
    stage.api(Method::POST, "/v1/messages", Some(request)).await
}

#[tokio::test]
async fn a_pause_a_rating_and_new_words_are_known_at_once() {
    let stage = opened().await;
    let id = id_of(&stage, "hello_world");
    let change = |what: Value| stage.sim().change_template(&id, what).unwrap();
    change(json!({ "quality": "YELLOW" }));
    stage.settle().await;
    let template = shown(&stage, "hello_world").await;
    assert_eq!((&template["quality"], &template["usable"]), (&json!("YELLOW"), &json!(true)));
    assert_eq!(template["concerns"], json!([{ "what": "quality", "stops": false, "value": "YELLOW" }]));
    stage.pass(1).await;
    change(json!({ "status": "PAUSED" }));
    stage.settle().await;
    let template = shown(&stage, "hello_world").await;
    assert_eq!((&template["status"], &template["usable"]), (&json!("PAUSED"), &json!(false)));
    let pause = newest(&template, "state");
    assert_eq!((&pause["from"], &pause["source"]), (&json!("APPROVED"), &json!("webhook")));
    let hash = template["content_hash"].clone();
    stage.pass(1).await;
    change(json!({ "components": [{ "type": "BODY", "text": "Welcome to our new shop." }] }));
    stage.settle().await;
    let template = shown(&stage, "hello_world").await;
    assert_eq!(template["components"][0]["text"], "Welcome to our new shop.", "it was read again");
    assert_eq!(newest(&template, "content")["from"], hash);
    assert_ne!(template["content_hash"], hash);
}

#[tokio::test]
async fn a_send_is_judged_by_the_category_that_meta_assigns_now() {
    let stage = opened().await;
    let person = stage.person("Ada Fern", "15550104711", json!({}));
    stage.writes(&person, "Hello?");
    stage.settle().await;
    assert_eq!(sends(&stage).await.0, StatusCode::ACCEPTED, "a utility template");
    stage.pass(5).await;
    stage.sim().change_template(&id_of(&stage, "hello_world"), json!({ "category": "MARKETING" })).unwrap();
    stage.settle().await;
    let (status, problem) = sends(&stage).await;
    assert_eq!((status, &problem["reason"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("no_consent")));
    let template = shown(&stage, "hello_world").await;
    let both = (&template["category"], &template["previous_category"]);
    assert_eq!(both, (&json!("MARKETING"), &json!("UTILITY")));
    // What an admin believes does not count against Meta.
    let known = json!({ "waba": WABA, "language": "en_US", "category": "utility" });
    let (status, problem) = stage.api(Method::PUT, "/v1/templates/hello_world", Some(known)).await;
    assert_eq!((status, &problem["field"]), (StatusCode::CONFLICT, &json!("category")));
    assert_eq!(sends(&stage).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_announced_category_is_a_warning_until_it_comes() {
    let stage = opened().await;
    let told = json!({ "message_template_id": id_of(&stage, "hello_world").parse::<u64>().unwrap(),
        "message_template_name": "hello_world", "message_template_language": "en-US",
        "new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": 1_795_651_200 });
    meta_tells(&stage, "template_category_update", 60, told).await;
    let template = shown(&stage, "hello_world").await;
    assert_eq!((&template["category"], &template["usable"]), (&json!("UTILITY"), &json!(true)));
    assert_eq!(template["next_category"]["category"], "MARKETING");
    assert_eq!(template["concerns"][0]["what"], "category_will_change");
}

#[tokio::test]
async fn a_webhook_that_comes_late_undoes_nothing_that_is_newer() {
    let stage = opened().await;
    let id = id_of(&stage, "hello_world").parse::<u64>().unwrap();
    let told = |event: &str| {
        json!({ "event": event, "message_template_id": id, "message_template_name": "hello_world",
            "message_template_language": "en-US", "reason": "NONE" })
    };
    const FIELD: &str = "message_template_status_update";
    meta_tells(&stage, FIELD, 30, told("APPROVED")).await;
    meta_tells(&stage, FIELD, 20, told("PAUSED")).await;
    assert_eq!(shown(&stage, "hello_world").await["status"], "APPROVED", "the newer word came first");
    // A list has said since then how it stands; that it changed nothing makes no difference.
    stage.pass(1_801).await;
    meta_tells(&stage, FIELD, 1_000, told("DISABLED")).await;
    let template = shown(&stage, "hello_world").await;
    assert_eq!(template["status"], "APPROVED", "{template:#}");
    meta_tells(&stage, FIELD, 1_900, told("FLAGGED")).await;
    assert_eq!(shown(&stage, "hello_world").await["status"], "FLAGGED");
    meta_tells(&stage, FIELD, 1_900, told("FLAGGED")).await;
    let history = stage.all(&path("hello_world", "/history")).await;
    assert_eq!(history.iter().filter(|it| it["to"] == "FLAGGED").count(), 1, "told twice, changed once");
    let first = stage.read(&path("hello_world", "/history?limit=1")).await;
    assert_eq!(first["items"][0]["to"], "FLAGGED");
    assert!(first["next"].is_string());
}

#[tokio::test]
async fn a_template_that_nobody_has_seen_is_read_when_a_webhook_names_it() {
    let stage = opened().await;
    let new = json!({ "name": "late_news", "waba_id": WABA, "components": [{ "type": "BODY", "text": "Tea is back." }] });
    let id = stage.sim().add_template(new).unwrap()["id"].as_str().unwrap().to_owned();
    stage.sim().change_template(&id, json!({ "category": "MARKETING" })).unwrap();
    stage.settle().await;
    let template = shown(&stage, "late_news").await;
    assert_eq!((&template["status"], &template["category"]), (&json!("APPROVED"), &json!("MARKETING")));
    assert_eq!(template["id"], json!(id));
}

#[tokio::test]
async fn a_webhook_without_a_name_finds_its_template_by_its_id() {
    let stage = opened().await;
    let id = id_of(&stage, "hello_world").parse::<u64>().unwrap();
    let told = json!({ "event": "PAUSED", "message_template_id": id, "reason": "NONE" });
    meta_tells(&stage, "message_template_status_update", 40, told).await;
    assert_eq!(shown(&stage, "hello_world").await["status"], "PAUSED");
    // An id that nobody knows: the whole list is read, and nothing comes of it.
    let told = json!({ "event": "PAUSED", "message_template_id": 7, "reason": "NONE" });
    meta_tells(&stage, "message_template_status_update", 41, told).await;
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

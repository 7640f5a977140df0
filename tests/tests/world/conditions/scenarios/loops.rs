//! Scenarios of the whole loop.

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

const PHONE: &str = "15550109901";

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// A signed body with one message, as Meta's.
fn body(message: &Value) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
        "messages": [message],
    });
    change("messages", &value)
}

fn change(field: &str, value: &Value) -> Vec<u8> {
    json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": "900000000000101", "time": 1_795_424_400, "changes": [{ "field": field, "value": value }] }] })
    .to_string()
    .into_bytes()
}

fn message(id: &str, timestamp: i64, mut sender: Value) -> Value {
    sender["id"] = json!(id);
    sender["timestamp"] = json!(timestamp.to_string());
    sender["type"] = json!("text");
    sender["text"] = json!({ "body": "hi" });
    sender
}

async fn post(stage: &Stage, body: &[u8]) {
    assert_eq!(stage.meta_posts(body).await, StatusCode::OK);
}

async fn messages(stage: &Stage) -> Vec<Value> {
    let mut all = Vec::new();
    for conversation in stage.all("/v1/conversations").await {
        let id = conversation["id"].as_str().unwrap();
        all.extend(stage.all(&format!("/v1/conversations/{id}/messages")).await);
    }
    all
}

pub(crate) async fn a_repeated_message_keeps_its_first_receipt(stage: &Stage) {
    let body = body(&message("wamid.a", stage.now().as_second(), json!({ "from": PHONE })));
    post(stage, &body).await;
    stage.pass(3_600).await;
    post(stage, &body).await;
    stage.pass(60).await;
    assert_eq!(messages(stage).await[0]["received_at"], "2026-11-23T09:00:00Z");
}

pub(crate) async fn a_late_message_does_not_close_the_window(stage: &Stage) {
    let now = stage.now().as_second();
    post(stage, &body(&message("wamid.b", now, json!({ "from": PHONE })))).await;
    stage.pass(300).await;
    post(stage, &body(&message("wamid.a", now - 7_200, json!({ "from": PHONE })))).await;
    stage.pass(60).await;
    let conversations = stage.all("/v1/conversations").await;
    assert_eq!(conversations[0]["window"]["closes_at"], "2026-11-24T09:00:00Z");
}

pub(crate) async fn an_old_answer_does_not_end_a_new_wait(stage: &Stage) {
    let ada = stage.person("Ada Fern", PHONE, json!({}));
    stage.writes(&ada, "Hello?");
    stage.pass(10).await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "error", "code": 131_057, "next": 1 }] })).unwrap();
    stage.asks("a", json!({ "phone": PHONE }), text("One moment")).await;
    stage.pass(30).await;
    stage.writes(&ada, "And another question");
    stage.pass(600).await;
    assert_eq!(stage.posts().len(), 2, "refused once, then accepted");
    let conversations = stage.all("/v1/conversations").await;
    assert!(conversations[0]["waiting_since"].is_string(), "the second question is not answered");
}

/// Many messages of one new person at once, each worked on by itself.
async fn at_once(stage: &Stage, sender: Value) {
    let now = stage.now().as_second();
    let bodies: Vec<_> =
        (0..24).map(|n| body(&message(&format!("wamid.{n}"), now, sender.clone()))).collect();
    join_all(bodies.iter().map(|body| post(stage, body))).await;
    stage.pass(300).await;
    assert_eq!(stage.all("/v1/contacts").await.len(), 1);
    assert_eq!(stage.all("/v1/conversations").await.len(), 1);
    assert_eq!(messages(stage).await.len(), 24);
}

pub(crate) async fn one_new_user_id_is_one_person(stage: &Stage) {
    at_once(stage, json!({ "from_user_id": "US.77001122334455" })).await;
}

pub(crate) async fn one_new_phone_is_one_person(stage: &Stage) {
    at_once(stage, json!({ "from": PHONE })).await;
}

async fn greeted(stage: &Stage) {
    let ada = stage.person("Ada Fern", PHONE, json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
}

pub(crate) async fn an_id_is_sent_for_one_message_only(stage: &Stage) {
    greeted(stage).await;
    stage.asks("x", json!({ "phone": PHONE }), text("One")).await;
    stage.pass(600).await;
    stage.asks("x", json!({ "phone": PHONE }), text("Two")).await;
    stage.pass(600).await;
    assert_eq!(stage.posts().len(), 1);
}

pub(crate) async fn a_repeated_request_is_sent_once(stage: &Stage) {
    greeted(stage).await;
    for _ in 0..2 {
        stage.asks("x", json!({ "phone": PHONE }), text("One")).await;
        stage.pass(600).await;
    }
    assert_eq!(stage.posts().len(), 1);
}

pub(crate) async fn a_request_that_two_workers_hold_is_posted_once(stage: &Stage) {
    greeted(stage).await;
    let copies = (0..8).flat_map(|n| (0..4).map(move |copy| (n, copy)));
    join_all(copies.map(|(n, copy)| {
        let id = format!("r{n}");
        async move { stage.asks_in(&id, &format!("{id}-{copy}"), json!({ "phone": PHONE }), text("Hi")).await }
    }))
    .await;
    stage.pass(600).await;
    assert_eq!(stage.posts().len(), 8);
}

pub(crate) async fn a_status_makes_no_message(stage: &Stage) {
    let callback = format!("1|s|{NUMBER}.01M83T4CM04MP9CXWTQAKDCY56.m.1795425000000.cd3064f324093c46|1");
    let status = json!({ "id": "wamid.foreign", "status": "read", "timestamp": "1795425000", "biz_opaque_callback_data": callback });
    let value = json!({ "metadata": { "phone_number_id": NUMBER }, "statuses": [status] });
    post(stage, &change("messages", &value)).await;
    stage.pass(60).await;
    let events = stage.all("/v1/events").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["reading"], "foreign_status");
}

pub(crate) async fn a_repeated_event_keeps_its_first_receipt(stage: &Stage) {
    let body = change("account_review_update", &json!({ "decision": "APPROVED" }));
    post(stage, &body).await;
    stage.pass(3_600).await;
    post(stage, &body).await;
    stage.pass(60).await;
    let events = stage.all("/v1/events").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["received_at"], "2026-11-23T09:00:00Z");
}

pub(crate) async fn a_repeated_poison_keeps_its_first_time(stage: &Stage) {
    post(stage, b"{").await;
    stage.settle().await;
    let first = stage.all("/v1/dead-letters").await;
    stage.pass(3_600).await;
    post(stage, b"{").await;
    stage.pass(60).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters, first);
}

//! The audit trail.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::AuditEntry;
use tests::{NUMBER, Stage};

use crate::access::{ADMIN, ANA, ask, client, get, with_departments};

/// The whole trail, over all pages, newest first.
async fn trail(stage: &Stage, query: &str) -> Vec<Value> {
    let (mut entries, mut next) = (Vec::new(), String::new());
    loop {
        let page = get(stage, &ADMIN, &format!("/v1/audit?limit=2{query}{next}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        entries.extend(page.body["items"].as_array().unwrap().iter().cloned());
        match page.body["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return entries,
        }
    }
}

fn what(entries: &[Value]) -> Vec<String> {
    let line = |it: &Value| {
        format!(
            "{} {} {} {}",
            it["who"].as_str().unwrap(),
            it["method"].as_str().unwrap(),
            it["route"].as_str().unwrap(),
            it["status"]
        )
    };
    entries.iter().map(line).collect()
}

#[tokio::test]
async fn every_change_and_every_refusal_is_on_the_trail_and_no_read_and_no_failure() {
    let stage = Stage::start().await;
    let put = (Method::PUT, "/v1/agents/u-ana");
    ask(&stage, &ADMIN, put.clone(), Some("k1"), Some(json!({ "name": "Ana", "role": "agent" }))).await;
    stage.pass(1).await;
    // A repeat does nothing, and neither do a fault and a read.
    ask(&stage, &ADMIN, put.clone(), Some("k1"), Some(json!({ "name": "Ana", "role": "agent" }))).await;
    ask(&stage, &ADMIN, put, None, Some(json!({ "name": "Ana" }))).await;
    get(&stage, &ANA, "/v1/agents/u-ana").await;
    get(&stage, &ANA, "/v1/events").await;
    stage.pass(1).await;
    let (_, made) = client(&stage, &["contacts:read"]).await;
    let entries = trail(&stage, "").await;
    assert_eq!(
        what(&entries),
        ["u-admin POST /v1/clients 201", "u-ana GET /v1/events 403", "u-admin PUT /v1/agents/{id} 200"]
    );
    assert_eq!(entries[0]["location"], format!("/v1/clients/{}", made["client"]["id"].as_str().unwrap()));
    assert_eq!(entries[1]["role"], "agent");
    let first = &entries[2];
    assert_eq!(
        (&first["ids"], &first["address"], &first["role"]),
        (&json!(["u-ana"]), &json!("127.0.0.1"), &json!("admin"))
    );
    assert_eq!(first["at"], "2026-11-23T09:00:00Z");
    assert!(first["request_id"].as_str().unwrap().len() == 26);
}

/// What somebody did so many days ago.
async fn days_ago(stage: &Stage, days: u64) {
    let entry = AuditEntry {
        at: stage.now() - Duration::from_secs(days * 86_400),
        who: "u-old".to_owned(),
        role: "admin".to_owned(),
        method: "PUT".to_owned(),
        route: "/v1/departments/{id}".to_owned(),
        ids: vec!["sales".to_owned()],
        location: None,
        address: None,
        status: 200,
        request_id: days.to_string(),
    };
    stage.store().record_audit(&entry).await.unwrap();
}

#[tokio::test]
async fn the_trail_is_found_by_person_day_and_route_over_all_its_pages() {
    let stage = Stage::start().await;
    // Further back than one page looks.
    for days in [2, 2, 100, 300] {
        days_ago(&stage, days).await;
    }
    with_departments(&stage).await;
    let (shop, made) = client(&stage, &["contacts:read"]).await;
    get(&stage, &shop, "/v1/numbers").await;
    let shop = format!("client.{}", made["client"]["id"].as_str().unwrap());
    assert_eq!(trail(&stage, "").await.len(), 9);
    assert_eq!(what(&trail(&stage, &format!("&who={shop}")).await), [format!("{shop} GET /v1/numbers 403")]);
    assert_eq!(trail(&stage, "&day=2026-11-23").await.len(), 6);
    assert_eq!(trail(&stage, "&day=2026-11-21").await.len(), 1, "the same request is one entry");
    assert_eq!(trail(&stage, "&day=2026-11-22").await.len(), 0);
    assert_eq!(trail(&stage, "&route=/v1/agents/{id}&who=u-admin").await.len(), 2);
    assert_eq!(trail(&stage, "&who=u-old").await.len(), 3);
    let bad = get(&stage, &ADMIN, "/v1/audit?day=today").await;
    assert_eq!((bad.status, &bad.body["field"]), (StatusCode::BAD_REQUEST, &json!("day")));
    assert_eq!(get(&stage, &ANA, "/v1/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_trail_says_who_was_written_to_and_never_what() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109961", json!({}));
    stage.writes(&ada, "Hello");
    stage.settle().await;
    let body = json!({ "from": NUMBER, "to": { "phone": "15550109961" }, "message": { "type": "text", "text": { "body": "My secret recipe" } } });
    let sent = ask(&stage, &ANA, (Method::POST, "/v1/messages"), None, Some(body)).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.body);
    let entries = trail(&stage, "").await;
    assert_eq!(what(&entries), ["u-ana POST /v1/messages 202"]);
    assert_eq!(entries[0]["location"], json!(sent.location));
    let items = stage.world.dynamodb().scan().table_name("local-journal").send().await.unwrap();
    let kept = format!("{:?}", items.items());
    assert!(!kept.contains("recipe") && !kept.contains("15550109961") && !kept.contains("Ada"));
}

//! The meter of free service messages, and free entry points.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::inbox::{a_customer, answers, asks, conversation_of, settles, shown};

async fn meter(stage: &Stage, query: &str) -> Value {
    let path = format!("/v1/numbers/{NUMBER}/meter{query}");
    let (status, body) = asks(stage, "eva", Role::Supervisor, Method::GET, &path, None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

#[tokio::test]
async fn each_delivered_answer_counts_once_and_beyond_the_free_ones_it_costs() {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104701").await;
    settles(&stage, json!({ "service_rate": { "micros": 3400, "currency": "USD" } })).await;
    for n in 0..3 {
        answers(&stage, "ana", &id, &format!("Answer {n}")).await;
        stage.pass(60).await;
    }
    let now = meter(&stage, "").await;
    assert_eq!((&now["month"], &now["zone"]), (&json!("2026-11"), &json!("UTC")));
    assert_eq!((&now["free"], &now["left"], &now["charged"]), (&json!(3), &json!(997), &json!(0)));
    assert_eq!(meter(&stage, "?month=2026-10").await["free"], 0);
    stage.sim().change_settings(json!({ "free_service_messages": 3 })).unwrap();
    answers(&stage, "ana", &id, "Answer 3").await;
    answers(&stage, "ana", &id, "Answer 4").await;
    stage.pass(60).await;
    let now = meter(&stage, "").await;
    assert_eq!((&now["free"], &now["charged"]), (&json!(3), &json!(2)));
    assert_eq!(now["cost"], json!({ "micros": 6800, "currency": "USD" }));
    let path = format!("/v1/numbers/{NUMBER}/meter?month=11");
    let (status, body) = asks(&stage, "eva", Role::Supervisor, Method::GET, &path, None).await;
    assert_eq!((status.as_u16(), &body["field"]), (400, &json!("month")));
}

#[tokio::test]
async fn a_month_begins_at_midnight_where_the_number_is() {
    let stage = Stage::start().await;
    let (_, _) = a_customer(&stage, "Ada Fern", "15550104702").await;
    // 23:30 of the 30th in Lima is the next month in UTC.
    let until = "2026-12-01T04:30:00Z".parse::<jiff::Timestamp>().unwrap();
    stage.pass(u64::try_from(until.duration_since(stage.now()).as_secs()).unwrap()).await;
    let (_, id) = a_customer(&stage, "Bo Reed", "15550104703").await;
    answers(&stage, "ana", &id, "Still November here.").await;
    stage.pass(60).await;
    assert_eq!(meter(&stage, "").await["free"], 1);
    assert_eq!(meter(&stage, "?month=2026-11").await["free"], 0);
    settles(&stage, json!({ "hours": { "zone": "America/Lima" } })).await;
    assert_eq!(meter(&stage, "?month=2026-11").await["free"], 1);
    assert_eq!(meter(&stage, "?month=2026-12").await["free"], 0);
}

#[tokio::test]
async fn who_came_by_an_ad_has_a_free_entry_point_until_meta_says() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550104704", json!({}));
    let referral = json!({ "source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1", "headline": "Kettles" });
    let message = json!({ "to": NUMBER, "text": "I saw your ad", "referral": referral });
    stage.sim().person_writes(&ada, message).unwrap();
    stage.settle().await;
    let id = conversation_of(&stage, "15550104704").await;
    let before = shown(&stage, "ana", &id).await;
    assert_eq!((&before["free_entry"], &before["window"]["open"]), (&Value::Null, &json!(true)));
    answers(&stage, "ana", &id, "Welcome!").await;
    stage.pass(60).await;
    let after = shown(&stage, "ana", &id).await;
    assert_eq!(after["free_entry"], json!({ "open": true, "closes_at": "2026-11-26T09:00:00Z" }));
    assert_eq!(meter(&stage, "").await["free"], 0, "it is free anyway, and uses none of the free ones");
    stage.pass(3 * 86_400).await;
    let later = shown(&stage, "ana", &id).await;
    assert_eq!((&later["free_entry"]["open"], &later["window"]["open"]), (&json!(false), &json!(false)));
}

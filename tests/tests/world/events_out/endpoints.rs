//! Endpoints, as those who run them see them.

use local::world::{Time, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{START, Stage};

use crate::events_out::{Receiver, deliveries, is_signed, known, subscribe};

#[tokio::test]
async fn a_secret_is_shown_once_and_while_it_is_replaced_both_sign() {
    let (stage, person) = known("Kai Kale", "15550144001").await;
    let receiver = Receiver::answering([]).await;
    let (id, old) = subscribe(&stage, &receiver, json!({})).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    for seen in [stage.read(&path).await, stage.read("/v1/webhook-endpoints").await] {
        assert!(!seen.to_string().contains("whsec_"), "{seen}");
    }
    let (status, body) = stage.api(Method::POST, &format!("{path}/rotate-secret"), None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let new = body["secret"].as_str().unwrap();
    assert!(new.starts_with("whsec_") && new != old);
    stage.writes(&person, "One");
    stage.settle().await;
    is_signed(&receiver.posts()[0], &[new, &old]);
    stage.pass(86_400).await;
    stage.writes(&person, "Two");
    stage.settle().await;
    is_signed(&receiver.posts()[1], &[new]);
}

#[tokio::test]
async fn a_test_event_is_posted_once_and_says_what_came_of_it() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([500, 204]).await;
    let (id, secret) = subscribe(&stage, &receiver, json!({ "enabled": false })).await;
    let path = format!("/v1/webhook-endpoints/{id}/test");
    let (status, sent) = stage.api(Method::POST, &path, None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    stage.settle().await;
    assert_eq!(receiver.types(), ["endpoint.test"]);
    is_signed(&receiver.posts()[0], &[&secret]);
    assert_eq!(receiver.posts()[0].header("webhook-id"), sent["event"]);
    let row = deliveries(&stage, &id).await.remove(0);
    assert_eq!(
        (&row["id"], &row["state"], &row["status"]),
        (&sent["delivery"], &json!("failed"), &json!(500))
    );
    stage.pass(600).await;
    assert_eq!(receiver.posts().len(), 1, "nobody waits for a second attempt");
    stage.api(Method::POST, &path, None).await;
    stage.settle().await;
    assert_eq!(deliveries(&stage, &id).await[0]["state"], "delivered");
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_named() {
    let stage = Stage::start().await;
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": "http://example.com" }), "url"),
        (json!({ "url": "https://10.1.2.3/hook" }), "url"),
        (json!({ "url": "https://169.254.169.254/latest/meta-data" }), "url"),
        (json!({ "url": "https://a.example", "types": ["message.recieved"] }), "types[0]"),
        (json!({ "url": "https://a.example", "types": [] }), "types"),
        (json!({ "url": "https://a.example", "types": ["endpoint.test"] }), "types[0]"),
        (json!({ "url": "https://a.example", "description": "x".repeat(201) }), "description"),
        (json!({ "url": "https://a.example", "secret": "whsec_" }), "secret"),
    ] {
        let (status, problem) = stage.api(Method::POST, "/v1/webhook-endpoints", Some(body.clone())).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{body}: {problem}"
        );
    }
    assert!(stage.all("/v1/webhook-endpoints").await.is_empty());
}

#[tokio::test]
async fn an_endpoint_keeps_what_a_change_does_not_name() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({ "description": "Our shop" })).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let (status, changed) =
        stage.api(Method::PATCH, &path, Some(json!({ "types": ["message.failed"] }))).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!((&changed["description"], &changed["url"]), (&json!("Our shop"), &json!(receiver.url)));
    let (_, changed) = stage.api(Method::PATCH, &path, Some(json!({ "description": null }))).await;
    assert_eq!((&changed["description"], &changed["types"]), (&json!(""), &json!(["message.failed"])));
    for (method, path) in
        [(Method::GET, "x"), (Method::PATCH, "x"), (Method::DELETE, "x"), (Method::POST, "x/test")]
    {
        let body = (method == Method::PATCH).then(|| json!({ "enabled": true }));
        let (status, _) = stage.api(method, &format!("/v1/webhook-endpoints/{path}"), body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn beside_a_real_whatsapp_the_machine_itself_is_as_private_as_any_network() {
    let stage = Stage::of(WorldOptions {
        time: Time::Manual(START.parse().unwrap()),
        graph_url: Some("http://127.0.0.1:9".to_owned()),
        ..WorldOptions::default()
    })
    .await;
    for url in ["http://127.0.0.1:9/hook", "https://localhost/hook"] {
        let (status, problem) =
            stage.api(Method::POST, "/v1/webhook-endpoints", Some(json!({ "url": url }))).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("url")), "{url}");
    }
}

//! Receivers that fail.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::events_out::{Receiver, deliveries, known, subscribe};

const DAY: u64 = 86_400;

#[tokio::test]
async fn a_receiver_that_fails_gets_the_event_later_with_the_same_id() {
    let (stage, person) = known("Finn Fir", "15550143001").await;
    let receiver = Receiver::answering([500, 301, 204]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({})).await;
    stage.writes(&person, "One");
    stage.settle().await;
    assert_eq!(receiver.posts().len(), 1);
    let row = deliveries(&stage, &id).await.remove(0);
    assert_eq!((&row["state"], &row["status"]), (&json!("retrying"), &json!(500)));
    assert!(row["next_attempt_at"].is_string(), "{row}");
    let endpoint = stage.read(&format!("/v1/webhook-endpoints/{id}")).await;
    assert!(endpoint["failing_since"].is_string(), "{endpoint}");
    stage.pass(10).await;
    assert_eq!(receiver.posts().len(), 2, "after five seconds");
    stage.pass(400).await;
    assert_eq!(receiver.posts().len(), 3, "after five minutes; a redirection is not followed");
    let ids: Vec<_> = receiver.posts().iter().map(|post| post.header("webhook-id").to_owned()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let times: Vec<_> =
        receiver.posts().iter().map(|post| post.header("webhook-timestamp").to_owned()).collect();
    assert!(times[0] < times[1] && times[1] < times[2], "each attempt is signed at its own time: {times:?}");
    let row = deliveries(&stage, &id).await.remove(0);
    assert_eq!((&row["state"], &row["failed_attempts"]), (&json!("delivered"), &json!(2)));
    let endpoint = stage.read(&format!("/v1/webhook-endpoints/{id}")).await;
    assert_eq!(endpoint["failing_since"], Value::Null);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_and_the_event_can_be_replayed_when_it_is_back() {
    let (stage, person) = known("Gus Gum", "15550143002").await;
    let receiver = Receiver::answering([410]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({ "include_content": true })).await;
    stage.writes(&person, "One");
    stage.settle().await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let endpoint = stage.read(&path).await;
    assert_eq!((&endpoint["enabled"], &endpoint["disabled_because"]), (&json!(false), &json!("gone")));
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!((letters.len(), &letters[0]["source"]), (1, &json!("deliveries")));
    let row = deliveries(&stage, &id).await.remove(0);
    assert_eq!(
        (&row["state"], &row["status"], &row["failed_attempts"]),
        (&json!("failed"), &json!(410), &json!(1))
    );

    let replay = format!("{path}/deliveries/{}/replay", row["id"].as_str().unwrap());
    assert_eq!(stage.api(Method::POST, &replay, None).await.0, StatusCode::CONFLICT, "it is disabled");
    stage.api(Method::PATCH, &path, Some(json!({ "enabled": true }))).await;
    receiver.answers(200);
    let (status, body) = stage.api(Method::POST, &replay, None).await;
    assert_eq!((status, &body["state"]), (StatusCode::ACCEPTED, &json!("queued")), "{body}");
    stage.settle().await;
    let posts = receiver.posts();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].body, posts[1].body, "the same event, byte for byte");
    assert_eq!(deliveries(&stage, &id).await[0]["state"], "delivered");
    let letters = stage.all("/v1/dead-letters").await;
    assert!(letters[0]["redriven_at"].is_string(), "nobody has to look at it any more");
    let (status, _) = stage.api(Method::POST, &replay, None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "its dead letter still has it");
}

#[tokio::test]
async fn an_event_is_given_up_after_three_days_and_its_dead_letter_goes_back_to_the_queue() {
    let (stage, person) = known("Hal Hop", "15550143003").await;
    let receiver = Receiver::answering([503]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({})).await;
    stage.writes(&person, "One");
    stage.settle().await;
    for _ in 0..4 {
        stage.pass(DAY).await;
    }
    let attempts = receiver.posts().len();
    assert!((8..=10).contains(&attempts), "{attempts}");
    let endpoint = stage.read(&format!("/v1/webhook-endpoints/{id}")).await;
    assert_eq!(endpoint["disabled_because"], "failing", "{endpoint}");
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!((letters.len(), &letters[0]["source"]), (1, &json!("deliveries")), "{letters:?}");
    stage.pass(DAY).await;
    assert_eq!(receiver.posts().len(), attempts, "and left alone");

    receiver.answers(204);
    let path = format!("/v1/webhook-endpoints/{id}");
    stage.api(Method::PATCH, &path, Some(json!({ "enabled": true }))).await;
    let redrive = format!("/v1/dead-letters/{}/redrive", letters[0]["id"].as_str().unwrap());
    assert_eq!(stage.api(Method::POST, &redrive, None).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    assert_eq!(receiver.posts().len(), attempts + 1);
    assert_eq!(deliveries(&stage, &id).await[0]["state"], "delivered");
}

#[tokio::test]
async fn a_dead_receiver_is_left_alone_and_does_not_hold_up_another() {
    let (stage, person) = known("Ira Ivy", "15550143004").await;
    let (dead, well) = (Receiver::answering([500]).await, Receiver::answering([]).await);
    let (id, _) = subscribe(&stage, &dead, json!({ "types": ["message.received"] })).await;
    subscribe(&stage, &well, json!({ "types": ["message.received"] })).await;
    for n in 0..30 {
        stage.writes(&person, &format!("Message {n}"));
        stage.settle().await;
    }
    assert_eq!(well.posts().len(), 30);
    let tried = dead.posts().len();
    assert!((5..15).contains(&tried), "after five failures there is a pause: {tried}");
    let endpoint = stage.read(&format!("/v1/webhook-endpoints/{id}")).await;
    assert!(endpoint["paused_until"].is_string(), "{endpoint}");
    dead.answers(204);
    stage.pass(2 * 3600).await;
    let delivered: std::collections::BTreeSet<_> =
        dead.posts().iter().map(|post| post.header("webhook-id").to_owned()).collect();
    assert_eq!(delivered.len(), 30, "and then it gets everything");
    let rows = deliveries(&stage, &id).await;
    assert!(rows.iter().all(|row| row["state"] == "delivered"), "{rows:?}");
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_receiver_that_nobody_can_reach_says_why() {
    let (stage, person) = known("Jo Jute", "15550143005").await;
    let receiver = Receiver::answering([]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({ "url": "http://127.0.0.1:9/hook" })).await;
    stage.writes(&person, "One");
    stage.settle().await;
    let row = deliveries(&stage, &id).await.remove(0);
    assert_eq!((&row["reason"], &row["status"]), (&json!("no connection"), &Value::Null));
}

//! What is heard of what happens.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::events_out::{Receiver, is_signed, known, subscribe};

#[tokio::test]
async fn a_customers_first_message_is_heard_of_once_signed_and_without_what_it_says() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    let (_, secret) = subscribe(&stage, &receiver, json!({})).await;
    let ada = stage.person("Ada Fern", "15550142001", json!({}));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.pass(1_000).await;
    assert_eq!(receiver.types(), ["contact.created", "conversation.opened", "message.received"]);
    for post in receiver.posts() {
        is_signed(&post, &[&secret]);
        assert_eq!(post.json()["id"], post.header("webhook-id"));
        assert_eq!(post.header("content-type"), "application/json");
        for private in ["kettle", "Ada", "15550142001", "wamid"] {
            assert!(!post.body.contains(private), "{}", post.body);
        }
    }
    let event = &receiver.of("message.received")[0];
    let conversations = stage.all(&format!("/v1/conversations?number={NUMBER}")).await;
    let (conversation, data) = (conversations[0]["id"].as_str().unwrap(), &event["data"]);
    assert_eq!((&event["version"], &data["conversation"]), (&json!(1), &json!(conversation)));
    assert_eq!((&data["number"], &data["kind"]), (&json!(NUMBER), &json!("text")));
    // What the event names is there to be asked for.
    let message = stage.read(&format!("/v1/messages/{}", data["message"].as_str().unwrap())).await;
    assert_eq!(message["content"]["text"]["body"], "Is the blue kettle back?");
}

#[tokio::test]
async fn who_asks_for_content_gets_it_and_who_asks_for_one_type_gets_no_other() {
    let stage = Stage::start().await;
    let (full, plain) = (Receiver::answering([]).await, Receiver::answering([]).await);
    subscribe(&stage, &full, json!({ "include_content": true })).await;
    subscribe(&stage, &plain, json!({ "types": ["message.received"] })).await;
    let ben = stage.person("Ben Oak", "15550142002", json!({}));
    stage.writes(&ben, "Two kettles, please.");
    stage.settle().await;
    let heard = &full.of("message.received")[0];
    assert_eq!(heard["data"]["content"]["text"]["body"], "Two kettles, please.");
    assert_eq!(full.of("contact.created")[0]["data"]["content"]["phone"], "15550142002");
    assert_eq!(plain.types(), ["message.received"]);
    // The same event for both, so that whoever has both knows it.
    assert_eq!(plain.of("message.received")[0]["id"], heard["id"]);
}

#[tokio::test]
async fn the_statuses_of_an_answer_are_heard_of_only_by_who_asks_for_them() {
    let (stage, _) = known("Cleo Ash", "15550142003").await;
    let (all, usual) = (Receiver::answering([]).await, Receiver::answering([]).await);
    subscribe(&stage, &all, json!({ "types": ["message.status_changed", "message.failed"] })).await;
    subscribe(&stage, &usual, json!({})).await;
    let text = json!({ "type": "text", "text": { "body": "Yes." } });
    stage.asks("r1", json!({ "phone": "15550142003" }), text).await;
    stage.pass(1_200).await;
    let mut statuses: Vec<String> = all
        .of("message.status_changed")
        .iter()
        .map(|event| event["data"]["status"].as_str().unwrap().to_owned())
        .collect();
    statuses.sort();
    statuses.dedup();
    assert!(statuses.starts_with(&["accepted".to_owned(), "delivered".to_owned()]), "{statuses:?}");
    assert!(usual.types().is_empty(), "{:?}", usual.types());
}

#[tokio::test]
async fn a_message_that_fails_is_heard_of_with_its_code() {
    let (stage, _) = known("Dora Elm", "15550142004").await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({})).await;
    let fault = json!({ "kind": "error", "code": 131_026, "next": 1 });
    stage.sim().add_faults(json!({ "graph": [fault] })).unwrap();
    let text = json!({ "type": "text", "text": { "body": "Yes." } });
    stage.asks("r1", json!({ "phone": "15550142004" }), text).await;
    stage.pass(120).await;
    assert_eq!(receiver.types(), ["message.failed"]);
    assert_eq!(receiver.of("message.failed")[0]["data"]["codes"], json!([131_026]));
}

#[tokio::test]
async fn an_endpoint_that_is_switched_off_or_removed_hears_nothing_more() {
    let (stage, person) = known("Eva Yew", "15550142005").await;
    let receiver = Receiver::answering([]).await;
    let (id, _) = subscribe(&stage, &receiver, json!({})).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let (status, body) = stage.api(Method::PATCH, &path, Some(json!({ "enabled": false }))).await;
    assert_eq!((status, &body["disabled_because"]), (StatusCode::OK, &json!("asked")));
    stage.writes(&person, "One");
    stage.settle().await;
    assert!(receiver.posts().is_empty());
    stage.api(Method::PATCH, &path, Some(json!({ "enabled": true }))).await;
    stage.writes(&person, "Two");
    stage.settle().await;
    assert_eq!(receiver.types(), ["message.received"]);
    let (status, _) = stage.api(Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    stage.writes(&person, "Three");
    stage.settle().await;
    assert_eq!(receiver.posts().len(), 1);
    assert_eq!(stage.api(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

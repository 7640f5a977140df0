//! Who hears what.

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use super::{Tab, with_ada};
use crate::access::{ANA, BO, ask, put, with_departments};

/// The first number is one of sales, where Ana works, and not Bo.
async fn of_sales(stage: &Stage) -> (String, String) {
    with_departments(stage).await;
    let known = with_ada(stage).await;
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let update = stage.world.dynamodb().update_item().table_name("local-directory");
    let update = update.key("pk", key("NUMBERS")).key("sk", key(NUMBER));
    let update = update.update_expression("SET dp = :dp").expression_attribute_values(":dp", key("sales"));
    update.send().await.unwrap();
    stage.pass(5).await;
    known
}

async fn hand(stage: &Stage, conversation: &str, change: Value) {
    let path = format!("/v1/conversations/{conversation}");
    let answer = ask(stage, &ANA, (Method::PATCH, &path), None, Some(change)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn who_may_not_see_a_conversation_hears_neither_row_nor_message() {
    let stage = Stage::start().await;
    let (ada, conversation) = of_sales(&stage).await;
    let (mut ana, mut bo) = (Tab::of(&stage, &ANA).await, Tab::of(&stage, &BO).await);
    ana.opens(&conversation).await;
    bo.says(json!({ "action": "open", "conversation": conversation })).await;
    assert_eq!(bo.hears("gone").await["conversation"], conversation);
    stage.writes(&ada, "Hello?");
    stage.pass(5).await;
    assert_eq!(bo.all().await, Vec::<Value>::new());
    let heard = ana.all().await;
    let kinds: Vec<_> = heard.iter().map(|frame| frame["type"].clone()).collect();
    assert_eq!(kinds, ["messages", "conversations"]);
}

#[tokio::test]
async fn who_leaves_a_department_hears_nothing_more_within_five_seconds() {
    let stage = Stage::start().await;
    let (ada, conversation) = of_sales(&stage).await;
    let mut ana = Tab::of(&stage, &ANA).await;
    ana.opens(&conversation).await;
    stage.writes(&ada, "Hello?");
    stage.pass(2).await;
    assert_eq!(ana.all().await.len(), 2);
    put(&stage, "/v1/agents/u-ana", json!({ "name": "Ana", "role": "agent", "departments": ["support"] }))
        .await;
    stage.pass(5).await;
    stage.writes(&ada, "A secret");
    stage.pass(5).await;
    let heard = ana.all().await;
    let gone = json!({ "type": "gone", "conversation": conversation });
    assert_eq!(heard, [gone], "that it is gone, and nothing of it");
    stage.writes(&ada, "Another");
    stage.pass(5).await;
    assert_eq!(ana.all().await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_handed_to_somebody_appears_with_them_and_goes_from_whom_it_is_taken() {
    let stage = Stage::start().await;
    let (ada, conversation) = of_sales(&stage).await;
    let mut bo = Tab::of(&stage, &BO).await;
    hand(&stage, &conversation, json!({ "assignee": "u-bo" })).await;
    stage.pass(1).await;
    assert_eq!(bo.hears("conversations").await["conversations"][0]["id"], conversation);
    bo.opens(&conversation).await;
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    assert_eq!(bo.hears("messages").await["conversation"], conversation);
    stage.pass(1).await;
    bo.all().await;
    // Away and on within one second: Bo had it in between.
    hand(&stage, &conversation, json!({ "department": "support", "assignee": null })).await;
    hand(&stage, &conversation, json!({ "department": null, "assignee": "u-ana" })).await;
    stage.pass(1).await;
    let heard = bo.all().await;
    let gone = |frame: &&Value| frame["type"] == "gone" && frame["conversation"] == conversation;
    assert!(heard.iter().any(|frame| gone(&frame)), "{heard:?}");
    stage.writes(&ada, "A secret");
    stage.pass(5).await;
    assert_eq!(bo.all().await, Vec::<Value>::new());
}

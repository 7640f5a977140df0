//! The conversation on the screen.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::Stage;

use super::{Tab, with_ada};
use crate::access::ANA;

/// The messages of a conversation as they are read, newest first.
async fn read(stage: &Stage, conversation: &str) -> Vec<Value> {
    stage.all(&format!("/v1/conversations/{conversation}/messages")).await
}

#[tokio::test]
async fn a_message_is_on_the_screen_at_once_exactly_as_it_is_read() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    let (mut open, mut elsewhere) = (Tab::of(&stage, &ANA).await, Tab::of(&stage, &ANA).await);
    open.opens(&conversation).await;
    stage.writes(&ada, "Hello?");
    // No time passes.
    stage.settle().await;
    let heard = open.hears("messages").await;
    assert_eq!(heard["conversation"], conversation);
    assert_eq!(heard["messages"], json!([read(&stage, &conversation).await[0]]));
    assert_eq!(elsewhere.all_of("messages").await, Vec::<Value>::new(), "it is on no other screen");
    open.says(json!({ "action": "close" })).await;
    open.all().await;
    stage.writes(&ada, "Anybody?");
    stage.settle().await;
    assert_eq!(open.all_of("messages").await, Vec::<Value>::new(), "it is on the screen no more");
    let counted = |metric| stage.world.metrics("realtime").recorded(metric);
    assert_eq!(counted(lambda_kit::metrics::INBOUND_TOLD), 3);
    assert!(counted(lambda_kit::metrics::PUSHES) > 0);
}

#[tokio::test]
async fn an_answer_its_ticks_and_a_reaction_to_it_are_seen_as_they_come() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    let text = json!({ "type": "text", "text": { "body": "Since today." } });
    stage.asks("r1", json!({ "phone": "15550109981" }), text).await;
    stage.pass(300).await;
    let frames = tab.all_of("messages").await;
    let statuses: Vec<&str> = frames.iter().filter_map(|it| it["messages"][0]["status"].as_str()).collect();
    let order = ["queued", "sending", "accepted", "sent", "delivered", "read"];
    let rank = |status: &&str| order.iter().position(|known| known == status).unwrap();
    assert!(statuses.is_sorted_by_key(rank), "{statuses:?}");
    let answer = read(&stage, &conversation).await.remove(0);
    assert_eq!(frames.last().unwrap()["messages"], json!([answer]), "what was heard last is what is read");
    let reacts = json!({ "message_id": answer["wamid"], "emoji": "🎉" });
    stage.sim().person_reacts(&ada, reacts).unwrap();
    stage.settle().await;
    let heard = tab.hears("messages").await;
    assert_eq!(heard["messages"][0]["id"], answer["id"]);
    assert_eq!(heard["messages"][0]["reactions"][0]["emoji"], "🎉");
    assert_eq!(heard["messages"], json!([read(&stage, &conversation).await[0]]));
}

#[tokio::test]
async fn a_message_that_is_too_long_for_a_frame_is_to_be_read() {
    let stage = Stage::start().await;
    let (_, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    put(&stage, &conversation, &"x".repeat(150_000), None).await;
    stage.settle().await;
    let frames = tab.all().await;
    assert_eq!(frames, [json!({ "type": "resync", "conversation": conversation })]);
}

#[tokio::test]
async fn what_a_campaign_sends_is_pushed_to_nobody() {
    let stage = Stage::start().await;
    let (_, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    put(&stage, &conversation, "Sale!", Some("c1|1|0")).await;
    stage.pass(5).await;
    assert_eq!(tab.all().await, Vec::<Value>::new());
    put(&stage, &conversation, "No sale.", None).await;
    stage.pass(5).await;
    assert_eq!(tab.all_of("messages").await.len(), 1);
}

/// Writes a message of ours as its item.
async fn put(stage: &Stage, conversation: &str, text: &str, campaign: Option<&str>) {
    let (number, contact) = conversation.split_once('.').unwrap();
    let now = stage.now().as_millisecond();
    let hash = if campaign.is_some() { "00000000000000aa" } else { "00000000000000bb" };
    let raw = json!({ "type": "text", "text": { "body": text } }).to_string();
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let put = stage.world.dynamodb().put_item().table_name("local-conversations");
    let put = put
        .item("pk", s(&format!("CONV#{number}#{contact}")))
        .item("sk", s(&format!("MSG#{now}#{hash}")))
        .item("d", s("o"))
        .item("t", AttributeValue::N(now.to_string()))
        .item("k", s("text"))
        .item("ss", s("accepted"))
        .item("raw", s(&raw));
    let put = match campaign {
        Some(campaign) => put.item("cmp", s(campaign)),
        None => put,
    };
    put.send().await.unwrap();
}

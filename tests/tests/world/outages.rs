//! A table that does not answer for a while: whatever was under way is tried again, and arrives once. And rare paths
//! that only the rights of a function would tell from impossible ones.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

fn message(id: &str, from: &str, time: i64) -> String {
    format!(r#"{{"from":"{from}","id":"{id}","timestamp":"{time}","type":"text","text":{{"body":"hi"}}}}"#)
}

fn body(member: &str, items: &[String]) -> Vec<u8> {
    let metadata = format!(r#"{{"display_phone_number":"15550100200","phone_number_id":"{NUMBER}"}}"#);
    let value = format!(
        r#"{{"messaging_product":"whatsapp","metadata":{metadata},"{member}":[{}]}}"#,
        items.join(",")
    );
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"900000000000101","changes":[{{"field":"messages","value":{value}}}]}}]}}"#
    )
    .into_bytes()
}

async fn messages(stage: &Stage) -> usize {
    let mut count = 0;
    for conversation in stage.all("/v1/conversations").await {
        let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
        count += stage.all(&path).await.len();
    }
    count
}

async fn letters(stage: &Stage) -> Vec<Value> {
    stage.all("/v1/dead-letters").await
}

#[tokio::test]
async fn what_comes_while_the_tables_are_away_arrives_once_they_are_back_alone_or_in_a_pack() {
    let stage = Stage::start().await;
    let time = stage.now().as_second();
    // Alone in its record: the record comes back.
    stage.faults.silence_tables("inbound", 2);
    stage.meta_posts(&body("messages", &[message("wamid.alone", "15550109901", time)])).await;
    stage.pass(900).await;
    assert_eq!(messages(&stage).await, 1);
    // In a pack: what failed goes on by itself.
    stage.faults.silence_tables("inbound", 1);
    let two = [message("wamid.one", "15550109902", time), message("wamid.two", "15550109903", time)];
    stage.meta_posts(&body("messages", &two)).await;
    stage.pass(900).await;
    assert_eq!(messages(&stage).await, 3);
    assert!(letters(&stage).await.is_empty());
}

#[tokio::test]
async fn a_status_that_comes_while_the_tables_are_away_is_folded_once_they_are_back() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.faults.silence_tables("status", 2);
    stage
        .asks("r1", json!({ "phone": "15550109901" }), json!({ "type": "text", "text": { "body": "Hi" } }))
        .await;
    stage.pass(900).await;
    let conversation = stage.all("/v1/conversations").await[0]["id"].as_str().unwrap().to_owned();
    let thread = stage.all(&format!("/v1/conversations/{conversation}/messages")).await;
    assert!(thread.iter().any(|message| message["statuses"]["delivered"].is_string()), "{thread:#?}");
}

#[tokio::test]
async fn a_message_that_waits_leaves_though_the_tables_were_away_when_its_time_came() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "error", "code": 131_056, "next": 1 }] })).unwrap();
    stage
        .asks("r1", json!({ "phone": "15550109901" }), json!({ "type": "text", "text": { "body": "Hi" } }))
        .await;
    stage.settle().await;
    stage.faults.silence_tables("sender", 1);
    stage.pass(1800).await;
    assert_eq!(stage.posts().len(), 2, "refused once, and then taken");
    assert!(stage.sim().person(&ada).unwrap().to_string().contains("Hi"));
}

#[tokio::test]
async fn a_dead_letter_queue_is_drained_once_the_journal_is_back() {
    let stage = Stage::start().await;
    let sqs = stage.world.sqs_client();
    for queue in ["InboundDlq", "StatusDlq", "SendDlq", "LaterDlq"] {
        stage.faults.silence_tables("sync", 1);
        let send = sqs.send_message().queue_url(stage.world.queue_url(queue).unwrap()).message_body(queue);
        let fifo = queue == "SendDlq";
        let send = if fifo { send.message_group_id("g").message_deduplication_id("1") } else { send };
        send.send().await.unwrap();
        stage.pass(600).await;
    }
    assert_eq!(letters(&stage).await.len(), 4);
}

#[tokio::test]
async fn a_dead_letter_of_any_queue_is_put_back_there_and_the_same_poison_is_the_same_letter() {
    let stage = Stage::start().await;
    let sqs = stage.world.sqs_client();
    for (queue, source) in [("StatusQueue", "status"), ("SendQueue", "send"), ("LaterQueue", "later")] {
        let send = sqs
            .send_message()
            .queue_url(stage.world.queue_url(queue).unwrap())
            .message_body(format!("poison {source}"));
        let fifo = queue == "SendQueue";
        let send = if fifo { send.message_group_id("g").message_deduplication_id("1") } else { send };
        send.send().await.unwrap();
        stage.pass(60).await;
        let letter = letters(&stage).await.into_iter().find(|letter| letter["source"] == source).unwrap();
        let path = format!("/v1/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
        let (status, answer) = stage.api(Method::POST, &path, Some(json!({}))).await;
        assert!(status.is_success(), "{source}: {answer}");
        stage.pass(60).await;
    }
    assert_eq!(letters(&stage).await.len(), 3, "each failed again, and is the letter that it was");
}

#[tokio::test]
async fn a_status_larger_than_a_pack_goes_through_the_bucket() {
    let stage = Stage::start().await;
    let filler = "x".repeat(100_000);
    let status = format!(
        r#"{{"id":"wamid.large","status":"sent","timestamp":"1795424400","recipient_id":"15550109901","filler":"{filler}"}}"#
    );
    assert_eq!(stage.meta_posts(&body("statuses", &[status])).await, StatusCode::OK);
    stage.pass(60).await;
    let events = stage.all("/v1/events?field=messages").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["reading"], "foreign_status");
}

#[tokio::test]
async fn somebody_whose_clock_is_ahead_of_ours_is_answered() {
    let stage = Stage::start().await;
    let ahead = stage.now().as_second() + 3600;
    stage.meta_posts(&body("messages", &[message("wamid.ahead", "15550109901", ahead)])).await;
    stage.settle().await;
    stage
        .asks("r1", json!({ "phone": "15550109901" }), json!({ "type": "text", "text": { "body": "Hi" } }))
        .await;
    let to = json!({ "phone": "15550109901" });
    let ask = json!({ "from": NUMBER, "to": to, "message": { "type": "text", "text": { "body": "Hello" } } });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(ask)).await;
    assert!(status.is_success(), "{answer}");
    stage.pass(60).await;
    assert_eq!(stage.all("/v1/conversations").await.len(), 1);
    assert!(letters(&stage).await.is_empty());
}

#[tokio::test]
async fn a_template_to_somebody_unknown_makes_a_record_of_the_person() {
    let stage = Stage::start().await;
    let template = json!({ "name": "hello_world", "language": { "code": "en_US" } });
    let ask = json!({ "from": NUMBER, "to": { "phone": "+1 555 010 9977" }, "message": { "type": "template", "template": template } });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(ask)).await;
    assert!(status.is_success(), "{answer}");
    stage.settle().await;
    assert_eq!(stage.all("/v1/contacts").await.len(), 1);
}

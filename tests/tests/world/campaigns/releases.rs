use super::*;

use std::collections::BTreeSet;

/// Takes every hint off the queue.
async fn hints(stage: &Stage) -> Vec<String> {
    let (sqs, url) = (stage.world.sqs_client(), stage.world.queue_url("ChunksQueue").unwrap());
    let mut hints = Vec::new();
    loop {
        let got = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.unwrap();
        if got.messages().is_empty() {
            hints.sort();
            return hints;
        }
        for message in got.messages() {
            let hint: Value = serde_json::from_str(message.body().unwrap()).unwrap();
            hints.push(hint["chunk"].as_str().unwrap().to_owned());
            let handle = message.receipt_handle().unwrap();
            sqs.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
        }
    }
}

fn names(chunks: impl IntoIterator<Item = u64>) -> Vec<String> {
    chunks.into_iter().map(|n| Chunk::Walked(n).to_string()).collect()
}

/// Notes that chunks are through, as whoever works on them does.
pub(crate) async fn through(stage: &Stage, id: &str, chunks: impl IntoIterator<Item = u64>) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let client = aws_sdk_dynamodb::Client::from_conf(
        aws_sdk_dynamodb::config::Builder::from(stage.world.sdk()).build(),
    );
    for n in chunks {
        let put = client.put_item().table_name("local-campaigns");
        let put = put.item("pk", AttributeValue::S(format!("CAMP#{id}#{}", n % 16)));
        let put = put.item("sk", AttributeValue::S(format!("CHUNK#{}#RUN", Chunk::Walked(n))));
        let put = put.item("fin", AttributeValue::N(stage.now().as_millisecond().to_string()));
        put.send().await.unwrap();
    }
}

#[tokio::test]
async fn chunks_are_released_as_the_pace_allows_and_a_pause_holds_them_back() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 900).await;
    let id = made(&stage, json!({"pace": {"per_minute": 200}})).await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    assert_eq!(hints(&stage).await, names(0..2), "two hundred in the first minute");
    stage.pass(60).await;
    assert_eq!(hints(&stage).await, names(2..4));
    step(&stage, &id, "pause").await;
    stage.pass(120).await;
    assert_eq!(hints(&stage).await, Vec::<String>::new(), "a paused campaign releases nothing");
    through(&stage, &id, 0..3).await;
    step(&stage, &id, "resume").await;
    stage.settle().await;
    // What was not through when it paused is hinted at again, and what the pace has allowed since.
    assert_eq!(hints(&stage).await, names(3..7), "four side by side");
    let progress = read(&stage, &id).await["progress"].clone();
    assert_eq!((&progress["released"], &progress["done"]), (&json!(7), &json!(3)));
}

#[tokio::test]
async fn a_hint_that_is_lost_is_sent_again_and_a_campaign_that_is_through_finishes() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 250).await;
    let id = made(&stage, json!({"order": "shuffled"})).await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    assert_eq!(hints(&stage).await, names(0..3));
    through(&stage, &id, [1]).await;
    stage.pass(300).await;
    assert_eq!(hints(&stage).await, Vec::<String>::new(), "it may still be at work");
    stage.pass(300).await;
    let again: BTreeSet<_> = hints(&stage).await.into_iter().collect();
    assert_eq!(again, names([0, 2]).into_iter().collect());
    through(&stage, &id, [0, 2]).await;
    stage.pass(60).await;
    let finished = read(&stage, &id).await;
    assert_eq!((&finished["state"], &finished["progress"]["done"]), (&json!("finished"), &json!(3)));
}

#[tokio::test]
async fn a_hint_that_nobody_could_work_on_is_a_dead_letter_that_goes_back_to_its_queue() {
    let stage = Stage::without("sender").await;
    let hint = r#"{"v":"1","campaign":"01KGONE","chunk":"000000007"}"#;
    let url = stage.world.queue_url("ChunksDlq").unwrap();
    stage.world.sqs_client().send_message().queue_url(url).message_body(hint).send().await.unwrap();
    stage.pass(60).await;
    let letter = stage.all("/v1/dead-letters").await.remove(0);
    assert_eq!(letter["source"], "chunks", "{letter:#}");
    let path = format!("/v1/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
    ask(&stage, Method::POST, &path, None, StatusCode::ACCEPTED).await;
    assert_eq!(hints(&stage).await, names([7]));
}

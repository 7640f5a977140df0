//! What becomes of events while the tables do not answer, and of jobs that nobody can read.

use serde_json::{Value, json};
use tests::Stage;

use crate::events_out::{Receiver, known, subscribe};

#[tokio::test]
async fn what_happens_while_the_tables_are_away_is_told_once_they_are_back() {
    let (stage, person) = known("Dora Elm", "15550142011").await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "types": ["message.received"] })).await;
    // The stream puts aside what it cannot tell; there it fails again, and waits.
    for calls in [1, 4, 8] {
        stage.faults.silence_tables("automation", calls);
        stage.writes(&person, "Are you there?");
        stage.pass(3_600).await;
    }
    assert_eq!(receiver.types(), ["message.received"; 3]);
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn a_change_that_was_put_aside_waits_until_the_tables_are_back() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "types": ["message.received"] })).await;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/stream/message_received.json");
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(sample).unwrap()).unwrap();
    stage.faults.silence_tables("automation", 1);
    let url = stage.world.queue_url("ChangesQueue").unwrap();
    let send = stage.world.sqs_client().send_message().queue_url(url);
    send.message_body(sample["Records"][0].to_string()).send().await.unwrap();
    stage.pass(900).await;
    assert_eq!(receiver.types(), ["message.received"]);
}

#[tokio::test]
async fn a_delivery_that_was_begun_while_the_tables_were_away_arrives_later() {
    let (stage, person) = known("Emil Fir", "15550142012").await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "types": ["message.received"] })).await;
    stage.faults.silence_tables("notifier", 2);
    stage.writes(&person, "Are you there?");
    stage.pass(3_600).await;
    assert_eq!(receiver.types(), ["message.received"]);
}

#[tokio::test]
async fn the_same_unreadable_job_twice_is_one_dead_letter_of_its_queue() {
    let stage = Stage::start().await;
    for (queue, source) in [
        ("DeliveriesQueue", "deliveries"),
        ("JobsQueue", "jobs"),
        ("ChangesQueue", "changes"),
        ("CampaignsQueue", "campaigns"),
    ] {
        for _ in 0..2 {
            let url = stage.world.queue_url(queue).unwrap();
            let send = stage.world.sqs_client().send_message().queue_url(url);
            send.message_body(r#"{"v":"1","kind":"nonsense"}"#).send().await.unwrap();
            stage.pass(60).await;
        }
        let letters = stage.all("/v1/dead-letters").await;
        let of_queue: Vec<_> = letters.iter().filter(|letter| letter["source"] == source).collect();
        assert_eq!(of_queue.len(), 1, "{source}: {letters:#?}");
    }
}

//! Every place at which a function can die, one after the other.
//!
//! A conversation is played: a customer writes, an agent answers, Meta's statuses come back. Each function is
//! killed before and after every one of its side effects in turn; redelivery finishes the work; and then the
//! promises must hold, in the tables and in the simulator's own ledger.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use serde_json::{Value, json};
use tests::{Faults, Moment, NUMBER, Stage};

/// What stands in the end.
#[derive(Debug)]
struct End {
    inbound: Vec<Value>,
    outbound: Vec<Value>,
    contacts: usize,
    waiting_since: Value,
    posts: usize,
}

/// Plays the conversation on a stage with faults already ordered.
async fn play(stage: &Stage) -> End {
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.pass(600).await;
    stage
        .asks("r1", json!({ "phone": "15550109901" }), json!({ "type": "text", "text": { "body": "Yes!" } }))
        .await;
    stage.pass(1_200).await;
    let conversations = stage.all(&format!("/v1/conversations?number={NUMBER}")).await;
    assert_eq!(conversations.len(), 1, "one conversation");
    let id = conversations[0]["id"].as_str().unwrap();
    let messages = stage.all(&format!("/v1/conversations/{id}/messages")).await;
    let of = |direction: &str| {
        messages.iter().filter(|message| message["direction"] == direction).cloned().collect::<Vec<_>>()
    };
    End {
        inbound: of("inbound"),
        outbound: of("outbound"),
        contacts: stage.all("/v1/contacts").await.len(),
        waiting_since: conversations[0]["waiting_since"].clone(),
        posts: stage.posts().len(),
    }
}

/// The promises that concern this loop.
fn holds(end: &End, how: &str) {
    assert_eq!(end.inbound.len(), 1, "nothing received is lost or shown twice: {how}: {end:#?}");
    assert_eq!(end.contacts, 1, "one person: {how}: {end:#?}");
    assert_eq!(end.outbound.len(), 1, "one message of ours: {how}: {end:#?}");
    assert!(end.posts <= 1, "nobody is messaged twice: {how}: {end:#?}");
    let status = end.outbound[0]["status"].as_str().unwrap();
    if end.posts == 1 {
        assert!(matches!(status, "delivered" | "read"), "a status resolves what was sent: {how}: {end:#?}");
        assert!(end.outbound[0]["wamid"].is_string(), "it has its wamid: {how}: {end:#?}");
    } else {
        assert_eq!(
            status, "unknown",
            "what may have been sent is unknown, and never repeated: {how}: {end:#?}"
        );
    }
    assert_eq!(end.waiting_since, Value::Null, "nobody waits any more: {how}: {end:#?}");
}

async fn survives_every_death_of(function: &str) {
    let calm = Stage::start().await;
    let end = play(&calm).await;
    holds(&end, "nothing goes wrong");
    assert_eq!(end.posts, 1);
    let effects = calm.faults.effects(function);
    assert!(!effects.is_empty(), "{function} has side effects");
    for (nth, effect) in effects.iter().enumerate() {
        for moment in [Moment::Before, Moment::After] {
            let how = format!("{function} dies {moment:?} its side effect {nth}, {effect}");
            let faults = Faults::default();
            faults.kill(function, nth, moment);
            let stage = Stage::faulty(faults.clone()).await;
            let end = play(&stage).await;
            assert!(faults.killed(), "the death took place: {how}");
            holds(&end, &how);
        }
    }
}

#[tokio::test]
async fn inbound_may_die_before_and_after_each_of_its_side_effects() {
    survives_every_death_of("inbound").await;
}

#[tokio::test]
async fn status_may_die_before_and_after_each_of_its_side_effects() {
    survives_every_death_of("status").await;
}

#[tokio::test]
async fn sender_may_die_before_and_after_each_of_its_side_effects() {
    survives_every_death_of("sender").await;
}

#[tokio::test]
async fn webhook_may_die_before_and_after_each_of_its_side_effects() {
    survives_every_death_of("webhook").await;
}

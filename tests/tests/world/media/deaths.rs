//! Every place at which a function can die on the way of a file, one after the other.

use tests::{Faults, Moment};

use super::*;

/// A customer sends a picture, and an agent sends one back.
async fn play(stage: &Stage) {
    let person = ada(stage);
    sends(stage, &person, "image", "image/jpeg", JPEG);
    stage.settle().await;
    // What a death leaves is tried again.
    stage.pass(400).await;
    let upload = begin(stage, "image", "image/png", PNG).await;
    put(&upload, PNG).await;
    complete(stage, &upload).await;
    stage.pass(400).await;
    send(stage, with("image", &upload)).await;
    stage.pass(400).await;
}

async fn holds(stage: &Stage, how: &str) {
    let messages = messages(stage).await;
    assert_eq!(messages.len(), 2, "{how}: {messages:#?}");
    for message in &messages {
        assert_eq!(message["media"]["state"], "ready", "no file is lost: {how}: {message:#}");
    }
    let (ours, posts) = (&messages[0], stage.posts().len());
    let status = ours["status"].as_str().unwrap();
    match posts {
        0 => assert_eq!(status, "unknown", "{how}: {ours:#}"),
        1 => assert!(matches!(status, "delivered" | "read"), "{how}: {ours:#}"),
        more => panic!("{more} posts: {how}"),
    }
    assert_eq!(objects(stage, "media/").len(), 4, "two pictures, each with a small one: {how}");
}

async fn survives_every_death_of(function: &str) {
    let calm = Stage::start().await;
    play(&calm).await;
    holds(&calm, "nothing goes wrong").await;
    let effects = calm.faults.effects(function);
    assert!(!effects.is_empty(), "{function} has side effects");
    for (nth, effect) in effects.iter().enumerate() {
        for moment in [Moment::Before, Moment::After] {
            let how = format!("{function} dies {moment:?} its side effect {nth}, {effect}");
            let faults = Faults::default();
            faults.kill(function, nth, moment);
            let stage = Stage::faulty(faults.clone()).await;
            play(&stage).await;
            assert!(faults.killed(), "the death took place: {how}");
            holds(&stage, &how).await;
        }
    }
}

#[tokio::test]
async fn media_may_die_before_and_after_each_of_its_side_effects() {
    survives_every_death_of("media").await;
}

#[tokio::test]
async fn inbound_may_die_on_the_way_of_a_file() {
    survives_every_death_of("inbound").await;
}

#[tokio::test]
async fn sender_may_die_on_the_way_of_a_file() {
    survives_every_death_of("sender").await;
}

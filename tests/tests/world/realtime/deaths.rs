//! Whenever the function dies, whoever is looking sees in the end what there is, or is told to read it.

use serde_json::{Value, json};
use tests::{Faults, Moment, Stage};

use super::{Tab, with_ada};
use crate::access::ANA;

/// What somebody heard of a message: in the conversation, and in the list.
async fn play(stage: &Stage, begin: impl FnOnce()) -> (bool, bool) {
    let (ada, conversation) = with_ada(stage).await;
    let mut tab = Tab::of(stage, &ANA).await;
    tab.opens(&conversation).await;
    begin();
    let wamid = stage.writes(&ada, "Hello?");
    stage.pass(120).await;
    let frames = tab.all().await;
    let anew = |frame: &&Value| frame["type"] == "resync";
    let has = |frame: &&Value| {
        frame["messages"].as_array().is_some_and(|it| it.iter().any(|it| it["wamid"] == wamid))
    };
    let row = |frame: &&Value| {
        let rows = frame["conversations"].as_array();
        rows.is_some_and(|rows| rows.iter().any(|row| row["last_message_preview"] == "Hello?"))
    };
    let any = |is: &dyn Fn(&&Value) -> bool| frames.iter().any(|frame| is(&frame) || anew(&frame));
    (any(&has), any(&row))
}

#[tokio::test]
async fn it_may_die_before_and_after_each_of_its_side_effects() {
    let calm = Stage::start().await;
    let begun = std::cell::Cell::new(0);
    let count = || begun.set(calm.faults.effects("realtime").len());
    assert_eq!(play(&calm, count).await, (true, true), "nothing goes wrong");
    let effects: Vec<String> = calm.faults.effects("realtime").split_off(begun.get());
    assert!(effects.iter().any(|effect| effect == "PostToConnection"), "{effects:?}");
    for (nth, effect) in effects.iter().enumerate() {
        // The last is the answer to the ping, which ends the play.
        if nth + 1 == effects.len() {
            break;
        }
        for moment in [Moment::Before, Moment::After] {
            let how = format!("it dies {moment:?} its side effect {nth}, {effect}");
            let faults = Faults::default();
            let stage = Stage::faulty(faults.clone()).await;
            let kill = || faults.kill("realtime", nth, moment);
            assert_eq!(play(&stage, kill).await, (true, true), "{how}");
            assert!(faults.killed(), "the death took place: {how}");
        }
    }
}

#[tokio::test]
async fn where_the_tables_do_not_answer_for_long_everybody_reads_anew() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    // Every attempt of the stream's batch fails, so that Lambda gives it up.
    stage.faults.silence_tables("realtime", 40);
    stage.writes(&ada, "Hello?");
    stage.pass(120).await;
    stage.faults.silence_tables("realtime", 0);
    stage.pass(120).await;
    assert!(tab.all().await.contains(&json!({ "type": "resync" })));
}

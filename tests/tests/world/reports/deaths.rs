//! A roll-up that dies half way, or runs twice, changes nothing.

use tests::{Faults, Moment};

use super::*;

/// Somebody waits, is answered, and it is closed; somebody else waits. Then it is counted.
async fn play(stage: &Stage) -> Value {
    let (_, id) = a_customer(stage, "Ada Fern", "15550104201").await;
    stage.pass(200).await;
    answers(stage, "ana", &id).await;
    a_customer(stage, "Bo Reed", "15550104202").await;
    // The first pass on stage looks at everything that was said.
    stage.pass(A_PASS).await;
    changes(stage, "ana", &id, json!({ "state": "closed" })).await;
    stage.pass(2 * A_PASS).await;
    let mut told = report(stage, "from=2026-11-22&to=2026-11-24").await;
    told.as_object_mut().unwrap().remove("as_of");
    told
}

async fn survives_every_death(moment: Moment) {
    let calm = Stage::start().await;
    let expected = play(&calm).await;
    assert_eq!(expected["totals"]["resolution"]["count"], 1);
    assert_eq!(expected["totals"]["first_response"]["count"], 1);
    assert_eq!(expected["days"][1]["waiting"], 1);
    let effects = calm.faults.effects("jobs");
    assert!(effects.len() > 4, "{effects:?}");
    let mut deaths = 0;
    for (nth, effect) in effects.iter().enumerate() {
        let faults = Faults::default();
        faults.kill("jobs", nth, moment);
        let stage = Stage::faulty(faults.clone()).await;
        assert_eq!(play(&stage).await, expected, "jobs dies {moment:?} its side effect {nth}, {effect}");
        deaths += usize::from(faults.killed());
    }
    // Which pass finds a change depends on which of two functions is quicker: not every play has as many effects.
    assert!(deaths > effects.len() / 2, "{deaths} of {}", effects.len());
}

#[tokio::test]
async fn a_roll_up_may_die_before_each_of_its_side_effects() {
    survives_every_death(Moment::Before).await;
}

#[tokio::test]
async fn a_roll_up_may_die_after_each_of_its_side_effects() {
    survives_every_death(Moment::After).await;
}

#[tokio::test]
async fn a_roll_up_that_is_done_again_counts_nothing_twice() {
    let stage = Stage::start().await;
    let expected = play(&stage).await;
    for id in stage.all("/v1/conversations?state=any").await {
        let id = id["id"].as_str().unwrap().parse().unwrap();
        stage.store().recount(&id, None, stage.now()).await.unwrap();
    }
    assert!(stage.store().marked_days().await.unwrap().iter().all(|mark| mark.due > stage.now()));
    stage.pass(A_PASS).await;
    let mut told = report(&stage, "from=2026-11-22&to=2026-11-24").await;
    told.as_object_mut().unwrap().remove("as_of");
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_nobody_remembers_as_changed_is_found_by_its_activity() {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104203").await;
    stage.pass(300).await;
    answers(&stage, "ana", &id).await;
    // As if nothing had ever been counted: the first pass of a company that has been here for long.
    let table = stage.world.dynamodb();
    let keys = [("pk", "REPORTS#PASS"), ("sk", "REPORTS#PASS")];
    let delete =
        keys.into_iter().fold(table.delete_item().table_name("local-journal"), |delete, (name, key)| {
            delete.key(name, aws_sdk_dynamodb::types::AttributeValue::S(key.to_owned()))
        });
    delete.send().await.unwrap();
    let told = report_of_the_week(&stage).await;
    assert_eq!(told["totals"]["first_response"]["count"], 1);
}

//! The sender dies before and after each of its side effects: nobody hears twice, nobody is left out, and what may have
//! been sent is unknown until a status tells.

use serde_json::json;
use tests::{Faults, Moment, Stage};

use super::Town;

const PEOPLE: usize = 2;

/// Plays a chunk, on a stage with faults already ordered, until everybody is told of or unknown.
async fn plays(faults: Faults) -> Town {
    let town = Town::of(Stage::in_real_time(faults).await, PEOPLE, json!({})).await;
    town.hint().await;
    for _ in 0..40 {
        town.stage.settle().await;
        if is_over(&town).await {
            break;
        }
        // As the campaign does with what nobody has been heard of for a while.
        town.hint().await;
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    town
}

async fn is_over(town: &Town) -> bool {
    let run = town.stage.store().run(&town.campaign, super::CHUNK).await.unwrap();
    let lines = town.lines().await;
    let posted = town.posted();
    // Whoever was posted to has heard of it; whoever was taken and not posted to stays without a word.
    let told = lines.values().filter(|line| line.is_delivered()).count();
    run.released
        && told == posted.len()
        && lines.values().all(|line| line.is_accepted() || posted.len() < PEOPLE)
}

async fn holds(town: &Town, how: &str) {
    let (posted, lines) = (town.posted(), town.lines().await);
    assert!(posted.values().all(|times| *times == 1), "nobody hears twice: {how}: {posted:?}");
    let accepted = lines.values().filter(|line| line.is_accepted()).count();
    assert_eq!(accepted, posted.len(), "a status tells of everybody who was posted to: {how}: {lines:#?}");
    town.kept_every_limit();
    let run = town.stage.store().run(&town.campaign, super::CHUNK).await.unwrap();
    assert!(run.released && run.reservation.is_none(), "the chunk is through: {how}: {run:?}");
    let used = town.stage.store().tier_ledger(&domain_portfolio(town).await, super::tier()).await.unwrap();
    let used = used.ledger.used(town.stage.now());
    assert!(used >= u32::try_from(posted.len()).unwrap(), "whoever was posted to is counted: {how}: {used}");
}

async fn domain_portfolio(town: &Town) -> cloud_api::PortfolioId {
    town.stage.store().portfolio_of_number(&tests::NUMBER.into()).await.unwrap()
}

async fn survives_every_death(moment: Moment) {
    let calm = plays(Faults::default()).await;
    holds(&calm, "nothing goes wrong").await;
    assert_eq!(calm.posted().len(), PEOPLE);
    let effects = calm.stage.faults.effects("sender");
    assert!(effects.len() > 8, "the sender has side effects: {effects:?}");
    drop(calm);
    for (nth, effect) in effects.iter().enumerate() {
        let how = format!("the sender dies {moment:?} its side effect {nth}, {effect}");
        let faults = Faults::default();
        faults.kill("sender", nth, moment);
        let town = plays(faults.clone()).await;
        if faults.killed() {
            holds(&town, &how).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_dies_before_a_side_effect_leaves_nobody_with_two_messages() {
    survives_every_death(Moment::Before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_dies_after_a_side_effect_leaves_nobody_with_two_messages() {
    survives_every_death(Moment::After).await;
}

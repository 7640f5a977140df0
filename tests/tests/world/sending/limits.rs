//! No limit is passed, and none of ours marks anybody as failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::campaign::guard::Guard;
use domain::campaign::outcome::{Outcome, Put};
use domain::campaign::state::{Action, PausedBy, State, Waits, apply};
use jiff::SignedDuration;
use local::world::WorldOptions;
use serde_json::json;
use tests::{Faults, Stage};

use super::{Town, outcome, says_no};

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_stops_before_the_messaging_limit_and_waits_until_it_is_free() {
    let stage = Stage::in_real_time(Faults::default()).await;
    stage.sim().change_portfolio("900000000000301", json!({ "limit": 50 })).unwrap();
    stage.settle().await;
    let town = Town::under("TIER_50", stage, 60, json!({})).await;
    town.hint().await;
    town.until("it waits", async || matches!(town.campaign().await.state, State::Waiting { .. })).await;
    let State::Waiting { limit, until } = town.campaign().await.state else { panic!("it does not wait") };
    assert_eq!(limit, Waits::Tier);
    assert!(until.duration_since(town.stage.now()).as_hours() >= 23, "a day later");
    town.kept_every_limit();
    // Of 50, 3 are left to single messages and 3 to others. On a slow machine some wait for the number's time as well.
    let posted = town.posted().len();
    assert!((25..=44).contains(&posted), "{posted}");
}

#[tokio::test]
async fn a_pace_of_two_a_minute_holds_within_a_chunk_too() {
    let pace = json!({ "pace": { "per_minute": 2 } });
    let town = Town::of(Stage::start().await, 5, pace).await;
    town.hint().await;
    for posted in [2, 4, 5] {
        // Blocks of throughput, and the seconds in which hints come back.
        town.stage.pass(30).await;
        assert_eq!(town.posted().len(), posted);
        town.stage.pass(30).await;
    }
    town.kept_every_limit();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_just_heard_from_the_number_hears_again_seconds_later_and_has_not_failed() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 2, json!({})).await;
    town.stage.asks("r1", json!({ "contact": town.people[0].to_string() }), super::hello()).await;
    town.until("an agent's message went", async || town.stage.posts().len() == 1).await;
    town.hint().await;
    town.until("both have heard the campaign", async || {
        let lines = town.lines().await;
        lines.len() == 2 && lines.values().all(|line| line.is_accepted())
    })
    .await;
    let first = town.stage.store().results(&town.campaign, super::CHUNK).await.unwrap();
    assert_eq!(outcome(&first[&0]), Some(Outcome::PutOff(Put::PairRate)));
    assert_eq!(town.stage.posts().len(), 3);
    town.kept_every_limit();
}

#[tokio::test]
async fn a_campaign_is_over_soon_after_the_last_person_who_was_put_off() {
    let town = Town::of(Stage::start().await, 2, json!({})).await;
    town.stage.asks("r1", json!({ "contact": town.people[0].to_string() }), super::hello()).await;
    town.stage.settle().await;
    town.hint().await;
    for _ in 0..6 {
        town.stage.pass(30).await;
    }
    assert_eq!(town.stage.posts().len(), 3, "an agent's message, and both have heard the campaign");
    assert!(
        matches!(town.campaign().await.state, State::Finished { .. }),
        "{:?}",
        town.campaign().await.state
    );
}

/// The first message does not leave.
#[derive(Default)]
struct Cable(AtomicBool);

impl graph::Intercept for Cable {
    fn before(&self, call: &'static str) -> Result<(), graph::Cut> {
        let is_cut = call == "messages" && !self.0.swap(true, Ordering::Relaxed);
        if is_cut { Err(graph::Cut) } else { Ok(()) }
    }

    fn after(&self, _: &'static str) -> Result<(), graph::Cut> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_sent_nothing_does_not_wait_as_if_they_had_been() {
    let options =
        WorldOptions { graph_intercept: Some(Arc::new(Cable::default())), ..WorldOptions::default() };
    let town = Town::of(Stage::of(options).await, 1, json!({})).await;
    town.hint().await;
    town.until("they have heard", async || town.lines().await.get(&0).is_some_and(|line| line.is_accepted()))
        .await;
    let (store, now) = (town.stage.store(), town.stage.now());
    let hour = u64::try_from(now.as_second()).unwrap() / 3_600;
    let mut turns = store.deferred_chunks(&town.campaign, hour).await.unwrap();
    turns.extend(store.deferred_chunks(&town.campaign, hour - 1).await.unwrap());
    assert_eq!(turns.len(), 1, "one more turn, and none for the pair rate");
    assert_eq!(town.stage.posts().len(), 1);
}

/// The first message is held back on its way, and its worker's turn with it, until it is let go.
#[derive(Default)]
struct Held {
    is_here: AtomicBool,
    may_go: AtomicBool,
}

impl graph::Intercept for Held {
    fn before(&self, call: &'static str) -> Result<(), graph::Cut> {
        if call == "messages" && !self.is_here.swap(true, Ordering::Relaxed) {
            tokio::task::block_in_place(|| {
                while !self.may_go.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        }
        Ok(())
    }

    fn after(&self, _: &'static str) -> Result<(), graph::Cut> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_a_worker_gives_back_wake_a_campaign_that_waits_for_tomorrow() {
    let held = Arc::new(Held::default());
    let options = WorldOptions { graph_intercept: Some(held.clone()), ..WorldOptions::default() };
    let town = Town::of(Stage::of(options).await, 60, json!({})).await;
    // Their slots are taken with everybody's, and not used.
    for person in 30..60 {
        says_no(&town, person).await;
    }
    town.hint().await;
    while !held.is_here.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Another worker found none meanwhile.
    let (store, now) = (town.stage.store(), town.stage.now());
    let until = now + SignedDuration::from_hours(24);
    let mut campaign = town.campaign().await;
    campaign.state = apply(&campaign.state, &Action::Wait { limit: Waits::Tier, until }, now).unwrap();
    store.change_campaign(&mut campaign, true).await.unwrap();
    held.may_go.store(true, Ordering::Relaxed);
    town.until("it goes on", async || !matches!(town.campaign().await.state, State::Waiting { .. })).await;
    assert_eq!(town.posted().len(), 30, "those who have not said no");
    town.kept_every_limit();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_the_rate_slows_the_number_down_and_everybody_still_hears_once() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 5, json!({})).await;
    let slow = json!({ "graph": [{ "kind": "error", "code": 130_429, "next": 2 }] });
    town.stage.sim().add_faults(slow).unwrap();
    town.hint().await;
    town.until("everybody has heard", async || {
        let lines = town.lines().await;
        lines.len() == 5 && lines.values().all(|line| line.is_accepted())
    })
    .await;
    let accepted = town.stage.posts().iter().filter(|post| post["outcome"] == "accepted").count();
    assert_eq!(accepted, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_meta_stops_pauses_the_campaign_and_loses_nobody() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 30, json!({})).await;
    let stopped = json!({ "graph": [{ "kind": "error", "code": 132_015, "next": 30 }] });
    town.stage.sim().add_faults(stopped).unwrap();
    town.hint().await;
    town.until("it pauses", async || matches!(town.campaign().await.state, State::Paused { .. })).await;
    let State::Paused { by, .. } = town.campaign().await.state else { panic!("it is not paused") };
    assert_eq!(by, PausedBy::Guard(Guard::TemplateRefused));
    town.stage.settle().await;
    let lines = town.lines().await;
    assert!(lines.values().all(|line| outcome(line) == Some(Outcome::PutOff(Put::Stopped))), "{lines:#?}");
    assert!(town.stage.posts().len() < 30, "the rest was not tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_s_message_leaves_in_the_middle_of_a_campaign() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 100, json!({})).await;
    let ada = town.stage.person("Ada Fern", "525599990001", json!({}));
    town.stage.writes(&ada, "Are you open?");
    town.stage.settle().await;
    town.hint().await;
    town.until("the campaign goes out", async || !town.stage.posts().is_empty()).await;
    let asked = town.stage.now();
    let text = json!({ "type": "text", "text": { "body": "Until eight." } });
    town.stage.asks("r1", json!({ "phone": "525599990001" }), text).await;
    town.until("everybody has heard", async || town.posted().len() == 101).await;
    town.kept_every_limit();
    let sent = town.stage.posts().into_iter().find(|post| post.to_string().contains("Until eight")).unwrap();
    let at: jiff::Timestamp = sent["at"].as_str().unwrap().parse().unwrap();
    assert!(at.duration_since(asked).as_secs_f64() < 5.0, "as soon as a shared machine can: {sent}");
}

//! Everybody hears once, and what became of them is known.

use domain::campaign::outcome::{Outcome, Put, Skip};
use domain::campaign::result::{Entry, Placed};
use serde_json::json;
use store::Told;
use tests::{Faults, Stage};

use super::{Town, outcome, phone};

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_goes_out_once_however_often_it_is_hinted_at() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 60, json!({})).await;
    for _ in 0..5 {
        town.hint().await;
    }
    town.until("everybody is delivered to", async || {
        let lines = town.lines().await;
        lines.len() == 60 && lines.values().all(|line| line.is_delivered())
    })
    .await;
    let posted = town.posted();
    assert_eq!(posted.len(), 60);
    assert!(posted.values().all(|times| *times == 1), "{posted:?}");
    town.kept_every_limit();
    town.hint().await;
    town.stage.settle().await;
    assert_eq!(town.stage.posts().len(), 60, "a hint that comes late does nothing");
    let lines = town.lines().await;
    assert!(lines.values().all(|line| outcome(line) == Some(Outcome::Accepted)), "{lines:#?}");
    assert!(lines.values().all(|line| line.outcome.as_ref().is_some_and(|it| it.market == "MX")));
}

/// A worker was asleep, was taken for dead, woke up and posted after all.
#[tokio::test]
async fn whoever_was_put_off_and_posted_to_all_the_same_is_accepted_in_whichever_order_it_is_told() {
    let town = Town::of(Stage::start().await, 2, json!({})).await;
    let store = town.stage.store();
    let told = |member: usize, outcome: Outcome| {
        let outcome = Some(Placed { outcome, variant: 0, market: "MX".to_owned() });
        Told { member, entry: Entry { outcome, ..Entry::default() } }
    };
    let put_off = Outcome::PutOff(Put::Reservation);
    for (member, outcome) in [(0, put_off), (0, Outcome::Accepted), (1, Outcome::Accepted), (1, put_off)] {
        store.record_results(&town.campaign, super::CHUNK, &[told(member, outcome)]).await.unwrap();
    }
    let lines = store.results(&town.campaign, super::CHUNK).await.unwrap();
    assert!(lines.values().all(|line| outcome(line) == Some(Outcome::Accepted)), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_campaign_stands_in_the_conversation_and_a_status_tells_both() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 1, json!({})).await;
    town.hint().await;
    town.until("it is delivered", async || {
        town.lines().await.get(&0).is_some_and(|line| line.is_delivered())
    })
    .await;
    let id = domain::ConversationId::with_contact(tests::NUMBER.into(), town.people[0].clone());
    let page = town.stage.store().messages(&id, (None, None), 10).await.unwrap();
    let [message] = page.messages.as_slice() else { panic!("{page:#?}") };
    assert_eq!(message.source.as_deref(), Some("ventana.campaign"));
    assert!(message.delivery.delivered.is_some() && message.wamid.is_some(), "{message:#?}");
    let report = town.stage.store().campaign_report(&town.campaign().await).await.unwrap();
    let counts = report.report.total;
    assert_eq!(
        (counts.accepted, counts.delivered, report.report.waiting, report.report.unknown),
        (1, 1, 0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_no_between_the_start_and_the_send_gets_nothing() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 3, json!({})).await;
    super::says_no(&town, 1).await;
    town.hint().await;
    town.until("all three are told of", async || town.lines().await.len() == 3).await;
    let lines = town.lines().await;
    assert_eq!(outcome(&lines[&1]), Some(Outcome::Skipped(Skip::OptedOut)));
    assert!(!town.posted().contains_key(&phone(1)), "{:?}", town.posted());
    assert_eq!(town.posted().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_paused_sends_nothing() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 2, json!({})).await;
    let mut campaign = town.campaign().await;
    campaign.state = domain::campaign::state::State::Cancelled { by: "u1".to_owned(), at: town.stage.now() };
    town.stage.store().change_campaign(&mut campaign, true).await.unwrap();
    town.hint().await;
    town.stage.settle().await;
    assert!(town.stage.posts().is_empty() && town.lines().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_unknown_and_never_repeated() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 2, json!({})).await;
    let lost = json!({ "graph": [{ "kind": "reset_after", "next": 2 }], "webhooks": { "hold": true } });
    town.stage.sim().add_faults(lost).unwrap();
    town.hint().await;
    town.until("both were posted to", async || town.posted().len() == 2).await;
    town.hint().await;
    town.stage.settle().await;
    assert!(town.lines().await.values().all(|line| !line.is_accepted()), "nobody knows");
    assert!(town.posted().values().all(|times| *times == 1));
    town.stage.sim().clear_faults().unwrap();
    town.until("statuses tell", async || {
        let lines = town.lines().await;
        lines.len() == 2 && lines.values().all(|line| line.is_accepted())
    })
    .await;
    assert_eq!(town.stage.posts().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_soon_after_has_answered_and_only_the_first_answer_counts() {
    let town = Town::of(Stage::in_real_time(Faults::default()).await, 2, json!({})).await;
    town.hint().await;
    town.until("both have it", async || {
        let lines = town.lines().await;
        lines.len() == 2 && lines.values().all(|line| line.is_delivered())
    })
    .await;
    town.stage.writes(&town.phones[0], "Thank you");
    town.until("the answer is known", async || town.lines().await[&0].reply.is_some()).await;
    let first = town.lines().await[&0].reply;
    town.stage.writes(&town.phones[0], "And when exactly?");
    town.stage.settle().await;
    let lines = town.lines().await;
    assert_eq!((lines[&0].reply, lines[&1].reply), (first, None));
}

#[tokio::test]
async fn whoever_hears_a_day_later_counts_again_in_the_messaging_limit() {
    let town = Town::of(Stage::start().await, 1, json!({})).await;
    let slow =
        json!({ "sent_after_ms": 1_000, "delivered_after_ms": 90_000_000, "read_after_ms": 91_000_000 });
    town.stage.sim().person_behaves(&town.phones[0], slow).unwrap();
    town.hint().await;
    // A worker that the machine held up while the clock went on has put the person off.
    for _ in 0..90 {
        if town.stage.posts().is_empty() {
            town.stage.pass(60).await;
        }
    }
    let used = async || {
        let portfolio = town.stage.store().portfolio_of_number(&tests::NUMBER.into()).await.unwrap();
        let kept = town.stage.store().tier_ledger(&portfolio, super::tier()).await.unwrap();
        kept.ledger.used(town.stage.now())
    };
    assert_eq!((town.stage.posts().len(), used().await), (1, 1));
    town.stage.pass(90_000).await;
    assert!(town.lines().await[&0].is_delivered());
    assert_eq!(used().await, 1, "a day later the first slot is free, and the late delivery counts");
    town.stage.pass(26 * 3_600).await;
    assert_eq!(used().await, 0);
}

#[tokio::test]
async fn a_chunk_that_found_the_tables_away_is_tried_again() {
    let town = Town::of(Stage::start().await, 3, json!({})).await;
    town.stage.faults.silence_tables("sender", 2);
    town.hint().await;
    town.stage.pass(60).await;
    assert_eq!(town.posted().len(), 3);
    assert!(town.posted().values().all(|times| *times == 1));
}

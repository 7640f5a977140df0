//! Many workers at once, on two numbers of one portfolio: what one of them takes, no other has.

use std::collections::HashMap;
use std::time::Duration;

use domain::campaign::state::{State, Waits};
use queue::ChunkHint;
use store::Number;
use tests::{Faults, WABA};

use super::*;

const OTHER: &str = "900000000000202";

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_on_two_numbers_stop_before_the_limit_of_their_portfolio() {
    let stage = with_number(Stage::in_real_time(Faults::default()).await).await;
    limited(&stage, 250).await;
    let phones = many(&stage, 800).await;
    // One that Meta has as well.
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    let templates = json!([{ "template": "hello_world" }]);
    let id = made(&stage, json!({ "numbers": [NUMBER, OTHER], "templates": templates })).await;
    step(&stage, &id, "start").await;
    until(&stage, "the audience is frozen", async || stored(&stage, &id).await.log.released_upto == 8).await;
    // What is queued may come twice.
    for chunk in 0..8 {
        let hint = ChunkHint::of(&id, Chunk::Walked(chunk).to_string()).to_json();
        let url = stage.world.queue_url("ChunksQueue").unwrap();
        stage.world.sqs_client().send_message().queue_url(url).message_body(hint).send().await.unwrap();
    }
    // While others hold slots that they give back, it may wait and go on again.
    until(&stage, "much is used, and it waits for tomorrow", async || {
        let waits = match stored(&stage, &id).await.state {
            State::Waiting { limit: Waits::Tier, until } => {
                until.duration_since(stage.now()).as_hours() >= 23
            }
            _ => false,
        };
        waits && stage.posts().iter().filter(|post| post["outcome"] == "accepted").count() >= 100
    })
    .await;
    stage.settle().await;
    let mut posted: HashMap<String, usize> = HashMap::new();
    for post in stage.posts().iter().filter(|post| post["outcome"] == "accepted") {
        *posted
            .entry(post["body"]["to"].as_str().unwrap().trim_start_matches('+').to_owned())
            .or_default() += 1;
    }
    assert!(posted.values().all(|times| *times == 1), "nobody hears twice: {posted:?}");
    assert!(posted.keys().all(|phone| phones.contains(phone)));
    // One in twenty is left to single messages and one to others; less than a block of people is not begun with.
    // On a slow machine workers hold slots longer than they send, and the rest comes later.
    assert!((100..=224).contains(&posted.len()), "much of it, and never more: {}", posted.len());
    let oracle = stage.sim().oracle();
    for violations in ["pair_violations", "throughput_violations", "tier_violations"] {
        assert_eq!(oracle[violations], 0, "{oracle}");
    }
    let by: Vec<_> = stage.posts().iter().map(|post| post["number"].to_string()).collect();
    assert!(
        [NUMBER, OTHER].iter().all(|number| by.iter().any(|by| by.contains(number))),
        "both numbers send"
    );
}

/// Both numbers are known, and Meta lets their portfolio reach so many people a day.
async fn limited(stage: &Stage, people: u32) {
    stage.sim().change_portfolio("900000000000301", json!({ "limit": people })).unwrap();
    let (store, now) = (stage.store(), stage.now());
    for number in [NUMBER, OTHER] {
        let id = PhoneNumberId::new(number);
        let number = Number { waba: Some(WABA.into()), ..Number::new(id.clone()) };
        store.meet_number(&number, now).await.unwrap();
        let limit = format!("TIER_{people}");
        let facts = [(Fact::Limit, limit.as_str()), (Fact::Throughput, "STANDARD")]
            .map(|(fact, value)| Update { fact, value: value.to_owned(), at: now, source: Source::Sync });
        store.note_facts(Subject::Number(&id), &facts, now).await.unwrap();
    }
}

/// People of the simulator who are leads here; gives their phones.
async fn many(stage: &Stage, count: usize) -> Vec<String> {
    stage.sim().add_people(json!({ "count": count, "prefix": "many" })).unwrap();
    let people = stage.sim().people();
    let people = people.as_array().unwrap().iter();
    let people = people.filter(|person| person["id"].as_str().is_some_and(|id| id.starts_with("many-")));
    let phones: Vec<_> = people.map(|person| person["phone"].as_str().unwrap().to_owned()).collect();
    let (store, now) = (stage.store(), stage.now());
    let made = stream::iter(phones.iter().enumerate().map(|(n, phone)| {
        let store = store.clone();
        async move {
            let id = ContactId::new(format!("01KB0XQ6G0000000000{n:07}")).unwrap();
            let mut contact = Contact::new(id, now);
            (contact.kind, contact.phone) = (ContactKind::Lead, Some(phone.clone()));
            store.create_contact(&contact, now).await.unwrap();
        }
    }));
    made.buffered(16).collect::<Vec<()>>().await;
    stage.settle().await;
    phones
}

async fn until(stage: &Stage, what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..900 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: {}", stage.sim().oracle());
}

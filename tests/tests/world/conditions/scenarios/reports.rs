//! Scenarios of what reports are made of.

use std::time::Duration;

use domain::report::thread::Fact;
use domain::report::{Hour, Key};
use domain::{ContactId, ConversationId};
use jiff::civil::{Date, date};
use tests::{NUMBER, Stage};

const DAY: Date = date(2026, 11, 23);

fn received(messages: u64) -> Fact {
    let mut fact = Fact::default();
    fact.sheet.at(Key::hour(Hour::first_of(DAY))).counts.received = messages;
    fact
}

/// What a number's day is added up to.
async fn sum(stage: &Stage) -> u64 {
    let sheets = stage.store().reported(&[NUMBER.to_owned()], (DAY, DAY)).await.unwrap();
    sheets[NUMBER].0.values().map(|cell| cell.counts.received).sum()
}

pub(crate) async fn an_older_look_does_not_come_back(stage: &Stage) {
    let (store, now) = (stage.store(), stage.now());
    let id = ConversationId::with_contact(NUMBER.into(), ContactId::new("01KPERSON").unwrap());
    // Two passes look at a conversation; the one that looked first is the one that writes last.
    store.put_fact(DAY, &id, &received(2), now + Duration::from_secs(5)).await.unwrap();
    store.put_fact(DAY, &id, &received(1), now).await.unwrap();
    store.mark_day(DAY, NUMBER, now).await.unwrap();
    let mark = store.marked_days().await.unwrap().remove(0);
    store.add_up(&mark, now + Duration::from_secs(9)).await.unwrap();
    assert_eq!(sum(stage).await, 2);
}

pub(crate) async fn a_day_that_changed_meanwhile_stays_marked(stage: &Stage) {
    let (store, now) = (stage.store(), stage.now());
    store.mark_day(DAY, NUMBER, now).await.unwrap();
    let mark = store.marked_days().await.unwrap().remove(0);
    // While it is added up, something of the day changes.
    store.mark_day(DAY, NUMBER, now).await.unwrap();
    store.end_mark(&mark, None).await.unwrap();
    let left = store.marked_days().await.unwrap();
    assert_eq!(left.len(), 1);
    store.end_mark(&mark, Some(now + Duration::from_secs(86_400))).await.unwrap();
    assert_eq!(store.marked_days().await.unwrap()[0].due, now, "it is not put off either");
    store.end_mark(&left[0], None).await.unwrap();
    assert!(store.marked_days().await.unwrap().is_empty());
}

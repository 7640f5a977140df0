//! Any interleaving of messages, changes of ids, merges and undoings keeps one thread per person, and loses nothing.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::Value;
use tests::{NUMBER, Stage};

use crate::identity::changes::{body, changed, wrote};
use crate::identity::{found, id, merge, unmerge};

/// A small generator, so that a failure can be played again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most as u64).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// What a person does over time: writes under each of three ids, and changes twice. In any order, some of it twice.
fn life(seed: usize, now: i64, dice: &mut Dice) -> (Vec<Value>, Vec<String>, BTreeSet<String>) {
    let user_ids: Vec<String> = (0..3).map(|n| format!("US.{seed}0{n}")).collect();
    let phones: Vec<String> = (0..3).map(|n| format!("155502{seed:03}{n:02}")).collect();
    let (mut events, mut words) = (Vec::new(), BTreeSet::new());
    for n in 0..3_usize {
        // Some numbers are hidden.
        let phone = (dice.below(3) > 0).then_some(phones[n].as_str());
        for m in 0..2 {
            let word = format!("{seed}-{n}-{m}");
            let at = now + 1_000 * n as i64 + m;
            events.push(wrote(&word, at, (&user_ids[n], phone), &word));
            words.insert(word);
        }
        if n > 0 {
            let old = (user_ids[n - 1].as_str(), Some(phones[n - 1].as_str()));
            let hidden = dice.below(3) == 0;
            let (old, phone) = if hidden { ((old.0, None), None) } else { (old, Some(phones[n].as_str())) };
            let at = now + 1_000 * n as i64 - 10;
            events.push(changed(&format!("c-{seed}-{n}"), at, old, (&user_ids[n], phone)));
        }
    }
    for again in 0..3 {
        let event = events[dice.below(events.len() - again)].clone();
        events.push(event);
    }
    dice.shuffle(&mut events);
    (events, user_ids, words)
}

#[tokio::test]
async fn one_thread_per_person_and_nothing_is_lost_whatever_the_order() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    for seed in 0..8 {
        let mut dice = Dice(seed as u64 + 1);
        let (events, user_ids, words) = life(seed, now, &mut dice);
        // Somebody who is taken for the same person for a while.
        let stranger = format!("US.9{seed}");
        let hers = format!("{seed}-stranger");
        stage.meta_posts(&body(NUMBER, &wrote(&hers, now, (&stranger, None), &hers))).await;
        stage.settle().await;
        let stranger = id(&found(&stage, &format!("user_id={stranger}")).await);
        let (from, until) = (dice.below(events.len() / 2) + 1, events.len() - dice.below(3) - 1);
        let mut merged = false;
        for (n, event) in events.iter().enumerate() {
            assert_eq!(stage.meta_posts(&body(NUMBER, event)).await, StatusCode::OK);
            if dice.below(2) == 0 || n == from || n == until {
                stage.settle().await;
            }
            if n == from {
                let someone = user_ids.iter().map(|it| format!("/v1/contacts/lookup?user_id={it}"));
                for path in someone {
                    if let Some(into) = stage.read(&path).await["items"].get(0) {
                        merge(&stage, &stranger, &id(into)).await;
                        merged = true;
                        break;
                    }
                }
            }
            if n == until && merged {
                unmerge(&stage, &stranger).await;
            }
        }
        stage.pass(60).await;
        let mut people = BTreeSet::new();
        for user_id in &user_ids {
            people.insert(id(&found(&stage, &format!("user_id={user_id}")).await));
        }
        assert_eq!(people.len(), 1, "seed {seed}: one person");
        let person = people.pop_first().unwrap();
        let messages = stage.all(&format!("/v1/conversations/{NUMBER}.{person}/messages")).await;
        let there: Vec<_> = messages
            .iter()
            .filter_map(|it| it["content"]["text"]["body"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(there.len(), words.len(), "seed {seed}: each once: {there:?}");
        assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), words, "seed {seed}");
        let hers = stage.all(&format!("/v1/conversations/{NUMBER}.{stranger}/messages")).await;
        assert_eq!(hers.len(), 1, "seed {seed}: the stranger has what is hers");
        // Rows: the person's and the stranger's, of this life and of each before.
        let rows = stage.all(&format!("/v1/conversations?number={NUMBER}")).await;
        assert_eq!(rows.len(), 2 * (seed + 1), "seed {seed}: one row each");
        let row = rows.iter().find(|row| row["contact"]["id"] == person.as_str()).unwrap();
        assert!(row["waiting_since"].is_string(), "seed {seed}: nobody has answered");
    }
}

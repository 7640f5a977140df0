//! Every kind of webhook body, each three times, shuffled, from eight clients at once: every item is stored
//! once, or is a dead letter with its reason.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures::StreamExt;
use reqwest::StatusCode;
use serde_json::Value;
use tests::Stage;

/// What a body holds, read independently of the project's own parser.
#[derive(Debug, Default)]
struct Signed {
    messages: BTreeSet<String>,
    statuses: BTreeSet<String>,
    events: BTreeSet<String>,
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
        let mut entries: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                into.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/webhook"), &mut found);
    found
}

impl Signed {
    fn add(&mut self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap();
        for entry in body["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                self.add_change(entry, change);
            }
        }
    }

    fn add_change(&mut self, entry: &Value, change: &Value) {
        let value = &change["value"];
        let none = Vec::new();
        let (messages, statuses) = if change["field"] == "messages" {
            (value["messages"].as_array().unwrap_or(&none), value["statuses"].as_array().unwrap_or(&none))
        } else {
            (&none, &none)
        };
        self.messages.extend(messages.iter().map(|message| message["id"].as_str().unwrap().to_owned()));
        self.statuses.extend(statuses.iter().map(|status| format!("{}{status}", entry["id"])));
        let known = ["messaging_product", "metadata", "contacts", "messages", "statuses"];
        let other = value.as_object().unwrap().keys().any(|key| !known.contains(&key.as_str()));
        if messages.is_empty() && statuses.is_empty() || change["field"] == "messages" && other {
            self.events.insert(format!("{}{}{}{value}", entry["id"], entry["time"], change["field"]));
        }
    }
}

/// Shuffles the same way each time, so that a failure repeats.
fn shuffle<T>(items: &mut [T]) {
    let mut state: u64 = 20_261_123;
    for index in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (state >> 33) as usize % (index + 1);
        items.swap(index, other);
    }
}

async fn scan(stage: &Stage, table: &str) -> Vec<std::collections::HashMap<String, String>> {
    let pages = stage.world.dynamodb().scan().table_name(table).into_paginator().items().send();
    let items: Vec<_> = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let text = |value: &aws_sdk_dynamodb::types::AttributeValue| {
        value.as_s().or(value.as_n()).cloned().unwrap_or_default()
    };
    items.iter().map(|item| item.iter().map(|(name, value)| (name.clone(), text(value))).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_of_every_fixture_is_stored_once_or_is_a_dead_letter_with_its_reason() {
    let stage = Stage::start().await;
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 138);
    let mut signed = Signed::default();
    fixtures.iter().for_each(|(_, body)| signed.add(body));
    let mut posts: Vec<_> = fixtures.iter().cycle().take(3 * fixtures.len()).collect();
    shuffle(&mut posts);
    futures::stream::iter(posts)
        .for_each_concurrent(8, |(name, body)| {
            let stage = &stage;
            async move { assert_eq!(stage.meta_posts(body).await, StatusCode::OK, "{name}") }
        })
        .await;
    stage.pass(3_600).await;

    let mut stored: BTreeMap<String, usize> = BTreeMap::new();
    for item in scan(&stage, "local-conversations").await {
        if let Some(wamid) = item.get("w") {
            *stored.entry(wamid.clone()).or_default() += 1;
        }
    }
    let journal = scan(&stage, "local-journal").await;
    let letters: Vec<_> = journal.iter().filter(|item| item["sk"] == "LETTER").collect();
    let in_letter = |wamid: &String| letters.iter().any(|letter| letter["job"].contains(wamid.as_str()));
    for wamid in &signed.messages {
        let count = stored.get(wamid).copied().unwrap_or_default();
        assert!(count == 1 || count == 0 && in_letter(wamid), "{wamid} is stored {count} times");
    }
    for letter in &letters {
        assert!(!letter["why"].is_empty());
        println!("dead letter: {}", letter["why"]);
    }
    let events: Vec<_> = journal.iter().filter(|item| item["sk"] == "EVENT").collect();
    let foreign = events.iter().filter(|event| event["rd"] == "foreign_status").count();
    assert_eq!(foreign, signed.statuses.len(), "a status of a message that is not ours is an event");
    assert_eq!(events.len() - foreign, signed.events.len(), "every other change is an event");
    assert!(events.iter().all(|event| event["rd"] != "malformed"), "our model reads every fixture");
    assert!(letters.len() <= 2, "{letters:#?}");
}

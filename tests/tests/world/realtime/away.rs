//! Who was away misses nothing.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use super::{Tab, conversation_of, with_ada};
use crate::access::{ANA, get};

/// What a client has: rows and messages by id, as it was told of them last.
#[derive(Debug, Default, PartialEq)]
struct Screen {
    rows: BTreeMap<String, Value>,
    messages: BTreeMap<String, Value>,
}

fn keep(into: &mut BTreeMap<String, Value>, items: &Value) {
    for item in items.as_array().unwrap() {
        into.insert(item["id"].as_str().unwrap().to_owned(), item.clone());
    }
}

impl Screen {
    async fn hear(&mut self, tab: &mut Tab) {
        for frame in tab.all().await {
            match frame["type"].as_str() {
                Some("messages") => keep(&mut self.messages, &frame["messages"]),
                Some("conversations") => keep(&mut self.rows, &frame["conversations"]),
                _ => {}
            }
        }
    }
}

async fn items(stage: &Stage, path: &str) -> Value {
    let answer = get(stage, &ANA, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    assert_eq!(answer.body["next"], Value::Null);
    answer.body["items"].clone()
}

#[tokio::test]
async fn what_happens_while_nobody_is_connected_is_caught_up_with_once_and_completely() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    let path = format!("/v1/conversations/{conversation}/messages");
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    let mut screen = Screen::default();
    keep(&mut screen.rows, &items(&stage, "/v1/conversations?state=any").await);
    keep(&mut screen.messages, &items(&stage, &path).await);
    let text = json!({ "type": "text", "text": { "body": "Since today." } });
    stage.asks("r1", json!({ "phone": "15550109981" }), text).await;
    stage.pass(1).await;
    screen.hear(&mut tab).await;
    let since = stage.now();
    // The oldest message that may still change.
    let oldest = screen.messages.values().find(|it| it["direction"] == "outbound").unwrap()["id"].clone();

    // The network is gone for ten seconds. Ticks come, people write, somebody closes a conversation.
    let id = stage.world.sockets.ids().remove(0);
    stage.world.sockets.cut(&id);
    tab.ends().await;
    let bea = stage.person("Bea Moss", "15550109982", json!({}));
    stage.writes(&bea, "Hello");
    stage.writes(&ada, "Thank you!");
    stage.pass(10).await;
    let of_bea = conversation_of(&stage, "Bea Moss").await;
    let closed = json!({ "state": "closed" });
    stage.api(Method::PATCH, &format!("/v1/conversations/{of_bea}"), Some(closed)).await;
    stage.settle().await;

    // Back: connected first, then asked, and somebody writes in between.
    let mut tab = Tab::of(&stage, &ANA).await;
    tab.opens(&conversation).await;
    stage.writes(&ada, "Bye!");
    stage.settle().await;
    let changed = items(&stage, &format!("/v1/conversations?changed_since={since}")).await;
    keep(&mut screen.rows, &changed);
    keep(&mut screen.messages, &items(&stage, &format!("{path}?after={}", oldest.as_str().unwrap())).await);
    stage.pass(1).await;
    screen.hear(&mut tab).await;

    let mut truth = Screen::default();
    keep(&mut truth.rows, &items(&stage, "/v1/conversations?state=any").await);
    keep(&mut truth.messages, &items(&stage, &path).await);
    assert_eq!(truth.rows.len(), 2);
    assert_eq!(screen, truth);
}

#[tokio::test]
async fn a_page_of_what_changed_has_each_conversation_once_and_goes_on_where_it_ended() {
    let stage = Stage::start().await;
    let since = stage.now();
    let people: Vec<String> =
        (0..7).map(|n| stage.person(&format!("Person {n}"), &format!("1555010998{n}"), json!({}))).collect();
    for person in people.iter().chain(&people) {
        stage.writes(person, "Hello");
        stage.pass(400).await;
    }
    let since = since.to_string();
    let mut path = format!("/v1/conversations?changed_since={since}&limit=3");
    let mut pages = Vec::new();
    loop {
        let page = get(&stage, &ANA, &path).await.body;
        pages.push(page["items"].as_array().unwrap().len());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/conversations?changed_since={since}&limit=3&cursor={next}");
    }
    assert_eq!(pages, [3, 3, 1]);
}

#[tokio::test]
async fn nobody_remembers_what_changed_for_longer_than_two_hours() {
    let stage = Stage::start().await;
    with_ada(&stage).await;
    let ask = async |query: &str| {
        let answer = get(&stage, &ANA, &format!("/v1/conversations?{query}")).await;
        (answer.status, answer.body["items"].as_array().map_or(0, Vec::len), answer.body["field"].clone())
    };
    stage.pass(7_190).await;
    assert_eq!(ask("changed_since=2026-11-23T09:00:00Z").await, (StatusCode::OK, 1, Value::Null));
    stage.pass(6).await;
    assert_eq!(ask("changed_since=2026-11-23T09:00:00Z").await.0, StatusCode::GONE);
    for (query, field) in [
        ("changed_since=yesterday", "changed_since"),
        ("changed_since=2026-11-23T10:59:00Z&category=mine", "category"),
        ("changed_since=2026-11-23T10:59:00Z&state=open", "state"),
        ("changed_since=2026-11-23T10:59:00Z&cursor=x", "cursor"),
    ] {
        assert_eq!(ask(query).await, (StatusCode::BAD_REQUEST, 0, json!(field)), "{query}");
    }
}

#[tokio::test]
async fn messages_after_one_are_that_one_and_the_newer_ones() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    for n in 0..4 {
        stage.writes(&ada, &format!("Message {n}"));
        stage.pass(2).await;
    }
    let path = format!("/v1/conversations/{conversation}/messages");
    let all = stage.all(&path).await;
    let after = all[2]["id"].as_str().unwrap();
    let newer = stage.read(&format!("{path}?after={after}")).await;
    assert_eq!(newer["items"], json!(all[..3]));
    assert_eq!(newer["next"], Value::Null);
    let first = stage.read(&format!("{path}?after={after}&limit=2")).await;
    let next = first["next"].as_str().unwrap();
    let rest = stage.read(&format!("{path}?after={after}&limit=2&cursor={next}")).await;
    assert_eq!((&rest["items"], &rest["next"]), (&json!(all[2..3]), &Value::Null));
    let (status, body) = stage.api(Method::GET, &format!("{path}?after=x"), None).await;
    assert_eq!((status, &body["field"]), (StatusCode::BAD_REQUEST, &json!("after")));
}

//! Rows of lists.

use serde_json::{Value, json};
use tests::Stage;

use super::{Tab, conversation_of, with_ada};
use crate::access::ANA;

#[tokio::test]
async fn lists_hear_of_everything_that_changed_once_a_second_and_of_each_conversation_once() {
    let stage = Stage::start().await;
    let mut tab = Tab::of(&stage, &ANA).await;
    let people: Vec<String> = (0..12)
        .map(|n| stage.person(&format!("Person {n}"), &format!("155501099{n:02}"), json!({})))
        .collect();
    for round in 0..3 {
        for person in &people {
            stage.writes(person, &format!("Hello {round}"));
        }
        stage.settle().await;
    }
    assert_eq!(tab.all().await, Vec::<Value>::new(), "the second is not over");
    stage.pass(1).await;
    let frames = tab.all().await;
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0]["at"], "2026-11-23T09:00:01Z");
    let rows = frames[0]["conversations"].as_array().unwrap();
    assert_eq!(rows.len(), people.len());
    let read = stage.all("/v1/conversations").await;
    for row in rows {
        let read = read.iter().find(|read| read["id"] == row["id"]).unwrap();
        // Who reads is an admin here, who has read nothing either.
        assert_eq!(row, read);
    }
    stage.writes(&people[0], "Hello again");
    stage.pass(1).await;
    assert_eq!(tab.all_of("conversations").await.len(), 1, "the next second has its own push");
}

#[tokio::test]
async fn more_than_anybody_looks_at_is_not_pushed_but_read() {
    let stage = Stage::start().await;
    let mut tab = Tab::of(&stage, &ANA).await;
    for n in 0..81 {
        let person = stage.person(&format!("Person {n}"), &format!("1555010{n:04}"), json!({}));
        stage.writes(&person, "Hello");
    }
    stage.pass(1).await;
    assert_eq!(tab.all().await, [json!({ "type": "resync" })]);
}

#[tokio::test]
async fn what_a_colleague_does_with_a_conversation_moves_it_in_everybodys_lists() {
    let stage = Stage::start().await;
    let (_, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    let path = format!("/v1/conversations/{conversation}");
    stage.api(reqwest::Method::PATCH, &path, Some(json!({ "important": true, "state": "closed" }))).await;
    stage.pass(1).await;
    let row = tab.hears("conversations").await["conversations"][0].clone();
    assert_eq!(
        (&row["id"], &row["important"], &row["state"]),
        (&json!(conversation), &json!(true), &json!("closed"))
    );
    assert_eq!(conversation_of_closed(&stage).await, conversation);
}

async fn conversation_of_closed(stage: &Stage) -> String {
    let rows = stage.all("/v1/conversations?state=closed").await;
    rows[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_row_is_unread_to_who_has_not_read_it() {
    let stage = Stage::start().await;
    let (ada, conversation) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    let read = format!("/v1/conversations/{conversation}/read");
    crate::access::ask(&stage, &ANA, (reqwest::Method::PUT, &read), None, Some(json!({}))).await;
    let path = format!("/v1/conversations/{conversation}");
    stage.api(reqwest::Method::PATCH, &path, Some(json!({ "important": true }))).await;
    stage.pass(1).await;
    assert_eq!(tab.hears("conversations").await["conversations"][0]["unread"], false);
    stage.writes(&ada, "And now?");
    stage.pass(1).await;
    assert_eq!(tab.hears("conversations").await["conversations"][0]["unread"], true);
    assert_eq!(conversation_of(&stage, "Ada Fern").await, conversation);
}

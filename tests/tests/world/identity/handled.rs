//! Records that merge and part, and how a team handles their conversations.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Changed, HandlingChange};
use tests::{NUMBER, Stage};

use crate::identity::merges::two;
use crate::identity::{asks, merge, said, unmerge};

/// A new label.
async fn label(stage: &Stage, name: &str) -> String {
    let body = Some(json!({ "name": name }));
    let label = asks(stage, Method::POST, "/v1/labels", body, StatusCode::CREATED).await;
    label["id"].as_str().unwrap().to_owned()
}

/// A conversation's path, by its record.
fn path(record: &str) -> String {
    format!("/v1/conversations/{NUMBER}.{record}")
}

async fn changes(stage: &Stage, record: &str, change: Value) -> Value {
    asks(stage, Method::PATCH, &path(record), Some(change), StatusCode::OK).await
}

async fn shown(stage: &Stage, record: &str) -> Value {
    stage.read(&path(record)).await
}

/// The records whose conversations a list has.
async fn listed(stage: &Stage, query: &str) -> Vec<String> {
    let rows = stage.all(&format!("/v1/conversations?number={NUMBER}&{query}")).await;
    rows.iter().map(|row| row["contact"]["id"].as_str().unwrap().to_owned()).collect()
}

/// All that lists and conversations say. Versions count changes and are left out.
async fn everything(stage: &Stage, records: &[String]) -> Value {
    let mut all = json!({});
    for query in ["state=any", "category=mine", "category=important", "category=unassigned", "category=new"] {
        all[query] = json!(listed(stage, query).await);
    }
    for record in records {
        let mut one = shown(stage, record).await;
        one.as_object_mut().unwrap().remove("version");
        one["contact"].as_object_mut().unwrap().remove("version");
        all[record] = one;
    }
    all
}

#[tokio::test]
async fn two_conversations_are_handled_as_one_and_each_by_itself_again() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let (own, both, theirs) =
        (label(&stage, "own").await, label(&stage, "both").await, label(&stage, "theirs").await);
    changes(&stage, &ada, json!({ "labels": [own, both], "state": "closed" })).await;
    let hers = json!({ "labels": [both, theirs], "important": true, "assignee": "me" });
    let hers = changes(&stage, &work, hers).await;
    let records = [ada.clone(), work.clone()];
    let before = everything(&stage, &records).await;

    merge(&stage, &work, &ada).await;
    let one = shown(&stage, &ada).await;
    assert_eq!(shown(&stage, &work).await, one, "by either id");
    let mut labels = vec![own.clone(), both, theirs];
    labels.sort_unstable();
    assert_eq!(one["labels"], json!(labels));
    for what in ["state", "assignee", "assigned_at", "important", "waiting_since"] {
        assert_eq!(one[what], hers[what], "{what}");
    }
    for query in ["state=any", "category=all", "category=mine", "category=important"] {
        assert_eq!(listed(&stage, query).await, [ada.as_str()], "{query}");
    }
    let counts = stage.read("/v1/conversations/counts").await;
    assert_eq!((&counts["all"]["count"], &counts["mine"]["count"]), (&json!(1), &json!(1)));

    // Merging again changes nothing, and what is parted is as it was.
    merge(&stage, &work, &ada).await;
    unmerge(&stage, &work).await;
    assert_eq!(everything(&stage, &records).await, before);
    unmerge(&stage, &work).await;
    assert_eq!(everything(&stage, &records).await, before);
}

#[tokio::test]
async fn whichever_id_is_named_it_is_the_one_conversation_that_is_handled() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    let closing = json!({ "state": "closed" });
    let late = stage.store().state(&format!("{NUMBER}.{work}").parse().unwrap()).await.unwrap().unwrap();
    merge(&stage, &work, &ada).await;
    let closed = changes(&stage, &work, closing).await;
    assert_eq!((&closed["id"], &closed["state"]), (&json!(format!("{NUMBER}.{ada}")), &json!("closed")));
    let note = json!({ "text": "She has two phones." });
    asks(&stage, Method::POST, &format!("{}/notes", path(&work)), Some(note), StatusCode::CREATED).await;
    asks(&stage, Method::PUT, &format!("{}/read", path(&work)), Some(json!({})), StatusCode::NO_CONTENT)
        .await;
    assert_eq!((&shown(&stage, &ada).await["unread"]), &json!(false));
    assert_eq!(said(&stage, &closed).await.len(), 4, "two messages, a line and a note");

    // Whoever saw the merged conversation before does not bring it back.
    let id = format!("{NUMBER}.{work}").parse().unwrap();
    let seen = stage.store().state(&id).await.unwrap().unwrap();
    for seen in [&late, &seen] {
        let change = HandlingChange {
            id: &id,
            seen,
            to: &domain::inbox::Handling { answered: true, ..seen.handling.clone() },
            by: None,
            why: None,
            at: stage.now(),
        };
        assert_eq!(stage.store().change_handling(&change).await.unwrap(), Changed::Stale);
    }
    assert_eq!(listed(&stage, "state=any").await, [ada.as_str()]);

    stage.pass(60).await;
    stage.writes(&people[1], "One more thing");
    stage.settle().await;
    let open = shown(&stage, &ada).await;
    assert_eq!((&open["state"], &open["unread_count"]), (&json!("open"), &json!(1)));
    assert!(open["waiting_since"].is_string());

    unmerge(&stage, &work).await;
    let hers = shown(&stage, &work).await;
    assert_eq!((&hers["state"], &hers["last_message_preview"]), (&json!("open"), &json!("One more thing")));
    assert!(hers["waiting_since"].is_string());
    let rest = shown(&stage, &ada).await;
    assert_eq!(rest["waiting_since"], Value::Null, "it was closed since she wrote");
    assert_eq!(listed(&stage, "category=unassigned").await, [work.as_str()]);
}

#[tokio::test]
async fn what_came_to_a_closed_conversation_while_it_was_merged_opens_it_when_it_comes_back() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    changes(&stage, &work, json!({ "state": "closed" })).await;
    merge(&stage, &work, &ada).await;
    assert_eq!(shown(&stage, &ada).await["state"], "open", "the other one is");
    unmerge(&stage, &work).await;
    assert_eq!(shown(&stage, &work).await["state"], "closed");
    assert_eq!(listed(&stage, "state=closed").await, [work.as_str()]);
    merge(&stage, &work, &ada).await;
    stage.pass(60).await;
    stage.writes(&people[1], "Hello?");
    stage.settle().await;
    unmerge(&stage, &work).await;
    let back = shown(&stage, &work).await;
    assert_eq!((&back["state"], &back["last_message_preview"]), (&json!("open"), &json!("Hello?")));
    assert!(listed(&stage, "state=closed").await.is_empty());
}

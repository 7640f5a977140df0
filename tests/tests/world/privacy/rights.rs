//! To be left alone, to know, and to be kept no longer than needed.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::Stage;

use crate::privacy::{ada, agrees_to_marketing, messages, send, template};

#[tokio::test]
async fn whom_the_company_blocks_gets_nothing_and_meta_lets_nothing_in() {
    let stage = Stage::start().await;
    let (person, id) = ada(&stage).await;
    let path = format!("/v1/contacts/{id}/block");
    let (status, block) = stage.api(Method::POST, &path, None).await;
    assert_eq!((status, &block["numbers"][0]["state"]), (StatusCode::ACCEPTED, &json!("pending")));
    assert!(stage.read(&format!("/v1/contacts/{id}")).await["blocked_at"].is_string());
    assert_eq!(send(&stage, template()).await.1["reason"], "blocked");
    stage.settle().await;
    assert_eq!(stage.read(&path).await["numbers"][0]["state"], "blocked");
    stage.writes(&person, "Can you hear me?");
    stage.settle().await;
    assert_eq!(messages(&stage, &id).await.len(), 1, "Meta lets nothing in");
    assert_eq!(stage.api(Method::DELETE, &path, None).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    let block = stage.read(&path).await;
    assert_eq!((&block["blocked_at"], &block["numbers"][0]["state"]), (&json!(null), &json!("unblocked")));
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_block_that_meta_refuses_says_so_and_stands_with_us() {
    let stage = Stage::start().await;
    let (_, id) = ada(&stage).await;
    stage.pass(25 * 3_600).await;
    let path = format!("/v1/contacts/{id}/block");
    stage.api(Method::POST, &path, None).await;
    stage.settle().await;
    let block = stage.read(&path).await;
    let number = &block["numbers"][0];
    assert_eq!((&number["state"], &number["code"]), (&json!("refused"), &json!(139_100)), "{block:#}");
    assert_eq!(send(&stage, template()).await.1["reason"], "blocked");
}

#[tokio::test]
async fn an_export_has_everything_for_machines_and_for_people_and_its_link_runs_out() {
    let stage = Stage::start().await;
    let (person, id) = ada(&stage).await;
    agrees_to_marketing(&stage, &id).await;
    stage.writes(&person, "<b>bold</b> question");
    send(&stage, json!({ "type": "text", "text": { "body": "An answer" } })).await;
    stage.pass(60).await;
    let label = stage.api(Method::POST, "/v1/labels", Some(json!({ "name": "Wants bold" }))).await.1;
    let conversation = &stage.all("/v1/conversations").await[0]["id"];
    let path = format!("/v1/conversations/{}", conversation.as_str().unwrap());
    stage.api(Method::PATCH, &path, Some(json!({ "labels": [label["id"]] }))).await;
    let note = json!({ "text": "Asks often" });
    stage.api(Method::POST, &format!("{path}/notes"), Some(note)).await;
    let (status, export) = stage.api(Method::POST, &format!("/v1/contacts/{id}/export"), None).await;
    assert_eq!((status, &export["status"]), (StatusCode::ACCEPTED, &json!("pending")));
    stage.settle().await;
    let path = format!("/v1/exports/{}", export["id"].as_str().unwrap());
    let ready = stage.read(&path).await;
    assert_eq!(ready["status"], "ready", "{ready:#}");
    let get = async |link: &str| {
        let answer = graph::client().build().unwrap().get(link).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, json) = get(ready["json"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{json}");
    for said in
        ["Ada Fern", "Hello?", "An answer", "News about kettles", "form 7", "Wants bold", "Asks often"]
    {
        assert!(json.contains(said), "{said}: {json}");
    }
    let (status, html) = get(ready["html"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("An answer") && html.contains("&lt;b&gt;bold&lt;/b&gt;"), "{html}");
    stage.pass(16 * 60).await;
    assert_eq!(get(ready["html"].as_str().unwrap()).await.0, StatusCode::FORBIDDEN);
    let why = json!({ "reason": "asked" });
    stage.api(Method::POST, &format!("/v1/contacts/{id}/erase"), Some(why)).await;
    stage.pass(300).await;
    assert_eq!(stage.api(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_older_than_the_company_keeps_it_is_deleted_the_next_night() {
    let stage = Stage::start().await;
    let (person, id) = ada(&stage).await;
    let set =
        stage.api(Method::PUT, "/v1/settings/retention", Some(json!({ "messages": 1, "exports": 1 }))).await;
    assert_eq!(set.0, StatusCode::OK, "{}", set.1);
    stage.api(Method::POST, &format!("/v1/contacts/{id}/export"), None).await;
    let conversation = &stage.all("/v1/conversations").await[0]["id"];
    let notes = format!("/v1/conversations/{}/notes", conversation.as_str().unwrap());
    stage.api(Method::POST, &notes, Some(json!({ "text": "Who is this?", "mentions": ["me"] }))).await;
    assert_eq!(stage.all("/v1/mentions").await.len(), 1);
    stage.pass(20 * 3_600).await;
    stage.writes(&person, "Still here");
    stage.pass(24 * 3_600).await;
    let left = messages(&stage, &id).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    assert_eq!(left[0]["content"]["text"]["body"], "Still here");
    assert_eq!(stage.all("/v1/mentions").await.len(), 0, "a note that is gone mentions nobody");
    let bucket = &stage.world.template.buckets[0];
    assert_eq!(stage.world.s3.list(bucket, "exports/", "").unwrap().len(), 0);
    let wrong = stage.api(Method::PUT, "/v1/settings/retention", Some(json!({ "messages": 0 }))).await;
    assert_eq!((wrong.0, &wrong.1["field"]), (StatusCode::BAD_REQUEST, &json!("messages")));
}

//! Nothing is left of whom was erased, and nothing brings them back but themselves.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::privacy::{ADA, WABA, ada, agrees_to_marketing, contact, messages, send, template};

/// Every item of every table and every object, as text.
async fn everything(stage: &Stage) -> String {
    let mut all = String::new();
    for table in ["contacts", "conversations", "campaigns", "directory", "journal"] {
        let scan = stage.world.dynamodb().scan().table_name(format!("local-{table}"));
        let items: Vec<_> =
            scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
        for item in items {
            all.push_str(&format!("{table} {item:?}\n"));
        }
    }
    for bucket in &stage.world.template.buckets {
        for head in stage.world.s3.list(bucket, "", "").unwrap() {
            let object = stage.world.s3.get(bucket, &head.key).await.unwrap();
            all.push_str(&format!("{} {}\n", head.key, String::from_utf8_lossy(&object.bytes)));
        }
    }
    all
}

/// Fails if one of these is anywhere.
pub(crate) async fn nothing_is_left(stage: &Stage, words: &[String]) {
    let all = everything(stage).await;
    for word in words {
        // Templates are the company's words.
        let of_people = all.lines().filter(|line| !line.contains("TEMPLATES#"));
        let lines: Vec<_> = of_people.filter(|line| line.contains(word.as_str())).collect();
        assert!(lines.is_empty(), "{word} is still there:\n{}", lines.join("\n"));
    }
}

pub(crate) async fn erase(stage: &Stage, contact: &str) -> (StatusCode, Value) {
    let why = json!({ "reason": "asked by letter, 2026-11-20" });
    stage.api(Method::POST, &format!("/v1/contacts/{contact}/erase"), Some(why)).await
}

/// The items of the tables that have people, as they are now.
pub(crate) async fn backup(stage: &Stage) -> Vec<(&'static str, HashMap<String, AttributeValue>)> {
    let mut backup = Vec::new();
    for table in ["local-contacts", "local-conversations", "local-campaigns"] {
        let scan = stage.world.dynamodb().scan().table_name(table).into_paginator().items().send();
        let items: Vec<_> = scan.collect::<Result<Vec<_>, _>>().await.unwrap();
        backup.extend(items.into_iter().map(|item| (table, item)));
    }
    backup
}

/// Restores them by the guide: the items, and then every erasure again.
pub(crate) async fn restore(stage: &Stage, backup: Vec<(&'static str, HashMap<String, AttributeValue>)>) {
    for (table, item) in backup {
        stage.world.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }
    let send = stage.world.sqs_client().send_message().queue_url(stage.world.queue_url("JobsQueue").unwrap());
    send.message_body(r#"{"v":"1","kind":"reapply_erasures"}"#).send().await.unwrap();
    stage.pass(300).await;
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

/// Everything that Meta ever posted, as it was signed.
pub(crate) fn every_webhook(stage: &Stage) -> Vec<Vec<u8>> {
    let posts = stage.sim().webhooks(&[("bodies".to_owned(), "true".to_owned())].into()).unwrap();
    let body = |post: &Value| match &post["body"] {
        Value::String(text) => text.clone().into_bytes(),
        body => body.to_string().into_bytes(),
    };
    posts.as_array().unwrap().iter().map(body).collect()
}

#[tokio::test]
async fn of_an_erased_person_nothing_is_left_whatever_is_delivered_again() {
    let stage = Stage::start().await;
    let person = stage.person("Ada Fern", ADA, json!({ "behaviour": { "reads": true } }));
    let mut wamids = vec![stage.writes(&person, "My secret kettle")];
    stage.settle().await;
    let id = contact(&stage).await;
    agrees_to_marketing(&stage, &id).await;
    send(&stage, json!({ "type": "text", "text": { "body": "It stays a secret, Ada" } })).await;
    send(&stage, template()).await;
    stage.pass(60).await;
    stage.sim().person_reacts(&person, json!({ "emoji": "🎉" })).unwrap();
    stage.sim().person_stops(&person, json!({ "to": NUMBER })).unwrap();
    stage.pass(60).await;
    wamids
        .extend(messages(&stage, &id).await.iter().filter_map(|it| it["wamid"].as_str().map(str::to_owned)));
    // Poison that names her: a known type that cannot be stored, a job of another version, a foreign status.
    let posts = [
        json!({ "from": ADA, "id": "wamid.POISON", "timestamp": stage.now().as_second().to_string(), "type": 7 }),
        // Too large for a queue: it lies in the bucket.
        json!({ "from": ADA, "id": "wamid.LARGE", "timestamp": stage.now().as_second().to_string(), "type": 7, "more": "secret".repeat(50_000) }),
        json!({ "id": "wamid.BULKY", "status": "sent", "timestamp": stage.now().as_second().to_string(), "recipient_id": ADA, "more": "secret".repeat(50_000) }),
        json!({ "id": "wamid.FOREIGN", "status": "sent", "timestamp": stage.now().as_second().to_string(), "recipient_id": ADA }),
    ];
    let mut replays = Vec::new();
    for (kind, item) in ["messages", "messages", "statuses", "statuses"].into_iter().zip(posts) {
        let value = json!({ "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER }, kind: [item] });
        let body = json!({ "object": "whatsapp_business_account",
            "entry": [{ "id": WABA, "changes": [{ "field": "messages", "value": value }] }] });
        let body = body.to_string().into_bytes();
        assert_eq!(stage.meta_posts(&body).await, StatusCode::OK);
        replays.push(body);
    }
    stage
        .asks("wrong-number", json!({ "phone": ADA }), json!({ "type": "text", "text": { "body": "" } }))
        .await;
    // One id for two messages: the second one is a dead letter with her number.
    for (group, body) in [("g1", "One kettle"), ("g2", "Two kettles")] {
        let text = json!({ "type": "text", "text": { "body": body } });
        stage.asks_in("twice", group, json!({ "phone": format!("+1 (555) 010-{}", &ADA[7..]) }), text).await;
        stage.pass(60).await;
    }
    assert!(!stage.all("/v1/dead-letters").await.is_empty());
    // A request that is on its way when she is erased.
    stage
        .asks("on-its-way", json!({ "phone": ADA }), json!({ "type": "text", "text": { "body": "Hi Ada" } }))
        .await;

    let (status, erasure) = erase(&stage, &id).await;
    assert_eq!((status, &erasure["status"]), (StatusCode::ACCEPTED, &json!("pending")), "{erasure:#}");
    stage.pass(300).await;
    let certificate = stage.read(&format!("/v1/erasures/{id}")).await;
    assert_eq!(certificate["status"], "completed", "{certificate:#}");
    assert!(certificate["removed"]["messages"].as_u64().unwrap() >= 4, "{certificate:#}");
    assert!(certificate["removed"]["dead_letters"].as_u64().unwrap() >= 1, "{certificate:#}");
    assert!(certificate["removed"]["events"].as_u64().unwrap() >= 2, "{certificate:#}");
    assert!(certificate["removed"]["identities"].as_u64().unwrap() >= 2, "{certificate:#}");

    let user_id = stage.sim().person(&person).unwrap()["user_id"].as_str().unwrap().to_owned();
    let mut words = vec![
        ADA.to_owned(),
        user_id,
        "Ada".to_owned(),
        "secret".to_owned(),
        "kettle".to_owned(),
        "wamid.FOREIGN".to_owned(),
    ];
    words.extend(wamids);
    nothing_is_left(&stage, &words).await;

    replays.extend(every_webhook(&stage));
    assert!(replays.len() > 8);
    for body in &replays {
        assert_eq!(stage.meta_posts(body).await, StatusCode::OK);
    }
    stage.pass(600).await;
    for letter in stage.all("/v1/dead-letters").await {
        let path = format!("/v1/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
        stage.api(Method::POST, &path, None).await;
    }
    stage.pass(3_600).await;
    nothing_is_left(&stage, &words).await;
    assert_eq!(stage.all("/v1/contacts").await.len(), 0);
    assert_eq!(stage.read(&format!("/v1/contacts/{id}")).await["erased"], true);
    let (status, problem) = send(&stage, template()).await;
    assert_eq!((status, &problem["reason"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("erased")));
    assert_eq!(erase(&stage, &id).await.1["status"], "completed", "a repeat finds the same");
    // Nor does anybody else bring her back: a new record by hand is refused.
    let record = json!({ "kind": "lead", "name": "A. F.", "phone": format!("+{ADA}") });
    let (status, problem) = stage.api(Method::POST, "/v1/contacts", Some(record)).await;
    assert_eq!((status, &problem["reason"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("erased")));
}

#[tokio::test]
async fn an_erasure_that_was_begun_while_the_tables_were_away_ends_once_they_are_back() {
    let stage = Stage::start().await;
    let (_, id) = ada(&stage).await;
    stage.faults.silence_tables("jobs", 2);
    erase(&stage, &id).await;
    stage.pass(1_800).await;
    assert_eq!(stage.read(&format!("/v1/erasures/{id}")).await["status"], "completed");
    nothing_is_left(&stage, &[ADA.to_owned()]).await;
}

#[tokio::test]
async fn a_dead_letter_that_comes_late_and_names_the_erased_is_not_kept() {
    let stage = Stage::start().await;
    let (_, id) = ada(&stage).await;
    erase(&stage, &id).await;
    stage.pass(300).await;
    // By the record's id, by the phone without a time, and as a status that nobody can read.
    for (queue, body) in [
        ("JobsDlq", json!({ "v": "1", "kind": "block", "contact": id, "number": NUMBER, "blocked": true })),
        ("InboundDlq", json!({ "wa_id": ADA })),
        ("StatusQueue", json!({ "recipient_id": ADA })),
    ] {
        let url = stage.world.queue_url(queue).unwrap();
        let send = stage.world.sqs_client().send_message().queue_url(url).message_body(body.to_string());
        send.send().await.unwrap();
    }
    stage.pass(600).await;
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
    nothing_is_left(&stage, &[ADA.to_owned()]).await;
    // Somebody else's letter is kept.
    let url = stage.world.queue_url("InboundDlq").unwrap();
    let send =
        stage.world.sqs_client().send_message().queue_url(url).message_body(r#"{"wa_id":"15550109955"}"#);
    send.send().await.unwrap();
    stage.pass(600).await;
    assert_eq!(stage.all("/v1/dead-letters").await.len(), 1);
}

#[tokio::test]
async fn nothing_that_colleagues_left_about_an_erased_person_stays() {
    let stage = Stage::start().await;
    let (_, id) = ada(&stage).await;
    let conversation = stage.all("/v1/conversations").await[0]["id"].as_str().unwrap().to_owned();
    let path = |part: &str| format!("/v1/conversations/{conversation}{part}");
    let asks = async |method: Method, path: String, body: Value| {
        let (status, answer) = stage.api(method, &path, Some(body)).await;
        assert!(status.is_success(), "{path}: {answer}");
        answer
    };
    let label = asks(Method::POST, "/v1/labels".to_owned(), json!({ "name": "Complains" })).await;
    let change = json!({ "assignee": "me", "important": true, "labels": [label["id"]] });
    asks(Method::PATCH, path(""), change).await;
    asks(Method::POST, path("/notes"), json!({ "text": "She is Ada's aunt", "mentions": ["me"] })).await;
    asks(Method::PUT, path("/read"), json!({})).await;
    asks(Method::PUT, path("/presence"), json!({ "activity": "viewing" })).await;
    let left = async || {
        let lines = everything(&stage).await;
        let lines = lines.lines().filter(|line| line.starts_with("conversations ") && line.contains(&id));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = left().await.join("\n");
    for key in ["READ#", "PRES#", "MENTIONS#", "aunt", "changed"] {
        assert!(before.contains(key), "{key}: {before}");
    }
    erase(&stage, &id).await;
    stage.pass(300).await;
    assert_eq!(left().await, Vec::<String>::new());
    assert_eq!(stage.all("/v1/mentions").await, Vec::<Value>::new());
    for category in ["all", "mine", "unassigned", "important", "new", "unknown"] {
        let list = stage.all(&format!("/v1/conversations?state=any&category={category}")).await;
        assert_eq!(list, Vec::<Value>::new(), "{category}");
    }
    nothing_is_left(&stage, &["aunt".to_owned(), "READ#".to_owned()]).await;
}

#[tokio::test]
async fn who_writes_again_after_an_erasure_is_a_new_person_without_a_past() {
    let stage = Stage::start().await;
    let (person, id) = ada(&stage).await;
    agrees_to_marketing(&stage, &id).await;
    erase(&stage, &id).await;
    stage.pass(300).await;
    stage.writes(&person, "Me again");
    stage.settle().await;
    let new = contact(&stage).await;
    assert_ne!(new, id);
    assert_eq!(stage.read(&format!("/v1/contacts/{new}/consent")).await["ledger"], json!([]));
    let before = messages(&stage, &new).await.len();
    // What was there before does not fall to the new record.
    for body in every_webhook(&stage) {
        stage.meta_posts(&body).await;
    }
    stage.pass(600).await;
    assert_eq!(messages(&stage, &new).await.len(), before);
    assert_eq!(stage.all("/v1/contacts").await.len(), 1);
    let hi = json!({ "type": "text", "text": { "body": "Hi again" } });
    assert_eq!(send(&stage, hi).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn after_a_restore_the_list_outside_of_the_tables_erases_again() {
    let stage = Stage::start().await;
    let (_, id) = ada(&stage).await;
    let backup = backup(&stage).await;
    erase(&stage, &id).await;
    stage.pass(300).await;
    nothing_is_left(&stage, &[ADA.to_owned()]).await;
    restore(&stage, backup).await;
    nothing_is_left(&stage, &[ADA.to_owned(), "Ada".to_owned()]).await;
}

//! Bad input to the webhook: refused before it is read, or kept with its reason.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::json;
use tests::{NUMBER, Stage};

fn message(id: &str, extra: &str) -> String {
    format!(
        r#"{{"from":"15550109901","id":"{id}","timestamp":"1795424400","type":"text","text":{{"body":"hi"}}{extra}}}"#
    )
}

fn body(messages: &[String]) -> Vec<u8> {
    let metadata = format!(r#"{{"display_phone_number":"15550100200","phone_number_id":"{NUMBER}"}}"#);
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"900000000000101","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{metadata},"messages":[{}]}}}}]}}]}}"#,
        messages.join(",")
    )
    .into_bytes()
}

async fn wamids(stage: &Stage) -> Vec<String> {
    let mut wamids = Vec::new();
    for conversation in stage.all("/v1/conversations").await {
        let id = conversation["id"].as_str().unwrap().to_owned();
        let messages = stage.all(&format!("/v1/conversations/{id}/messages")).await;
        wamids.extend(messages.iter().filter_map(|message| message["wamid"].as_str().map(str::to_owned)));
    }
    wamids.sort();
    wamids
}

#[tokio::test]
async fn a_body_that_meta_did_not_sign_is_refused_and_leaves_nothing_behind() {
    let stage = Stage::start().await;
    let body = body(&[message("wamid.a", "")]);
    let wrong = cloud_api::signature::sign(b"another secret", &body);
    for signature in
        [None, Some(""), Some("sha256="), Some("sha256=zz"), Some("sha1=00"), Some(wrong.as_str())]
    {
        assert_eq!(stage.posts_with(&body, signature).await, StatusCode::UNAUTHORIZED, "{signature:?}");
    }
    stage.pass(60).await;
    assert_eq!(stage.all("/v1/conversations").await.len(), 0);
    assert_eq!(stage.all("/v1/dead-letters").await.len(), 0);
}

#[tokio::test]
async fn signed_bytes_that_are_no_webhook_become_dead_letters_with_their_reason_and_their_bytes() {
    let stage = Stage::start().await;
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"object\":".to_vec(), "not JSON"),
        (b"\xff\xfe\x00 not text".to_vec(), "not UTF-8"),
        (deep.clone().into_bytes(), "not a webhook body"),
        (br#"{"object":"page","entry":[]}"#.to_vec(), "no entry"),
        (vec![b' '; 3 * 1024 * 1024], "not JSON"),
    ];
    for (body, _) in &cases {
        for _ in 0..3 {
            assert_eq!(stage.meta_posts(body).await, StatusCode::OK);
        }
    }
    stage.pass(600).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), cases.len(), "each once: {letters:#?}");
    for (body, reason) in &cases {
        let mut found = false;
        for letter in letters.iter().filter(|letter| letter["reason"] == *reason) {
            let path = format!("/v1/dead-letters/{}/content", letter["id"].as_str().unwrap());
            found |= stage.bytes(&path).await == *body;
        }
        assert!(found, "the bytes of {reason:?} can be downloaded");
    }
}

#[tokio::test]
async fn a_broken_message_takes_no_neighbour_with_it() {
    let stage = Stage::start().await;
    let deep = format!(r#","deep":{}{}"#, "[".repeat(100_000), "]".repeat(100_000));
    let messages = [
        message("wamid.a", ""),
        message("wamid.deep", &deep),
        r#"{"type":"text"}"#.to_owned(),
        "17".to_owned(),
        r#"{"from":"15550109901","id":"wamid.new","timestamp":"1795424401","type":"hologram","hologram":{}}"#
            .to_owned(),
        r#"{"from":"15550109901","id":"wamid.broken","timestamp":"1795424401","type":"text","text":7}"#
            .to_owned(),
        r#"{"id":"wamid.nobody","timestamp":"1795424401","type":"text","text":{"body":"x"}}"#.to_owned(),
        message("wamid.b", ""),
    ];
    assert_eq!(stage.meta_posts(&body(&messages)).await, StatusCode::OK);
    stage.pass(600).await;
    assert_eq!(wamids(&stage).await, ["wamid.a", "wamid.b", "wamid.broken", "wamid.new"]);
    assert_eq!(stage.all("/v1/dead-letters").await.len(), 4, "deep, no id, no object, no sender");
    let conversations = stage.all("/v1/conversations").await;
    let path = format!("/v1/conversations/{}/messages", conversations[0]["id"].as_str().unwrap());
    let of = |readings: &[serde_json::Value], wamid: &str| {
        readings.iter().find(|m| m["wamid"] == wamid).unwrap()["reading"].clone()
    };
    let messages = stage.all(&path).await;
    assert_eq!(of(&messages, "wamid.new"), "unknown");
    assert_eq!(of(&messages, "wamid.broken"), "malformed");
}

#[tokio::test]
async fn three_megabytes_are_taken_whether_many_items_or_one() {
    let stage = Stage::start().await;
    let filler = format!(r#","filler":"{}""#, "x".repeat(10_000));
    let many: Vec<String> = (0..290).map(|n| message(&format!("wamid.{n:04}"), &filler)).collect();
    let huge = message("wamid.huge", &format!(r#","filler":"{}""#, "x".repeat(3_000_000)));
    let large = message("wamid.large", &format!(r#","filler":"{}""#, "x".repeat(100_000)));
    let bodies = [body(&many), body(&[huge]), body(&[large])];
    for answer in join_all(bodies.iter().map(|body| stage.meta_posts(body))).await {
        assert_eq!(answer, StatusCode::OK);
    }
    stage.pass(600).await;
    let wamids = wamids(&stage).await;
    assert_eq!(wamids.len(), 291, "all of the many, and the large one from the bucket");
    assert!(wamids.contains(&"wamid.large".to_owned()));
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(letters[0]["reason"], "the message is larger than the table takes");
}

#[tokio::test]
async fn a_job_that_cannot_be_parsed_is_a_dead_letter_that_can_be_put_back() {
    let stage = Stage::start().await;
    let sqs = stage.world.sqs_client();
    let send = sqs.send_message().queue_url(stage.world.queue_url("InboundQueue").unwrap());
    send.message_body(r#"{"v":"99","items":[]}"#).send().await.unwrap();
    assert_eq!(stage.meta_posts(&body(&[message("wamid.a", "")])).await, StatusCode::OK);
    stage.pass(600).await;
    assert_eq!(wamids(&stage).await, ["wamid.a"]);
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1);
    let id = letters[0]["id"].as_str().unwrap();
    assert!(letters[0]["reason"].as_str().unwrap().starts_with("not a pack of version 1"));
    let path = format!("/v1/dead-letters/{id}/redrive");
    let (status, answer) = stage.api(reqwest::Method::POST, &path, Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    stage.pass(600).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1, "it failed again: the same letter, open again: {letters:#?}");
    assert_eq!(letters[0]["redriven_at"], serde_json::Value::Null);
}

#[tokio::test]
async fn meta_is_told_the_challenge_only_for_the_right_word() {
    let stage = Stage::start().await;
    let ask = |token: &str| {
        format!("/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444")
    };
    let right = ask(local::world::Secrets::VERIFY_TOKEN);
    assert_eq!(stage.plain(&right).await, (StatusCode::OK, "1158201444".to_owned()));
    assert_eq!(stage.plain(&ask("guess")).await.0, StatusCode::FORBIDDEN);
}

//! Numbers that are written in several ways.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{NUMBER, Stage};

use crate::identity::{asks, found, inbox, said, text};

#[tokio::test]
async fn a_message_from_an_old_form_of_a_number_and_a_send_to_the_new_one_are_one_thread() {
    for (seen, written) in [
        ("5215587650001", "+52 55 8765 0001"),
        ("553187650001", "+55 31 98765-0001"),
        ("5491187650001", "+54 11 15 8765 0001"),
        ("5491187650001", "+54 11 8765 0001"),
    ] {
        let stage = Stage::start().await;
        let lia = stage.person("Lia Moss", seen, json!({}));
        stage.writes(&lia, "Is it there?");
        stage.pass(5).await;
        let request = json!({ "from": NUMBER, "to": { "phone": written }, "message": text("It is.") });
        asks(&stage, Method::POST, "/v1/messages", Some(request), StatusCode::ACCEPTED).await;
        stage.pass(60).await;
        let conversations = inbox(&stage).await;
        assert_eq!(conversations.len(), 1, "{written}");
        assert_eq!(said(&stage, &conversations[0]).await, ["Is it there?", "It is."]);
        assert_eq!(conversations[0]["contact"]["phone"], seen, "stored as it came");
        assert_eq!(stage.posts()[0]["body"]["to"].as_str().map(|to| to.trim_start_matches('+')), Some(seen));
        let digits = written.replace(|c: char| !c.is_ascii_digit(), "");
        assert_eq!(found(&stage, &format!("phone={digits}")).await["phone"], seen);
    }
}

#[tokio::test]
async fn a_number_that_was_written_to_first_is_found_again_by_the_message_from_its_other_form() {
    let stage = Stage::start().await;
    let template =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    let lia = stage.person("Lia Moss", "5215587650002", json!({ "dialled": ["525587650002"] }));
    stage.asks("first", json!({ "phone": "525587650002" }), template).await;
    stage.pass(60).await;
    stage.writes(&lia, "Who is this?");
    stage.pass(60).await;
    assert_eq!(inbox(&stage).await.len(), 1);
    assert_eq!(stage.all("/v1/contacts").await.len(), 1);
}

#[tokio::test]
async fn a_landline_is_never_the_mobile_number_that_looks_like_it() {
    let stage = Stage::start().await;
    for (name, phone) in [("A shop", "551132650003"), ("A person", "5511932650003")] {
        let who = stage.person(name, phone, json!({}));
        stage.writes(&who, "Hello");
    }
    stage.settle().await;
    assert_eq!(inbox(&stage).await.len(), 2);
}

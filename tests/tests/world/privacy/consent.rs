//! What people agreed to decides what they get.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{NUMBER, Stage};

use crate::privacy::{
    ADA, ada, agrees_to_marketing, consent, is_of_category, messages, says, send, template,
};

#[tokio::test]
async fn after_an_opt_out_by_keyword_a_marketing_template_is_refused_and_says_why() {
    let stage = Stage::start().await;
    let (person, contact) = ada(&stage).await;
    is_of_category(&stage, "MARKETING").await;
    agrees_to_marketing(&stage, &contact).await;
    let (status, answer) = send(&stage, template()).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    stage.pass(60).await;
    let message = stage.read(&format!("/v1/messages/{}", answer["id"].as_str().unwrap())).await;
    assert_eq!(message["decision"]["reason"], "opted_in", "{message:#}");
    assert_eq!(message["decision"]["allowed"], true);

    stage.writes(&person, " ¡Baja! ");
    stage.settle().await;
    let (status, problem) = send(&stage, template()).await;
    assert_eq!((status, &problem["reason"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("opted_out")));
    // Another service that does not ask first finds the same in the sender.
    stage.asks("news", json!({ "phone": ADA }), template()).await;
    stage.settle().await;
    let refused = messages(&stage, &contact).await.into_iter().find(|it| it["status"] == "failed").unwrap();
    assert_eq!(refused["status"], "failed", "{refused:#}");
    assert_eq!(refused["errors"][0]["code"], 131_050);
    let decision = &refused["decision"];
    assert_eq!((&decision["reason"], &decision["source"]), (&json!("opted_out"), &json!("keyword")));
    assert_eq!(decision["purpose"], "marketing");
    assert_eq!(stage.posts().len(), 1);
    let note = messages(&stage, &contact).await.into_iter().find(|it| it["direction"] == "note").unwrap();
    assert_eq!(note["content"]["note"]["event"], "consent_withdrawn");

    // What is no marketing goes on, and so do answers.
    let free = json!({ "type": "text", "text": { "body": "You will get no more news." } });
    assert_eq!(send(&stage, free).await.0, StatusCode::ACCEPTED);
    is_of_category(&stage, "UTILITY").await;
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_keyword_that_is_delivered_again_is_written_once() {
    let stage = Stage::start().await;
    let (person, contact) = ada(&stage).await;
    stage.writes(&person, "STOP");
    stage.settle().await;
    let posts = stage.sim().webhooks(&[("bodies".to_owned(), "true".to_owned())].into()).unwrap();
    let bodies: Vec<_> = posts.as_array().unwrap().iter().map(|post| post["body"].clone()).collect();
    assert!(!bodies.is_empty(), "{posts:#}");
    for _ in 0..2 {
        for body in &bodies {
            let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            assert_eq!(stage.meta_posts(text.as_bytes()).await, StatusCode::OK);
        }
        stage.pass(61).await;
    }
    let consent = consent(&stage, &contact).await;
    let ledger = consent["ledger"].as_array().unwrap();
    assert_eq!(ledger.len(), 1, "{consent:#}");
    assert_eq!((&ledger[0]["source"], &ledger[0]["wording"]), (&json!("keyword"), &json!("STOP")));
    let proof = stage.read(&format!("/v1/messages/{}", ledger[0]["proof"].as_str().unwrap())).await;
    assert_eq!(proof["content"]["text"]["body"], "STOP");
    let notes = messages(&stage, &contact).await;
    assert_eq!(notes.iter().filter(|it| it["direction"] == "note").count(), 1);
}

#[tokio::test]
async fn marketing_needs_an_opt_in_by_the_category_that_meta_assigns_at_the_instant_of_the_send() {
    let stage = Stage::start().await;
    let (_, contact) = ada(&stage).await;
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED, "a utility template");
    stage.pass(60).await;
    is_of_category(&stage, "MARKETING").await;
    let (status, problem) = send(&stage, template()).await;
    assert_eq!((status, &problem["reason"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("no_consent")));
    agrees_to_marketing(&stage, &contact).await;
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn where_the_company_is_strict_a_template_of_unknown_category_needs_an_opt_in() {
    let stage = Stage::start().await;
    // Meta shows no templates, so that nobody knows what they are.
    let hidden = json!({ "kind": "error", "on": "templates", "code": 200, "next": 1_000 });
    stage.sim().add_faults(json!({ "graph": [hidden] })).unwrap();
    let (_, contact) = ada(&stage).await;
    let strict = Some(json!({ "strict": true }));
    assert_eq!(stage.api(Method::PUT, "/v1/settings/consent", strict).await.0, StatusCode::OK);
    assert_eq!(stage.read("/v1/settings/consent").await["strict"], true);
    assert_eq!(send(&stage, template()).await.1["reason"], "no_consent");
    agrees_to_marketing(&stage, &contact).await;
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_choice_made_in_whatsapp_itself_counts_for_every_number_and_is_taken_back_there() {
    let stage = Stage::start().await;
    let (person, contact) = ada(&stage).await;
    is_of_category(&stage, "MARKETING").await;
    agrees_to_marketing(&stage, &contact).await;
    stage.pass(5).await;
    stage.sim().person_stops(&person, json!({ "to": NUMBER })).unwrap();
    stage.settle().await;
    let (_, problem) = send(&stage, template()).await;
    assert_eq!(problem["reason"], "opted_out", "{problem:#}");
    let standing = consent(&stage, &contact).await;
    assert_eq!(standing["ledger"][0]["source"], "preference");
    assert_eq!(standing["standing"][0]["number"], json!(null));
    stage.pass(5).await;
    stage.sim().person_stops(&person, json!({ "to": NUMBER, "value": "resume" })).unwrap();
    stage.settle().await;
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn what_meta_refuses_because_the_person_stopped_is_known_from_then_on() {
    let stage = Stage::start().await;
    let (person, contact) = ada(&stage).await;
    is_of_category(&stage, "MARKETING").await;
    agrees_to_marketing(&stage, &contact).await;
    stage.pass(5).await;
    stage.sim().change_settings(json!({ "sync_codes": [131_050] })).unwrap();
    stage.sim().person_behaves(&person, json!({ "fail_with": 131_050 })).unwrap();
    assert_eq!(send(&stage, template()).await.0, StatusCode::ACCEPTED);
    stage.pass(60).await;
    let word = &consent(&stage, &contact).await["ledger"][0];
    assert_eq!((&word["source"], &word["choice"]), (&json!("meta"), &json!("opt_out")));
    assert_eq!(send(&stage, template()).await.1["reason"], "opted_out");
}

#[tokio::test]
async fn words_and_buttons_are_the_companys_own() {
    let stage = Stage::start().await;
    let (person, contact) = ada(&stage).await;
    let keywords = json!({ "languages": { "nl": { "opt_out": ["geen reclame"], "opt_in": ["graag"] } },
        "buttons": { "opt_out": ["no-more"] }, "matching": "word", "purpose": "all" });
    let set = stage.api(Method::PUT, "/v1/settings/opt-out-keywords", Some(keywords)).await;
    assert_eq!(set.0, StatusCode::OK, "{}", set.1);
    stage.pass(61).await;
    stage.writes(&person, "STOP");
    stage.settle().await;
    assert_eq!(consent(&stage, &contact).await["ledger"], json!([]), "that word was taken away");
    stage.writes(&person, "Geen reclame, bedankt");
    stage.settle().await;
    let standing = consent(&stage, &contact).await;
    assert_eq!(standing["standing"][0]["purpose"], "all", "{standing:#}");
    let refused = send(&stage, template()).await.1;
    assert_eq!(refused["reason"], "opted_out");
    let tap = json!({ "to": NUMBER, "type": "button", "body": { "payload": "no-more", "text": "Weg" } });
    stage.pass(5).await;
    stage.sim().person_writes(&person, tap).unwrap();
    stage.settle().await;
    assert_eq!(consent(&stage, &contact).await["ledger"][0]["source"], "button");
    let wrong = json!({ "languages": { "nl": { "opt_out": [""] } } });
    let (status, problem) = stage.api(Method::PUT, "/v1/settings/opt-out-keywords", Some(wrong)).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("languages.nl.opt_out[0]")));
}

#[tokio::test]
async fn a_word_without_its_wording_scope_or_time_is_refused() {
    let stage = Stage::start().await;
    let (_, contact) = ada(&stage).await;
    let faults = [
        (json!({ "choice": "opt_in", "purpose": "marketing" }), "wording"),
        (json!({ "choice": "opt_in", "purpose": "all", "wording": "x" }), "purpose"),
        (json!({ "choice": "maybe", "purpose": "marketing" }), "choice"),
        (json!({ "choice": "opt_out", "purpose": "marketing", "number": "7" }), "number"),
        (json!({ "choice": "opt_out", "purpose": "marketing", "portfolio": "x" }), "portfolio"),
        (json!({ "choice": "opt_out", "purpose": "marketing", "at": "2030-01-01T00:00:00Z" }), "at"),
        (json!({ "choice": "opt_out", "purpose": "marketing", "source": "keyword" }), "source"),
    ];
    for (word, field) in faults {
        let (status, problem) = says(&stage, &contact, word).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem:#}");
    }
    assert_eq!(says(&stage, "nobody", json!({ "choice": "opt_out", "purpose": "all" })).await.0, 404);
    let only = json!({ "choice": "opt_out", "purpose": "marketing", "number": NUMBER });
    let (status, word) = says(&stage, &contact, only).await;
    assert_eq!((status, &word["number"]), (StatusCode::CREATED, &json!(NUMBER)));
    assert_eq!(word["by"].as_str().map(str::is_empty), Some(false));
}

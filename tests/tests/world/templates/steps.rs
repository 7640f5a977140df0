//! Creating, changing and deleting: checked here, asked of Meta once, and what came of it is told.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::templates::{WABA, creates, newest, opened, parcel, path, shown};

async fn changes(stage: &Stage, name: &str, edit: Value) -> (StatusCode, Value) {
    stage.api(Method::PATCH, &path(name, ""), Some(edit)).await
}

fn body(text: &str) -> Value {
    json!({ "components": [{ "type": "BODY", "text": text }] })
}

fn refused_once(stage: &Stage, fault: Value) {
    stage.sim().add_faults(json!({ "graph": [fault] })).unwrap();
}

#[tokio::test]
async fn a_template_is_submitted_reviewed_and_approved_without_anybody_asking_meta_by_hand() {
    let stage = opened().await;
    let (status, begun) = creates(&stage, parcel()).await;
    assert_eq!((status, &begun["status"]), (StatusCode::ACCEPTED, &json!("submitting")), "{begun}");
    assert_eq!(begun["step"]["state"], "pending");
    let early = shown(&stage, "parcel_ready").await;
    assert_eq!(early["parameters"][1]["name"], "body.2", "what was asked for is shown before Meta has it");
    stage.settle().await;
    let pending = shown(&stage, "parcel_ready").await;
    assert_eq!((&pending["status"], &pending["usable"]), (&json!("PENDING"), &json!(false)), "{pending:#}");
    assert_eq!((&pending["step"]["step"], &pending["step"]["state"]), (&json!("create"), &json!("done")));
    assert!(pending["id"].is_string());
    stage.pass(31).await;
    let approved = shown(&stage, "parcel_ready").await;
    assert_eq!((&approved["status"], &approved["usable"]), (&json!("APPROVED"), &json!(true)));
    let review = newest(&approved, "state");
    assert_eq!((&review["from"], &review["source"]), (&json!("PENDING"), &json!("webhook")));
    let (status, again) = creates(&stage, parcel()).await;
    assert_eq!((status, &again["type"]), (StatusCode::CONFLICT, &json!("/problems/template-state")));
}

#[tokio::test]
async fn every_member_that_meta_would_refuse_is_named_with_its_path_and_nothing_is_asked() {
    let stage = opened().await;
    let before = stage.sim().templates();
    let (status, problem) = creates(
        &stage,
        json!({ "name": "Parcel Ready", "language": "en_US", "category": "PROMO",
        "components": [{ "type": "BODY", "text": "Hi {{1}}, tea." },
            { "type": "FOOTER", "text": "x".repeat(61) }] }),
    )
    .await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/template-refused"))
    );
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    for field in ["template.name", "template.category", "template.components.1.text"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    assert!(fields.iter().any(|field| field.starts_with("template.components.0.example")), "{fields:?}");
    stage.settle().await;
    assert_eq!(stage.sim().templates(), before);
    let (status, problem) =
        stage.api(Method::POST, "/v1/templates", Some(json!({ "waba": "1", "template": parcel() }))).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("waba")));
}

#[tokio::test]
async fn a_rejected_template_says_why_and_is_put_right() {
    let stage = opened().await;
    // Our own check would refuse this; Meta's review is what is shown here.
    let bad = json!({ "name": "parcel_ready", "waba_id": WABA, "status": "PENDING", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "{{1}}{{2}} waits." }] });
    let id = stage.sim().add_template(bad).unwrap()["id"].as_str().unwrap().to_owned();
    stage.sim().change_template(&id, json!({ "status": "REJECTED" })).unwrap();
    stage.settle().await;
    let rejected = shown(&stage, "parcel_ready").await;
    assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("REJECTED"), &json!("INVALID_FORMAT")));
    stage.pass(1).await;
    let (status, begun) = changes(&stage, "parcel_ready", body("Your parcel waits for you.")).await;
    assert_eq!((status, &begun["step"]["step"]), (StatusCode::ACCEPTED, &json!("edit")), "{begun}");
    stage.settle().await;
    assert_eq!(shown(&stage, "parcel_ready").await["status"], "PENDING");
    stage.pass(31).await;
    let approved = shown(&stage, "parcel_ready").await;
    assert_eq!(
        (&approved["status"], &approved["reason"]),
        (&json!("APPROVED"), &Value::Null),
        "{approved:#}"
    );
    assert_eq!(approved["components"][0]["text"], "Your parcel waits for you.");
}

#[tokio::test]
async fn an_approved_template_is_changed_once_a_day_and_keeps_its_category() {
    let stage = opened().await;
    let (status, problem) = changes(&stage, "hello_world", json!({ "category": "MARKETING" })).await;
    assert_eq!((status, &problem["field"]), (StatusCode::CONFLICT, &json!("category")));
    assert_eq!(
        changes(&stage, "hello_world", body("Welcome to our new shop.")).await.0,
        StatusCode::ACCEPTED
    );
    stage.pass(40).await;
    assert_eq!(shown(&stage, "hello_world").await["status"], "APPROVED");
    let (status, problem) = changes(&stage, "hello_world", body("Welcome back to our shop.")).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("once in 24 hours"), "{problem}");
    stage.pass(86_400).await;
    assert_eq!(
        changes(&stage, "hello_world", body("Welcome back to our shop.")).await.0,
        StatusCode::ACCEPTED
    );
    stage.settle().await;
    assert_eq!(shown(&stage, "hello_world").await["step"]["state"], "done");
}

#[tokio::test]
async fn a_refusal_is_kept_with_metas_reason() {
    let stage = Stage::start().await;
    stage.store().put_waba(&WABA.into(), "Kettles", None).await.unwrap();
    // Meta has it, and nobody here has looked yet.
    let hello = json!({ "name": "hello_world", "language": "en_US", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Welcome." }] });
    assert_eq!(creates(&stage, hello).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    let known = shown(&stage, "hello_world").await;
    assert_eq!(
        (&known["step"]["state"], &known["status"]),
        (&json!("failed"), &json!("APPROVED")),
        "{known:#}"
    );
    assert_eq!(known["step"]["reason"], "There is already content in this language. (Meta's code 100)");

    refused_once(&stage, json!({ "kind": "error", "on": "templates", "code": 190, "next": 1 }));
    assert_eq!(creates(&stage, parcel()).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    let failed = shown(&stage, "parcel_ready").await;
    assert_eq!((&failed["status"], &failed["usable"]), (&json!("not_created"), &json!(false)));
    assert_eq!(failed["step"]["reason"], "Meta does not accept the access token. (Meta's code 190)");
    assert_eq!(creates(&stage, parcel()).await.0, StatusCode::ACCEPTED, "it can be asked again");
    stage.settle().await;
    assert_eq!(shown(&stage, "parcel_ready").await["status"], "PENDING");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_out_by_looking_and_nothing_is_asked_twice() {
    let stage = opened().await;
    refused_once(&stage, json!({ "kind": "reset_after", "on": "templates", "next": 1 }));
    assert_eq!(creates(&stage, parcel()).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    let done = shown(&stage, "parcel_ready").await;
    assert_eq!((&done["step"]["state"], &done["status"]), (&json!("done"), &json!("PENDING")), "{done:#}");
    stage.pass(31).await;
    refused_once(&stage, json!({ "kind": "reset_before", "on": "templates", "next": 1 }));
    assert_eq!(
        changes(&stage, "parcel_ready", body("Your parcel waits for you.")).await.0,
        StatusCode::ACCEPTED
    );
    stage.settle().await;
    let unknown = shown(&stage, "parcel_ready").await;
    assert_eq!(unknown["step"]["state"], "failed");
    assert!(unknown["step"]["reason"].as_str().unwrap().starts_with("Nobody knows"), "{unknown:#}");
    let edits = stage.sim().ledger(&[("on".to_owned(), "templates".to_owned())].into()).unwrap();
    let edits = edits.as_array().unwrap().len();
    stage.pass(600).await;
    let later = stage.sim().ledger(&[("on".to_owned(), "templates".to_owned())].into()).unwrap();
    assert_eq!(later.as_array().unwrap().len(), edits);
}

#[tokio::test]
async fn one_thing_at_a_time_is_done_with_a_template() {
    let stage = opened().await;
    assert_eq!(
        changes(&stage, "hello_world", body("Welcome to our new shop.")).await.0,
        StatusCode::ACCEPTED
    );
    let (status, problem) = stage.api(Method::DELETE, &path("hello_world", ""), None).await;
    assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/step-under-way")));
    stage.settle().await;
    assert_eq!(shown(&stage, "hello_world").await["status"], "PENDING");
}

#[tokio::test]
async fn a_deleted_template_is_gone_at_meta_and_its_name_is_not_free_for_a_month() {
    let stage = opened().await;
    let (status, begun) = stage.api(Method::DELETE, &path("hello_world", ""), None).await;
    assert_eq!((status, &begun["step"]["step"]), (StatusCode::ACCEPTED, &json!("delete")));
    stage.settle().await;
    let gone = shown(&stage, "hello_world").await;
    assert_eq!((&gone["status"], &gone["step"]["state"]), (&json!("DELETED"), &json!("done")));
    assert!(!stage.sim().templates().to_string().contains("hello_world"));
    assert_eq!(changes(&stage, "hello_world", body("Welcome.")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stage.api(Method::DELETE, &path("hello_world", ""), None).await.0, StatusCode::NOT_FOUND);
    let hello = json!({ "name": "hello_world", "language": "en_US", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Welcome." }] });
    let (status, problem) = creates(&stage, hello).await;
    assert_eq!((status, &problem["field"]), (StatusCode::CONFLICT, &json!("template.name")));
}

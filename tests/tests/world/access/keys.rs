//! Idempotency keys.

use reqwest::{Method, StatusCode};
use serde_json::json;
use store::{Begun, RequestKey};
use tests::Stage;

use crate::access::{ADMIN, Who, ask};

const AGENT: (Method, &str) = (Method::PUT, "/v1/agents/u-ana");

#[tokio::test]
async fn the_same_key_with_the_same_request_is_done_once_and_gets_the_same_answer() {
    let stage = Stage::start().await;
    let ana = json!({ "name": "Ana", "role": "agent" });
    let first = ask(&stage, &ADMIN, AGENT, Some("k1"), Some(ana.clone())).await;
    assert_eq!(first.status, StatusCode::OK);
    // Somebody else changes her meanwhile: the repeat neither undoes that, nor tells of it.
    ask(&stage, &ADMIN, AGENT, None, Some(json!({ "name": "Anna", "role": "agent" }))).await;
    let again = ask(&stage, &ADMIN, AGENT, Some("k1"), Some(ana.clone())).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(ask(&stage, &ADMIN, (Method::GET, AGENT.1), None, None).await.body["name"], "Anna");
    stage.pass(48 * 3600).await;
    assert_eq!(ask(&stage, &ADMIN, AGENT, Some("k1"), Some(ana)).await.status, StatusCode::OK);
    assert_eq!(ask(&stage, &ADMIN, (Method::GET, AGENT.1), None, None).await.body["name"], "Ana");
}

#[tokio::test]
async fn the_same_key_with_another_request_is_a_conflict_and_somebody_elses_key_is_another() {
    let stage = Stage::start().await;
    let agent = |name: &str| Some(json!({ "name": name, "role": "agent" }));
    ask(&stage, &ADMIN, AGENT, Some("k1"), agent("Ana")).await;
    for (request, body) in [
        (AGENT, agent("Bo")),
        ((Method::PUT, "/v1/agents/u-bo"), agent("Ana")),
        ((Method::PATCH, AGENT.1), agent("Ana")),
    ] {
        let answer = ask(&stage, &ADMIN, request, Some("k1"), body).await;
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (StatusCode::CONFLICT, &json!("/problems/key-reused"))
        );
    }
    let other = Who::Person("u-other-admin", local::tokens::Role::Admin);
    assert_eq!(ask(&stage, &other, AGENT, Some("k1"), agent("Bo")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_failed_may_be_asked_again_under_its_key_at_once() {
    let stage = Stage::start().await;
    let bad = ask(&stage, &ADMIN, AGENT, Some("k1"), Some(json!({ "name": "Ana" }))).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let good = ask(&stage, &ADMIN, AGENT, Some("k1"), Some(json!({ "name": "Ana", "role": "agent" }))).await;
    assert_eq!(good.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_under_way_is_a_conflict_and_one_that_died_may_be_repeated_after_a_minute() {
    let stage = Stage::start().await;
    // What a function that died in between leaves.
    let body = json!({ "name": "Ana", "role": "agent" });
    let seal = lambda_kit::Seal::of(&local::world::Secrets::STACK_KEY.into());
    let request = seal.mark(format!("PUT\n{}\n{body}", AGENT.1).as_bytes());
    let key = RequestKey { source: "api.u-admin", key: "k1" };
    assert_eq!(stage.store().begin_request(&key, &request, stage.now()).await.unwrap(), Begun::Now);
    let early = ask(&stage, &ADMIN, AGENT, Some("k1"), Some(body.clone())).await;
    assert_eq!((early.status, early.retry_after.as_deref()), (StatusCode::CONFLICT, Some("5")));
    assert_eq!(early.body["type"], "/problems/request-under-way");
    stage.pass(60).await;
    assert_eq!(ask(&stage, &ADMIN, AGENT, Some("k1"), Some(body)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_at_once_under_one_key_make_one_thing() {
    let stage = Stage::start().await;
    let body = json!({ "name": "Shop", "scopes": ["contacts:read"] });
    let asked =
        (0..8).map(|_| ask(&stage, &ADMIN, (Method::POST, "/v1/clients"), Some("k1"), Some(body.clone())));
    let answers = futures::future::join_all(asked).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count(), 1);
    assert!(answers.iter().all(|it| [StatusCode::CREATED, StatusCode::CONFLICT].contains(&it.status)));
    let list = ask(&stage, &ADMIN, (Method::GET, "/v1/clients"), None, None).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_is_told_once_and_never_kept_for_a_repeat() {
    let stage = Stage::start().await;
    let body = json!({ "name": "Shop", "scopes": ["contacts:read"] });
    let made = ask(&stage, &ADMIN, (Method::POST, "/v1/clients"), Some("k1"), Some(body.clone())).await;
    let token = made.body["token"].as_str().unwrap().to_owned();
    let again = ask(&stage, &ADMIN, (Method::POST, "/v1/clients"), Some("k1"), Some(body)).await;
    assert_eq!(
        (again.status, &again.body["type"]),
        (StatusCode::CONFLICT, &json!("/problems/answer-not-kept"))
    );
    let secret = token.rsplit('_').next().unwrap();
    for table in ["local-directory", "local-journal"] {
        let items = stage.world.dynamodb().scan().table_name(table).send().await.unwrap();
        assert!(!format!("{:?}", items.items()).contains(secret), "{table}");
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_named() {
    let stage = Stage::start().await;
    let long = "k".repeat(129);
    let answer =
        ask(&stage, &ADMIN, AGENT, Some(&long), Some(json!({ "name": "Ana", "role": "agent" }))).await;
    assert_eq!((answer.status, &answer.body["field"]), (StatusCode::BAD_REQUEST, &json!("Idempotency-Key")));
}

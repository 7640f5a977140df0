//! From a number that Meta only knows by name to the first message, and what can go wrong on the way.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::numbers::{asks, at_meta, code, fact, fresh, opened, path, sends, shown, step};

fn failed_with(step: &Value, words: &str) {
    assert_eq!(step["state"], "failed", "{step}");
    assert!(step["reason"].as_str().unwrap().contains(words), "{step}");
}

#[tokio::test]
async fn a_number_is_verified_registered_and_sends_its_first_message_without_anybody_asking_meta_by_hand() {
    let stage = opened().await;
    let number = fresh(&stage).await;
    let before = shown(&stage, &number).await;
    assert_eq!((&before["onboarding"], &before["display"]), (&Value::Null, &json!("+1 555-010-0277")));
    assert_eq!(before["facts"]["code_verification"]["value"], "NOT_VERIFIED");
    stage.person("Ada Fern", "15550104711", json!({}));
    let early = sends(&stage, &number, "15550104711").await;
    assert_eq!((&early["status"], &early["errors"][0]["code"]), (&json!("failed"), &json!(133_010)));

    let asked = step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en_US" })).await;
    assert_eq!((&asked["step"], &asked["state"]), (&json!("request_code"), &json!("done")), "{asked}");
    let code = code(&stage, &number);
    let with_a_dash = format!("{}-{}", &code[..3], &code[3..]);
    let verified = step(&stage, &number, "verify-code", json!({ "code": with_a_dash })).await;
    assert_eq!(verified["state"], "done", "{verified}");
    assert_eq!(fact(&stage, &number, "code_verification").await["value"], "VERIFIED", "looked at once");
    let registered = step(&stage, &number, "register", json!({ "pin": "246813" })).await;
    assert_eq!((&registered["step"], &registered["state"]), (&json!("register"), &json!("done")));
    assert_eq!(registered["reason"], Value::Null);
    assert_eq!(fact(&stage, &number, "status").await["value"], "CONNECTED");
    let sent = sends(&stage, &number, "15550104711").await;
    assert!(matches!(sent["status"].as_str(), Some("accepted" | "sent" | "delivered" | "read")), "{sent}");

    let history = stage.all(&format!("/v1/numbers/{number}/history")).await;
    let status: Vec<_> = history.iter().filter(|it| it["what"] == "status").collect();
    assert_eq!((&status[0]["from"], &status[0]["to"]), (&json!("PENDING"), &json!("CONNECTED")));
    assert_eq!((&status[1]["from"], &status[1]["to"]), (&Value::Null, &json!("PENDING")), "newest first");
}

#[tokio::test]
async fn a_wrong_code_says_so_and_the_right_one_still_works() {
    let stage = opened().await;
    let number = fresh(&stage).await;
    let early = step(&stage, &number, "verify-code", json!({ "code": "000000" })).await;
    failed_with(&early, "The code is wrong");
    step(&stage, &number, "request-code", json!({ "method": "VOICE", "language": "es" })).await;
    let right = code(&stage, &number);
    let wrong = if right == "123456" { "654321" } else { "123456" };
    let refused = step(&stage, &number, "verify-code", json!({ "code": wrong })).await;
    failed_with(&refused, "136025");
    assert!(!refused.to_string().contains(wrong));
    let unverified = step(&stage, &number, "register", json!({ "pin": "246813" })).await;
    failed_with(&unverified, "verified first");
    assert_eq!(step(&stage, &number, "verify-code", json!({ "code": right })).await["state"], "done");
    let again = step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en" })).await;
    failed_with(&again, "verified already");
}

#[tokio::test]
async fn too_many_codes_are_refused_in_our_words() {
    let stage = opened().await;
    let number = fresh(&stage).await;
    for _ in 0..5 {
        let asked = step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en" })).await;
        assert_eq!(asked["state"], "done");
    }
    let refused = step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en" })).await;
    failed_with(&refused, "too many were asked for");
}

#[tokio::test]
async fn a_wrong_pin_registers_nothing_and_another_pin_can_be_set_once_it_is_registered() {
    let stage = opened().await;
    let number = tests::NUMBER;
    assert_eq!(step(&stage, number, "deregister", Value::Null).await["state"], "done");
    assert_eq!(fact(&stage, number, "status").await["value"], "DISCONNECTED");
    failed_with(&step(&stage, number, "pin", json!({ "pin": "135790" })).await, "not registered");
    failed_with(&step(&stage, number, "register", json!({ "pin": "135790" })).await, "The PIN is not");
    assert_eq!(fact(&stage, number, "status").await["value"], "DISCONNECTED");
    assert_eq!(step(&stage, number, "register", json!({ "pin": "000000" })).await["state"], "done");
    assert_eq!(step(&stage, number, "pin", json!({ "pin": "135790" })).await["state"], "done");
    step(&stage, number, "deregister", Value::Null).await;
    failed_with(&step(&stage, number, "register", json!({ "pin": "000000" })).await, "133005");
    assert_eq!(step(&stage, number, "register", json!({ "pin": "135790" })).await["state"], "done");
}

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_not_tried_again_and_says_that_nobody_knows() {
    let stage = opened().await;
    let number = tests::NUMBER;
    let tries = |stage: &tests::Stage| {
        let ledger = stage.sim().ledger(&std::collections::BTreeMap::new()).unwrap();
        let is_try = |it: &&Value| it["path"].as_str().unwrap().ends_with("/register");
        ledger.as_array().unwrap().iter().filter(is_try).count()
    };
    for (kind, words) in [("reset_after", "Nobody knows"), ("http_5xx_after", "Nobody knows")] {
        let before = tries(&stage);
        let fault = json!({ "graph": [{ "kind": kind, "on": "other", "next": 1 }] });
        stage.sim().add_faults(fault).unwrap();
        let lost = step(&stage, number, "register", json!({ "pin": "000000" })).await;
        failed_with(&lost, words);
        stage.pass(3_600).await;
        assert_eq!(tries(&stage) - before, 1, "{kind}");
        assert_eq!(shown(&stage, number).await["onboarding"]["state"], "failed");
    }
    assert_eq!(at_meta(&stage, number)["status"], "CONNECTED", "Meta did it, and the facts say so");
    assert_eq!(fact(&stage, number, "status").await["value"], "CONNECTED");
}

#[tokio::test]
async fn a_new_name_is_reviewed_and_the_outcome_is_told_by_a_webhook() {
    let stage = opened().await;
    let number = tests::NUMBER;
    assert_eq!(
        step(&stage, number, "display-name", json!({ "name": "Kettles & Co" })).await["state"],
        "done"
    );
    assert_eq!(fact(&stage, number, "requested_name_status").await["value"], "PENDING_REVIEW");
    stage.pass(120).await;
    let facts = shown(&stage, number).await["facts"].clone();
    assert_eq!(facts["display_name"]["value"], "Kettles & Co");
    assert_eq!(facts["display_name"]["source"], "webhook");
    assert_eq!(facts["requested_name_status"]["value"], "APPROVED");
    step(&stage, number, "display-name", json!({ "name": "BEST KETTLES!!!" })).await;
    stage.pass(120).await;
    let facts = shown(&stage, number).await["facts"].clone();
    assert_eq!(facts["display_name"]["value"], "Kettles & Co", "it keeps the one that it has");
    assert_eq!(facts["requested_name_reason"]["value"], "NAME_FORMAT_UNACCEPTABLE");
    let history = stage.all(&path("/history")).await;
    let names: Vec<_> =
        history.iter().filter(|it| it["what"] == "display_name").map(|it| &it["to"]).collect();
    assert_eq!(names, ["Kettles & Co", "Fixture Kettles Sales"]);
}

#[tokio::test]
async fn while_one_step_is_under_way_another_is_refused() {
    let stage = opened().await;
    let pin = || Some(json!({ "pin": "000000" }));
    let slow = json!({ "graph": [{ "kind": "slow", "on": "other", "hang_ms": 5_000 }] });
    stage.sim().add_faults(slow).unwrap();
    let (status, _) = stage.api(Method::POST, &path("/register"), pin()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, refused) = stage.api(Method::PUT, &path("/pin"), pin()).await;
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/step-under-way")));
    stage.pass(6).await;
    assert_eq!(shown(&stage, tests::NUMBER).await["onboarding"]["state"], "done");
    assert_eq!(stage.api(Method::PUT, &path("/pin"), pin()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn agents_and_supervisors_onboard_nothing() {
    let stage = opened().await;
    let all = [
        (Method::POST, "/request-code"),
        (Method::POST, "/verify-code"),
        (Method::POST, "/register"),
        (Method::POST, "/deregister"),
        (Method::PUT, "/pin"),
        (Method::POST, "/display-name"),
        (Method::PATCH, "/profile"),
        (Method::POST, "/profile/refresh"),
        (Method::POST, "/profile/picture"),
    ];
    for (method, of) in all {
        for role in [Role::Agent, Role::Supervisor] {
            let (status, _) = asks(&stage, role, method.clone(), &path(of), Some(json!({}))).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{method} {of}");
        }
    }
    for of in ["/history", "/profile"] {
        let status = async |role| asks(&stage, role, Method::GET, &path(of), None).await.0;
        assert_eq!(status(Role::Agent).await, StatusCode::FORBIDDEN, "{of}");
        assert_eq!(status(Role::Supervisor).await, StatusCode::OK, "{of}");
    }
    let (status, _) = asks(&stage, Role::Supervisor, Method::PUT, "/v1/wabas/1", Some(json!({}))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(shown(&stage, tests::NUMBER).await["onboarding"].is_null());
}

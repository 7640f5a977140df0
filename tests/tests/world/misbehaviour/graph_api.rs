//! A Graph API that fails in every way.

use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use super::{answer, answers, messages, of};

/// What the Graph API does once, what becomes of the message, and how many of its posts Meta accepted.
struct Case {
    fault: Value,
    status: &'static str,
    remedy: Option<&'static str>,
    accepted: usize,
}

fn case(fault: Value, status: &'static str, accepted: usize) -> Case {
    Case { fault, status, remedy: None, accepted }
}

fn error(code: u32, remedy: &'static str) -> Case {
    let fault = json!({ "kind": "error", "code": code });
    Case { fault, status: "failed", remedy: Some(remedy), accepted: 0 }
}

/// Plays each case with a person of its own and looks at what became of the one message.
async fn plays(stage: &Stage, cases: Vec<Case>) {
    for (n, case) in cases.into_iter().enumerate() {
        let phone = format!("1555012{n:04}");
        let person = stage.person(&format!("Person {n}"), &phone, json!({ "behaviour": { "reads": false } }));
        stage.writes(&person, "Hello?");
        stage.settle().await;
        stage.sim().add_faults(json!({ "graph": [case.fault] })).unwrap();
        let body = format!("answer {n}");
        answers(stage, &body, NUMBER, json!({ "phone": phone })).await;
        stage.settle().await;
        stage.pass(600).await;
        let how = &case.fault;
        let message = answer(stage, &phone, &body).await;
        assert_eq!(message["status"], case.status, "{how}: {message:#}");
        if let Some(remedy) = case.remedy {
            assert_eq!(message["errors"][0]["code"], how["code"], "{message:#}");
            assert_eq!(message["errors"][0]["remedy"], remedy, "{message:#}");
        }
        let mine = |post: &&Value| post["body"]["text"]["body"] == body.as_str();
        let posts = stage.posts();
        let posts: Vec<_> = posts.iter().filter(mine).collect();
        let accepted = posts.iter().filter(|post| post["outcome"] == "accepted").count();
        assert_eq!(accepted, case.accepted, "{how}: {posts:#?}");
        let waits = message["status"] == "delivered" && case.accepted == 1 && posts.len() == 2;
        assert!(
            posts.len() == 1 || waits,
            "what may have been sent is never posted again: {how}: {posts:#?}"
        );
        assert_eq!(stage.sim().faults()["graph"], json!([]), "the fault took place: {how}");
        assert_eq!(message["wamid"].is_string(), case.accepted == 1, "{how}: {message:#}");
    }
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn what_nobody_knows_is_unknown_until_a_status_tells_and_is_never_posted_twice() {
    let stage = Stage::start().await;
    let mut cases = vec![
        case(json!({ "kind": "http_5xx", "status": 502 }), "unknown", 0),
        case(json!({ "kind": "http_5xx", "status": 503 }), "unknown", 0),
        case(json!({ "kind": "http_5xx_after" }), "delivered", 1),
        case(json!({ "kind": "reset_before" }), "unknown", 0),
        case(json!({ "kind": "reset_after" }), "delivered", 1),
        case(json!({ "kind": "reset_mid_body" }), "delivered", 1),
        case(json!({ "kind": "timeout_before", "hang_ms": 8_000 }), "unknown", 0),
        case(json!({ "kind": "timeout_after", "hang_ms": 8_000 }), "delivered", 1),
        // Longer than the function may run: it dies, and its message comes again.
        case(json!({ "kind": "timeout_before" }), "unknown", 0),
        case(json!({ "kind": "timeout_after" }), "delivered", 1),
        case(json!({ "kind": "slow", "hang_ms": 4_000 }), "delivered", 1),
    ];
    let uncertain = [1, 2, 131_000, 131_016];
    cases.extend(uncertain.map(|code| case(json!({ "kind": "graph_5xx", "code": code }), "unknown", 0)));
    plays(&stage, cases).await;
}

#[tokio::test]
async fn a_refusal_fails_the_message_with_what_to_do_about_it() {
    let stage = Stage::start().await;
    let cases = [
        (0, "stop_number"),
        (190, "stop_number"),
        (10, "stop_number"),
        (131_031, "stop_number"),
        (131_042, "stop_number"),
        (133_010, "stop_number"),
        (131_026, "skip_person"),
        (131_021, "skip_person"),
        (130_472, "skip_person"),
        (131_047, "switch_to_template"),
        (131_049, "later24h"),
        (131_050, "opt_out"),
        (132_001, "stop_template"),
        (100, "stop_template"),
        (131_048, "stop_marketing_on_number"),
        (368, "stop_marketing_on_number"),
        (131_051, "hold_and_ask"),
        (999_999, "hold_and_ask"),
    ];
    plays(&stage, cases.map(|(code, remedy)| error(code, remedy)).into()).await;
}

#[tokio::test]
async fn a_limit_is_waited_for_and_the_message_leaves_once() {
    let stage = Stage::start().await;
    let limits = [4, 80_007, 130_429, 131_056, 131_057, 2_494_100];
    let waits = |code: u32| case(json!({ "kind": "error", "code": code }), "delivered", 1);
    plays(&stage, limits.map(waits).into()).await;
}

#[tokio::test]
async fn a_failure_that_a_status_tells_stands_with_its_reason_and_its_remedy() {
    let stage = Stage::start().await;
    for (n, (code, remedy)) in [(131_026, "skip_person"), (131_049, "later24h")].into_iter().enumerate() {
        let phone = format!("1555012{n:04}");
        let person = stage.person("Ada Fern", &phone, json!({}));
        stage.sim().person_behaves(&person, json!({ "fail_with": code })).unwrap();
        stage.writes(&person, "Hello?");
        stage.settle().await;
        let body = format!("answer {n}");
        answers(&stage, &body, NUMBER, json!({ "phone": phone })).await;
        stage.pass(120).await;
        let message = answer(&stage, &phone, &body).await;
        assert_eq!(message["status"], "failed", "{message:#}");
        assert_eq!(message["errors"][0]["code"], code);
        assert_eq!(message["errors"][0]["remedy"], remedy);
        assert!(message["statuses"]["accepted"].is_string(), "it was accepted first: {message:#}");
    }
    assert_eq!(stage.posts().len(), 2);
}

#[tokio::test]
async fn a_burst_beyond_the_numbers_throughput_leaves_in_the_end_and_nobody_hears_it_twice() {
    let stage = Stage::start().await;
    stage.sim().change_number(NUMBER, json!({ "mps": 3 })).unwrap();
    let people = 12;
    let phone = |n: usize| format!("1555012{n:04}");
    for n in 0..people {
        let person = stage.person(&format!("Person {n}"), &phone(n), json!({}));
        stage.writes(&person, "Hello?");
    }
    stage.pass(60).await;
    for n in 0..people {
        answers(&stage, &format!("answer {n}"), NUMBER, json!({ "phone": phone(n) })).await;
    }
    stage.settle().await;
    let waiting = messages(&stage).await.iter().filter(|message| message["status"] == "waiting").count();
    assert!(waiting > 0, "the number cannot send so many in a second");
    stage.pass(300).await;
    let messages = messages(&stage).await;
    let answers = of(&messages, "outbound");
    assert_eq!(answers.len(), people);
    for message in answers {
        assert!(matches!(message["status"].as_str(), Some("delivered" | "read")), "{message:#}");
        assert_eq!(message["errors"], json!([]), "what it waited for is history");
    }
    let posts = stage.posts();
    let accepted = posts.iter().filter(|post| post["outcome"] == "accepted").count();
    assert_eq!(accepted, people);
    println!("{} posts for {people} messages, {waiting} waited", posts.len());
}

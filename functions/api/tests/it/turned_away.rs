//! What is turned away before anything is read or written.

use api::access::RULES;
use api::{MAX_BODY, Role};
use axum::body::Body;
use http::{Method, Request};
use serde_json::json;

use crate::{ask, get, post};

#[tokio::test]
async fn nobody_gets_anywhere_without_a_verified_identity() {
    let requests = [
        get("/v1/conversations"),
        get("/v1/openapi.json"),
        get("/v1/nothing"),
        get("/"),
        post("/v1/messages", "{}"),
        post("/v1/dead-letters/0123456789abcdef0123456789abcdef/redrive", ""),
    ];
    for request in requests {
        let path = request.uri().to_string();
        let answer = ask(None, request).await;
        assert!(answer.is_problem(401), "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn what_is_not_for_a_role_is_refused_before_anything_is_read() {
    let letter = "/v1/dead-letters/0123456789abcdef0123456789abcdef";
    for path in ["/v1/events", "/v1/dead-letters", letter, &format!("{letter}/content")] {
        assert!(ask(Some(Role::Agent), get(path)).await.is_problem(403), "{path}");
        assert!(ask(Some(Role::Supervisor), get(path)).await.is_problem(503), "{path}");
    }
    for (role, status) in [(Role::Agent, 403), (Role::Supervisor, 403), (Role::Admin, 503)] {
        assert!(ask(Some(role), post(&format!("{letter}/redrive"), "")).await.is_problem(status), "{role:?}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_404_and_a_method_that_is_not_there_405() {
    assert!(ask(Some(Role::Admin), get("/v1/nothing")).await.is_problem(404));
    let mut request = get("/v1/messages");
    *request.method_mut() = Method::DELETE;
    let answer = ask(Some(Role::Admin), request).await;
    assert!(answer.is_problem(405));
    assert_eq!(answer.header("allow"), "POST");
    let mut request = get("/v1/numbers");
    *request.method_mut() = Method::POST;
    assert_eq!(ask(Some(Role::Admin), request).await.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_not_found_without_asking_the_table() {
    let paths = [
        "/v1/conversations/900",
        "/v1/conversations/900.a%2Fb",
        "/v1/conversations/900/messages",
        "/v1/messages/900.01K.m.5.xyz",
        "/v1/messages/%FF",
        "/v1/contacts/a.b",
        "/v1/dead-letters/1",
    ];
    for path in paths {
        let answer = ask(Some(Role::Admin), get(path)).await;
        assert!(answer.is_problem(404), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn an_id_that_is_empty_names_nothing() {
    let with_ids = RULES.iter().filter(|rule| rule.method == "GET" && rule.path.contains('{'));
    for rule in with_ids {
        let parts = rule.path.split('/').map(|part| if part.starts_with('{') { "" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        let answer = ask(Some(Role::Admin), get(&path)).await;
        assert!(answer.is_problem(404), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_limit_or_cursor_that_is_none_is_a_400_that_names_it() {
    for list in ["conversations", "contacts", "events", "dead-letters", "conversations/900.01K/messages"] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=many", "limit"),
            ("cursor=zzz", "cursor"),
            ("cursor=", "cursor"),
            ("limit=1&limit=2", "limit"),
        ] {
            let answer = ask(Some(Role::Admin), get(&format!("/v1/{list}?{query}"))).await;
            assert!(answer.is_problem(400), "{list}?{query}: {}", answer.status);
            assert_eq!(answer.body["field"], field, "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let large = json!({"message": "x".repeat(MAX_BODY)}).to_string();
    assert!(ask(Some(Role::Agent), post("/v1/messages", large)).await.is_problem(413));

    let mut form = post("/v1/messages", "from=900");
    form.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    assert!(ask(Some(Role::Agent), form).await.is_problem(415));

    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    for body in ["", "{", "[]", "7", "\u{feff}{}", &deep] {
        let answer = ask(Some(Role::Agent), post("/v1/messages", body.to_owned())).await;
        assert!(answer.is_problem(400));
        assert_eq!(answer.body["field"], "body");
    }
}

#[tokio::test]
async fn a_message_that_meta_would_refuse_is_refused_here_with_each_member() {
    let body =
        json!({"from": "900", "to": {"phone": "+15550100177"}, "message": {"type": "image", "image": {}}});
    let answer = ask(Some(Role::Agent), post("/v1/messages", body.to_string())).await;
    assert!(answer.is_problem(422));
    assert!(answer.body["errors"][0]["field"].as_str().unwrap().starts_with("message.image"));
}

#[tokio::test]
async fn a_person_that_cannot_be_addressed_is_a_fault_in_the_request() {
    let text = json!({"type": "text", "text": {"body": "Hi"}});
    for (to, status, field) in [
        (json!({"phone": "call me"}), 400, json!("to.phone")),
        (json!({"user_id": "15550100177"}), 400, json!("to.user_id")),
        (json!({"contact": "a.b"}), 404, json!(null)),
        (json!({"conversation": "900"}), 404, json!(null)),
        (json!({"conversation": "901.01K"}), 400, json!("from")),
    ] {
        let body = json!({"from": "900", "to": to, "message": text}).to_string();
        let answer = ask(Some(Role::Agent), post("/v1/messages", body)).await;
        assert!(answer.is_problem(status), "{to}: {}", answer.status);
        assert_eq!(answer.body["field"], field, "{to}");
    }
}

#[tokio::test]
async fn when_the_table_does_not_answer_a_client_hears_when_to_come_again() {
    let read_mark = json!({"from": "900", "to": {"phone": "+15550100177"}, "message": {"status": "read", "message_id": "wamid.A"}});
    for request in [get("/v1/conversations"), get("/v1/numbers"), post("/v1/messages", read_mark.to_string())]
    {
        let answer = ask(Some(Role::Agent), request).await;
        assert!(answer.is_problem(503));
        assert_eq!(answer.header("retry-after"), "2");
    }
}

#[tokio::test]
async fn an_id_in_a_path_that_is_longer_than_any_is_not_found_and_no_table_is_asked() {
    let long = "x".repeat(3_000);
    for rule in RULES.iter().filter(|rule| rule.path.contains('{')) {
        let path = rule.path.replace("{id}", &long).replace("{name}", &long).replace("{delivery}", &long);
        let path = path.replace("{note}", &long);
        let request =
            Request::builder().method(rule.method).uri(path).header("content-type", "application/json");
        let answer = ask(Some(Role::Admin), request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, 404, "{} {}", rule.method, rule.path);
    }
}

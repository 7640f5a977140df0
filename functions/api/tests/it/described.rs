//! The API's own description.

use std::collections::BTreeSet;
use std::path::Path;

use api::access::{RULES, rule_of, scopes};
use api::{Identity, Role};
use axum::body::Body;
use domain::client::ClientId;
use http::Request;
use serde_json::Value;

use crate::{ask, ask_as, get, post};

async fn served() -> Value {
    let answer = ask(Some(Role::Agent), get("/v1/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.body
}

#[tokio::test]
async fn the_description_names_every_route_and_no_other() {
    let document = served().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described
            .extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    let ruled: BTreeSet<_> =
        RULES.iter().map(|rule| (rule.method.to_owned(), rule.path.to_owned())).collect();
    assert_eq!(described, ruled, "a route without a rule, or a rule without a route");
    assert_eq!(RULES.len(), ruled.len(), "a rule stands there twice");
}

fn request(method: &str, path: &str) -> Request<Body> {
    let place = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    let place = place.collect::<Vec<_>>().join("/");
    let mut request = if method == "GET" { get(&place) } else { post(&place, "{}") };
    *request.method_mut() = method.parse().unwrap();
    request
}

#[tokio::test]
async fn every_described_route_is_served_and_no_other_method_of_it() {
    for rule in RULES {
        let answer = ask(Some(Role::Admin), request(rule.method, rule.path)).await;
        let unknown = answer.body["detail"] == "There is no such resource." || answer.status == 405;
        assert!(!unknown, "{} {}", rule.method, rule.path);
        for other in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if rule_of(other, rule.path).is_none() {
                let answer = ask(Some(Role::Admin), request(other, rule.path)).await;
                assert!(answer.is_problem(405), "{other} {}", rule.path);
            }
        }
    }
}

#[tokio::test]
async fn every_route_lets_pass_whom_its_rule_lets_pass_and_nobody_else() {
    for rule in RULES {
        assert!(
            ask(None, request(rule.method, rule.path)).await.is_problem(401),
            "{} {}",
            rule.method,
            rule.path
        );
        for role in [Role::Agent, Role::Supervisor, Role::Admin] {
            let answer = ask(Some(role), request(rule.method, rule.path)).await;
            assert_eq!(answer.status == 403, role < rule.least, "{role:?} {} {}", rule.method, rule.path);
        }
    }
}

#[tokio::test]
async fn every_route_lets_pass_the_client_with_its_scope_and_no_other() {
    let client = |scopes: BTreeSet<String>| Identity::client(&ClientId::new("01K9").unwrap(), scopes);
    for rule in RULES {
        let name = format!("{} {}", rule.method, rule.path);
        let refused = async |scopes: BTreeSet<String>| {
            ask_as(Some(client(scopes)), request(rule.method, rule.path)).await.status == 403
        };
        let mut others = scopes();
        match rule.scope() {
            Some(scope) => {
                assert!(!refused([scope.clone()].into()).await, "{name}");
                others.remove(&scope);
                assert!(refused(others).await, "{name}");
            }
            None => {
                let is_open = ["/v1/me", "/v1/openapi.json"].contains(&rule.path);
                assert_eq!(refused(others).await, !is_open, "{name}: for people only, or for everybody");
            }
        }
    }
}

#[test]
fn no_scope_lets_a_program_decide_who_may_do_what() {
    let scopes = scopes();
    for wanted in
        ["contacts:read", "conversations:read", "messages:send", "messages:read", "dead-letters:write"]
    {
        assert!(scopes.contains(wanted), "{wanted}");
    }
    for never in ["agents:write", "clients:read", "clients:write", "departments:write", "audit:read"] {
        assert!(!scopes.contains(never), "{never}");
    }
}

#[tokio::test]
async fn every_change_says_that_it_takes_an_idempotency_key() {
    let document = served().await;
    for rule in RULES {
        let parameters = &document["paths"][rule.path][rule.method.to_lowercase()]["parameters"];
        let keys =
            parameters.as_array().into_iter().flatten().filter(|it| it["name"] == "Idempotency-Key").count();
        assert_eq!(keys, usize::from(rule.method != "GET"), "{} {}", rule.method, rule.path);
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_may_answer_with_a_problem() {
    let document = served().await;
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    assert!(references.contains("#/components/schemas/Problem"));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(problem["schema"].is_object(), "{method} {path}");
        }
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.insert(reference.clone());
            }
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[test]
fn the_description_that_is_served_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/openapi.json");
    let document = api::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == document,
        "run the tests once with UPDATE=1, twice in all, and look at what changed"
    );
}

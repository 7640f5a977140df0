//! The API's own description.

use std::collections::BTreeSet;

use api::Role;
use http::Method;
use serde_json::Value;

use crate::{ask, get, post};

/// Every route. A new one has to be written down here too.
const ROUTES: [(&str, &str); 14] = [
    ("get", "/v1/contacts"),
    ("get", "/v1/contacts/{id}"),
    ("get", "/v1/conversations"),
    ("get", "/v1/conversations/{id}"),
    ("get", "/v1/conversations/{id}/messages"),
    ("get", "/v1/dead-letters"),
    ("get", "/v1/dead-letters/{id}"),
    ("get", "/v1/dead-letters/{id}/content"),
    ("get", "/v1/events"),
    ("get", "/v1/messages/{id}"),
    ("get", "/v1/numbers"),
    ("get", "/v1/openapi.json"),
    ("post", "/v1/dead-letters/{id}/redrive"),
    ("post", "/v1/messages"),
];

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
        described.extend(item.as_object().unwrap().keys().map(|method| (method.as_str(), path.as_str())));
    }
    assert_eq!(described, BTreeSet::from(ROUTES));
}

#[tokio::test]
async fn every_described_route_is_served_and_no_other_method_of_it() {
    for (method, path) in ROUTES {
        let place = path.replace("{id}", "x");
        let request = if method == "get" { get(&place) } else { post(&place, "{}") };
        let answer = ask(Some(Role::Admin), request).await;
        let unknown = answer.body["detail"] == "There is no such resource." || answer.status == 405;
        assert!(!unknown, "{method} {path}");
        let other = if ROUTES.contains(&(if method == "get" { "post" } else { "get" }, path)) {
            continue;
        } else if method == "get" {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = get(&place);
        *request.method_mut() = other;
        // `/v1/messages/{id}` and the like take one method only.
        assert!(ask(Some(Role::Admin), request).await.is_problem(405), "{path}");
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
fn the_function_for_tools_gives_the_same_document() {
    assert_eq!(api::document().paths.paths.len(), 14);
}

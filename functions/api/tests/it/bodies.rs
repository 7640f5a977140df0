//! Every member of every body, as the description has them: of another type, unknown, missing. The answer names it.

use api::Role;
use api::access::RULES;
use axum::body::Body;
use http::Request;
use serde_json::{Map, Value, json};

use crate::ask;

/// A schema with its references followed; of a choice, the first that is not `null`.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return resolved(document, &document["components"]["schemas"][name]);
    }
    let choice = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
    choice.map_or(schema, |one| resolved(document, one))
}

fn types(document: &Value, schema: &Value) -> Vec<String> {
    match &resolved(document, schema)["type"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Something that reads as what a schema says.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    let kinds = types(document, schema);
    match kinds.iter().map(String::as_str).find(|kind| *kind != "null") {
        Some("string") if schema["format"] == "date-time" => json!("2026-11-20T10:00:00Z"),
        Some("string") => json!("x"),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => with_members(document, schema, |_| true),
        _ => json!({}),
    }
}

/// An object with those of its required members that are wanted.
fn with_members(document: &Value, schema: &Value, wanted: impl Fn(&str) -> bool) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let members = required
        .filter(|name| wanted(name))
        .map(|name| (name.to_owned(), sample(document, &schema["properties"][name])));
    Value::Object(members.collect())
}

/// Something of a type that a schema does not have.
fn wrong(document: &Value, schema: &Value) -> Option<Value> {
    let kinds = types(document, schema);
    let has = |kind: &str| kinds.iter().any(|it| it == kind);
    if kinds.is_empty() {
        None
    } else if !has("boolean") {
        Some(json!(true))
    } else {
        Some(json!(["text"]))
    }
}

async fn field_of(method: &str, path: &str, body: &Value) -> (u16, String) {
    let path = path.replace("{id}", "id1").replace("{name}", "name").replace("{delivery}", "d1");
    let path = path.replace("{waba}", "1").replace("{language}", "en_US");
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let answer = ask(Some(Role::Admin), request.body(Body::from(body.to_string())).unwrap()).await;
    (answer.status, answer.body["field"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_member_of_every_body_that_is_of_another_type_unknown_or_missing_is_named() {
    let document = serde_json::to_value(api::document()).unwrap();
    let (mut offenders, mut tried) = (Vec::new(), 0);
    for rule in RULES {
        let operation = &document["paths"][rule.path][rule.method.to_lowercase()];
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let schema = resolved(&document, body);
        let Some(properties) = schema["properties"].as_object() else { continue };
        let whole = with_members(&document, schema, |_| true);
        let mut bodies: Vec<(String, Value)> = Vec::new();
        for (name, of) in properties {
            if let Some(wrong) = wrong(&document, of) {
                let mut body = whole.clone();
                body[name] = wrong;
                bodies.push((name.clone(), body));
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            bodies.push((name.to_owned(), with_members(&document, schema, |it| it != name)));
        }
        let mut unknown = whole.as_object().cloned().unwrap_or_else(Map::new);
        unknown.insert("colour".to_owned(), json!("red"));
        bodies.push(("colour".to_owned(), Value::Object(unknown)));
        for (name, body) in bodies {
            tried += 1;
            let (status, field) = field_of(rule.method, rule.path, &body).await;
            let is_named = field == name
                || field.starts_with(&format!("{name}."))
                || field.starts_with(&format!("{name}["));
            if status != 400 || !is_named {
                offenders
                    .push(format!("{} {} {name}: {status} {field:?} for {body}", rule.method, rule.path));
            }
        }
    }
    assert!(tried > 200, "{tried}");
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

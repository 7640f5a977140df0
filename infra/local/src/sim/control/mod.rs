//! The control API: makes people act, orders faults, and shows what happened.

mod accounts;
mod faults;
pub(crate) mod input;
mod people;
mod records;
mod sim;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::error::ControlError;
use super::{Sim, graph};

/// Method, path, and what it does: the index, and what is served.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/", "this index"),
    ("GET", "/people", "everybody with WhatsApp"),
    (
        "POST",
        "/people",
        "a new person: name, phone, id, username, phone_visible, user_id, parent_user_id, dialled, on_whatsapp, behaviour",
    ),
    ("POST", "/people/many", "many people at once: count, prefix"),
    ("GET", "/people/{id}", "a person with the chat as they see it"),
    ("POST", "/people/{id}", "changes a person: the fields of a new one"),
    (
        "POST",
        "/people/{id}/behaviour",
        "phone_off, phone_off_until, never_delivered, reads, plays, skip_delivered, fail_with, …_after_ms",
    ),
    ("POST", "/people/{id}/messages", "the person writes: text, or type and body; to, reply_to, referral"),
    ("POST", "/people/{id}/react", "the person reacts: emoji (null takes it back), message_id"),
    ("POST", "/people/{id}/read", "the person reads what arrived: message_id, to"),
    ("POST", "/people/{id}/stop", "the person stops marketing messages: to, value (stop, resume)"),
    ("POST", "/people/{id}/block", "the person blocks a number of ours: to, blocked"),
    ("POST", "/people/{id}/change-number", "the person moves to another phone: phone"),
    ("GET", "/media/{id}", "the bytes of what somebody sent"),
    ("GET", "/faults", "the faults that stand"),
    ("POST", "/faults", "orders faults: seed, webhooks {…}, graph [{…}]"),
    ("DELETE", "/faults", "takes all faults back and lets held webhooks go"),
    ("GET", "/ledger", "what was asked of the Graph API: number, person, since, outcome, on, limit"),
    ("GET", "/webhooks", "every webhook post and its attempts: state, field, limit, bodies"),
    (
        "POST",
        "/webhook",
        "posts signed JSON or bytes to the webhook: field and value, or body; signature, waba_id, time",
    ),
    ("GET", "/counters", "totals since the last reset"),
    ("GET", "/oracle", "people in 24 h, messages in a second, violations"),
    ("GET", "/settings", "the settings"),
    (
        "POST",
        "/settings",
        "sync_codes, enforce_tier, tier_code, free_service_messages, webhook_version, template_review_ms, name_review_ms, webhook_url",
    ),
    ("GET", "/numbers", "portfolios, accounts and numbers, with the codes that they got"),
    ("POST", "/numbers", "a new number: phone, name, waba_id, id, fresh (to be verified and registered)"),
    ("POST", "/numbers/{id}", "changes a number: mps, quality_rating, status, name, phone"),
    ("POST", "/portfolios/{id}", "changes the messaging limit: limit (null is unlimited)"),
    ("GET", "/templates", "all templates"),
    (
        "POST",
        "/templates",
        "a template that is approved at once: name, language, category, components, waba_id, parameter_format",
    ),
    (
        "POST",
        "/templates/{id}",
        "what Meta changes by itself, each told by its webhook: status, quality, category, components",
    ),
    ("GET", "/clock", "what time it is in this world"),
    (
        "POST",
        "/clock",
        "sets this world's clock ahead, and lets happen what falls due meanwhile: forward (seconds)",
    ),
    ("POST", "/reset", "back to the default world"),
];

pub(crate) fn router(sim: Sim) -> Router {
    Router::new().fallback(handle).layer(axum::extract::DefaultBodyLimit::max(160 << 20)).with_state(sim)
}

async fn handle(Shared(sim): Shared<Sim>, method: Method, uri: Uri, body: Bytes) -> Response {
    let query = graph::query(uri.query().unwrap_or_default());
    if let (&Method::GET, Some(id)) = (&method, uri.path().strip_prefix("/media/")) {
        return match sim.media(id) {
            Some((kind, bytes)) => {
                ([(CONTENT_TYPE, kind), (X_CONTENT_TYPE_OPTIONS, "nosniff".into())], bytes).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    match call(&sim, method.as_str(), uri.path(), &query, &body).await {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut shown = json!({ "error": error.reason });
            if let Some(field) = error.field {
                shown["field"] = field.into();
            }
            (status, Json(shown)).into_response()
        }
    }
}

async fn call(
    sim: &Sim,
    method: &str,
    path: &str,
    query: &BTreeMap<String, String>,
    body: &[u8],
) -> Result<Value, ControlError> {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let body = match body {
        [] => json!({}),
        bytes => serde_json::from_slice(bytes)
            .map_err(|error| ControlError::field("", format!("the body is not JSON: {error}")))?,
    };
    match (method, segments.as_slice()) {
        ("GET", []) => Ok(index()),
        (_, ["people", rest @ ..]) => call_people(sim, method, rest, body),
        ("GET", ["faults"]) => Ok(sim.faults()),
        ("POST", ["faults"]) => sim.add_faults(body),
        ("DELETE", ["faults"]) => sim.clear_faults(),
        ("GET", ["ledger"]) => sim.ledger(query),
        ("GET", ["webhooks"]) => sim.webhooks(query),
        ("POST", ["webhook"]) => sim.post_webhook(body).await,
        ("GET", ["counters"]) => Ok(sim.counters()),
        ("GET", ["oracle"]) => Ok(sim.oracle()),
        ("GET", ["settings"]) => Ok(sim.settings()),
        ("POST", ["settings"]) => sim.change_settings(body),
        ("GET", ["numbers"]) => Ok(sim.numbers()),
        ("POST", ["numbers"]) => sim.add_number(body),
        ("POST", ["numbers", id]) => sim.change_number(id, body),
        ("POST", ["portfolios", id]) => sim.change_portfolio(id, body),
        ("GET", ["templates"]) => Ok(sim.templates()),
        ("POST", ["templates"]) => sim.add_template(body),
        ("POST", ["templates", id]) => sim.change_template(id, body),
        ("GET", ["clock"]) => Ok(sim.time()),
        ("POST", ["clock"]) => sim.forward(body),
        ("POST", ["reset"]) => sim.reset(),
        (_, segments) => Err(not_served(segments)),
    }
}

fn call_people(sim: &Sim, method: &str, rest: &[&str], body: Value) -> Result<Value, ControlError> {
    match (method, rest) {
        ("GET", []) => Ok(sim.people()),
        ("POST", []) => sim.add_person(body),
        ("POST", ["many"]) => sim.add_people(body),
        ("GET", [id]) => sim.person(id),
        ("POST", [id]) => sim.change_person(id, body),
        ("POST", [id, "behaviour"]) => sim.person_behaves(id, body),
        ("POST", [id, "messages"]) => sim.person_writes(id, body),
        ("POST", [id, "react"]) => sim.person_reacts(id, body),
        ("POST", [id, "read"]) => sim.person_reads(id, body),
        ("POST", [id, "stop"]) => sim.person_stops(id, body),
        ("POST", [id, "block"]) => sim.person_blocks(id, body),
        ("POST", [id, "change-number"]) => sim.person_changes_number(id, body),
        (_, rest) => Err(not_served(&[&["people"], rest].concat())),
    }
}

fn index() -> Value {
    let routes = ROUTES
        .iter()
        .map(|(method, path, help)| json!({ "method": method, "path": format!("/sim{path}"), "does": help }));
    json!({ "what": "the simulated Meta: make people write, order faults, read the ledger", "routes": routes.collect::<Vec<_>>() })
}

/// 405 for a path that exists with another method.
fn not_served(segments: &[&str]) -> ControlError {
    let fits = |path: &str| {
        let wanted: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        wanted.len() == segments.len()
            && wanted.iter().zip(segments).all(|(w, s)| w.starts_with('{') || w == s)
    };
    let status = if ROUTES.iter().any(|(_, path, _)| fits(path)) { 405 } else { 404 };
    let reason = if status == 405 {
        "this path has no such method; see GET /sim"
    } else {
        "no such path; see GET /sim"
    };
    ControlError { status, field: None, reason: reason.into() }
}

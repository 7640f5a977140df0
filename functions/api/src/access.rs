//! Who may ask for what: every route's rule, written once.
//!
//! A route that is missing here is refused for everybody, and a test walks this table with every role.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::ALLOW;

use crate::identity::{Identity, Role};
use crate::problem::Problem;

/// A route's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, as the router has it.
    pub path: &'static str,
    /// The least that somebody has to be.
    pub least: Role,
}

const fn rule(method: &'static str, path: &'static str, least: Role) -> Rule {
    Rule { method, path, least }
}

use Role::{Admin, Agent, Supervisor};

/// Every route. One line each, sorted by path.
pub const RULES: &[Rule] = &[
    rule("GET", "/v1/contacts", Agent),
    rule("GET", "/v1/contacts/{id}", Agent),
    rule("GET", "/v1/contacts/{id}/consent", Agent),
    rule("POST", "/v1/contacts/{id}/consent", Agent),
    rule("GET", "/v1/conversations", Agent),
    rule("GET", "/v1/conversations/{id}", Agent),
    rule("GET", "/v1/conversations/{id}/messages", Agent),
    rule("GET", "/v1/dead-letters", Supervisor),
    rule("GET", "/v1/dead-letters/{id}", Supervisor),
    rule("GET", "/v1/dead-letters/{id}/content", Supervisor),
    rule("POST", "/v1/dead-letters/{id}/redrive", Admin),
    rule("GET", "/v1/events", Supervisor),
    rule("POST", "/v1/messages", Agent),
    rule("GET", "/v1/messages/{id}", Agent),
    rule("GET", "/v1/numbers", Agent),
    rule("GET", "/v1/openapi.json", Agent),
    rule("GET", "/v1/settings/consent", Supervisor),
    rule("PUT", "/v1/settings/consent", Admin),
    rule("GET", "/v1/settings/opt-out-keywords", Supervisor),
    rule("PUT", "/v1/settings/opt-out-keywords", Admin),
    rule("PUT", "/v1/templates/{name}", Admin),
];

/// The rule of a route.
#[must_use]
pub fn rule_of(method: &str, path: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.method == method && rule.path == path)
}

/// A method that the route does not have, or that nobody wrote a rule for.
fn not_allowed(path: &str) -> Response {
    let methods: Vec<_> = RULES.iter().filter(|rule| rule.path == path).map(|rule| rule.method).collect();
    let problem = Problem::of_status(StatusCode::METHOD_NOT_ALLOWED, "See the header `Allow`.");
    ([(ALLOW, methods.join(","))], problem).into_response()
}

/// Lets those pass whom the route's rule lets pass. Stands behind the check that there is an identity.
pub(crate) async fn check(path: MatchedPath, request: Request, next: Next) -> Response {
    // What answers GET answers HEAD.
    let method = if request.method() == http::Method::HEAD { "GET" } else { request.method().as_str() };
    let Some(rule) = rule_of(method, path.as_str()) else { return not_allowed(path.as_str()) };
    match request.extensions().get::<Identity>() {
        None => Problem::unauthorized().into_response(),
        Some(identity) if identity.role >= rule.least => next.run(request).await,
        Some(_) => Problem::forbidden(match rule.least {
            Agent => "agent, supervisor or admin",
            Supervisor => "supervisor or admin",
            Admin => "admin",
        })
        .into_response(),
    }
}

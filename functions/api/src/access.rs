//! Who may ask for what. Every route's rule stands in the table of routes, and a test walks it with every role.

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

pub use crate::routes::RULES;

/// The rule of a route.
#[must_use]
pub fn rule_of(method: &str, path: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.method == method && rule.path == path)
}

/// A method that the route does not have, or that nobody wrote a rule for.
fn not_allowed(path: &str) -> Response {
    let rules = RULES.iter().filter(|rule| rule.path == path);
    // What answers GET answers HEAD.
    let with_head = |rule: &Rule| if rule.method == "GET" { "GET,HEAD" } else { rule.method };
    let methods: Vec<_> = rules.map(with_head).collect();
    let problem = Problem::of_status(StatusCode::METHOD_NOT_ALLOWED, "See the header `Allow`.");
    ([(ALLOW, methods.join(","))], problem).into_response()
}

/// Lets those pass whom the route's rule lets pass. Stands behind the check that there is an identity.
pub(crate) async fn check(identity: Identity, path: MatchedPath, request: Request, next: Next) -> Response {
    let method = if request.method() == http::Method::HEAD { "GET" } else { request.method().as_str() };
    let Some(rule) = rule_of(method, path.as_str()) else { return not_allowed(path.as_str()) };
    if identity.role >= rule.least {
        return next.run(request).await;
    }
    Problem::forbidden(match rule.least {
        Role::Agent => "agent, supervisor or admin",
        Role::Supervisor => "supervisor or admin",
        Role::Admin => "admin",
    })
    .into_response()
}

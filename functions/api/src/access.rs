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
            Role::Agent => "agent, supervisor or admin",
            Role::Supervisor => "supervisor or admin",
            Role::Admin => "admin",
        })
        .into_response(),
    }
}

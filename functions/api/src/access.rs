//! Who may ask for what. Every route's rule stands in the table of routes, and a test walks it with every role and scope.

use std::collections::BTreeSet;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::ALLOW;

use crate::identity::{Identity, Role};
use crate::problem::Problem;
use crate::service::SERVICE;

/// A route's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, as the router has it.
    pub path: &'static str,
    /// The least that a person has to be.
    pub least: Role,
    pub(crate) grant: Grant,
}

/// Which service clients a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Those with the scope that the path and the method make.
    Derived,
    /// Those with this scope.
    Named(&'static str),
    /// All.
    Everyone,
    /// None: no program decides who may do what, nor is it somebody at a desk.
    PeopleOnly,
}

impl Rule {
    /// The scope that a service client needs: the first part of the path with `read` or `write`, unless the rule names
    /// another. `None` if no scope opens it, or none is needed.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        match self.grant {
            Grant::Derived => {
                let resource = self.path.split('/').nth(2).unwrap_or_default();
                let verb = if self.method == "GET" { "read" } else { "write" };
                Some(format!("{resource}:{verb}"))
            }
            Grant::Named(scope) => Some(scope.to_owned()),
            Grant::Everyone | Grant::PeopleOnly => None,
        }
    }

    /// Whether somebody may ask for it.
    #[must_use]
    pub fn lets_pass(&self, identity: &Identity) -> bool {
        match (&identity.scopes, self.grant) {
            (None, _) => identity.role >= self.least,
            (Some(_), Grant::Everyone) => true,
            (Some(_), Grant::PeopleOnly) => false,
            (Some(scopes), _) => self.scope().is_some_and(|scope| scopes.contains(&scope)),
        }
    }

    fn refusal(&self, identity: &Identity) -> Problem {
        match (&identity.scopes, self.scope()) {
            (Some(_), Some(scope)) => Problem::refused(format!("This needs the scope {scope}.")),
            (Some(_), None) => Problem::refused("This is for people, not for service clients.".to_owned()),
            (None, _) => Problem::forbidden(match self.least {
                Role::Agent => "agent, supervisor or admin",
                Role::Supervisor => "supervisor or admin",
                Role::Admin => "admin",
            }),
        }
    }
}

/// Every scope that a service client can have.
#[must_use]
pub fn scopes() -> BTreeSet<String> {
    RULES.iter().filter_map(Rule::scope).collect()
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
    let path = route(&path);
    let Some(rule) = rule_of(method, path) else { return not_allowed(path) };
    if !identity.active {
        return Problem::inactive().into_response();
    }
    if rule.lets_pass(&identity) { next.run(request).await } else { rule.refusal(&identity).into_response() }
}

/// The path of a route as the rules have it, under whichever prefix it was asked for.
pub(crate) fn route(path: &MatchedPath) -> &str {
    let path = path.as_str();
    path.strip_prefix(SERVICE).unwrap_or(path)
}

/// Whether a method changes something.
pub(crate) fn is_change(method: &http::Method) -> bool {
    use http::Method;
    [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
}

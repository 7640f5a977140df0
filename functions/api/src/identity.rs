//! Who asks. A request without a verified identity never reaches a handler.

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use tracing::{Instrument, Span};

use crate::RequestId;
use crate::problem::Problem;

/// What a person may do. Each may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads and answers.
    Agent,
    /// Also sees what went wrong.
    Supervisor,
    /// Also puts it right.
    Admin,
}

impl Role {
    /// Reads a role's word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "agent" => Some(Self::Agent),
            "supervisor" => Some(Self::Supervisor),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// A person whose token was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The token's `sub`.
    pub subject: String,
    /// What the person may do.
    pub role: Role,
}

impl Identity {
    /// Reads the claims of a verified token: `sub`, and `role` or the highest of `cognito:groups`. `None`
    /// without a subject or without a role of ours.
    #[must_use]
    pub fn from_claims<'a>(claim: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let subject = claim("sub").filter(|subject| !subject.is_empty())?.to_owned();
        // API Gateway writes a list as `[admin agent]`.
        let groups = claim("cognito:groups").unwrap_or_default();
        let groups = groups.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'));
        let role =
            claim("role").and_then(Role::from_word).or_else(|| groups.filter_map(Role::from_word).max())?;
        Some(Self { subject, role })
    }

    /// The source of this person's send requests: `api.` and the subject, with signs that a source may have.
    pub(crate) fn source(&self) -> String {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.subject.len() <= 60 && self.subject.chars().all(is_name) {
            return format!("api.{}", self.subject);
        }
        // Two subjects never share a source: that would be sharing idempotency keys.
        let start: String = self.subject.chars().filter(|c| is_name(*c)).take(40).collect();
        format!("api.{start}.{}", domain::hash16(&self.subject))
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

/// Turns away whoever has no identity, whatever was asked for.
pub(crate) async fn require(request: Request, next: Next) -> Response {
    if request.extensions().get::<Identity>().is_none() {
        return Problem::unauthorized().into_response();
    }
    next.run(request).await
}

/// On Lambda, the HTTP API's JWT authorizer has verified the token: its claims are in the request's context, and so
/// is the request's id.
pub async fn from_authorizer(mut request: Request, next: Next) -> Response {
    if let Some(identity) = request.request_context_ref().and_then(authorized) {
        request.extensions_mut().insert(identity);
    }
    if let Some(id) = request.request_context_ref().and_then(request_id) {
        request.extensions_mut().insert(id);
    }
    let invocation = request.lambda_context_ref().map_or_else(Span::none, |context| {
        lambda_kit::invocation(&context.request_id, context.xray_trace_id.as_deref())
    });
    next.run(request).instrument(invocation).await
}

fn request_id(context: &RequestContext) -> Option<RequestId> {
    let RequestContext::ApiGatewayV2(context) = context else { return None };
    context.request_id.clone().map(RequestId)
}

fn authorized(context: &RequestContext) -> Option<Identity> {
    let RequestContext::ApiGatewayV2(context) = context else { return None };
    let claims = &context.authorizer.as_ref()?.jwt.as_ref()?.claims;
    Identity::from_claims(|name| claims.get(name).map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(claims: &'a [(&'a str, &'a str)]) -> Option<Identity> {
        Identity::from_claims(|name| claims.iter().find(|(key, _)| *key == name).map(|(_, value)| *value))
    }

    #[test]
    fn the_highest_group_of_a_person_counts_however_the_gateway_writes_the_list() {
        for groups in ["[agent supervisor]", "supervisor", "agent,supervisor", r#"["supervisor","agent"]"#] {
            let identity = of(&[("sub", "u1"), ("cognito:groups", groups)]).unwrap();
            assert_eq!(identity.role, Role::Supervisor, "{groups}");
        }
        assert_eq!(of(&[("sub", "u1"), ("role", "admin")]).unwrap().role, Role::Admin);
    }

    #[test]
    fn a_token_without_subject_or_role_is_nobody() {
        for claims in [&[("role", "admin")][..], &[("sub", "u1")], &[("sub", ""), ("role", "agent")]] {
            assert_eq!(of(claims), None);
        }
        assert_eq!(of(&[("sub", "u1"), ("cognito:groups", "[owners]")]), None);
    }

    #[test]
    fn two_people_never_share_a_source() {
        let source = |subject: &str| Identity { subject: subject.to_owned(), role: Role::Agent }.source();
        assert_eq!(source("7d1c-4a"), "api.7d1c-4a");
        assert_ne!(source("ana@example.org"), source("ana_example.org"));
        assert_ne!(source("ana@example.org"), source("ana#example.org"));
        assert!(source(&"x".repeat(500)).len() <= 64);
    }
}

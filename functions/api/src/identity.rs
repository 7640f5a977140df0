//! Who asks. A request without a verified identity never reaches a handler.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::agent::DepartmentId;
use domain::client::ClientId;
use http::request::Parts;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use tracing::{Instrument, Span};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::{RequestId, SourceAddress};

/// What a person may do. Each may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }
}

/// Somebody whose token was verified: a person, or a program with a token of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The token's `sub`; of a service client, `client.` and its id.
    pub subject: String,
    /// What the person may do: what the directory says and, if it does not know them, the token. A service client is
    /// held to its scopes instead; a handler that looks at the role takes it for a supervisor.
    pub role: Role,
    /// What a service client may ask for; `None` for a person.
    pub scopes: Option<BTreeSet<String>>,
    /// The departments that a person works in.
    pub departments: BTreeSet<DepartmentId>,
    /// Whether the person works here still.
    pub active: bool,
    /// How much of this is known.
    pub(crate) settled: Settled,
}

/// How much of an identity is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The token says no role: the directory has to.
    No,
    /// The token says a role; the directory may say another.
    ByToken,
    /// The directory was asked.
    ByDirectory,
}

impl Identity {
    /// Reads the claims of a verified token: `sub`, and `role` or the highest of `cognito:groups`. `None`
    /// without a subject.
    #[must_use]
    pub fn from_claims<'a>(claim: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let subject = claim("sub").filter(|subject| !subject.is_empty())?.to_owned();
        // API Gateway writes a list as `[admin agent]`.
        let groups = claim("cognito:groups").unwrap_or_default();
        let groups = groups.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'));
        let role =
            claim("role").and_then(Role::from_word).or_else(|| groups.filter_map(Role::from_word).max());
        let settled = if role.is_some() { Settled::ByToken } else { Settled::No };
        Some(Self { settled, ..Self::person(subject, role.unwrap_or(Role::Agent), BTreeSet::new()) })
    }

    /// A person about whom nothing has to be asked any more.
    #[must_use]
    pub fn person(subject: String, role: Role, departments: BTreeSet<DepartmentId>) -> Self {
        Self { subject, role, scopes: None, departments, active: true, settled: Settled::ByDirectory }
    }

    /// A service client with these scopes.
    #[must_use]
    pub fn client(id: &ClientId, scopes: BTreeSet<String>) -> Self {
        let client =
            Self::person(format!("{}{id}", domain::client::SUBJECTS), Role::Supervisor, BTreeSet::new());
        Self { scopes: Some(scopes), ..client }
    }

    /// What it counts as, in the audit trail: its role, or `client`.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.scopes, self.role) {
            (Some(_), _) => "client",
            (None, role) => role.word(),
        }
    }

    /// The source of this person's send requests: `api.` and the subject, with signs that a source may have.
    pub(crate) fn source(&self) -> String {
        domain::agent::source_of(&self.subject)
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
    if let Some(address) = request.request_context_ref().and_then(source_address) {
        request.extensions_mut().insert(address);
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

fn source_address(context: &RequestContext) -> Option<SourceAddress> {
    let RequestContext::ApiGatewayV2(context) = context else { return None };
    context.http.source_ip.clone().map(SourceAddress)
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
    fn a_token_without_subject_is_nobody_and_one_without_role_waits_for_the_directory() {
        for claims in [&[("role", "admin")][..], &[("sub", ""), ("role", "agent")]] {
            assert_eq!(of(claims), None);
        }
        for claims in [&[("sub", "u1")][..], &[("sub", "u1"), ("cognito:groups", "[owners]")]] {
            let identity = of(claims).unwrap();
            assert_eq!((identity.role, identity.settled), (Role::Agent, Settled::No));
        }
    }

    #[test]
    fn two_people_never_share_a_source() {
        let source =
            |subject: &str| Identity::person(subject.to_owned(), Role::Agent, BTreeSet::new()).source();
        assert_eq!(source("7d1c-4a"), "api.7d1c-4a");
        assert_ne!(source("ana@example.org"), source("ana_example.org"));
        assert_ne!(source("ana@example.org"), source("ana#example.org"));
        assert!(source(&"x".repeat(500)).len() <= 64);
    }
}

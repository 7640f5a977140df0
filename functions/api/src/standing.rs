//! What the directory says of who asks: it goes before what the token says.
//!
//! So a role that is changed, or a person who leaves, counts at once, and not when a token ends; and nobody has to
//! keep the groups of whoever issues the tokens in step with the directory.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::agent::{Agent, AgentId};
use domain::client::{ClientId, ServiceClient};
use http::Method;

use crate::access::is_change;
use crate::identity::{Identity, Role, Settled};
use crate::recent::Recent;
use crate::{Api, Problem};

/// Who is known, and was looked up a moment ago. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Known(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    api: Api,
    agents: Recent<Option<Agent>>,
    clients: Recent<Option<ServiceClient>>,
}

impl Known {
    pub(crate) fn new(api: Api) -> Self {
        Self(Arc::new(Inner { api, agents: Recent::default(), clients: Recent::default() }))
    }

    pub(crate) fn api(&self) -> &Api {
        &self.0.api
    }

    /// The record of a person, if there is one.
    async fn agent(&self, subject: &str) -> Result<Option<Agent>, Problem> {
        let now = self.0.api.clock.now();
        let Some(id) = AgentId::new(subject) else { return Ok(None) };
        if let Some(agent) = self.0.agents.get(subject, now) {
            return Ok(agent);
        }
        let agent = self.0.api.store.agent(&id).await?;
        self.0.agents.put(subject, agent.clone(), now);
        Ok(agent)
    }

    /// A service client, if there is one.
    pub(crate) async fn client(&self, id: &ClientId) -> Result<Option<ServiceClient>, Problem> {
        let now = self.0.api.clock.now();
        if let Some(client) = self.0.clients.get(id.as_str(), now) {
            return Ok(client);
        }
        let client = self.0.api.store.client(id).await?;
        self.0.clients.put(id.as_str(), client.clone(), now);
        Ok(client)
    }

    /// Remembers a client as it is now.
    pub(crate) fn remember(&self, client: ServiceClient) {
        let now = self.0.api.clock.now();
        self.0.clients.put(client.id.clone().as_str(), Some(client), now);
    }

    /// What changes people or clients is seen at once by the process that changed it.
    fn forget_if_changed(&self, method: &Method, path: &str) {
        if is_change(method) {
            if path.starts_with("/v1/agents") {
                self.0.agents.clear();
            } else if path.starts_with("/v1/clients") {
                self.0.clients.clear();
            }
        }
    }
}

/// Completes who asks by what the directory says. Turns away whom neither token nor directory gives a role.
pub(crate) async fn settle(State(known): State<Known>, mut request: Request, next: Next) -> Response {
    let Some(identity) = request.extensions().get::<Identity>() else {
        return Problem::unauthorized().into_response();
    };
    if identity.settled != Settled::ByDirectory {
        let settled = match known.agent(&identity.subject).await {
            Ok(agent) => settled(identity, agent),
            Err(problem) => return problem.into_response(),
        };
        let Some(settled) = settled else { return Problem::unauthorized().into_response() };
        request.extensions_mut().insert(settled);
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    known.forget_if_changed(&method, &path);
    response
}

fn settled(identity: &Identity, agent: Option<Agent>) -> Option<Identity> {
    let settled = Settled::ByDirectory;
    match agent {
        Some(agent) => Some(Identity {
            role: Role::from_word(&agent.role).unwrap_or(Role::Agent),
            departments: agent.departments,
            active: agent.active,
            settled,
            ..identity.clone()
        }),
        None if identity.settled == Settled::ByToken => Some(Identity { settled, ..identity.clone() }),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(role: Option<&str>) -> Identity {
        Identity::from_claims(|name| match name {
            "sub" => Some("u1"),
            "role" => role,
            _ => None,
        })
        .unwrap()
    }

    fn agent(role: &str, active: bool) -> Option<Agent> {
        Some(Agent {
            id: AgentId::new("u1")?,
            name: "Ana".to_owned(),
            email: None,
            role: role.to_owned(),
            departments: [].into(),
            capacity: None,
            active,
        })
    }

    #[test]
    fn the_directory_goes_before_the_token_and_the_token_counts_where_it_is_silent() {
        let role = |token, agent| settled(&token, agent).map(|identity| (identity.role, identity.active));
        assert_eq!(role(token(Some("admin")), agent("agent", true)), Some((Role::Agent, true)));
        assert_eq!(role(token(Some("agent")), agent("admin", false)), Some((Role::Admin, false)));
        assert_eq!(role(token(Some("supervisor")), None), Some((Role::Supervisor, true)));
        assert_eq!(role(token(None), agent("supervisor", true)), Some((Role::Supervisor, true)));
        assert_eq!(role(token(None), None), None);
    }
}

//! `/v1/agents`, and who one is oneself.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use domain::agent::{Agent, AgentId, DepartmentId};
use serde::Deserialize;
use store::AgentChange;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::{Identity, Role};
use crate::input::{self, Input, Patch};
use crate::view::{AgentView, MeView, Page};
use crate::{Api, Problem};

/// An agent, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutAgent {
    /// What colleagues call them, 1 to 100 characters.
    name: String,
    /// Their address.
    #[serde(default)]
    email: Option<String>,
    /// What they may do.
    role: Role,
    /// The departments that they work in.
    #[serde(default)]
    departments: Vec<String>,
    /// How many open conversations they take at most, 0 to 10,000; `null` is no limit.
    #[serde(default)]
    capacity: Option<u32>,
    /// Whether they work here still.
    #[serde(default = "yes")]
    active: bool,
}

/// What is to be changed of an agent; an absent member stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatchAgent {
    /// What colleagues call them, 1 to 100 characters.
    name: Option<String>,
    /// Their address; `null` takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Patch<String>,
    /// What they may do.
    role: Option<Role>,
    /// The departments that they work in.
    departments: Option<Vec<String>>,
    /// How many open conversations they take at most, 0 to 10,000; `null` is no limit.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    capacity: Patch<u32>,
    /// Whether they work here still.
    active: Option<bool>,
}

fn yes() -> bool {
    true
}

/// Everybody who works here, and who did.
#[utoipa::path(get, path = "/v1/agents", tag = "agents", responses((status = OK, body = Page<AgentView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<AgentView>>, Problem> {
    let agents = api.store.agents().await?;
    Ok(Json(Page { items: agents.into_iter().map(AgentView::from).collect(), next: None }))
}

/// One agent.
#[utoipa::path(get, path = "/v1/agents/{id}", tag = "agents",
    params(("id" = String, Path, description = "The `sub` of their tokens")),
    responses((status = OK, body = AgentView), (status = NOT_FOUND, description = "No such agent")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<AgentView>, Problem> {
    let agent = api.store.agent(&parse(id)?).await?;
    agent.map(|agent| Json(agent.into())).ok_or_else(missing)
}

/// Enters an agent, or replaces one. The role counts instead of the one that their token says, within five seconds.
#[utoipa::path(put, path = "/v1/agents/{id}", tag = "agents", request_body = PutAgent,
    params(("id" = String, Path, description = "The `sub` of their tokens")),
    responses((status = OK, body = AgentView),
        (status = UNPROCESSABLE_ENTITY, description = "Nobody takes their own rights away")))]
pub(crate) async fn put(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(agent): Input<PutAgent>,
) -> Result<Json<AgentView>, Problem> {
    let agent = Agent {
        id: parse(id)?,
        name: input::text("name", &agent.name, 100)?,
        email: agent.email.as_deref().map(address).transpose()?,
        role: agent.role.word().to_owned(),
        departments: api.departments("departments", agent.departments).await?,
        capacity: agent.capacity.map(capacity).transpose()?,
        active: agent.active,
    };
    keeps_own_rights(&identity, &agent.id, Some(&agent.role), Some(agent.active))?;
    api.store.put_agent(&agent).await?;
    Ok(Json(agent.into()))
}

/// Changes an agent. Who leaves is made inactive, and stays on record: messages and the audit trail name them.
#[utoipa::path(patch, path = "/v1/agents/{id}", tag = "agents", request_body = PatchAgent,
    params(("id" = String, Path, description = "The `sub` of their tokens")),
    responses((status = OK, body = AgentView), (status = NOT_FOUND, description = "No such agent"),
        (status = UNPROCESSABLE_ENTITY, description = "Nobody takes their own rights away")))]
pub(crate) async fn patch(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<PatchAgent>,
) -> Result<Json<AgentView>, Problem> {
    let id = parse(id)?;
    let departments = match asked.departments {
        Some(departments) => Some(api.departments("departments", departments).await?),
        None => None,
    };
    let change = AgentChange {
        name: asked.name.map(|name| input::text("name", &name, 100)).transpose()?,
        email: changed(asked.email, |email| address(&email))?,
        role: asked.role.map(|role| role.word().to_owned()),
        departments,
        capacity: changed(asked.capacity, capacity)?,
        active: asked.active,
    };
    keeps_own_rights(&identity, &id, change.role.as_deref(), change.active)?;
    if !api.store.change_agent(&id, &change).await? {
        return Err(missing());
    }
    let agent = api.store.agent(&id).await?;
    agent.map(|agent| Json(agent.into())).ok_or_else(missing)
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/v1/me", tag = "agents", responses((status = OK, body = MeView)))]
pub(crate) async fn me(identity: Identity) -> Json<MeView> {
    Json(identity.into())
}

impl Api {
    /// Departments that are there.
    async fn departments(&self, field: &str, ids: Vec<String>) -> Result<BTreeSet<DepartmentId>, Problem> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let known: BTreeSet<_> = self.store.departments().await?.into_iter().map(|it| it.id).collect();
        let read = |(place, id): (usize, String)| {
            let id = DepartmentId::new(id).filter(|id| known.contains(id));
            id.ok_or_else(|| Problem::field(format!("{field}[{place}]"), "is no department"))
        };
        ids.into_iter().enumerate().map(read).collect()
    }
}

/// Whoever is the last admin must not become none: so nobody does it to themself.
fn keeps_own_rights(
    identity: &Identity,
    id: &AgentId,
    role: Option<&str>,
    active: Option<bool>,
) -> Result<(), Problem> {
    let loses = role.is_some_and(|role| role != Role::Admin.word()) || active == Some(false);
    if loses && identity.subject == id.as_str() { Err(Problem::own_rights()) } else { Ok(()) }
}

fn changed<T, U>(
    patch: Patch<T>,
    read: impl FnOnce(T) -> Result<U, Problem>,
) -> Result<Option<Option<U>>, Problem> {
    match patch {
        Patch::Keep => Ok(None),
        Patch::Clear => Ok(Some(None)),
        Patch::Set(value) => read(value).map(|value| Some(Some(value))),
    }
}

fn address(email: &str) -> Result<String, Problem> {
    let email = email.trim();
    let is_address = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    is_address.then(|| email.to_owned()).ok_or_else(|| Problem::field("email", "must be an e-mail address"))
}

fn capacity(capacity: u32) -> Result<u32, Problem> {
    let fits = (0..=10_000).contains(&capacity);
    fits.then_some(capacity)
        .ok_or_else(|| Problem::field("capacity", "must be a whole number from 0 to 10000"))
}

fn parse(id: String) -> Result<AgentId, Problem> {
    AgentId::new(id).ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::missing("agent")
}

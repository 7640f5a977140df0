//! Who works here, and who asks.

use domain::agent::{Agent, Department, DepartmentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::Identity;

/// Somebody who answers customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AgentView {
    /// The `sub` of their tokens.
    id: String,
    /// What colleagues call them.
    name: String,
    /// Their address.
    email: Option<String>,
    /// `agent`, `supervisor` or `admin`.
    role: String,
    /// The departments that they work in: they see the numbers of these, and those without a department.
    departments: Vec<String>,
    /// How many open conversations they take at most; `null` is no limit.
    capacity: Option<u32>,
    /// Whether they work here still. Who does not is refused at once, whatever their token says.
    active: bool,
}

impl From<Agent> for AgentView {
    fn from(agent: Agent) -> Self {
        Self {
            id: agent.id.to_string(),
            name: agent.name,
            email: agent.email,
            role: agent.role,
            departments: agent.departments.iter().map(ToString::to_string).collect(),
            capacity: agent.capacity,
            active: agent.active,
        }
    }
}

/// A part of the company that answers some of its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DepartmentView {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

impl From<Department> for DepartmentView {
    fn from(department: Department) -> Self {
        Self { id: department.id.to_string(), name: department.name }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MeView {
    /// A person's `sub`, or `client.` and the id of a service client.
    id: String,
    /// `agent`, `supervisor`, `admin` or `client`.
    role: &'static str,
    /// The departments of a person.
    departments: Vec<String>,
    /// What a service client may ask for; `null` for a person, whose role says it.
    scopes: Option<Vec<String>>,
}

impl From<Identity> for MeView {
    fn from(identity: Identity) -> Self {
        Self {
            role: identity.kind(),
            departments: identity.departments.iter().map(DepartmentId::to_string).collect(),
            scopes: identity.scopes.map(|scopes| scopes.into_iter().collect()),
            id: identity.subject,
        }
    }
}

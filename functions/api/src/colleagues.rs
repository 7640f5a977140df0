//! Members of a request that name something of the directory: it has to be there.

use domain::agent::{AgentId, DepartmentId};
use domain::label::LabelId;

use crate::identity::Identity;
use crate::{Api, Problem};

/// The agent who asks.
pub(crate) fn me(identity: &Identity) -> Result<AgentId, Problem> {
    AgentId::new(identity.subject.as_str()).ok_or_else(Problem::unauthorized)
}

impl Api {
    /// An agent who works here, by id; `me` is whoever asks, on record or not.
    pub(crate) async fn colleague(
        &self,
        field: &str,
        id: &str,
        identity: &Identity,
    ) -> Result<AgentId, Problem> {
        if id == "me" || id == identity.subject {
            return me(identity);
        }
        let missing = || Problem::field(field, "is no agent who works here");
        let id = AgentId::new(id).ok_or_else(missing)?;
        let agent = self.store.agent(&id).await?.filter(|agent| agent.active);
        agent.map(|agent| agent.id).ok_or_else(missing)
    }

    /// A department, by id.
    pub(crate) async fn department(&self, field: &str, id: &str) -> Result<DepartmentId, Problem> {
        let departments = self.store.departments().await?;
        let found = departments.into_iter().find(|department| department.id.as_str() == id);
        found.map(|department| department.id).ok_or_else(|| Problem::field(field, "is no department"))
    }

    /// Labels, by their ids.
    pub(crate) async fn labels(&self, field: &str, ids: &[String]) -> Result<Vec<LabelId>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.store.labels().await?;
        let find = |(n, id): (usize, &String)| {
            let found = known.iter().find(|label| label.id.as_str() == id);
            let found = found.map(|label| label.id.clone());
            found.ok_or_else(|| Problem::field(format!("{field}[{n}]"), "is no label"))
        };
        ids.iter().enumerate().map(find).collect()
    }
}

//! Who works here and which numbers there are. It is read anew every three seconds: whoever loses a right hears nothing
//! more within five.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_api::PhoneNumberId;
use domain::agent::{Agent, AgentId};
use domain::realtime::Viewer;
use domain::sight::Sight;
use jiff::{SignedDuration, Timestamp};
use store::{Number, StoreError};

use crate::Realtime;

/// How long it counts.
const FRESH: SignedDuration = SignedDuration::from_secs(3);

/// The directory, as it was read last. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Known(Arc<Mutex<Option<Seen>>>);

/// What was read, and when.
type Seen = (Timestamp, Arc<Directory>);

/// Agents and numbers.
#[derive(Debug)]
pub(crate) struct Directory {
    agents: HashMap<AgentId, Agent>,
    numbers: HashMap<PhoneNumberId, Number>,
}

impl Realtime {
    /// The directory, at most three seconds old.
    pub(crate) async fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        self.directory_with([]).await
    }

    /// The same, with these numbers, which may have been seen for the first time just now.
    pub(crate) async fn directory_with<'a>(
        &self,
        numbers: impl IntoIterator<Item = &'a PhoneNumberId>,
    ) -> Result<Arc<Directory>, StoreError> {
        let now = self.kit.clock.now();
        let known = self.known.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, directory)) = known
            && now.duration_since(at) < FRESH
            && numbers.into_iter().all(|number| directory.numbers.contains_key(number))
        {
            return Ok(directory);
        }
        let (agents, numbers) = futures::future::try_join(self.store.agents(), self.store.numbers()).await?;
        let directory = Arc::new(Directory {
            agents: agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect(),
            numbers: numbers.into_iter().map(|number| (number.id.clone(), number)).collect(),
        });
        let mut known = self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, Arc::clone(&directory)));
        Ok(directory)
    }
}

impl Directory {
    /// Somebody with the rights that they have now; `None` for who works here no more.
    pub(crate) fn viewer(&self, agent: &AgentId, role: &str) -> Option<Viewer> {
        Viewer::settle(agent.clone(), role, self.agents.get(agent))
    }

    /// What they see; `None` is everything.
    pub(crate) fn sight(&self, viewer: &Viewer) -> Option<Sight> {
        viewer.sight(self.numbers.values().map(|number| (&number.id, number.department.as_ref())))
    }

    /// What colleagues call somebody. Who is not on record has no other name than the id.
    pub(crate) fn name(&self, agent: &AgentId) -> String {
        self.agents.get(agent).map_or_else(|| agent.to_string(), |agent| agent.name.clone())
    }

    /// A number as people read it.
    pub(crate) fn display(&self, number: &PhoneNumberId) -> Option<String> {
        self.numbers.get(number)?.display.clone()
    }
}

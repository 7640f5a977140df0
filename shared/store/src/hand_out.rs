//! Giving a conversation that nobody has to whom a number's policy chooses.

use domain::ConversationId;
use domain::agent::AgentId;
use domain::assignment::{Candidate, Reason};
use domain::inbox::{Change, Status};
use domain::number::Settings;
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::handling::{Changed, HandlingChange};
use crate::threads::ConversationState;
use crate::{Store, StoreError};

/// How often it is tried again when others write in the conversation, or take the same turn, at the same time.
const ROUNDS: usize = 8;

/// Who got a conversation, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// The agent.
    pub to: AgentId,
    /// Why they.
    pub reason: Reason,
}

impl Store {
    /// Gives an open conversation that nobody has to whom the policy chooses. `None` if somebody has it, it is not open,
    /// or nobody can take it. Where a turn decides, whoever takes the turn first has it; two workers never take the same.
    ///
    /// Loads come from an index that may be a moment behind: at the same instant an agent may get one more than their
    /// capacity.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn hand_out(
        &self,
        id: &ConversationId,
        settings: &Settings,
        mut state: ConversationState,
        now: Timestamp,
    ) -> Result<Option<HandedOut>, StoreError> {
        for _ in 0..ROUNDS {
            let case = settings.case(&state.handling, now);
            let is_open = state.handling.status.at(now) == Status::Open;
            if !is_open || state.handling.assignee.is_some() || !settings.policy.acts(&case) {
                return Ok(None);
            }
            let candidates = self.candidates(id, now).await?;
            let Some((to, reason)) = settings.policy.choose(&case, &candidates) else { return Ok(None) };
            if matches!(reason, Reason::RoundRobin | Reason::LeastBusy) {
                let seen = candidates.iter().find(|candidate| candidate.agent == to);
                let seen = seen.and_then(|candidate| candidate.last_turn);
                if !self.take_turn(&id.number, &to, seen, now).await? {
                    continue;
                }
            }
            let change = Change { assignee: Some(Some(to.clone())), ..Change::default() };
            let Ok(handling) = state.handling.changed(&change, now) else { return Ok(None) };
            let why = reason.to_string();
            let change =
                HandlingChange { id, seen: &state, to: &handling, by: None, why: Some(&why), at: now };
            match self.change_handling(&change).await? {
                Changed::Written => return Ok(Some(HandedOut { to, reason })),
                Changed::Stale => match self.state(id).await? {
                    Some(newer) => state = newer,
                    None => return Ok(None),
                },
            }
        }
        Err(StoreError::Contended)
    }

    /// Everybody who works here, with what they have.
    async fn candidates(&self, id: &ConversationId, now: Timestamp) -> Result<Vec<Candidate>, StoreError> {
        let agents: Vec<_> = self.agents().await?.into_iter().filter(|agent| agent.active).collect();
        let loads = try_join_all(agents.iter().map(|agent| self.load_of(&agent.id, now))).await?;
        let available = self.available(now).await?;
        let turns = self.turns(&id.number).await?;
        let candidate = |(agent, open): (domain::agent::Agent, u32)| Candidate {
            present: available.contains(&agent.id),
            last_turn: turns.iter().find(|(who, _)| *who == agent.id).map(|(_, at)| *at),
            agent: agent.id,
            departments: agent.departments,
            open,
            capacity: agent.capacity,
        };
        Ok(agents.into_iter().zip(loads).map(candidate).collect())
    }
}

//! A customer begins to wait: somebody may get the conversation, and the customer may hear something at once.
//!
//! Everything here is decided from the state as it stands after the message, so that a repeat comes to the same end: a
//! conversation that somebody has is not given away, and a greeting has one id per wait.

use cloud_api::outbound::Message;
use domain::agent::AgentId;
use domain::assignment::{Candidate, Reason};
use domain::inbox::{Change, Status};
use domain::number::Settings;
use domain::{ConversationId, greeting};
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::pack::V1;
use queue::{Entry, SendRequest, Target};
use store::{Changed, ConversationState, HandlingChange, StateMove};
use tracing::info;

use crate::{Inbound, failure};

/// How often a conversation is handed out again when its customer writes at the same time.
const ROUNDS: usize = 4;

impl Inbound {
    /// What a message leaves to be done for those who answer, and for the one who waits.
    pub(crate) async fn attend(
        &self,
        id: &ConversationId,
        state: ConversationState,
        step: &StateMove,
    ) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let settings = self.numbers.settings(&self.store, &id.number, now).await.map_err(failure)?;
        if let Some(since) = state.waiting_since
            // Only the message with which the wait began.
            && since.as_second() == step.received_at.as_second()
        {
            self.greet(id, &settings, state.handling.answered, since).await?;
        }
        self.hand_out(id, &settings, state, now).await
    }

    async fn greet(
        &self,
        id: &ConversationId,
        settings: &Settings,
        answered: bool,
        since: Timestamp,
    ) -> Result<(), Failure> {
        let Some(greeting) = greeting::of(settings, id, answered, since) else { return Ok(()) };
        let request = SendRequest {
            v: V1::One,
            source: greeting::SOURCE.to_owned(),
            id: greeting.id,
            from: id.number.clone(),
            to: Target::Conversation(id.to_string()),
            message: Message::text(greeting.text),
            correlation_id: None,
            requeued: 0,
        };
        let entry = Entry::fifo(request.to_json(), request.group(), request.deduplication_id());
        let sent = self.queue.send(&self.queues.send, entry).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))?;
        info!(conversation.id = %id, "Greeted a customer who began to wait");
        Ok(())
    }

    /// Gives a conversation that nobody has to whom the number's policy chooses.
    async fn hand_out(
        &self,
        id: &ConversationId,
        settings: &Settings,
        mut state: ConversationState,
        now: Timestamp,
    ) -> Result<(), Failure> {
        for _ in 0..ROUNDS {
            let is_free = state.handling.assignee.is_none() && state.waiting_since.is_some();
            let case = settings.case(&state.handling, now);
            if !is_free || state.handling.status.at(now) != Status::Open || !settings.policy.acts(&case) {
                return Ok(());
            }
            let candidates = self.candidates(id, now).await?;
            let Some((agent, reason)) = settings.policy.choose(&case, &candidates) else { return Ok(()) };
            if matches!(reason, Reason::RoundRobin | Reason::LeastBusy) {
                // Whoever takes a turn first has it: another worker looks again, and sees it taken.
                let seen = candidates.iter().find(|candidate| candidate.agent == agent);
                let seen = seen.and_then(|candidate| candidate.last_turn);
                let taken = self.store.take_turn(&id.number, &agent, seen, self.kit.clock.now()).await;
                if !taken.map_err(failure)? {
                    continue;
                }
            }
            let change = Change { assignee: Some(Some(agent.clone())), ..Change::default() };
            let Ok(to) = state.handling.changed(&change, now) else { return Ok(()) };
            let why = reason.to_string();
            let change = HandlingChange { id, seen: &state, to: &to, by: None, why: Some(&why), at: now };
            match self.store.change_handling(&change).await.map_err(failure)? {
                Changed::Written => {
                    info!(conversation.id = %id, agent.id = %agent, assignment.reason = why, "Handed out a conversation");
                    return Ok(());
                }
                Changed::Stale => match self.store.state(id).await.map_err(failure)? {
                    Some(newer) => state = newer,
                    None => return Ok(()),
                },
            }
        }
        // Whoever wrote meanwhile hands it out.
        Ok(())
    }

    /// Everybody who works here, with what they have.
    async fn candidates(&self, id: &ConversationId, now: Timestamp) -> Result<Vec<Candidate>, Failure> {
        let agents = self.store.agents().await.map_err(failure)?;
        let agents: Vec<_> = agents.into_iter().filter(|agent| agent.active).collect();
        let ids: Vec<AgentId> = agents.iter().map(|agent| agent.id.clone()).collect();
        let loads = self.store.loads(&ids, now).await.map_err(failure)?;
        let available = self.store.available(now).await.map_err(failure)?;
        let turns = self.store.turns(&id.number).await.map_err(failure)?;
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

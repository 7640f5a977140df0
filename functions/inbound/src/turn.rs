//! A customer begins to wait: somebody may get the conversation, and the customer may hear something at once.
//!
//! Everything here is decided from the state as it stands after the message, so that a repeat comes to the same end: a
//! conversation that somebody has is not given away, and a greeting has one id per wait.

use cloud_api::outbound::Message;
use domain::number::Settings;
use domain::{ConversationId, greeting};
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::pack::V1;
use queue::{Entry, SendRequest, Target};
use store::{ConversationState, StateMove};
use tracing::info;

use crate::{Inbound, failure};

impl Inbound {
    /// What a message leaves to be done for those who answer, and for the one who waits.
    pub(crate) async fn attend(
        &self,
        id: &ConversationId,
        state: ConversationState,
        step: &StateMove,
    ) -> Result<(), Failure> {
        let Some(since) = state.waiting_since else { return Ok(()) };
        let now = self.kit.clock.now();
        let settings = self.numbers.settings(&self.store, &id.number, now).await.map_err(failure)?;
        let answered = state.handling.answered;
        if let Some(handed) = self.store.hand_out(id, &settings, state, now).await.map_err(failure)? {
            info!(conversation.id = %id, agent.id = %handed.to, assignment.reason = %handed.reason, "Handed out a conversation");
        }
        // Only the message with which the wait began is greeted.
        if since.as_second() == step.received_at.as_second() {
            self.greet(id, &settings, answered, since).await?;
        }
        Ok(())
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
            fallback_template: None,
            not_before: None,
            expires_at: None,
            callback_id: None,
            requeued: 0,
        };
        let entry = Entry::fifo(request.to_json(), request.group(), request.deduplication_id());
        let sent = self.queue.send(&self.queues.send, entry).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))?;
        info!(conversation.id = %id, "Greeted a customer who began to wait");
        Ok(())
    }
}

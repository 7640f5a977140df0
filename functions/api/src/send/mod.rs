//! Taking a request to send: read, aimed, claimed, written ahead, queued.
//!
//! The claim and the message are written here under the job's own source and id, so that the message can be
//! read at once; `sender` finds both and goes on from there.

mod file;
mod request;
mod target;

use cloud_api::outbound::Content;
use domain::agent::AgentId;
use domain::consent::Reason;
use domain::sending::{self, Form, Refusal, SendState};
use domain::{ConversationId, MessageId, Slot, hash16};
use jiff::Timestamp;
use queue::pack::V1;
use queue::{CorrelationId, Entry, SendRequest, Target};
use serde::Serialize;
use store::{Claim, NewSend, Outbound};
use tracing::info;
use utoipa::ToSchema;

pub(crate) use request::{Ask, SendMessage, key_of};
use target::Aim;

use crate::identity::{Identity, Role};
use crate::{Api, Problem};

/// A request that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// The message's id; `null` for a read mark, which is no message.
    pub(crate) id: Option<String>,
    /// `queued`. A repeat gets the same answer; the message itself tells how far it has come.
    status: &'static str,
    /// The conversation that it stands in; `null` for a read mark.
    conversation: Option<String>,
    /// The person's record; `null` for groups and read marks.
    contact: Option<String>,
}

impl Accepted {
    fn message(id: &MessageId) -> Self {
        Self {
            id: Some(id.to_string()),
            status: "queued",
            conversation: Some(id.conversation.to_string()),
            contact: id.conversation.contact().map(ToString::to_string),
        }
    }

    fn read_mark() -> Self {
        Self { id: None, status: "queued", conversation: None, contact: None }
    }
}

impl Api {
    /// Takes a request.
    pub(crate) async fn send(
        &self,
        identity: &Identity,
        ask: Ask,
        correlation_id: Option<CorrelationId>,
    ) -> Result<Accepted, Problem> {
        let job = SendRequest {
            v: V1::One,
            source: identity.source(),
            id: ask.id.unwrap_or_else(|| lambda_kit::new_id(&self.clock)),
            from: ask.from,
            to: ask.to,
            message: ask.message,
            correlation_id,
            fallback_template: None,
            not_before: None,
            expires_at: None,
            callback_id: None,
            requeued: 0,
        };
        // Reading is no message: nothing to claim, to write ahead, or to keep out of a closed window.
        if let Content::Read(_) = job.message.content {
            self.must_see_target(identity, &job).await?;
            self.enqueue(&job).await?;
            return Ok(Accepted::read_mark());
        }
        let aim = self.aim(&job).await?;
        self.must_see_conversation(identity, &aim.conversation, "number").await?;
        let job = aimed(job, &aim);
        // A repeat gets the answer that it got before, whatever has changed since.
        match self.store.claim_of(&job.source, &job.id, &job.body_hash()).await? {
            Some(Claim::Ours(message)) => return self.again(&job, &message).await,
            Some(Claim::OtherBody) => return Err(Problem::key_reused()),
            None => {}
        }
        self.must_have_file(identity, &job.message).await?;
        self.may_go(identity, &job, &aim).await?;
        let aim = self.meet(&job, aim).await?;
        let job = aimed(job, &aim);
        let now = self.clock.now();
        match self.claim(&job, &aim, now).await? {
            Claim::Ours(message) => {
                self.write_ahead(&job, &message, now).await?;
                self.enqueue(&job).await?;
                info!(message.id = %message, "Took a message to send");
                Ok(Accepted::message(&message))
            }
            // The same key came twice at the same time, with two bodies.
            Claim::OtherBody => Err(Problem::key_reused()),
        }
    }

    /// Who reads a conversation may tell the customer so; which one a wamid belongs to is not looked up.
    async fn must_see_target(&self, identity: &Identity, job: &SendRequest) -> Result<(), Problem> {
        let named = match &job.to {
            Target::Conversation(id) => id.parse::<ConversationId>().ok(),
            _ => None,
        };
        match named.filter(|id| id.number == job.from) {
            Some(id) => self.must_see_conversation(identity, &id, "number").await,
            None => self.must_see(identity, &job.from, "number").await,
        }
    }

    /// A repeat. The first time may have broken off anywhere: what is missing is done now.
    async fn again(&self, job: &SendRequest, message: &MessageId) -> Result<Accepted, Problem> {
        let state = match self.store.message(message).await? {
            Some(stored) => stored.state,
            None => {
                self.write_ahead(job, message, self.clock.now()).await?;
                Some(SendState::Queued)
            }
        };
        // Beyond that, `sender` has it. A second job beside one that waits would only be in its way.
        if state == Some(SendState::Queued) {
            self.enqueue(job).await?;
        }
        Ok(Accepted::message(message))
    }

    /// Refuses what somebody else has to answer, and what cannot arrive: outside the window, to somebody who does not
    /// want it or who has no address.
    async fn may_go(&self, identity: &Identity, job: &SendRequest, aim: &Aim) -> Result<(), Problem> {
        if !aim.has_address {
            return Err(Problem::no_address());
        }
        let state = self.store.state(&aim.conversation).await?;
        // Whoever may give conversations to others may also answer in their place.
        if identity.role < Role::Supervisor
            && self.store.number_settings(&job.from).await?.only_assignee_answers
        {
            let assignee = state.as_ref().and_then(|state| state.handling.assignee.as_ref());
            if assignee.map(AgentId::as_str) != Some(identity.subject.as_str()) {
                return Err(Problem::not_the_assignee());
            }
        }
        let (window, now) = (state.and_then(|state| state.window), self.clock.now());
        let template = match &job.message.content {
            Content::Template(template) => Some((template.name.as_str(), template.language.code.as_str())),
            _ => None,
        };
        match self.store.judge(&aim.conversation, template, window, now).await?.decision {
            Some(decision) if decision.is_allowed() => Ok(()),
            Some(decision) => Err(match decision.reason {
                Reason::WindowClosed { at } => Problem::window_closed(at),
                _ => Problem::not_wanted(&decision),
            }),
            None => {
                let form = if template.is_some() { Form::Template } else { Form::FreeForm };
                sending::check(form, window, now)
                    .map_err(|Refusal::WindowClosed { closed_at }| Problem::window_closed(closed_at))
            }
        }
    }

    async fn claim(&self, job: &SendRequest, aim: &Aim, now: Timestamp) -> Result<Claim, Problem> {
        let hash = hash16(&format!("{}#{}", job.source, job.id));
        let slot = match &job.message.content {
            Content::Reaction(reaction) => Slot::About {
                target: hash16(reaction.message_id.as_str()),
                kind: "reaction".to_owned(),
                hash,
            },
            _ => Slot::Message { at: now.as_millisecond(), hash },
        };
        let message = MessageId { conversation: aim.conversation.clone(), slot };
        let body_hash = job.body_hash();
        let (source, request_id) = (job.source.as_str(), job.id.as_str());
        let send = NewSend { source, request_id, body_hash: &body_hash, message: &message, at: now };
        Ok(self.store.claim_send(&send).await?)
    }

    async fn write_ahead(&self, job: &SendRequest, id: &MessageId, now: Timestamp) -> Result<(), Problem> {
        let at = match &id.slot {
            Slot::Message { at, .. } => Timestamp::from_millisecond(*at).unwrap_or(now),
            Slot::About { .. } => now,
        };
        let outbound = Outbound {
            id,
            request: format!("{}#{}", job.source, job.id),
            kind: job.message.content.kind(),
            raw: serde_json::to_string(&job.message).unwrap_or_default(),
            about: job.message.context.as_ref().map(|context| &context.message_id),
            upload: job.message.media().and_then(|media| media.media.as_deref()),
            correlation: job.correlation_id.as_ref().map(CorrelationId::as_str),
            callback: None,
            at,
        };
        Ok(self.store.write_ahead(&outbound).await?)
    }

    async fn enqueue(&self, job: &SendRequest) -> Result<(), Problem> {
        let entry = Entry::fifo(job.to_json(), job.group(), job.deduplication_id());
        Ok(self.queue.send(&self.queues.send, entry).await?)
    }
}

/// The job names the conversation, however its asker named the person: so messages to one person are one
/// group of the queue, and keep their order.
fn aimed(job: SendRequest, aim: &Aim) -> SendRequest {
    SendRequest { to: Target::Conversation(aim.conversation.to_string()), ..job }
}

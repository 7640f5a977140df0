//! A request on its way: found, claimed, checked, attempted.

use cloud_api::outbound::Message;
use domain::consent::Decision;
use domain::sending::{Refusal, SendState};
use domain::{DeadLetter, MessageId, Slot, activity, greeting, hash16};
use jiff::Timestamp;
use lambda_kit::batch::Parcel;
use lambda_kit::metrics::{FORGOTTEN, REFUSED, UNKNOWN, WAITING};
use lambda_kit::{Failure, Kit, Worker};
use queue::{CorrelationId, Entry, Later, LaterJob, Queue, SendRequest};
use store::{Claim, Judged, NewSend, Outbound, Sent, StoreError, StoredMessage};
use tracing::info;

use crate::instead::{check, needs_template};
use crate::rejected::{is_callback, rejected};
use crate::target::Target;
use crate::{Sender, errors};

/// A send request, as the batch loop sees it.
#[derive(Clone, Debug)]
pub struct Job {
    body: String,
    pub(crate) request: SendRequest,
    /// What goes instead of the request's message: its fallback.
    pub(crate) instead: Option<Message>,
}

impl Job {
    /// What goes.
    pub(crate) fn message(&self) -> &Message {
        self.instead.as_ref().unwrap_or(&self.request.message)
    }
}

impl lambda_kit::Job for Job {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        self.request.correlation_id.as_ref().map(CorrelationId::as_str)
    }
}

impl Worker for Sender {
    type Item = Job;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "send"
    }

    fn queue_url(&self) -> &str {
        &self.send_queue_url
    }

    fn open(&self, body: &str) -> Result<Parcel<Job>, String> {
        let request = SendRequest::parse(body).map_err(|error| error.to_string())?;
        check_names(&request)?;
        Ok(Parcel::of_one(Job { body: body.to_owned(), request, instead: None }))
    }

    async fn work(&self, job: &Job, tries: u32) -> Result<(), Failure> {
        let request = &job.request;
        if let Some(until) = request.not_before.filter(|until| *until > self.kit.clock.now()) {
            return self.begin_at(request, until).await;
        }
        if let cloud_api::outbound::Content::Read(_) = request.message.content {
            return self.mark_as_read(request, tries).await;
        }
        let Some(target) = self.target(request).await? else {
            self.forget();
            return Ok(());
        };
        let id = self.claim(request, &target).await?;
        let Some(target) = self.target_of_claim(target, &id).await? else {
            self.forget();
            return Ok(());
        };
        self.write_ahead(request, &id).await?;
        let message = self.store.message(&id).await.map_err(failure)?;
        let message =
            message.ok_or_else(|| Failure::Retry("a message written ahead is not there".to_owned()))?;
        match message.state {
            Some(SendState::Queued | SendState::Waiting) => {
                self.ask_for_file(request, &message, tries).await?;
                self.decide(job, &target, &message).await
            }
            Some(SendState::Sending) => self.abandon(&message).await,
            // A repeat. What a crash left undone after the outcome is done now.
            Some(SendState::Accepted | SendState::Unknown) => self.note_answer(&message).await,
            Some(SendState::Failed) | None => Ok(()),
        }
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())?;
        self.store.note_rejected(&rejected(&letter)).await.map_err(|error| error.to_string())
    }
}

/// What a store's error means for an item.
pub(crate) fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}

/// Source and id become keys: they are short, and the source is a name.
fn check_names(request: &SendRequest) -> Result<(), String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if request.source.is_empty() || request.source.len() > 64 || !request.source.chars().all(is_name) {
        return Err("source must be 1 to 64 letters, digits, '-', '_' or '.'".to_owned());
    }
    if request.id.is_empty() || request.id.chars().count() > 128 {
        return Err("id must have 1 to 128 characters".to_owned());
    }
    if request.callback_id.as_deref().is_some_and(|id| !is_callback(id)) {
        return Err("callback_id must be 1 to 128 letters, digits, '-', '_', '.' or ':'".to_owned());
    }
    if request.not_before.zip(request.expires_at).is_some_and(|(from, until)| until <= from) {
        return Err("expires_at must be after not_before".to_owned());
    }
    Ok(())
}

impl Sender {
    /// A request to somebody who was erased: it is over, and nothing of it is kept.
    fn forget(&self) {
        self.count(FORGOTTEN);
        info!("Dropped a request to somebody who was erased");
    }

    /// Claims the request, or finds the message that it made before.
    async fn claim(&self, request: &SendRequest, target: &Target) -> Result<MessageId, Failure> {
        let now = self.kit.clock.now();
        let hash = hash16(&format!("{}#{}", request.source, request.id));
        let slot = match &request.message.content {
            cloud_api::outbound::Content::Reaction(reaction) => Slot::About {
                target: hash16(reaction.message_id.as_str()),
                kind: "reaction".to_owned(),
                hash,
            },
            _ => Slot::Message { at: now.as_millisecond(), hash },
        };
        let message = MessageId { conversation: target.conversation.clone(), slot };
        let send = NewSend {
            source: &request.source,
            request_id: &request.id,
            body_hash: &request.body_hash(),
            message: &message,
            at: now,
        };
        match self.store.claim_send(&send).await.map_err(failure)? {
            Claim::Ours(id) => Ok(id),
            Claim::OtherBody => Err(Failure::Dead("the id was used before for another message".to_owned())),
        }
    }

    async fn write_ahead(&self, request: &SendRequest, id: &MessageId) -> Result<(), Failure> {
        let at = match &id.slot {
            Slot::Message { at, .. } => Timestamp::from_millisecond(*at).unwrap_or(self.kit.clock.now()),
            Slot::About { .. } => self.kit.clock.now(),
        };
        let outbound = Outbound {
            id,
            request: format!("{}#{}", request.source, request.id),
            kind: request.message.content.kind(),
            raw: serde_json::to_string(&request.message).unwrap_or_default(),
            about: request.message.context.as_ref().map(|context| &context.message_id),
            upload: request.message.media().and_then(|media| media.media.as_deref()),
            correlation: request.correlation_id.as_ref().map(CorrelationId::as_str),
            callback: request.callback_id.as_deref(),
            at,
        };
        self.store.write_ahead(&outbound).await.map_err(failure)
    }

    /// Whether the message may go now; and if so, sends it.
    async fn decide(&self, job: &Job, target: &Target, message: &StoredMessage) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        if let Some(until) = job.request.expires_at.filter(|until| *until <= now) {
            return self.refuse(message, &errors::expired(until), None).await;
        }
        let state = self.store.state(&message.id.conversation).await.map_err(failure)?;
        if let Some(until) = state.as_ref().and_then(|state| state.hold) {
            // A request that comes for the first time waits behind those that wait already; one that was
            // woken waits only if the hold was renewed.
            if job.request.requeued == 0 || until > now {
                return self.put_off(job, message, until.max(now)).await;
            }
        }
        // A crash fell between Meta's refusal and the wait.
        if let Some(until) = message.not_before.filter(|until| *until > now) {
            return self.put_off(job, message, until).await;
        }
        let window = state.and_then(|state| state.window);
        let judged = self.judge(job.message(), message, window).await?;
        if let Some(fallback) = job.request.fallback().filter(|_| needs_template(job, &judged, now)) {
            let job = Job { instead: Some(fallback), ..job.clone() };
            let judged = self.judge(job.message(), message, window).await?;
            return self.go(&job, target, (message, &judged)).await;
        }
        self.go(job, target, (message, &judged)).await
    }

    /// Sends what may go.
    async fn go(
        &self,
        job: &Job,
        target: &Target,
        (message, judged): (&StoredMessage, &Judged),
    ) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        match &judged.decision {
            Some(decision) if !decision.is_allowed() => return self.refuse_for(message, decision).await,
            Some(_) => {}
            None => {
                if let Err(Refusal::WindowClosed { closed_at }) = check(job.message(), judged, now) {
                    return self.refuse(message, &errors::window_closed(closed_at), None).await;
                }
            }
        }
        let Some(recipient) = target.recipient.clone() else {
            return self.refuse(message, &errors::no_address(), judged.decision.as_ref()).await;
        };
        let Some(message) = self.as_it_goes(job, message).await? else { return Ok(()) };
        self.attempt(job, recipient, &message, judged).await
    }

    pub(crate) async fn refuse(
        &self,
        message: &StoredMessage,
        errors: &str,
        decision: Option<&Decision>,
    ) -> Result<(), Failure> {
        info!(message.id = %message.id, "Refused a message by a rule of our own");
        self.count(REFUSED);
        let refused = self.store.refuse_send(&message.id, errors, decision, self.kit.clock.now());
        refused.await.map_err(failure)
    }

    /// Puts a message off, and sees to it that something wakes it.
    pub(crate) async fn put_off(
        &self,
        job: &Job,
        message: &StoredMessage,
        until: Timestamp,
    ) -> Result<(), Failure> {
        let requeued = SendRequest { requeued: job.request.requeued + 1, ..job.request.clone() };
        self.store.put_off(&message.id, &requeued.to_json(), until).await.map_err(failure)?;
        self.count(WAITING);
        info!(message.id = %message.id, message.not_before = %until, "A message waits");
        let wake = LaterJob {
            v: queue::pack::V1::One,
            conversation: message.id.conversation.to_string(),
            not_before: until.as_millisecond(),
            correlation_id: job.request.correlation_id.clone(),
        };
        self.wake_at(&Later::Conversation(wake), until).await
    }

    /// Queues a wake-up.
    pub(crate) async fn wake_at(&self, wake: &Later, until: Timestamp) -> Result<(), Failure> {
        let delay =
            std::time::Duration::try_from(until.duration_since(self.kit.clock.now())).unwrap_or_default();
        // SQS counts in whole seconds; a wake-up that is early by a fraction would only go round again.
        let delay = std::time::Duration::from_secs(delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
        let entry = Entry::new(wake.to_json()).after(delay);
        self.queue.send(&self.later_queue_url, entry).await.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// An attempt that nobody finished: the request may have left. It never leaves again.
    async fn abandon(&self, message: &StoredMessage) -> Result<(), Failure> {
        info!(message.id = %message.id, message.attempt = message.attempt, "An attempt broke off; its outcome is unknown");
        self.count(UNKNOWN);
        self.store.give_up_attempt(&message.id, message.attempt).await.map_err(failure)?;
        self.note_answer(message).await
    }

    /// Moves the conversation: the customer has an answer, as far as anybody knows.
    pub(crate) async fn note_answer(&self, message: &StoredMessage) -> Result<(), Failure> {
        let preview = activity::company_preview(&message.raw, &message.kind);
        // A welcome is no answer: whoever hears it waits on.
        let is_answer = message.source.as_deref().is_none_or(greeting::is_answer);
        let sent = if is_answer { Sent::Answer } else { Sent::Automatic };
        let asked = self.store.note_answer(&message.id.conversation, &preview, message.received_at, sent);
        asked.await.map_err(failure)
    }
}

//! One attempt: `sending` is written, the message is posted, and its outcome recorded.

use cloud_api::error::Remedy;
use cloud_api::outbound::{MessageStatus, Recipient, SendRequest as Post, SendResponse};
use domain::Callback;
use domain::sending::{self, AfterRefusal};
use graph::Posted;
use lambda_kit::Failure;
use lambda_kit::metrics::{ACCEPTED, REFUSED, UNKNOWN};
use store::{Attempt, Judged, Outcome, StoredMessage};
use tracing::{info, warn};

use crate::limits::Room;
use crate::worker::{Job, failure};
use crate::{Sender, errors};

impl Sender {
    pub(crate) async fn attempt(
        &self,
        job: &Job,
        recipient: Recipient,
        message: &StoredMessage,
        judged: &Judged,
    ) -> Result<(), Failure> {
        let request = &job.request;
        let mut post = Post { recipient, message: job.message().clone(), callback: None };
        if let Err(errors) = self.put_file(&mut post.message, message)? {
            return self.refuse(message, &errors, judged.decision.as_ref()).await;
        }
        if let Err(violations) = post.validate() {
            let errors = errors::violations(&violations);
            return self.refuse(message, &errors, judged.decision.as_ref()).await;
        }
        let bucket = match self.room(job, message, judged).await? {
            Room::Go(bucket) => bucket,
            Room::Wait(until) => return self.put_off(job, message, until).await,
        };
        // Everything that can fail without having sent came before `sending` is written.
        let (decision, now) = (judged.decision.as_ref(), self.kit.clock.now());
        let begun = self.store.begin_attempt(&message.id, message.attempt, decision, now).await;
        let Attempt::Begun(attempt) = begun.map_err(failure)? else { return Ok(()) };
        post.callback = Some(Callback { message: message.id.clone(), attempt }.to_string());
        let Ok(body) = post.to_body() else {
            // Nothing left us; nothing ever will.
            self.count(REFUSED);
            return self.record(message, attempt, &Outcome::Failed { errors: errors::unwritable() }).await;
        };
        // Nothing leaves on the account of a bucket that has closed: the message goes back, and takes another slot.
        let posted = match self.may_leave(bucket) {
            true => self.post(&judged.portfolio, &request.from, body).await,
            false => Posted::NotSent,
        };
        let stopped = matches!(&posted, Posted::Refused(error) if error.remedy() == Remedy::OptOut);
        self.conclude(job, message, attempt, posted).await?;
        if stopped {
            self.note_stop(&judged.portfolio, message).await;
        }
        Ok(())
    }

    async fn conclude(
        &self,
        job: &Job,
        message: &StoredMessage,
        attempt: u32,
        posted: Posted,
    ) -> Result<(), Failure> {
        match posted {
            Posted::Accepted(answer) => self.accepted(message, attempt, &answer).await,
            Posted::Refused(error) => {
                let errors = errors::of_meta(&error);
                info!(message.id = %message.id, graph.code = error.code, graph.trace = error.fbtrace_id, "Meta refused a message");
                self.note_limit(message, error.remedy()).await;
                match sending::after_refusal(error.remedy(), attempt, self.kit.clock.now()) {
                    AfterRefusal::Fail => {
                        self.count(REFUSED);
                        self.record(message, attempt, &Outcome::Failed { errors }).await
                    }
                    AfterRefusal::Wait(until) => {
                        self.record(message, attempt, &Outcome::Waiting { until, errors }).await?;
                        self.put_off(job, message, until).await
                    }
                }
            }
            Posted::NotSent => {
                self.record(message, attempt, &Outcome::Back).await?;
                Err(Failure::Retry("no connection to the Graph API".to_owned()))
            }
            Posted::Unknown { why } => {
                warn!(message.id = %message.id, why, "Nobody knows whether a message was sent; a status will tell");
                self.unknown(message, attempt).await
            }
        }
    }

    async fn unknown(&self, message: &StoredMessage, attempt: u32) -> Result<(), Failure> {
        self.count(UNKNOWN);
        self.record(message, attempt, &Outcome::Unknown).await?;
        self.note_answer(message).await
    }

    async fn accepted(
        &self,
        message: &StoredMessage,
        attempt: u32,
        answer: &SendResponse,
    ) -> Result<(), Failure> {
        // An acceptance without an id: a status will bring it.
        let Some(wamid) = answer.wamid().cloned() else { return self.unknown(message, attempt).await };
        let held = answer.message_status().filter(|status| **status != MessageStatus::Accepted);
        let held = held.map(|status| status.as_str().to_owned());
        info!(message.id = %message.id, message.wamid_hash = domain::hash16(wamid.as_str()), "Meta accepted a message");
        self.count(ACCEPTED);
        self.record(message, attempt, &Outcome::Accepted { wamid, held }).await?;
        self.note_answer(message).await
    }

    async fn record(&self, message: &StoredMessage, attempt: u32, outcome: &Outcome) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        self.store.record_outcome(&message.id, attempt, outcome, now).await.map_err(failure)
    }
}

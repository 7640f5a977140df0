//! What a request says of time and of the window: it begins later, or goes as the template that was asked for.

use cloud_api::outbound::Message;
use domain::consent::Reason;
use domain::sending::{self, Form, Refusal};
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{Later, LaterRequest, SendRequest};
use store::{Judged, StoredMessage};
use tracing::info;

use crate::Sender;
use crate::worker::{Job, failure};

/// Whether a message needs an open window that is not there. In a group nobody's word counts for all; the window does.
pub(crate) fn check(message: &Message, judged: &Judged, now: Timestamp) -> Result<(), Refusal> {
    let form = if message.content.needs_open_window() { Form::FreeForm } else { Form::Template };
    sending::check(form, judged.window, now)
}

/// Whether a request's own message cannot go because the window is closed.
pub(crate) fn needs_template(job: &Job, judged: &Judged, now: Timestamp) -> bool {
    match &judged.decision {
        Some(decision) => matches!(decision.reason, Reason::WindowClosed { .. }),
        None => check(job.message(), judged, now).is_err(),
    }
}

impl Sender {
    /// Puts a request aside whose time has not come. Nobody waits behind it.
    pub(crate) async fn begin_at(&self, request: &SendRequest, until: Timestamp) -> Result<(), Failure> {
        // A millisecond too early would only go round again.
        let not_before = until.as_millisecond() + i64::from(until.subsec_nanosecond() % 1_000_000 > 0);
        let job = LaterRequest { v: queue::pack::V1::One, request: request.clone(), not_before };
        info!(message.not_before = %until, "A request waits for its time");
        self.wake_at(&Later::Request(Box::new(job)), until).await
    }

    /// The message with what really goes, so that its thread shows what the person reads. `None` if somebody else attends
    /// to it.
    pub(crate) async fn as_it_goes(
        &self,
        job: &Job,
        message: &StoredMessage,
    ) -> Result<Option<StoredMessage>, Failure> {
        let mut message = message.clone();
        if job.request.fallback_template.is_none() {
            return Ok(Some(message));
        }
        let raw = serde_json::to_string(job.message()).unwrap_or_default();
        if message.raw != raw {
            let kind = job.message().content.kind();
            if !self.store.say_instead(&message.id, kind, &raw).await.map_err(failure)? {
                return Ok(None);
            }
            (message.kind, message.raw) = (kind.to_owned(), raw);
        }
        Ok(Some(message))
    }
}

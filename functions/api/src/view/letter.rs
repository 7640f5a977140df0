//! Webhook events and dead letters.

use domain::DeadLetter;
use serde::Serialize;
use serde_json::value::RawValue;
use store::WebhookEvent;
use utoipa::ToSchema;

use crate::view::Time;

/// A webhook item that is neither a message nor a status.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    /// Its id: the same for a repeat.
    id: String,
    /// The webhook field, such as `message_template_status_update`.
    field: String,
    /// `entry[].id`: the WABA, with few exceptions.
    waba: String,
    /// The number that it is about, if it names one.
    phone_number_id: Option<String>,
    /// Meta's time, if there is one.
    time: Option<Time>,
    /// When we received it.
    received_at: Time,
    /// `known`, `unknown` or `malformed`.
    reading: String,
    /// The change's `value`, as Meta wrote it.
    #[schema(value_type = Object)]
    raw: Box<RawValue>,
}

impl EventView {
    /// An event with its JSON.
    pub(crate) fn new(event: WebhookEvent, raw: &str) -> Self {
        Self {
            id: event.id,
            field: event.field,
            waba: event.waba,
            phone_number_id: event.number,
            time: event.time.map(Time::from),
            received_at: event.received_at.into(),
            reading: event.reading,
            raw: views::content::raw(raw),
        }
    }
}

/// Something that could not be processed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct LetterView {
    /// Its id.
    id: String,
    /// The queue it came from: `inbound`, `status`, `send`, `later`, `changes` or `deliveries`.
    source: String,
    /// Why, without content.
    reason: String,
    /// How often it was tried.
    attempts: u32,
    /// When it was given up.
    at: Time,
    /// When it was put back on its queue; `null` if it was not, or failed again since.
    redriven_at: Option<Time>,
    /// The size of the job.
    bytes: usize,
}

impl From<&DeadLetter> for LetterView {
    fn from(letter: &DeadLetter) -> Self {
        Self {
            id: letter.id.to_string(),
            source: letter.source.clone(),
            reason: letter.reason.clone(),
            attempts: letter.attempts,
            at: letter.at.into(),
            redriven_at: letter.redriven_at.map(Time::from),
            bytes: letter.job.len(),
        }
    }
}

/// A dead letter with its job.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadLetterDetail)]
pub(crate) struct LetterDetail {
    /// The letter.
    #[serde(flatten)]
    letter: LetterView,
    /// The job, as it stood on the queue.
    job: String,
}

impl From<DeadLetter> for LetterDetail {
    fn from(letter: DeadLetter) -> Self {
        Self { letter: LetterView::from(&letter), job: letter.job }
    }
}

/// A dead letter is on its queue again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Redriven {
    /// Its id.
    pub(crate) id: String,
    /// The queue.
    pub(crate) source: String,
    /// When.
    pub(crate) redriven_at: Time,
}

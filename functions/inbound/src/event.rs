//! Webhook events that are neither message nor status: kept as Meta sent them.

use cloud_api::webhook::event::Event;
use domain::sha256;
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use queue::{CampaignJob, CampaignTask, Content, Entry};
use store::WebhookEvent;
use tracing::{error, info};

use crate::{Effect, Inbound, failure};

/// The largest event that lies in the table itself; larger ones lie in the bucket.
const IN_TABLE: usize = 300_000;

impl Inbound {
    pub(crate) async fn record_event(&self, item: &PackItem, raw: String) -> Result<Effect, Failure> {
        let envelope = &item.item;
        let read = Event::parse(&envelope.field, &raw);
        let reading = match &read {
            Ok(Event::Unknown { .. }) => "unknown",
            Ok(Event::Malformed { reason, .. }) => {
                error!(webhook.field = %envelope.field, reason, "An event broke our model; it is kept raw");
                "malformed"
            }
            Ok(_) => "known",
            Err(unreadable) => return Err(Failure::Dead(unreadable.to_string())),
        };
        let time = envelope.time.unwrap_or_default();
        // The key that Meta's own page gives for events without an id: entry, time, field, value.
        let mut id = sha256(format!("{}\n{time}\n{}\n{raw}", envelope.waba, envelope.field).as_bytes());
        id.truncate(32);
        let raw = match &envelope.content {
            Content::Stored(key) if raw.len() > IN_TABLE => Err(key.to_string()),
            _ => Ok(raw),
        };
        let event = WebhookEvent {
            id,
            waba: envelope.waba.to_string(),
            field: envelope.field.to_string(),
            number: envelope.number.as_ref().map(ToString::to_string),
            time: envelope.time.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            received_at: item.received_at,
            raw,
            reading: reading.to_owned(),
        };
        self.store.record_event(&event).await.map_err(failure)?;
        let mut effect = Effect::Nothing;
        match &read {
            Ok(Event::Calls(calls)) => effect = self.note_calls(item, calls).await?,
            Ok(Event::UserPreferences(chosen)) => self.prefer(item, &event.id, chosen).await?,
            Ok(told) => {
                let of_template = self.note_template(item, told).await?;
                if self.note_numbers(item, told).await? || of_template {
                    self.tell_campaigns(item).await?;
                }
            }
            Err(_) => {}
        }
        info!(event.id = event.id, webhook.field = event.field, "Recorded an event");
        Ok(effect)
    }

    /// Has campaigns look at what Meta tells now, once it is kept: those that are concerned pause. They look each minute
    /// as well.
    async fn tell_campaigns(&self, item: &PackItem) -> Result<(), Failure> {
        let job = CampaignJob::of(CampaignTask::Watch {}, item.correlation.clone());
        let sent = self.queue.send(&self.queues.campaigns, Entry::new(job.to_json())).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }
}

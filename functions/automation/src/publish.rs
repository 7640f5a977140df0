//! Handing events on to those who want them.

use domain::event::Event;
use platform::BusEvent;
use queue::pack::V1;
use queue::{DeliveryJob, Entry};
use tracing::warn;

use crate::Automation;

impl Automation {
    /// Hands events on: to the queue of deliveries, one job for each endpoint that wants it, and to the bus. Gives
    /// the places of those that the bus does not take. Repeating it is harmless: events keep their ids.
    ///
    /// # Errors
    /// Why nothing can be handed on now.
    pub(crate) async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, String> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let subscriptions = self.store.subscriptions().await.map_err(|error| error.to_string())?;
        let jobs = events.iter().flat_map(|event| {
            subscriptions.takers(event.kind).map(move |endpoint| {
                let content = endpoint.wanted.content && event.content.is_some();
                let job = DeliveryJob {
                    v: V1::One,
                    endpoint: endpoint.id.to_string(),
                    event: event.id.to_string(),
                    kind: event.kind.to_string(),
                    at: event.at.as_millisecond(),
                    body: event.to_json(content),
                    content,
                    round: 0,
                    failed: 0,
                    not_before: 0,
                };
                Entry::new(job.to_json())
            })
        });
        let jobs: Vec<Entry> = jobs.collect();
        self.queue.send_all(&self.deliveries_queue_url, &jobs).await.map_err(|error| error.to_string())?;

        let bus = &subscriptions.bus;
        let (places, entries): (Vec<usize>, Vec<BusEvent>) = events
            .iter()
            .enumerate()
            .filter(|(_, event)| bus.wants(event.kind))
            .map(|(place, event)| {
                let (kind, detail) = (event.kind.to_string(), event.to_json(bus.content));
                (place, BusEvent { kind, at: event.at, detail })
            })
            .unzip();
        let refused = self.bus.publish(&entries).await;
        Ok(refused
            .into_iter()
            .map(|refused| {
                let place = places[refused.index];
                warn!(event.id = %events[place].id, reason = refused.reason, "The bus does not take an event");
                place
            })
            .collect())
    }
}

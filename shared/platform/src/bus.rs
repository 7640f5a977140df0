//! The stack's event bus.

use std::time::SystemTime;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use jiff::Timestamp;

use crate::describe;

/// Whom rules name as the source of our events.
const SOURCE: &str = "ventana";
/// The most entries that one `PutEvents` takes.
const BATCH: usize = 10;
/// The most bytes that one `PutEvents` gets: what it took before 2026, with room for what else counts.
const BATCH_BYTES: usize = 200_000;
/// How often what EventBridge names in its answer is tried again.
const ROUNDS: usize = 3;

/// The stack's event bus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventBus {
    client: Client,
    name: String,
}

/// An event for the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusEvent {
    /// Its type, which is the `detail-type` that rules ask for.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// The event's JSON, its id included.
    pub detail: String,
}

/// An event that is not on the bus.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is not on the bus: {reason}")]
pub struct NotTaken {
    /// Which of those that were handed over.
    pub index: usize,
    /// EventBridge's reason, without content.
    pub reason: String,
}

impl EventBus {
    /// The bus of this name.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Publishes events, and says which are not on the bus. `PutEvents` answers 200 even when it refuses entries:
    /// those count as not taken and are tried again.
    pub async fn publish(&self, events: &[BusEvent]) -> Vec<NotTaken> {
        let mut not_taken = Vec::new();
        for batch in batches(events) {
            self.publish_batch(events, batch, &mut not_taken).await;
        }
        not_taken
    }

    async fn publish_batch(&self, events: &[BusEvent], mut left: Vec<usize>, not_taken: &mut Vec<NotTaken>) {
        let mut reasons = Vec::new();
        for _ in 0..ROUNDS {
            let entries = left.iter().map(|index| self.entry(&events[*index])).collect();
            let answer = self.client.put_events().set_entries(Some(entries)).send().await;
            let outcomes: Vec<Option<String>> = match &answer {
                Ok(answer) => {
                    let told = |place: usize| answer.entries().get(place);
                    let places = 0..left.len();
                    // An entry is taken only if EventBridge gives it an id.
                    let outcome = |place| match told(place) {
                        Some(entry) if entry.event_id().is_some() => None,
                        Some(entry) => Some(entry.error_code().unwrap_or("no reason given").to_owned()),
                        None => Some("not named in the answer".to_owned()),
                    };
                    places.map(outcome).collect()
                }
                Err(error) => {
                    vec![Some(describe(&aws_sdk_eventbridge::error::DisplayErrorContext(error))); left.len()]
                }
            };
            let refused = left.iter().zip(outcomes).filter_map(|(index, outcome)| Some((*index, outcome?)));
            (left, reasons) = refused.unzip();
            if left.is_empty() {
                return;
            }
        }
        let named = left.into_iter().zip(reasons);
        not_taken.extend(named.map(|(index, reason)| NotTaken { index, reason }));
    }

    fn entry(&self, event: &BusEvent) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(&event.kind)
            .time(DateTime::from(SystemTime::from(event.at)))
            .detail(&event.detail)
            .build()
    }
}

/// Cuts events into batches that one call takes.
fn batches(events: &[BusEvent]) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, event) in events.iter().enumerate() {
        let fits = bytes + event.detail.len() <= BATCH_BYTES;
        match batches.last_mut().filter(|batch| batch.len() < BATCH && fits) {
            Some(batch) => batch.push(index),
            None => {
                batches.push(vec![index]);
                bytes = 0;
            }
        }
        bytes += event.detail.len();
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_what_one_call_takes_and_no_event_is_left_out() {
        let event = |length| BusEvent {
            kind: "message.received".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            detail: "x".repeat(length),
        };
        let small: Vec<_> = (0..23).map(|_| event(10)).collect();
        assert_eq!(batches(&small).iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);
        let large: Vec<_> = (0..4).map(|_| event(90_000)).collect();
        assert_eq!(batches(&large), [vec![0, 1], vec![2, 3]]);
        assert!(batches(&[]).is_empty());
    }
}

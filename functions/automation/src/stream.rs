//! A batch of a table's stream, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::event::{self, Event};
use queue::Entry;
use serde_json::Value;
use store::ChangeRecord;
use tracing::{error, warn};

use crate::Automation;

/// Marks a record that is put aside because its words could not be followed. Others were followed in their turn, and
/// following them again later would bring back words that are gone since.
pub(crate) const UNFOLLOWED: &str = "unfollowed";

/// What a record tells. Why it does not read, without content.
pub(crate) fn told(record: &Value) -> Result<Vec<Event>, String> {
    let read = || {
        let change = ChangeRecord::read(record)?.change()?;
        Ok::<_, store::BadChange>(change.as_ref().map(event::events).unwrap_or_default())
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(told) => told.map_err(|error| error.to_string()),
        Err(_) => Err("a panic".to_owned()),
    }
}

impl Automation {
    /// Serves a batch. Records before the one that the answer names are done; it and what follows come again.
    ///
    /// A record that alone is the trouble goes to a queue by itself, so that those behind it do not wait.
    pub async fn serve_stream(&self, event: &Value) -> DynamoDbEventResponse {
        let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
        let (mut aside, mut events, mut unfollowed) = (Vec::new(), Vec::new(), Vec::new());
        for (index, record) in records.iter().enumerate() {
            // Whoever is found by a record's words is found by them in the order of its changes.
            if let Ok(change) = ChangeRecord::read(record)
                && let Err(error) = self.store.follow(&change).await
            {
                warn!(stream.sequence = sequence(record), %error, "A change could not be followed");
                if error.is_transient() {
                    return from(records, Some(index));
                }
                aside.push(index);
                unfollowed.push(index);
                continue;
            }
            if let Ok(Some(change)) = ChangeRecord::read(record).and_then(|record| record.change())
                && let Err(error) = self.apply_rules(&change).await
            {
                warn!(stream.sequence = sequence(record), %error, "The rules could not be applied to a change");
                // Somebody else's change at the same instant is over when it comes again.
                if error.is_transient() || error == store::StoreError::Contended {
                    return from(records, Some(index));
                }
            }
            match told(record) {
                Ok(told) => events.extend(told.into_iter().map(|event| (index, event))),
                Err(reason) => {
                    warn!(stream.sequence = sequence(record), reason, "A change does not read");
                    aside.push(index);
                }
            }
        }
        let only: Vec<Event> = events.iter().map(|(_, event)| event.clone()).collect();
        match self.publish(&only).await {
            Ok(refused) => aside.extend(refused.into_iter().map(|place| events[place].0)),
            Err(reason) => {
                warn!(stream.records = records.len(), reason, "Changes have to be told again");
                return from(records, events.first().map(|(index, _)| *index));
            }
        }
        aside.sort_unstable();
        aside.dedup();
        let entry = |index: &usize| {
            let mut record = records[*index].clone();
            if unfollowed.contains(index) {
                record[UNFOLLOWED] = Value::Bool(true);
            }
            Entry::new(record.to_string())
        };
        let entries: Vec<Entry> = aside.iter().map(entry).collect();
        if let Err(error) = self.queue.send_all(&self.changes_queue_url, &entries).await {
            error!(%error, "Changes that could not be told could not be put aside");
            return from(records, aside.first().copied());
        }
        from(records, None)
    }
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// The answer that brings again everything from a record on.
fn from(records: &[Value], first: Option<usize>) -> DynamoDbEventResponse {
    let mut answer = DynamoDbEventResponse::default();
    if let Some(first) = first {
        let mut failure = DynamoDbBatchItemFailure::default();
        // Without a number the whole batch comes again.
        failure.item_identifier = records[first]["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned);
        answer.batch_item_failures.push(failure);
    }
    answer
}

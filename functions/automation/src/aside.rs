//! Changes that could not be served in their turn: each by itself, tried again with pauses, a dead letter at last.

use domain::DeadLetter;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker};
use queue::Queue;
use serde_json::Value;

use crate::Automation;
use crate::stream::told;

/// A change, as the stream told it.
#[derive(Clone, Debug)]
pub struct Aside {
    body: String,
    record: Value,
}

impl Job for Aside {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        None
    }
}

impl Worker for Automation {
    type Item = Aside;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "changes"
    }

    fn queue_url(&self) -> &str {
        &self.changes_queue_url
    }

    /// A change, or what Lambda says of changes that it gave up: those that are named there with their content.
    fn open(&self, body: &str) -> Result<Parcel<Aside>, String> {
        let record: Value = serde_json::from_str(body).map_err(|_| "not JSON".to_owned())?;
        let Some(batch) = record.get("DDBStreamBatchInfo") else {
            return Ok(Parcel::of_one(Aside { body: body.to_owned(), record }));
        };
        match record["records"].as_array() {
            Some(records) if !records.is_empty() => {
                let item = |record: &Value| Aside { body: record.to_string(), record: record.clone() };
                Ok(Parcel { items: records.iter().map(item).collect(), tries: 0 })
            }
            _ => {
                let place = |name: &str| batch[name].as_str().unwrap_or("?").to_owned();
                let (shard, first, last) =
                    (place("shardId"), place("startSequenceNumber"), place("endSequenceNumber"));
                Err(format!("given up in the stream: shard {shard}, from {first} to {last}"))
            }
        }
    }

    async fn work(&self, item: &Aside, _tries: u32) -> Result<(), Failure> {
        let events = told(&item.record).map_err(Failure::Dead)?;
        match self.publish(&events).await {
            Ok(refused) if refused.is_empty() => Ok(()),
            Ok(_) => Err(Failure::Retry("the bus does not take an event".to_owned())),
            Err(reason) => Err(Failure::Retry(reason)),
        }
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

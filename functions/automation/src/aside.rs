//! Changes that could not be served in their turn: each by itself, tried again with pauses, a dead letter at last.

use domain::DeadLetter;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker};
use queue::{Entry, Queue};
use serde_json::Value;
use store::{ChangeRecord, StreamError, StreamPlace};

use crate::Automation;
use crate::stream::{UNFOLLOWED, told};

/// What was put aside.
#[derive(Clone, Debug)]
pub struct Aside {
    body: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// A change, as the stream told it.
    Change(Value),
    /// Where changes stand that Lambda gave up.
    Place(StreamPlace),
}

impl Aside {
    fn change(record: &Value) -> Self {
        Self { body: record.to_string(), what: What::Change(record.clone()) }
    }
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

/// Where the records stand of which Lambda says that it gave them up.
fn place(batch: &Value) -> Option<StreamPlace> {
    let text = |name: &str| batch[name].as_str().map(str::to_owned);
    Some(StreamPlace {
        arn: text("streamArn")?,
        shard: text("shardId")?,
        first: text("startSequenceNumber")?,
        last: text("endSequenceNumber")?,
    })
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

    /// A change; or what Lambda says of changes that it gave up, with them or with where they stand.
    fn open(&self, body: &str) -> Result<Parcel<Aside>, String> {
        let job: Value = serde_json::from_str(body).map_err(|_| "not JSON".to_owned())?;
        let Some(batch) = job.get("DDBStreamBatchInfo") else {
            return Ok(Parcel::of_one(Aside { body: body.to_owned(), what: What::Change(job) }));
        };
        match job["records"].as_array().map(Vec::as_slice) {
            Some(records @ [_, ..]) => {
                Ok(Parcel { items: records.iter().map(Aside::change).collect(), tries: 0 })
            }
            _ => {
                let place = place(batch).ok_or("given up in a stream, at no place")?;
                Ok(Parcel::of_one(Aside { body: body.to_owned(), what: What::Place(place) }))
            }
        }
    }

    async fn work(&self, item: &Aside, _tries: u32) -> Result<(), Failure> {
        let record = match &item.what {
            What::Change(record) => record,
            What::Place(place) => return self.read_again(place).await,
        };
        if record[UNFOLLOWED] == true {
            self.follow_late(record).await?;
        }
        let events = told(record).map_err(Failure::Dead)?;
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

impl Automation {
    /// Follows the words of a record that could not be followed in its turn.
    async fn follow_late(&self, record: &Value) -> Result<(), Failure> {
        let change = ChangeRecord::read(record).map_err(|error| Failure::Dead(error.to_string()))?;
        self.store.follow(&change).await.map_err(|error| match error.is_transient() {
            true => Failure::Retry(error.to_string()),
            false => Failure::Dead(error.to_string()),
        })
    }

    /// Reads changes where Lambda left them, and puts each aside by itself.
    async fn read_again(&self, place: &StreamPlace) -> Result<(), Failure> {
        let records = self.streams.read(place).await.map_err(|error| match error {
            StreamError::Forgotten => Failure::Dead(format!("{error}: {place}")),
            StreamError::Unavailable(_) => Failure::Retry(error.to_string()),
        })?;
        let entries: Vec<Entry> = records.iter().map(|record| Entry::new(record.to_string())).collect();
        let sent = self.queue.send_all(&self.changes_queue_url, &entries).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }
}

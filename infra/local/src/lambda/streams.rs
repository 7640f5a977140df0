//! An event source mapping from a table's stream to a function.
//!
//! dynoxide has one shard for each table, DynamoDB many. So that nothing relies on order across items, a stream
//! is split here into four lanes by the partition key: order holds within a lane, and a lane that is stuck does
//! not hold up the others.

mod batch;
mod position;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::{GetShardIteratorRequest, GetShardIteratorResponse};
use dynoxide::{Database, DynoxideError, streams};
use jiff::Timestamp;
use lambda_kit::Clock;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::invoke::Invoker;
use super::registry::StreamHandler;
use super::stopped;
use crate::sqs::Sqs;
use crate::template::StreamSource;

pub use position::Position;

/// Into how many lanes a stream is split.
pub const LANES: u8 = 4;

const PAGE: usize = 1000;

/// How far a lane is, for those who wait for it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Places>);

#[derive(Debug, Default)]
struct Places {
    /// The number of the last change of the database that the lane has seen.
    seen: AtomicU64,
    /// Until when it pauses after a failure, in microseconds since 1970.
    pauses_until: AtomicI64,
}

impl Progress {
    /// Whether the lane has nothing to do now, `change` being the database's last change.
    #[must_use]
    pub fn is_at_rest(&self, change: u64, now: Timestamp) -> bool {
        self.0.seen.load(Ordering::SeqCst) >= change
            || self.0.pauses_until.load(Ordering::SeqCst) > now.as_microsecond()
    }

    async fn pause(&self, clock: &Clock, pause: Duration) {
        let until = clock.now() + pause;
        self.0.pauses_until.store(until.as_microsecond(), Ordering::SeqCst);
        clock.sleep_until(until).await;
        self.0.pauses_until.store(0, Ordering::SeqCst);
    }
}

/// Reads one lane of a table's stream and calls one function.
#[derive(Clone)]
pub struct StreamMapping {
    /// The database.
    pub database: Database,
    /// Where records go that were given up.
    pub sqs: Sqs,
    /// What the template says of the mapping.
    pub source: StreamSource,
    /// Logical id of the function, for the failure destination.
    pub function: String,
    /// Which of the [`LANES`] this is.
    pub lane: u8,
    /// The function's handler.
    pub handler: StreamHandler,
    /// Calls it.
    pub invoker: Invoker,
    /// How far the lane has come.
    pub position: Position,
    /// What others may know of the lane.
    pub progress: Progress,
}

impl StreamMapping {
    /// Reads whenever `changes` moves, until `stop` turns true.
    pub async fn run(self, mut changes: watch::Receiver<u64>, mut stop: watch::Receiver<bool>) {
        loop {
            let change = *changes.borrow_and_update();
            tokio::select! {
                () = stopped(&mut stop) => return,
                drained = self.drain() => match drained {
                    Ok(()) => self.progress.0.seen.store(change, Ordering::SeqCst),
                    Err(error) => {
                        tracing::error!(table = self.source.table, %error, "A stream cannot be read");
                        self.progress.pause(&self.invoker.clock, Duration::from_secs(1)).await;
                        continue;
                    }
                },
            }
            tokio::select! {
                () = stopped(&mut stop) => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn drain(&self) -> Result<(), StreamError> {
        loop {
            let records = self.read()?;
            let Some(last) = records.last().map(|record| record.dynamodb.sequence_number.clone()) else {
                return Ok(());
            };
            let mine: Vec<Record> =
                records.into_iter().filter(|record| self.is_mine(record) && self.passes(record)).collect();
            let mut rest = mine.as_slice();
            while !rest.is_empty() {
                let (batch, after) = rest.split_at(self.source.batch_size.clamp(1, rest.len()));
                self.deliver(batch).await?;
                if let Some(record) = batch.last() {
                    self.position.save(&record.dynamodb.sequence_number)?;
                }
                rest = after;
            }
            self.position.save(&last)?;
        }
    }

    fn read(&self) -> Result<Vec<Record>, StreamError> {
        let from = self.position.get();
        let kind = if from.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let GetShardIteratorResponse { shard_iterator } =
            self.database.get_shard_iterator(GetShardIteratorRequest {
                stream_arn: streams::stream_arn(&self.source.table, "local"),
                shard_id: streams::shard_id(&self.source.table),
                shard_iterator_type: kind.to_owned(),
                sequence_number: from,
            })?;
        let shard_iterator = shard_iterator.unwrap_or_default();
        Ok(self.database.get_records(GetRecordsRequest { shard_iterator, limit: Some(PAGE) })?.records)
    }

    /// Whether a record passes the mapping's filters. What does not is never handed over, and never comes again.
    fn passes(&self, record: &Record) -> bool {
        let filters = &self.source.filters;
        if filters.is_empty() {
            return true;
        }
        let record = serde_json::to_value(record).unwrap_or_default();
        filters.iter().any(|filter| filter.matches(&record))
    }

    fn is_mine(&self, record: &Record) -> bool {
        let key = record.dynamodb.keys.get("pk");
        lane_of(&serde_json::to_vec(&key).unwrap_or_default()) == self.lane
    }
}

/// The lane of a partition key.
fn lane_of(key: &[u8]) -> u8 {
    Sha256::digest(key)[0] % LANES
}

/// Why a lane cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("{0}")]
    Database(#[from] DynoxideError),
    #[error("the position: {0}")]
    Position(#[from] std::io::Error),
    #[error("a record: {0}")]
    Record(#[from] serde_json::Error),
    #[error("the failure destination: {0}")]
    Destination(#[from] crate::sqs::SqsError),
}

//! The one batch loop. The unit of success is the item, not the record.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use domain::DeadLetter;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use queue::{Entry, Queue, QueueError};
use tracing::{Instrument, Span, error, warn};

use crate::metrics::{DEAD_LETTERED, DONE, QUEUE_LAG, RETRIED};
pub use crate::parcel::Parcel;
use crate::{Kit, correlated, fifo};

/// From this receive on, a pack is split into single items before anything in it is parsed: whatever brought
/// the function down takes no neighbours with it.
pub const SPLIT_AT: u32 = 3;
/// An item that failed this often becomes a dead letter: with the back-off below, after about three hours,
/// which outlasts most outages. Below the queues' `maxReceiveCount`, so that the record with its reason
/// comes before the queue gives up without one.
pub const GIVE_UP_AFTER: u32 = 20;
/// Items of a batch that are worked on at the same time.
const CONCURRENCY: usize = 16;

/// Why an item is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may work later. The reason is kept if it never does.
    Retry(String),
    /// It may work then, and not sooner.
    RetryAfter(Duration, String),
    /// It never will, for this reason.
    Dead(String),
}

/// A unit of work, read from a record.
pub trait Job: Sized + Send + Sync {
    /// What makes the item itself, without its envelope: the same content is the same dead letter.
    fn content(&self) -> &str;
    /// The body that puts this item alone on the queue again, tried `tries` times before.
    fn alone(&self, tries: u32) -> String;
    /// The id under which log lines of its cause are found, if it came with one.
    fn correlation(&self) -> Option<&str>;
}

/// What a function does with the items of a queue.
pub trait Worker: Send + Sync {
    /// An item.
    type Item: Job;
    /// What is left to be done for the batch as a whole once an item worked, if anything.
    type Effect: Send;

    /// The clock and the metrics.
    fn kit(&self) -> &Kit;
    /// The client for putting items back.
    fn queue(&self) -> &Queue;
    /// The name of the queue, as dead letters and logs have it.
    fn source(&self) -> &'static str;
    /// Its address.
    fn queue_url(&self) -> &str;
    /// Whether it is a lag when a record has been on this queue for long, and not what was wanted.
    fn lags(&self) -> bool {
        true
    }
    /// Reads a record's body.
    ///
    /// # Errors
    /// Why it is not a job, without content.
    fn open(&self, body: &str) -> Result<Parcel<Self::Item>, String>;
    /// Does the work of one item.
    fn work(
        &self,
        item: &Self::Item,
        tries: u32,
    ) -> impl Future<Output = Result<Self::Effect, Failure>> + Send;
    /// Ends the batch: what several items have in common, once. Answers for each effect, in order.
    fn settle(&self, effects: Vec<Self::Effect>) -> impl Future<Output = Vec<Result<(), Failure>>> + Send {
        async move { effects.iter().map(|_| Ok(())).collect() }
    }
    /// Keeps a dead letter.
    fn park(&self, letter: DeadLetter) -> impl Future<Output = Result<(), String>> + Send;
}

/// Works through a batch and says which records SQS must deliver again.
pub async fn run<W: Worker>(worker: &W, event: SqsEvent) -> SqsBatchResponse {
    record_lag(worker, &event.records);
    let ordered = event.records.iter().any(|record| record.attributes.contains_key("MessageGroupId"));
    let failed = if ordered {
        Box::pin(fifo::run(worker, &event.records)).await
    } else {
        Box::pin(standard(worker, &event.records)).await
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}

fn record_lag<W: Worker>(worker: &W, records: &[SqsMessage]) {
    let oldest = records.iter().filter_map(sent_at).min();
    if let Some(oldest) = oldest.filter(|_| worker.lags()) {
        let lag = worker.kit().clock.now().duration_since(oldest).as_millis();
        worker.kit().metrics.record(QUEUE_LAG, lag.try_into().unwrap_or_default());
    }
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}

/// An item with the record that it came in.
struct Unit<'a, I> {
    record: usize,
    item: I,
    /// Tries before this one.
    tries: u32,
    /// Whether it is alone in its record.
    alone: bool,
    body: &'a str,
    span: Span,
}

async fn standard<W: Worker>(worker: &W, records: &[SqsMessage]) -> Vec<String> {
    let mut failed = vec![false; records.len()];
    let mut units = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let body = record.body.as_deref().unwrap_or_default();
        let receives = receive_count(record);
        match worker.open(body) {
            Err(reason) => failed[index] = !park(worker, body, body.to_owned(), reason, receives).await,
            Ok(parcel) if receives >= SPLIT_AT && parcel.items.len() > 1 => {
                failed[index] = split(worker, &parcel, receives).await.is_err();
            }
            Ok(parcel) => {
                let (alone, tries) = (parcel.items.len() == 1, parcel.tries + receives - 1);
                let span = |item: &W::Item| correlated(item.correlation());
                let unit = |item| Unit { record: index, span: span(&item), item, tries, alone, body };
                units.extend(parcel.items.into_iter().map(unit));
            }
        }
    }
    let outcomes = work_all(worker, &units).await;
    for (unit, outcome) in units.iter().zip(outcomes) {
        match outcome {
            Ok(()) => worker.kit().metrics.record(DONE, 1),
            Err(reason) => {
                let settled = after_failure(worker, unit, &records[unit.record], reason);
                failed[unit.record] |= !settled.instrument(unit.span.clone()).await;
            }
        }
    }
    ids(records, &failed)
}

/// The ids of the records that failed.
fn ids(records: &[SqsMessage], failed: &[bool]) -> Vec<String> {
    let failed = records.iter().zip(failed).filter(|(_, failed)| **failed);
    failed.map(|(record, _)| record.message_id.clone().unwrap_or_default()).collect()
}

async fn work_all<W: Worker>(worker: &W, units: &[Unit<'_, W::Item>]) -> Vec<Result<(), Failure>> {
    let mut works: Vec<BoxFuture<'_, Result<W::Effect, Failure>>> = Vec::with_capacity(units.len());
    for unit in units {
        // Boxed: a worker's future is large, and sixteen of them stand side by side.
        works.push(caught(worker.work(&unit.item, unit.tries)).instrument(unit.span.clone()).boxed());
    }
    let outcomes: Vec<_> = stream::iter(works).buffered(CONCURRENCY).collect().await;
    let (mut effects, mut outcome_of) = (Vec::new(), Vec::with_capacity(outcomes.len()));
    for outcome in outcomes {
        outcome_of.push(outcome.map(|effect| {
            effects.push(effect);
        }));
    }
    if effects.is_empty() {
        return outcome_of;
    }
    let count = effects.len();
    let settled = AssertUnwindSafe(worker.settle(effects)).catch_unwind().await.unwrap_or_else(|_| {
        (0..count).map(|_| Err(Failure::Retry("a panic at the end of a batch".to_owned()))).collect()
    });
    let mut settled = settled.into_iter();
    outcome_of
        .into_iter()
        .map(|outcome| match outcome {
            // A worker that answers for too few of its effects has not done the others.
            Ok(()) => settled.next().unwrap_or_else(|| Err(Failure::Retry("not settled".to_owned()))),
            Err(reason) => Err(reason),
        })
        .collect()
}

/// Runs one item's work; a panic is that item's failure and nobody else's.
pub(crate) async fn caught<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::Retry("a panic".to_owned())),
    }
}

/// Puts each item of a pack on the queue by itself.
async fn split<W: Worker>(worker: &W, parcel: &Parcel<W::Item>, receives: u32) -> Result<(), QueueError> {
    warn!(queue.name = worker.source(), pack.items = parcel.items.len(), "Split a pack that failed before");
    let tries = parcel.tries + receives - 1;
    let entries: Vec<_> = parcel.items.iter().map(|item| Entry::new(item.alone(tries))).collect();
    worker.queue().send_all(worker.queue_url(), &entries).await
}

/// Whether a failed item is taken care of without its record: parked, or on the queue again by itself.
async fn after_failure<W: Worker>(
    worker: &W,
    unit: &Unit<'_, W::Item>,
    record: &SqsMessage,
    failure: Failure,
) -> bool {
    let tried = unit.tries + 1;
    let (reason, delay) = match failure {
        Failure::Dead(reason) => {
            let job = if unit.alone { unit.body.to_owned() } else { unit.item.alone(0) };
            return park(worker, unit.item.content(), job, reason, tried).await;
        }
        Failure::Retry(reason) => (reason, backoff(tried)),
        Failure::RetryAfter(delay, reason) => (reason, delay),
    };
    if tried >= GIVE_UP_AFTER {
        let reason = format!("gave up after {tried} tries: {reason}");
        return park(worker, unit.item.content(), unit.item.alone(0), reason, tried).await;
    }
    worker.kit().metrics.record(RETRIED, 1);
    warn!(queue.name = worker.source(), item.tries = tried, reason, "An item has to be tried again");
    if unit.alone {
        wait(worker, record, delay).await;
        return false;
    }
    let entry = Entry::new(unit.item.alone(tried)).after(delay);
    worker.queue().send(worker.queue_url(), entry).await.is_ok()
}

/// Lets a record that failed come back after `delay`. If that cannot be said, it comes back after the
/// queue's own timeout.
pub(crate) async fn wait<W: Worker>(worker: &W, record: &SqsMessage, delay: Duration) {
    let Some(handle) = &record.receipt_handle else { return };
    if let Err(error) = worker.queue().retry_after(worker.queue_url(), handle, delay).await {
        warn!(queue.name = worker.source(), %error, "A retry waits for the queue's own timeout");
    }
}

/// Keeps a dead letter. `false` if it could not be kept: then it is still a retry, never lost.
pub(crate) async fn park<W: Worker>(
    worker: &W,
    content: &str,
    job: String,
    reason: String,
    attempts: u32,
) -> bool {
    let source = worker.source();
    let letter = DeadLetter {
        id: domain::DeadLetterId::of(source, content),
        source: source.to_owned(),
        reason,
        job,
        attempts,
        at: worker.kit().clock.now(),
        redriven_at: None,
    };
    let (id, reason) = (letter.id.clone(), letter.reason.clone());
    match worker.park(letter).await {
        Ok(()) => {
            worker.kit().metrics.record(DEAD_LETTERED, 1);
            warn!(queue.name = source, dead_letter.id = %id, reason, "An item became a dead letter");
            true
        }
        Err(cause) => {
            error!(queue.name = source, dead_letter.id = %id, reason, cause, "A dead letter could not be kept");
            false
        }
    }
}

/// How long an item of a standard queue waits before its next try: 1, 2, 4 … 900 seconds.
fn backoff(tried: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(tried.saturating_sub(1)).min(900))
}

/// How often SQS has delivered a record, this time included.
pub(crate) fn receive_count(record: &SqsMessage) -> u32 {
    let count = record.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).filter(|count| *count > 0).unwrap_or(1)
}

/// When SQS first had a record.
#[must_use]
pub fn sent_at(record: &SqsMessage) -> Option<Timestamp> {
    Timestamp::from_millisecond(record.attributes.get("SentTimestamp")?.parse().ok()?).ok()
}

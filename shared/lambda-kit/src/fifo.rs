//! Batches of a FIFO queue: after the first record of a group that is not done, the rest of that group goes
//! back untried, so that order holds. Groups do not wait for each other.

use std::time::Duration;

use aws_lambda_events::event::sqs::SqsMessage;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tracing::{Instrument, warn};

use domain::sending::backoff;

use crate::batch::{Failure, Worker, caught, park, receive_count, wait};
use crate::metrics::{DONE, RETRIED};
use crate::{Job, correlated};

/// A record that failed this often becomes a dead letter: after about half an hour, in which the rest of its
/// group waited. Below the queue's `maxReceiveCount`.
pub const GIVE_UP_AFTER: u32 = 60;

/// Works through the groups side by side, and gives the ids of the records that must come back.
pub(crate) async fn run<W: Worker>(worker: &W, records: &[SqsMessage]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&SqsMessage>)> = Vec::new();
    for record in records {
        let group = record.attributes.get("MessageGroupId").map(String::as_str).unwrap_or_default();
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, members)) => members.push(record),
            None => groups.push((group, vec![record])),
        }
    }
    let mut works: Vec<BoxFuture<'_, Vec<String>>> = Vec::with_capacity(groups.len());
    for (_, members) in &groups {
        works.push(group(worker, members).boxed());
    }
    let failed = join_all(works).await;
    failed.into_iter().flatten().collect()
}

/// Works through one group in order.
async fn group<W: Worker>(worker: &W, records: &[&SqsMessage]) -> Vec<String> {
    for (index, record) in records.iter().enumerate() {
        if !one(worker, record).await {
            let rest = &records[index + 1..];
            // Nothing of a group comes while one of it is in flight: the first goes back for its time, the rest at once, or all
            // would wait as long as the queue hides what was received.
            join_all(rest.iter().map(|record| wait(worker, record, Duration::ZERO))).await;
            return records[index..].iter().filter_map(|record| record.message_id.clone()).collect();
        }
    }
    Vec::new()
}

/// Whether a record is done: worked, or parked.
async fn one<W: Worker>(worker: &W, record: &SqsMessage) -> bool {
    let body = record.body.as_deref().unwrap_or_default();
    let receives = receive_count(record);
    let item = match worker.open(body).map(|parcel| parcel.items.into_iter().next()) {
        Ok(Some(item)) => item,
        Ok(None) => return true,
        Err(reason) => return park(worker, body, body.to_owned(), reason, receives).await,
    };
    let span = correlated(item.correlation());
    item_of(worker, record, &item).instrument(span).await
}

/// The same for the record's one item.
async fn item_of<W: Worker>(worker: &W, record: &SqsMessage, item: &W::Item) -> bool {
    let body = record.body.as_deref().unwrap_or_default();
    let receives = receive_count(record);
    let worked = match Box::pin(caught(worker.work(item, receives - 1))).await {
        Ok(effect) => {
            let settled = caught(async { Ok::<_, Failure>(worker.settle(vec![effect]).await) }).await;
            settled.and_then(|outcomes| outcomes.into_iter().next().unwrap_or(Ok(())))
        }
        Err(failure) => Err(failure),
    };
    let (reason, delay) = match worked {
        Ok(()) => {
            worker.kit().metrics.record(DONE, 1);
            return true;
        }
        Err(Failure::Dead(reason)) => {
            return park(worker, item.content(), body.to_owned(), reason, receives).await;
        }
        Err(Failure::Retry(reason)) => (reason, backoff(receives)),
        Err(Failure::RetryAfter(delay, reason)) => (reason, delay),
    };
    if receives >= GIVE_UP_AFTER {
        let reason = format!("gave up after {receives} tries: {reason}");
        return park(worker, item.content(), body.to_owned(), reason, receives).await;
    }
    worker.kit().metrics.record(RETRIED, 1);
    warn!(queue.name = worker.source(), item.tries = receives, reason, "A record has to be tried again");
    wait(worker, record, delay).await;
    false
}

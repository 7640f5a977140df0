//! An embedded SQS: the queues of the local world, durable in SQLite, on the world's clock, faithful to
//! AWS as far as functions and posters use it.

mod batch;
mod calls;
mod check;
mod due;
mod errors;
mod fifo;
mod md5;
mod move_task;
mod protocol;
mod queues;
mod receipt;
mod receive;
mod redrive;
mod release;
mod send;
mod spec;
mod store;
mod types;
mod verbs;
mod worker;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use lambda_kit::Clock;

pub use calls::CallCount;
pub use errors::SqsError;
pub use move_task::{MoveRequest, MoveStatus, MoveTask};
pub use protocol::queue_url;
pub use spec::{DeduplicationScope, QueueSpec, Redrive, arn_of};
pub use types::{
    AttributeValue, Attributes, BatchOutcome, Depth, Entry, Message, MessageAttribute, NewMessage, Receive,
    Sent, VisibilityChange,
};

use calls::Calls;
use store::{Store, timestamp};
use worker::Worker;

/// All queues; cheap to clone. The files are closed when the last clone goes.
#[derive(Clone, Debug)]
pub struct Sqs {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    worker: Worker,
    clock: Clock,
    calls: Calls,
    bells: Bells,
    tasks: Mutex<Vec<MoveTask>>,
}

/// One bell per queue, rung when the queue may have something to receive.
#[derive(Clone, Debug, Default)]
struct Bells(Arc<Mutex<BTreeMap<String, Arc<Notify>>>>);

impl Bells {
    fn of(&self, queue: &str) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(queue.to_owned()).or_default())
    }

    fn ring(&self, queue: &str) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(queue) {
            bell.notify_waiters();
        }
    }
}

impl Sqs {
    /// Opens the queues in `directory/queues.db`, or queues in memory that end with the program.
    ///
    /// # Errors
    /// The file cannot be opened, or another program has it open.
    pub fn open(directory: Option<&Path>, clock: Clock) -> Result<Self, SqsError> {
        let store = Store::open(directory, clock.clone())?;
        let bells = Bells::default();
        let ringing = bells.clone();
        let worker = Worker::start(store, move |queue| ringing.ring(queue))?;
        let inner = Inner { worker, clock, calls: Calls::default(), bells, tasks: Mutex::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// When the next message becomes receivable that is not receivable now, in one queue or in any.
    ///
    /// # Errors
    /// The queue does not exist, or the storage failed.
    pub async fn next_due(&self, queue: Option<&str>) -> Result<Option<Timestamp>, SqsError> {
        let queue = queue.map(str::to_owned);
        let due = self.inner.worker.run(move |store| store.next_due_of(queue.as_deref())).await?;
        Ok(due.map(timestamp))
    }

    /// Whether a receive would find something now. It may find only messages for the dead-letter queue:
    /// those move when they are asked for.
    ///
    /// # Errors
    /// The queue does not exist, or the storage failed.
    pub async fn has_receivable(&self, queue: &str) -> Result<bool, SqsError> {
        let queue = queue.to_owned();
        self.inner.worker.run(move |store| store.has_receivable(&queue)).await
    }

    /// How many messages a queue holds.
    ///
    /// # Errors
    /// The queue does not exist, or the storage failed.
    pub async fn depth(&self, queue: &str) -> Result<Depth, SqsError> {
        let queue = queue.to_owned();
        self.inner.worker.run(move |store| store.depth(&queue)).await
    }

    /// Returns once a queue has something to receive, by a send, a deletion in a group, or the clock.
    ///
    /// # Errors
    /// The queue does not exist, or the storage failed.
    pub async fn wait_for_message(&self, queue: &str) -> Result<(), SqsError> {
        let bell = self.inner.bells.of(queue);
        loop {
            let mut rung = std::pin::pin!(bell.notified());
            rung.as_mut().enable();
            // Asked first: if the clock moves before the next question, that one has an answer.
            let due = self.next_due(Some(queue)).await?;
            if self.has_receivable(queue).await? {
                return Ok(());
            }
            match due {
                Some(due) => tokio::select! {
                    () = rung => {}
                    () = self.inner.clock.sleep_until(due) => {}
                },
                None => rung.await,
            }
        }
    }

    /// What was called so far, as AWS would bill it.
    #[must_use]
    pub fn calls(&self) -> Vec<CallCount> {
        self.inner.calls.list()
    }

    /// Counts calls from nothing again.
    pub fn reset_calls(&self) {
        self.inner.calls.reset();
    }

    fn count(&self, action: &'static str, queue: &str, bytes: usize) {
        self.inner.calls.count(action, queue, bytes);
    }
}

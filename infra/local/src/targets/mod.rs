//! What schedules and rules call: queues and functions. Everything to be delivered is written down first, so
//! that it survives the end of the process, and is delivered at least once.
//!
//! A function is called as Lambda calls it asynchronously: twice more when it fails, after one minute and
//! after two ([Retry behavior](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)).
//! After that the event is gone, also on AWS unless the function has a destination of its own.

mod arn;
mod db;
mod delivery;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::Clock;
use tokio::task::{Id, JoinSet};

use crate::lambda::{Invoker, ScheduleHandler};
use crate::sqs::{AttributeValue, MessageAttribute, NewMessage, Sqs, SqsError};

pub use arn::{TargetName, function_arn};
pub use db::{Db, DbError};
pub use delivery::{Delivery, Origin, RetryPolicy};

pub(crate) use db::timestamp;
use delivery::Row;

/// How long Lambda waits before it calls a function again that failed.
const AGAIN: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// A function and what calls it.
#[derive(Clone)]
pub struct Callee {
    /// Its handler.
    pub handler: ScheduleHandler,
    /// Calls it.
    pub invoker: Invoker,
}

/// Delivers. Cheap to clone.
#[derive(Clone)]
pub struct Targets {
    db: Db,
    sqs: Sqs,
    clock: Clock,
    /// By logical id.
    callees: Arc<OnceLock<BTreeMap<String, Callee>>>,
}

/// Functions that are being called. A delivery is known here until its call has been seen to end, so that one
/// that was read as due before its call ended is not called again.
#[derive(Debug, Default)]
pub struct Calls {
    tasks: JoinSet<()>,
    deliveries: HashMap<Id, i64>,
}

impl Calls {
    fn spawn(&mut self, delivery: i64, call: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(call).id();
        self.deliveries.insert(id, delivery);
    }

    fn has(&self, delivery: i64) -> bool {
        self.deliveries.values().any(|it| *it == delivery)
    }

    /// Returns when one has ended; `None` if there is none.
    pub async fn ended(&mut self) -> Option<()> {
        let id = match self.tasks.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.deliveries.remove(&id);
        Some(())
    }
}

/// What became of a try.
enum Tried {
    Delivered,
    /// It may work later.
    Failed(String),
    /// It never will: an error's code, and the error.
    Refused(&'static str, String),
}

impl Targets {
    /// Delivers from this file to these queues.
    #[must_use]
    pub fn new(db: Db, sqs: Sqs, clock: Clock) -> Self {
        Self { db, sqs, clock, callees: Arc::default() }
    }

    /// Says which functions there are. Until then none is called.
    pub fn know(&self, callees: BTreeMap<String, Callee>) {
        // Said once, when the world starts.
        let _ = self.callees.set(callees);
    }

    /// Delivers what is due: to queues in due order, to functions side by side, in `calls`.
    ///
    /// # Errors
    /// The storage failed; what was not delivered is still due.
    pub async fn deliver_due(&self, calls: &mut Calls) -> Result<(), DbError> {
        for row in delivery::due(&self.db, self.clock.now()).await? {
            match TargetName::read(&row.delivery.target_arn) {
                Ok(TargetName::Queue(queue)) => {
                    let tried = self.send(&queue, &row).await;
                    self.note(&row, tried).await?;
                }
                Ok(TargetName::Function(id)) => self.begin(&id, row, calls).await?,
                Err(reason) => self.note(&row, Tried::Refused("INVALID_PARAMETER", reason)).await?,
            }
        }
        Ok(())
    }

    async fn send(&self, queue: &str, row: &Row) -> Tried {
        let message = NewMessage { group_id: row.delivery.group.clone(), ..NewMessage::new(input(row)) };
        match self.sqs.send(queue, message).await {
            Ok(_) => Tried::Delivered,
            Err(SqsError::Storage(reason)) => Tried::Failed(reason),
            Err(error @ SqsError::QueueDoesNotExist) => Tried::Refused("NO_SUCH_TARGET", error.to_string()),
            Err(error) => Tried::Refused("INVALID_PARAMETER", error.to_string()),
        }
    }

    /// Calls a function, unless it is being called with this delivery.
    async fn begin(&self, id: &str, row: Row, calls: &mut Calls) -> Result<(), DbError> {
        if calls.has(row.id) {
            return Ok(());
        }
        let Some(callee) = self.callees.get().and_then(|callees| callees.get(id)).cloned() else {
            let reason = format!("there is no function {id} that takes such an event");
            return self.note(&row, Tried::Refused("NO_SUCH_TARGET", reason)).await;
        };
        let event = match serde_json::from_str(&input(&row)) {
            Ok(event) => event,
            Err(error) => {
                return self.note(&row, Tried::Refused("INVALID_PARAMETER", error.to_string())).await;
            }
        };
        let (targets, delivery) = (self.clone(), row.id);
        calls.spawn(delivery, async move {
            let called = callee.invoker.call(async move { (callee.handler)(event).await }).await;
            let failed = match called {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(error) => Some(error.to_string()),
            };
            if let Err(error) = targets.note_call(&row, failed).await {
                tracing::error!(schedule = row.delivery.origin_arn, %error, "A call cannot be noted and comes again");
            }
        });
        Ok(())
    }

    async fn note_call(&self, row: &Row, failed: Option<String>) -> Result<(), DbError> {
        let Some(reason) = failed else { return delivery::remove(&self.db, row.id).await };
        let (origin, attempt) = (&row.delivery.origin_arn, row.attempts + 1);
        let again = usize::try_from(row.attempts).ok().and_then(|tries| AGAIN.get(tries));
        if let Some(wait) = again {
            tracing::warn!(schedule = origin, attempt, reason, "A function failed and is called again");
            return delivery::put_off(&self.db, row.id, self.clock.now() + *wait).await;
        }
        tracing::error!(schedule = origin, attempt, reason, "A function failed for the last time");
        delivery::remove(&self.db, row.id).await
    }

    async fn note(&self, row: &Row, tried: Tried) -> Result<(), DbError> {
        let origin = &row.delivery.origin_arn;
        let (code, reason, exhausted) = match tried {
            Tried::Delivered => return delivery::remove(&self.db, row.id).await,
            Tried::Refused(code, reason) => (code, reason, None),
            Tried::Failed(reason) => match self.again(row) {
                Ok(until) => {
                    tracing::warn!(schedule = origin, reason, "A delivery is tried again");
                    return delivery::put_off(&self.db, row.id, until).await;
                }
                Err(exhausted) => ("SERVICE_UNAVAILABLE", reason, Some(exhausted)),
            },
        };
        tracing::error!(
            schedule = origin,
            target = row.delivery.target_arn,
            reason,
            "A delivery was given up"
        );
        self.bury(row, code, &reason, exhausted).await;
        delivery::remove(&self.db, row.id).await
    }

    /// When a delivery is tried again, or which limit forbids it.
    fn again(&self, row: &Row) -> Result<Timestamp, &'static str> {
        if row.attempts >= row.delivery.retry.maximum_retry_attempts {
            return Err("MaximumRetryAttempts");
        }
        let until = self.clock.now() + Duration::from_secs(2_u64.saturating_pow(row.attempts).min(900));
        let most = Duration::from_secs(row.delivery.retry.maximum_event_age_in_seconds.into());
        if until > row.created + most { Err("MaximumEventAgeInSeconds") } else { Ok(until) }
    }

    /// Puts what was given up on its dead-letter queue, with the attributes that AWS gives it.
    async fn bury(&self, row: &Row, code: &str, reason: &str, exhausted: Option<&str>) {
        let arn = row.delivery.dead_letters.as_deref();
        let Some(Ok(TargetName::Queue(queue))) = arn.map(TargetName::read) else { return };
        let mut message = NewMessage::new(input(row));
        let origin = match row.delivery.origin {
            Origin::Schedule => "SCHEDULE_ARN",
            Origin::Rule => "RULE_ARN",
        };
        let attributes = [
            ("ERROR_CODE", Some(code)),
            ("ERROR_MESSAGE", Some(reason)),
            ("EXHAUSTED_RETRY_CONDITION", exhausted),
            ("RETRY_ATTEMPTS", Some(&*row.attempts.to_string())),
            ("TARGET_ARN", Some(&*row.delivery.target_arn)),
            (origin, Some(&*row.delivery.origin_arn)),
        ]
        .map(|(name, value)| Some((name.to_owned(), text(value?))));
        message.attributes = attributes.into_iter().flatten().collect();
        if let Err(error) = self.sqs.send(&queue, message).await {
            tracing::error!(queue, %error, "A dead letter of a schedule could not be kept");
        }
    }
}

fn text(value: &str) -> MessageAttribute {
    MessageAttribute { data_type: "String".to_owned(), value: AttributeValue::Text(value.to_owned()) }
}

/// What this try delivers.
fn input(row: &Row) -> String {
    let attempt = (row.attempts + 1).to_string();
    match row.delivery.origin {
        Origin::Schedule => row.delivery.input.replace("<aws.scheduler.attempt-number>", &attempt),
        Origin::Rule => row.delivery.input.clone(),
    }
}

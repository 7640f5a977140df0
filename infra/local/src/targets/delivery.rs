//! One thing to be delivered, and the table of them.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::db::{Db, DbError, timestamp};

/// How long and how often delivery is tried, as Scheduler and EventBridge let one set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct RetryPolicy {
    /// Seconds after which it is given up.
    pub maximum_event_age_in_seconds: u32,
    /// Tries after the first.
    pub maximum_retry_attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 }
    }
}

impl RetryPolicy {
    /// What is out of bounds, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if !(60..=86_400).contains(&self.maximum_event_age_in_seconds) {
            return Some("MaximumEventAgeInSeconds is from 60 to 86400");
        }
        (self.maximum_retry_attempts > 185).then_some("MaximumRetryAttempts is from 0 to 185")
    }
}

/// Who delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A schedule of EventBridge Scheduler.
    Schedule,
    /// A rule of EventBridge.
    Rule,
}

/// One thing to be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who delivers it.
    pub origin: Origin,
    /// ARN of the schedule or rule.
    pub origin_arn: String,
    /// ARN of the queue or function.
    pub target_arn: String,
    /// Message group, for a FIFO queue.
    pub group: Option<String>,
    /// The message's body, or the function's event.
    pub input: String,
    /// How long and how often it is tried.
    pub retry: RetryPolicy,
    /// ARN of the queue that gets it when it cannot be delivered.
    pub dead_letters: Option<String>,
}

/// A delivery in the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) delivery: Delivery,
    pub(super) created: Timestamp,
    /// Tries so far.
    pub(super) attempts: u32,
}

impl Delivery {
    /// Enters it, to be delivered now.
    ///
    /// # Errors
    /// The storage failed.
    pub fn enter(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), DbError> {
        let spec = serde_json::to_string(self)?;
        let now = now.as_microsecond();
        transaction
            .prepare_cached("INSERT INTO deliveries (spec, created, attempts, due) VALUES (?1, ?2, 0, ?2)")?
            .execute(params![spec, now])?;
        Ok(())
    }
}

/// What is due, in due order.
pub(super) async fn due(db: &Db, now: Timestamp) -> Result<Vec<Row>, DbError> {
    db.read(move |transaction| {
        let mut statement = transaction.prepare_cached(
            "SELECT id, spec, created, attempts FROM deliveries WHERE due <= ?1 ORDER BY due, id LIMIT 500",
        )?;
        let mut rows = statement.query(params![now.as_microsecond()])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            due.push(Row {
                id: row.get(0)?,
                delivery: serde_json::from_str(&row.get::<_, String>(1)?)?,
                created: timestamp(row.get(2)?),
                attempts: row.get(3)?,
            });
        }
        Ok(due)
    })
    .await
}

/// It was delivered, or given up.
pub(super) async fn remove(db: &Db, id: i64) -> Result<(), DbError> {
    db.run(move |transaction| {
        transaction.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?.execute(params![id])?;
        Ok(())
    })
    .await
}

/// It is tried again then.
pub(super) async fn put_off(db: &Db, id: i64, until: Timestamp) -> Result<(), DbError> {
    db.run(move |transaction| {
        transaction
            .prepare_cached("UPDATE deliveries SET attempts = attempts + 1, due = ?2 WHERE id = ?1")?
            .execute(params![id, until.as_microsecond()])?;
        Ok(())
    })
    .await
}

//! An embedded EventBridge Scheduler: durable, on the world's clock, faithful to AWS as far as this project
//! and its tests use it.
//!
//! Where AWS promises to fire within a minute, this one fires at the time itself; a flexible window fires when
//! it begins. What fell due while no process ran fires when one starts: a single time however late it is, a
//! recurring one once for all that it missed.

mod check;
mod errors;
pub mod expression;
mod fire;
mod groups;
mod protocol;
mod rows;
mod types;
mod verbs;

use lambda_kit::Clock;

use crate::targets::{Db, DbError};

pub use errors::SchedulerError;
pub use types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, Schedule, ScheduleGroup, ScheduleSpec,
    ScheduleTarget, SqsParameters, State, WindowMode, group_arn, schedule_arn,
};

/// The group of schedules that name none.
pub const DEFAULT_GROUP: &str = "default";

/// All schedules. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scheduler {
    db: Db,
    clock: Clock,
}

impl Scheduler {
    /// Opens the schedules in a file.
    ///
    /// # Errors
    /// The storage failed.
    pub async fn open(db: Db, clock: Clock) -> Result<Self, DbError> {
        let now = clock.now().as_microsecond();
        db.run(move |transaction| {
            let sql = "INSERT INTO schedule_groups (name, created, modified, origin) VALUES (?1, ?2, ?2, 'aws') ON CONFLICT DO NOTHING";
            transaction.execute(sql, rusqlite::params![DEFAULT_GROUP, now])?;
            Ok::<_, DbError>(())
        })
        .await?;
        Ok(Self { db, clock })
    }
}

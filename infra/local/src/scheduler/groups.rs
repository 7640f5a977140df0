//! What one can do with groups.

use rusqlite::{Transaction, params};

use super::errors::SchedulerError;
use super::types::ScheduleGroup;
use super::{DEFAULT_GROUP, Scheduler, check, rows};

/// # Errors
/// All verbs answer what AWS answers, and [`SchedulerError::Storage`] when nothing could be done.
impl Scheduler {
    /// Makes a group.
    pub async fn create_group(&self, name: &str) -> Result<(), SchedulerError> {
        check::name(name)?;
        let (name, now) = (name.to_owned(), self.clock.now().as_microsecond());
        let work = move |transaction: &Transaction<'_>| {
            if rows::group(transaction, &name).is_ok() {
                return Err(SchedulerError::Conflict(format!("Schedule group {name}")));
            }
            write(transaction, &name, now, None)
        };
        self.db.run(work).await
    }

    /// A group.
    pub async fn group(&self, name: &str) -> Result<ScheduleGroup, SchedulerError> {
        let name = name.to_owned();
        self.db.read(move |transaction| rows::group(transaction, &name)).await
    }

    /// Removes a group and all its schedules.
    pub async fn delete_group(&self, name: &str) -> Result<(), SchedulerError> {
        if name == DEFAULT_GROUP {
            return Err(SchedulerError::Validation("The default schedule group cannot be deleted.".into()));
        }
        let name = name.to_owned();
        let work = move |transaction: &Transaction<'_>| {
            rows::group(transaction, &name)?;
            for sql in ["DELETE FROM schedules WHERE grp = ?1", "DELETE FROM schedule_groups WHERE name = ?1"]
            {
                transaction.prepare_cached(sql)?.execute(params![name])?;
            }
            Ok(())
        };
        self.db.run(work).await
    }

    /// Groups whose names begin with `prefix` and come after `after`, by name.
    pub async fn groups(&self, prefix: &str, after: &str) -> Result<Vec<ScheduleGroup>, SchedulerError> {
        let (prefix, after) = (prefix.to_owned(), after.to_owned());
        self.db.read(move |transaction| rows::groups(transaction, &prefix, &after)).await
    }

    /// Makes a template's groups, where they are not there yet.
    pub async fn ensure_groups(&self, names: Vec<String>) -> Result<(), SchedulerError> {
        let now = self.clock.now().as_microsecond();
        let work = move |transaction: &Transaction<'_>| {
            names.iter().try_for_each(|name| {
                check::name(name)?;
                write(transaction, name, now, Some("template"))
            })
        };
        self.db.run(work).await
    }
}

fn write(
    transaction: &Transaction<'_>,
    name: &str,
    now: i64,
    origin: Option<&str>,
) -> Result<(), SchedulerError> {
    let sql = "INSERT INTO schedule_groups (name, created, modified, origin) VALUES (?1, ?2, ?2, ?3) ON CONFLICT DO NOTHING";
    transaction.prepare_cached(sql)?.execute(params![name, now, origin])?;
    Ok(())
}

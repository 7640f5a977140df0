//! Schedules in their table.

use jiff::Timestamp;
use rusqlite::{Params, Row, Transaction, params};

use super::errors::SchedulerError;
use super::types::{Schedule, ScheduleGroup};
use crate::targets::timestamp;

/// The schedules of a condition, in its order.
pub(super) fn select(
    transaction: &Transaction<'_>,
    condition: &str,
    params: impl Params,
) -> Result<Vec<Schedule>, SchedulerError> {
    let columns = "id, grp, name, spec, token, created, modified, anchor, due";
    let mut statement =
        transaction.prepare_cached(&format!("SELECT {columns} FROM schedules {condition}"))?;
    let mut rows = statement.query(params)?;
    let mut schedules = Vec::new();
    while let Some(row) = rows.next()? {
        schedules.push(read(row)?);
    }
    Ok(schedules)
}

fn read(row: &Row<'_>) -> Result<Schedule, SchedulerError> {
    let time = |column| row.get(column).map(timestamp);
    Ok(Schedule {
        id: row.get(0)?,
        group: row.get(1)?,
        name: row.get(2)?,
        spec: serde_json::from_str(&row.get::<_, String>(3)?)?,
        token: row.get(4)?,
        created: time(5)?,
        modified: time(6)?,
        anchor: time(7)?,
        due: row.get::<_, Option<i64>>(8)?.map(timestamp),
    })
}

/// The schedule of this name.
pub(super) fn find(
    transaction: &Transaction<'_>,
    group: &str,
    name: &str,
) -> Result<Option<Schedule>, SchedulerError> {
    Ok(select(transaction, "WHERE grp = ?1 AND name = ?2", params![group, name])?.pop())
}

/// Writes a schedule, new or changed.
pub(super) fn write(
    transaction: &Transaction<'_>,
    schedule: &Schedule,
    origin: Option<&str>,
) -> Result<(), SchedulerError> {
    let micros = Timestamp::as_microsecond;
    transaction
        .prepare_cached(
            "INSERT INTO schedules (grp, name, spec, token, created, modified, anchor, due, origin)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (grp, name) DO UPDATE SET spec = excluded.spec, token = excluded.token,
                 modified = excluded.modified, anchor = excluded.anchor, due = excluded.due, origin = excluded.origin",
        )?
        .execute(params![
            schedule.group,
            schedule.name,
            serde_json::to_string(&schedule.spec)?,
            schedule.token,
            micros(schedule.created),
            micros(schedule.modified),
            micros(schedule.anchor),
            schedule.due.map(micros),
            origin,
        ])?;
    Ok(())
}

/// Removes a schedule.
pub(super) fn remove(transaction: &Transaction<'_>, id: i64) -> Result<(), SchedulerError> {
    transaction.prepare_cached("DELETE FROM schedules WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}

/// Groups whose names begin with `prefix` and come after `after`.
pub(super) fn groups(
    transaction: &Transaction<'_>,
    prefix: &str,
    after: &str,
) -> Result<Vec<ScheduleGroup>, SchedulerError> {
    let sql = "SELECT name, created, modified FROM schedule_groups
               WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 ORDER BY name";
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map(params![prefix, after], |row| {
        let time = |column| row.get(column).map(timestamp);
        Ok(ScheduleGroup { name: row.get(0)?, created: time(1)?, modified: time(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The group of this name.
pub(super) fn group(transaction: &Transaction<'_>, name: &str) -> Result<ScheduleGroup, SchedulerError> {
    let found = groups(transaction, name, "")?.into_iter().find(|group| group.name == name);
    found.ok_or_else(|| SchedulerError::NotFound(format!("Schedule group {name}")))
}

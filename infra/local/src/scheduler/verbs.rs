//! What one can do with schedules.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::errors::SchedulerError;
use super::types::{Schedule, ScheduleSpec, State};
use super::{Scheduler, check, rows};

/// Which schedules a list shows.
#[derive(Clone, Debug, Default)]
pub struct ListSchedules {
    /// Only this group.
    pub group: Option<String>,
    /// Only names that begin so.
    pub prefix: String,
    /// Only those that fire, or that do not.
    pub state: Option<State>,
    /// Only those after this place, which is a group and a name.
    pub after: Option<(String, String)>,
}

/// # Errors
/// All verbs answer what AWS answers, and [`SchedulerError::Storage`] when nothing could be done.
impl Scheduler {
    /// Makes a schedule. The same request with the same token makes it once.
    pub async fn create(
        &self,
        (group, name): (&str, &str),
        spec: ScheduleSpec,
        token: Option<String>,
    ) -> Result<Schedule, SchedulerError> {
        check::name(name)?;
        let (group, name, now) = (group.to_owned(), name.to_owned(), self.clock.now());
        let work = move |transaction: &Transaction<'_>| {
            rows::group(transaction, &group)?;
            if let Some(existing) = rows::find(transaction, &group, &name)? {
                if token.is_some() && existing.token == token && existing.spec == spec {
                    return Ok(existing);
                }
                return Err(SchedulerError::Conflict(format!("Schedule {name}")));
            }
            let schedule = new((group, name), spec, token, now)?;
            rows::write(transaction, &schedule, None)?;
            Ok(schedule)
        };
        self.db.run(work).await
    }

    /// A schedule.
    pub async fn get(&self, group: &str, name: &str) -> Result<Schedule, SchedulerError> {
        let (group, name) = (group.to_owned(), name.to_owned());
        self.db.read(move |transaction| found(transaction, &group, &name)).await
    }

    /// Says everything anew of a schedule. It keeps its rhythm if only other things changed.
    pub async fn update(
        &self,
        (group, name): (&str, &str),
        spec: ScheduleSpec,
    ) -> Result<Schedule, SchedulerError> {
        let (group, name, now) = (group.to_owned(), name.to_owned(), self.clock.now());
        let work = move |transaction: &Transaction<'_>| {
            rows::group(transaction, &group)?;
            let schedule = changed(found(transaction, &group, &name)?, spec, now)?;
            rows::write(transaction, &schedule, None)?;
            Ok(schedule)
        };
        self.db.run(work).await
    }

    /// Removes a schedule. What it has begun to deliver is delivered.
    pub async fn delete(&self, group: &str, name: &str) -> Result<(), SchedulerError> {
        let (group, name) = (group.to_owned(), name.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            let schedule = found(transaction, &group, &name)?;
            rows::remove(transaction, schedule.id)
        };
        self.db.run(work).await
    }

    /// Schedules by group and name.
    pub async fn list(&self, wanted: ListSchedules) -> Result<Vec<Schedule>, SchedulerError> {
        let work = move |transaction: &Transaction<'_>| {
            if let Some(group) = &wanted.group {
                rows::group(transaction, group)?;
            }
            let (group, name) = wanted.after.unwrap_or_default();
            let condition = "WHERE (?1 IS NULL OR grp = ?1) AND substr(name, 1, length(?2)) = ?2
                             AND (grp, name) > (?3, ?4) ORDER BY grp, name";
            let all =
                rows::select(transaction, condition, params![wanted.group, wanted.prefix, group, name])?;
            Ok(all.into_iter().filter(|it| wanted.state.is_none_or(|state| it.spec.state == state)).collect())
        };
        self.db.read(work).await
    }

    /// Makes a template's schedules as it says, and removes those that it said once and says no more.
    pub async fn ensure(&self, wanted: Vec<(String, String, ScheduleSpec)>) -> Result<(), SchedulerError> {
        let now = self.clock.now();
        let work = move |transaction: &Transaction<'_>| {
            for schedule in rows::select(transaction, "WHERE origin = 'template'", [])? {
                if !wanted.iter().any(|(group, name, _)| (group, name) == (&schedule.group, &schedule.name)) {
                    rows::remove(transaction, schedule.id)?;
                }
            }
            for (group, name, spec) in wanted {
                rows::group(transaction, &group)?;
                let schedule = match rows::find(transaction, &group, &name)? {
                    Some(schedule) if schedule.spec == spec => schedule,
                    Some(schedule) => changed(schedule, spec, now)?,
                    None => new((group, name), spec, None, now)?,
                };
                rows::write(transaction, &schedule, Some("template"))?;
            }
            Ok(())
        };
        self.db.run(work).await
    }
}

fn found(transaction: &Transaction<'_>, group: &str, name: &str) -> Result<Schedule, SchedulerError> {
    let schedule = rows::find(transaction, group, name)?;
    schedule.ok_or_else(|| SchedulerError::NotFound(format!("Schedule {name}")))
}

fn new(
    (group, name): (String, String),
    spec: ScheduleSpec,
    token: Option<String>,
    now: Timestamp,
) -> Result<Schedule, SchedulerError> {
    check::name(&name)?;
    let timing = check::schedule(&spec, now)?;
    let due = check::first(&spec, &timing, now)?.filter(|_| spec.state == State::Enabled);
    let anchor = timing.anchor;
    Ok(Schedule { id: 0, group, name, spec, token, created: now, modified: now, anchor, due })
}

fn changed(old: Schedule, spec: ScheduleSpec, now: Timestamp) -> Result<Schedule, SchedulerError> {
    let when = |spec: &ScheduleSpec| {
        let (expression, zone) =
            (spec.schedule_expression.clone(), spec.schedule_expression_timezone.clone());
        (expression, zone, spec.start_date.map(f64::to_bits), spec.end_date.map(f64::to_bits))
    };
    let Schedule { id, group, name, created, .. } = old;
    if when(&old.spec) != when(&spec) {
        return Ok(Schedule { id, created, ..new((group, name), spec, None, now)? });
    }
    // The same times: what has fired does not fire again, and what was missed while it was off is missed.
    let timing = check::schedule(&spec, old.anchor)?;
    let due = match (old.spec.state, spec.state) {
        (_, State::Disabled) => None,
        (State::Enabled, State::Enabled) => old.due,
        (State::Disabled, State::Enabled) => timing.next(now),
    };
    Ok(Schedule { id, group, name, spec, token: None, created, modified: now, anchor: old.anchor, due })
}

//! What one can do with rules and their targets.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Transaction, params};

use super::errors::EventsError;
use super::pattern::Pattern;
use super::types::{Rule, RuleSpec, RuleTarget};
use super::{DEFAULT_BUS, Events, check_name, rows, transform};
use crate::scheduler::State;
use crate::scheduler::expression::{Expression, Timing};
use crate::targets::TargetName;

/// [Targets per rule](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
const MOST_TARGETS: usize = 5;

/// # Errors
/// All verbs answer what AWS answers, and [`EventsError::Storage`] when nothing could be done.
impl Events {
    /// Makes a rule, or says everything anew of the one of this name.
    pub async fn put_rule(&self, bus: &str, name: &str, spec: RuleSpec) -> Result<Rule, EventsError> {
        check_name("name", name, 64)?;
        let (bus, name, now) = (bus.to_owned(), name.to_owned(), self.clock.now());
        let work = move |transaction: &Transaction<'_>| {
            rows::bus(transaction, &bus)?;
            if let Some(pattern) = &spec.event_pattern {
                Pattern::parse(pattern).map_err(EventsError::InvalidPattern)?;
            }
            if spec.event_pattern.is_none() && spec.schedule_expression.is_none() {
                return Err(invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
            }
            if spec.schedule_expression.is_some() && bus != DEFAULT_BUS {
                return Err(invalid("ScheduleExpression is supported only on the default event bus."));
            }
            let old = rows::rules(transaction, "WHERE bus = ?1 AND name = ?2", params![bus, name])?.pop();
            let same = old.filter(|old| old.spec.schedule_expression == spec.schedule_expression);
            let anchor = same.as_ref().map_or(now, |old| old.anchor);
            let mut rule = Rule { id: 0, bus, name, spec, anchor, due: None };
            let kept = same.filter(|old| old.spec.state == State::Enabled).and_then(|old| old.due);
            rule.due = match rule.spec.state {
                State::Enabled => kept.map_or_else(|| next(&rule, now), |due| Ok(Some(due)))?,
                State::Disabled => next(&rule, now).map(|_| None)?,
            };
            rows::write(transaction, &rule)?;
            Ok(rule)
        };
        self.db.run(work).await
    }

    /// A rule.
    pub async fn rule(&self, bus: &str, name: &str) -> Result<Rule, EventsError> {
        let (bus, name) = (bus.to_owned(), name.to_owned());
        self.db.read(move |transaction| rows::rule(transaction, &bus, &name)).await
    }

    /// Rules of a bus whose names begin with `prefix` and come after `after`, by name.
    pub async fn rules(&self, bus: &str, prefix: &str, after: &str) -> Result<Vec<Rule>, EventsError> {
        let (bus, prefix, after) = (bus.to_owned(), prefix.to_owned(), after.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            rows::bus(transaction, &bus)?;
            let condition = "WHERE bus = ?1 AND substr(name, 1, length(?2)) = ?2 AND name > ?3 ORDER BY name";
            rows::rules(transaction, condition, params![bus, prefix, after])
        };
        self.db.read(work).await
    }

    /// Switches a rule on or off.
    pub async fn set_state(&self, bus: &str, name: &str, state: State) -> Result<(), EventsError> {
        let rule = self.rule(bus, name).await?;
        self.put_rule(bus, name, RuleSpec { state, ..rule.spec }).await.map(drop)
    }

    /// Removes a rule without targets. One that is not there is gone already.
    pub async fn delete_rule(&self, bus: &str, name: &str) -> Result<(), EventsError> {
        let (bus, name) = (bus.to_owned(), name.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            let Ok(rule) = rows::rule(transaction, &bus, &name) else { return Ok(()) };
            if !rows::targets(transaction, rule.id)?.is_empty() {
                return Err(invalid("Rule can't be deleted since it has targets."));
            }
            transaction.prepare_cached("DELETE FROM rules WHERE id = ?1")?.execute(params![rule.id])?;
            Ok(())
        };
        self.db.run(work).await
    }

    /// Adds targets to a rule, or replaces those of the same ids.
    pub async fn put_targets(
        &self,
        bus: &str,
        rule: &str,
        targets: Vec<RuleTarget>,
    ) -> Result<(), EventsError> {
        targets.iter().try_for_each(check_target)?;
        let (bus, rule) = (bus.to_owned(), rule.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            let rule = rows::rule(transaction, &bus, &rule)?;
            targets.iter().try_for_each(|target| rows::write_target(transaction, rule.id, target))?;
            if rows::targets(transaction, rule.id)?.len() > MOST_TARGETS {
                let reason = "The requested resource exceeds the maximum number allowed.";
                return Err(EventsError::LimitExceeded(reason.to_owned()));
            }
            Ok(())
        };
        self.db.run(work).await
    }

    /// Removes targets from a rule; gives the ids that it did not have.
    pub async fn remove_targets(
        &self,
        bus: &str,
        rule: &str,
        ids: Vec<String>,
    ) -> Result<Vec<String>, EventsError> {
        let (bus, rule) = (bus.to_owned(), rule.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            let rule = rows::rule(transaction, &bus, &rule)?;
            let mut unknown = Vec::new();
            for id in ids {
                if !rows::remove_target(transaction, rule.id, &id)? {
                    unknown.push(id);
                }
            }
            Ok(unknown)
        };
        self.db.run(work).await
    }

    /// The targets of a rule, by id.
    pub async fn targets(&self, bus: &str, rule: &str) -> Result<Vec<RuleTarget>, EventsError> {
        let (bus, rule) = (bus.to_owned(), rule.to_owned());
        let work = move |transaction: &Transaction<'_>| {
            let rule = rows::rule(transaction, &bus, &rule)?;
            rows::targets(transaction, rule.id)
        };
        self.db.read(work).await
    }
}

fn invalid(reason: impl Into<String>) -> EventsError {
    EventsError::Validation(reason.into())
}

/// When a rule makes an event next, if it does at all. Unlike a schedule's rate, a rule's begins with a pause.
pub(super) fn next(rule: &Rule, now: Timestamp) -> Result<Option<Timestamp>, EventsError> {
    let Some(text) = &rule.spec.schedule_expression else { return Ok(None) };
    let wrong = || invalid("Parameter ScheduleExpression is not valid.");
    let expression = Expression::parse(text).ok().filter(|_| agrees(text)).ok_or_else(wrong)?;
    if expression.is_once() {
        return Err(wrong());
    }
    let timing = Timing { expression, zone: TimeZone::UTC, anchor: rule.anchor, start: None, end: None };
    Ok(timing.next(now))
}

/// Rules mind the grammar: a rate is of one minute or of several minutes.
fn agrees(text: &str) -> bool {
    let rate = text.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
    let Some((value, unit)) = rate.and_then(|rate| rate.split_once(' ')) else { return true };
    (value == "1") != unit.ends_with('s')
}

fn check_target(target: &RuleTarget) -> Result<(), EventsError> {
    check_name("targets.member.id", &target.id, 64)?;
    if let Some(fault) = transform::fault(target) {
        return Err(invalid(fault));
    }
    if let Some(fault) = target.retry_policy.and_then(|policy| policy.fault()) {
        return Err(invalid(fault));
    }
    let group = target.sqs_parameters.as_ref().and_then(|parameters| parameters.message_group_id.as_ref());
    match TargetName::read(&target.arn).map_err(invalid)? {
        TargetName::Queue(queue) if queue.ends_with(".fifo") != group.is_some() => {
            Err(invalid(format!("Parameter(s) MessageGroupId must be specified for target: {}.", target.id)))
        }
        _ => Ok(()),
    }
}

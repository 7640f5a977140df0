//! Buses, rules and targets in their tables.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Transaction, params};

use super::errors::EventsError;
use super::types::{Bus, Rule, RuleTarget};
use crate::targets::timestamp;

/// Buses whose names begin with `prefix` and come after `after`.
pub(super) fn buses(
    transaction: &Transaction<'_>,
    prefix: &str,
    after: &str,
) -> Result<Vec<Bus>, EventsError> {
    let sql = "SELECT name, description, created, modified FROM buses
               WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 ORDER BY name";
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map(params![prefix, after], |row| {
        let time = |column| row.get(column).map(timestamp);
        Ok(Bus { name: row.get(0)?, description: row.get(1)?, created: time(2)?, modified: time(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The bus of this name.
pub(super) fn bus(transaction: &Transaction<'_>, name: &str) -> Result<Bus, EventsError> {
    let found = buses(transaction, name, "")?.into_iter().find(|bus| bus.name == name);
    found.ok_or_else(|| EventsError::no_bus(name))
}

/// The rules of a condition, in its order.
pub(super) fn rules(
    transaction: &Transaction<'_>,
    condition: &str,
    params: impl Params,
) -> Result<Vec<Rule>, EventsError> {
    let sql = format!("SELECT id, bus, name, spec, anchor, due FROM rules {condition}");
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut rows = statement.query(params)?;
    let mut rules = Vec::new();
    while let Some(row) = rows.next()? {
        rules.push(Rule {
            id: row.get(0)?,
            bus: row.get(1)?,
            name: row.get(2)?,
            spec: serde_json::from_str(&row.get::<_, String>(3)?)?,
            anchor: row.get(4).map(timestamp)?,
            due: row.get::<_, Option<i64>>(5)?.map(timestamp),
        });
    }
    Ok(rules)
}

/// The rule of this name.
pub(super) fn rule(transaction: &Transaction<'_>, bus: &str, name: &str) -> Result<Rule, EventsError> {
    let found = rules(transaction, "WHERE bus = ?1 AND name = ?2", params![bus, name])?.pop();
    found.ok_or_else(|| EventsError::no_rule(bus, name))
}

/// Writes a rule, new or changed.
pub(super) fn write(transaction: &Transaction<'_>, rule: &Rule) -> Result<(), EventsError> {
    let spec = serde_json::to_string(&rule.spec)?;
    let due = rule.due.map(Timestamp::as_microsecond);
    transaction
        .prepare_cached(
            "INSERT INTO rules (bus, name, spec, anchor, due) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (bus, name) DO UPDATE SET spec = excluded.spec, anchor = excluded.anchor, due = excluded.due",
        )?
        .execute(params![rule.bus, rule.name, spec, rule.anchor.as_microsecond(), due])?;
    Ok(())
}

/// The targets of a rule, by id.
pub(super) fn targets(transaction: &Transaction<'_>, rule: i64) -> Result<Vec<RuleTarget>, EventsError> {
    let mut statement =
        transaction.prepare_cached("SELECT spec FROM rule_targets WHERE rule = ?1 ORDER BY id")?;
    let mut rows = statement.query(params![rule])?;
    let mut targets = Vec::new();
    while let Some(row) = rows.next()? {
        targets.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    Ok(targets)
}

/// Adds a target to a rule, or replaces the one of its id.
pub(super) fn write_target(
    transaction: &Transaction<'_>,
    rule: i64,
    target: &RuleTarget,
) -> Result<(), EventsError> {
    let sql = "INSERT INTO rule_targets (rule, id, spec) VALUES (?1, ?2, ?3)
               ON CONFLICT DO UPDATE SET spec = excluded.spec";
    transaction.prepare_cached(sql)?.execute(params![rule, target.id, serde_json::to_string(target)?])?;
    Ok(())
}

/// Removes a target; whether it was there.
pub(super) fn remove_target(transaction: &Transaction<'_>, rule: i64, id: &str) -> Result<bool, EventsError> {
    let sql = "DELETE FROM rule_targets WHERE rule = ?1 AND id = ?2 RETURNING 1";
    let gone = transaction.prepare_cached(sql)?.query_row(params![rule, id], |_| Ok(())).optional()?;
    Ok(gone.is_some())
}

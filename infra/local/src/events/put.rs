//! Events: put by someone, or made by a rule at its time.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::errors::EventsError;
use super::pattern::Pattern;
use super::types::Rule;
use super::{DEFAULT_BUS, Events, rows, rules, transform};
use crate::scheduler::State;
use crate::targets::{Delivery, Origin};
use crate::template::{ACCOUNT, REGION};

/// Most entries of a request.
const MOST_ENTRIES: usize = 10;
/// Most bytes of a request, as
/// [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html) counts them. It
/// was 256 KB before 2026.
const MOST_BYTES: usize = 1024 * 1024;

/// An event that someone puts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventEntry {
    /// When it happened, in seconds since 1970.
    pub time: Option<f64>,
    /// Who says so.
    pub source: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Its kind.
    pub detail_type: Option<String>,
    /// A JSON object.
    pub detail: Option<String>,
    /// The bus, by name or ARN.
    pub event_bus_name: Option<String>,
}

/// What became of an entry: the event's id, or an error's code and message.
pub type PutOutcome = Result<String, (&'static str, String)>;

impl EventEntry {
    /// Its size as AWS counts it.
    fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let time = if self.time.is_some() { 14 } else { 0 };
        let resources: usize = self.resources.iter().map(String::len).sum();
        time + text(&self.source) + text(&self.detail_type) + text(&self.detail) + resources
    }

    /// The event, or why there is none.
    fn event(&self, id: &str, now: Timestamp) -> Result<Value, (&'static str, String)> {
        let required = |name: &str, value: &Option<String>| {
            let value = value.clone().filter(|value| !value.is_empty());
            let reason = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            value.ok_or(("InvalidArgument", reason))
        };
        let source = required("Source", &self.source)?;
        let kind = required("DetailType", &self.detail_type)?;
        let detail: Map<String, Value> = serde_json::from_str(&required("Detail", &self.detail)?)
            .map_err(|_| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
        if source.starts_with("aws.") {
            return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a date in milliseconds")]
        let time = self.time.and_then(|time| Timestamp::from_millisecond((time * 1000.0) as i64).ok());
        let time = seconds(time.unwrap_or(now));
        Ok(json!({"version": "0", "id": id, "detail-type": kind, "source": source, "account": ACCOUNT,
            "time": time, "region": REGION, "resources": self.resources, "detail": detail}))
    }
}

/// A time as events have it.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Events {
    /// Puts events. What their rules deliver is written down when this returns.
    ///
    /// # Errors
    /// The request as a whole is refused; what is wrong with an entry stands in its outcome.
    pub async fn put_events(&self, entries: Vec<EventEntry>) -> Result<Vec<PutOutcome>, EventsError> {
        if !(1..=MOST_ENTRIES).contains(&entries.len()) {
            let reason = format!(
                "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length from 1 to {MOST_ENTRIES}"
            );
            return Err(EventsError::Validation(reason));
        }
        if entries.iter().map(EventEntry::size).sum::<usize>() > MOST_BYTES {
            let reason = "Total size of the entries in the request is over the limit.";
            return Err(EventsError::Validation(reason.to_owned()));
        }
        let now = self.clock.now();
        let work = move |transaction: &Transaction<'_>| {
            entries.iter().map(|entry| put(transaction, entry, now)).collect()
        };
        self.db.run(work).await
    }

    /// Makes the events of rules that are due, in due order.
    ///
    /// # Errors
    /// The storage failed; what was not made is still due.
    pub async fn fire_due(&self) -> Result<(), EventsError> {
        let now = self.clock.now();
        let due = move |transaction: &Transaction<'_>| {
            let condition = "WHERE due <= ?1 ORDER BY due, id LIMIT 500";
            rows::rules(transaction, condition, params![now.as_microsecond()])
        };
        // A look first: a write wakes whoever waits for one.
        if self.db.read(due).await?.is_empty() {
            return Ok(());
        }
        let work = move |transaction: &Transaction<'_>| {
            for rule in due(transaction)? {
                let id = uuid::Uuid::new_v4().to_string();
                let event = json!({"version": "0", "id": id, "detail-type": "Scheduled Event",
                    "source": "aws.events", "account": ACCOUNT, "time": seconds(rule.due.unwrap_or(now)),
                    "region": REGION, "resources": [rule.arn()], "detail": {}});
                deliver(transaction, &rule, &event, now)?;
                let due = rules::next(&rule, now)?.map(Timestamp::as_microsecond);
                let sql = "UPDATE rules SET due = ?2 WHERE id = ?1";
                transaction.prepare_cached(sql)?.execute(params![rule.id, due])?;
            }
            Ok(())
        };
        self.db.run(work).await
    }
}

fn put(transaction: &Transaction<'_>, entry: &EventEntry, now: Timestamp) -> Result<PutOutcome, EventsError> {
    let id = uuid::Uuid::new_v4().to_string();
    let event = match entry.event(&id, now) {
        Ok(event) => event,
        Err(refused) => return Ok(Err(refused)),
    };
    let bus = bus_name(entry.event_bus_name.as_deref());
    // What AWS does with an event for a bus that is not there, its documentation does not say. Here it is
    // refused, so that none is lost in silence.
    if let Err(error) = rows::bus(transaction, bus) {
        return Ok(Err(("ResourceNotFoundException", error.to_string())));
    }
    for rule in rows::rules(transaction, "WHERE bus = ?1 ORDER BY id", params![bus])? {
        let pattern = rule.spec.event_pattern.as_deref().filter(|_| rule.spec.state == State::Enabled);
        // It was read when the rule was made.
        let pattern = pattern.and_then(|text| Pattern::parse(text).ok());
        if pattern.is_some_and(|pattern| pattern.matches(&event)) {
            deliver(transaction, &rule, &event, now)?;
        }
    }
    Ok(Ok(id))
}

fn deliver(
    transaction: &Transaction<'_>,
    rule: &Rule,
    event: &Value,
    now: Timestamp,
) -> Result<(), EventsError> {
    for target in rows::targets(transaction, rule.id)? {
        let delivery = Delivery {
            origin: Origin::Rule,
            origin_arn: rule.arn(),
            input: transform::input(&target, rule, event, &seconds(now)),
            group: target.sqs_parameters.and_then(|parameters| parameters.message_group_id),
            target_arn: target.arn,
            retry: target.retry_policy.unwrap_or_default(),
            dead_letters: target.dead_letter_config.and_then(|config| config.arn),
        };
        delivery.enter(transaction, now)?;
    }
    Ok(())
}

/// A bus is named by its name or its ARN; without either it is the default one.
pub(super) fn bus_name(named: Option<&str>) -> &str {
    named.map_or(DEFAULT_BUS, |name| name.rsplit_once("event-bus/").map_or(name, |(_, name)| name))
}

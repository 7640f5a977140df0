//! Metrics, as a line of JSON on standard output, of which CloudWatch makes numbers by itself.
//!
//! See [CloudWatch/Specification: Embedded metric format], read 2026-11. Each metric of each function costs
//! $0.30 a month once it was seen, so there are few, and only what is not zero is written.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The namespace of every metric.
pub const NAMESPACE: &str = "Ventana";
/// The dimensions of every metric: the stage of the stack, and the function.
pub const DIMENSIONS: [&str; 2] = ["Stage", "Function"];

/// What a metric's value is, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Unit {
    /// A number of things: what is recorded in one invocation adds up.
    Count,
    /// A time: the longest of an invocation counts.
    Milliseconds,
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metric {
    /// Its name in CloudWatch.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $constant:ident = $name:literal in $unit:ident;)*) => {
        $($(#[$doc])* pub const $constant: Metric = Metric { name: $name, unit: Unit::$unit };)*
        /// Every metric there is.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    /// `webhook`: items of signed bodies that are on a queue.
    ITEMS = "Items" in Count;
    /// `webhook`: bodies without a good signature, answered 401.
    UNSIGNED_WEBHOOKS = "UnsignedWebhooks" in Count;
    /// `webhook`: signed bodies that are not on a queue, answered 500; Meta delivers them again.
    UNQUEUED_WEBHOOKS = "UnqueuedWebhooks" in Count;
    /// Batch loop: items that are done.
    DONE = "Done" in Count;
    /// Batch loop: items that failed and will be tried again.
    RETRIED = "Retried" in Count;
    /// Batch loop: items that became a dead letter.
    DEAD_LETTERED = "DeadLettered" in Count;
    /// Batch loop: how long the oldest record of a batch has been on its queue.
    QUEUE_LAG = "QueueLagMs" in Milliseconds;
    /// `sender`: messages that Meta took.
    ACCEPTED = "Accepted" in Count;
    /// `sender`: messages that Meta or a rule of ours refused for good.
    REFUSED = "Refused" in Count;
    /// `sender`: messages of which nobody knows whether they left.
    UNKNOWN = "Unknown" in Count;
    /// `sender`: messages that were put off.
    WAITING = "Waiting" in Count;
    /// `sender`: posts that Meta refused for their access token (code 190), a freshly read one included.
    GRAPH_AUTH_FAILURES = "GraphAuthFailures" in Count;
    /// Items of people who were erased after them: dropped, and nothing kept.
    FORGOTTEN = "Forgotten" in Count;
    /// `sync`: dead letters that wait for somebody, exact up to 999.
    DEAD_LETTERS_OPEN = "DeadLettersOpen" in Count;
    /// `realtime`: messages of customers that the stream told of.
    INBOUND_TOLD = "InboundTold" in Count;
    /// `realtime`: frames that were pushed to connections.
    PUSHES = "Pushes" in Count;
    /// `realtime`: frames that a connection did not take; it was ended, so that its client reads anew.
    PUSHES_FAILED = "PushesFailed" in Count;
    /// Secrets that could not be read again; the old value goes on.
    SECRET_REFRESH_FAILURES = "SecretRefreshFailures" in Count;
}

/// What one function has recorded. Cheap to clone; clones record into the same place.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    stage: String,
    function: String,
    recorded: Mutex<Recorded>,
}

type Recorded = BTreeMap<Metric, u64>;

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.lock().iter().map(|(metric, value)| (metric.name, value))).finish()
    }
}

impl Metrics {
    /// Nothing recorded yet, for this function of this stage.
    #[must_use]
    pub fn new(stage: impl Into<String>, function: impl Into<String>) -> Self {
        let (stage, function) = (stage.into(), function.into());
        Self(Arc::new(Inner { stage, function, recorded: Mutex::default() }))
    }

    /// Records a value: counts add up, of times the longest stands.
    pub fn record(&self, metric: Metric, value: u64) {
        let mut recorded = self.lock();
        let there = recorded.entry(metric).or_default();
        *there = match metric.unit {
            Unit::Count => there.saturating_add(value),
            Unit::Milliseconds => value.max(*there),
        };
    }

    /// What is recorded of a metric and not written yet.
    #[must_use]
    pub fn recorded(&self, metric: Metric) -> u64 {
        self.lock().get(&metric).copied().unwrap_or_default()
    }

    /// Takes what is recorded as one line; `None` if it is nothing.
    #[must_use]
    pub fn take(&self, at: Timestamp) -> Option<String> {
        let mut values = std::mem::take(&mut *self.lock());
        values.retain(|_, value| *value > 0);
        if values.is_empty() {
            return None;
        }
        serde_json::to_string(&Line { at, stage: &self.0.stage, function: &self.0.function, values }).ok()
    }

    /// Writes what is recorded to standard output, where Lambda reads it.
    pub(crate) fn write(&self, at: Timestamp) {
        if let Some(line) = self.take(at) {
            // Without a standard output there is nobody to tell.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An embedded metric format document.
struct Line<'a> {
    at: Timestamp,
    stage: &'a str,
    function: &'a str,
    values: Recorded,
}

/// What tells CloudWatch which members of the document are metrics.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    timestamp: i64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [[&'a str; 2]; 1],
    metrics: Vec<Definition<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition<'a> {
    name: &'a str,
    unit: Unit,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let definition = |metric: &Metric| Definition { name: metric.name, unit: metric.unit };
        let directive = Directive {
            namespace: NAMESPACE,
            dimensions: [DIMENSIONS],
            metrics: self.values.keys().map(definition).collect(),
        };
        let metadata = Metadata { timestamp: self.at.as_millisecond(), cloud_watch_metrics: [directive] };
        let mut line = serializer.serialize_map(Some(3 + self.values.len()))?;
        line.serialize_entry("_aws", &metadata)?;
        for (dimension, value) in DIMENSIONS.iter().zip([self.stage, self.function]) {
            line.serialize_entry(dimension, value)?;
        }
        for (metric, value) in &self.values {
            line.serialize_entry(metric.name, value)?;
        }
        line.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    const AT: Timestamp = Timestamp::constant(1_795_424_400, 0);

    #[test]
    fn an_invocation_is_one_line_in_the_embedded_metric_format() {
        let metrics = Metrics::new("ventana", "ventana-sender");
        metrics.record(DONE, 2);
        metrics.record(DONE, 1);
        metrics.record(QUEUE_LAG, 40);
        metrics.record(QUEUE_LAG, 7);
        metrics.record(RETRIED, 0);
        let line: Value = serde_json::from_str(&metrics.take(AT).unwrap()).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_424_400_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Ventana",
                    "Dimensions": [["Stage", "Function"]],
                    "Metrics": [{ "Name": "Done", "Unit": "Count" }, { "Name": "QueueLagMs", "Unit": "Milliseconds" }],
                }],
            },
            "Stage": "ventana",
            "Function": "ventana-sender",
            "Done": 3,
            "QueueLagMs": 40,
        });
        assert_eq!(line, expected);
        assert_eq!(metrics.take(AT), None, "what was written is not written again");
    }

    /// The MUSTs of the specification's sections *Metadata object* to *Target members*, read 2026-11.
    #[test]
    fn a_line_with_every_metric_is_within_the_specification() {
        let metrics = Metrics::new("a", "b");
        for metric in ALL {
            metrics.record(*metric, 1);
        }
        let text = metrics.take(AT).unwrap();
        assert!(!text.contains('\n') && text.len() < 256 * 1024);
        let line: Value = serde_json::from_str(&text).unwrap();
        assert!(line["_aws"]["Timestamp"].is_i64());
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        for directive in directives {
            let members: BTreeSet<_> = directive.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, BTreeSet::from(["Namespace", "Dimensions", "Metrics"]));
            assert!((1..=1024).contains(&directive["Namespace"].as_str().unwrap().len()));
            for dimension in directive["Dimensions"].as_array().unwrap() {
                let names = dimension.as_array().unwrap();
                assert!(names.len() <= 30);
                for name in names {
                    let value = line[name.as_str().unwrap()].as_str().unwrap();
                    assert!((1..=1024).contains(&value.len()), "{name}");
                }
            }
            let defined = directive["Metrics"].as_array().unwrap();
            assert_eq!(defined.len(), ALL.len());
            assert!(defined.len() <= 100);
            for metric in defined {
                let name = metric["Name"].as_str().unwrap();
                assert!((1..=1024).contains(&name.len()));
                assert!(["Count", "Milliseconds"].contains(&metric["Unit"].as_str().unwrap()));
                assert!(line[name].is_u64(), "{name} is a number at the root");
            }
        }
    }

    #[test]
    fn every_metric_has_a_name_of_its_own() {
        let names: BTreeSet<_> = ALL.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(names.is_disjoint(&DIMENSIONS.into()));
    }
}

//! Buses, rules and targets, in the names of the wire.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::DEFAULT_BUS;
use crate::scheduler::{DeadLetterConfig, SqsParameters, State};
use crate::targets::RetryPolicy;
use crate::template::{ACCOUNT, REGION};

/// A bus.
#[derive(Clone, Debug)]
pub struct Bus {
    /// Its name.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
}

/// What one says of a rule when one makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleSpec {
    /// Which events it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_pattern: Option<String>,
    /// When it makes an event itself; in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_expression: Option<String>,
    /// Whether it does either.
    #[serde(default)]
    pub state: State,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The role that calls its targets. Nothing is checked against it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) id: i64,
    /// Its bus.
    pub bus: String,
    /// Its name, unique on its bus.
    pub name: String,
    /// What was said of it.
    pub spec: RuleSpec,
    /// From when a rate is counted.
    pub(super) anchor: Timestamp,
    /// When it makes an event next.
    pub due: Option<Timestamp>,
}

impl Rule {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        rule_arn(&self.bus, &self.name)
    }
}

/// The ARN of a rule: that of the default bus is not named.
#[must_use]
pub fn rule_arn(bus: &str, name: &str) -> String {
    let bus = if bus == DEFAULT_BUS { String::new() } else { format!("{bus}/") };
    format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{bus}{name}")
}

/// The ARN of a bus.
#[must_use]
pub fn bus_arn(name: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}")
}

/// What a rule calls. Parameters for targets that this world does not play are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RuleTarget {
    /// Unique in its rule.
    pub id: String,
    /// ARN of a queue or function.
    pub arn: String,
    /// Nothing is checked against it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// What it is called with, instead of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The part of the event that it is called with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_path: Option<String>,
    /// What is made of the event for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_transformer: Option<InputTransformer>,
    /// For a FIFO queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqs_parameters: Option<SqsParameters>,
    /// Who gets what could not be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
    /// How long and how often it is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
}

/// What is made of an event for a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InputTransformer {
    /// Names for parts of the event.
    #[serde(default)]
    pub input_paths_map: BTreeMap<String, String>,
    /// A text with those names in angle brackets.
    pub input_template: String,
}

//! A schedule, in the names of the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::targets::RetryPolicy;
use crate::template::{ACCOUNT, REGION};

/// What one says of a schedule when one makes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleSpec {
    /// `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule_expression: String,
    /// Where its times are read.
    #[serde(default = "utc")]
    pub schedule_expression_timezone: String,
    /// No sooner than this, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<f64>,
    /// No later than this, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<f64>,
    /// Whether it fires.
    #[serde(default)]
    pub state: State,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How far from its time it may fire. Here it fires when the window begins.
    pub flexible_time_window: FlexibleTimeWindow,
    /// What it calls.
    pub target: ScheduleTarget,
    /// What becomes of it after its last time.
    #[serde(default)]
    pub action_after_completion: ActionAfterCompletion,
    /// Kept and shown; nothing is encrypted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// Whether a schedule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// It does.
    #[default]
    Enabled,
    /// It does not.
    Disabled,
}

impl State {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// What becomes of a schedule after its last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ActionAfterCompletion {
    /// It stays.
    #[default]
    None,
    /// It goes.
    Delete,
}

/// How far from its time a schedule may fire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlexibleTimeWindow {
    /// Whether there is such a window.
    pub mode: WindowMode,
    /// Its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_window_in_minutes: Option<u32>,
}

/// Whether there is a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum WindowMode {
    /// There is none.
    Off,
    /// There is one.
    Flexible,
}

impl FlexibleTimeWindow {
    /// No window.
    pub const OFF: Self = Self { mode: WindowMode::Off, maximum_window_in_minutes: None };
}

/// What a schedule calls. Parameters for targets that this world does not play are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ScheduleTarget {
    /// ARN of a queue or function.
    pub arn: String,
    /// The role that calls it. Nothing is checked against it here.
    pub role_arn: String,
    /// What it is called with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// For a FIFO queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqs_parameters: Option<SqsParameters>,
    /// How long and how often it is tried.
    #[serde(default)]
    pub retry_policy: RetryPolicy,
    /// Who gets what could not be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
}

/// Where in a FIFO queue it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SqsParameters {
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<String>,
}

/// Who gets what could not be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeadLetterConfig {
    /// ARN of a standard queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// A schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub(super) id: i64,
    /// Its group.
    pub group: String,
    /// Its name, unique in its group.
    pub name: String,
    /// What was said of it.
    pub spec: ScheduleSpec,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// From when a rate is counted.
    pub(super) anchor: Timestamp,
    /// When it fires next.
    pub due: Option<Timestamp>,
    /// By what a repeated request to make it is known.
    pub(super) token: Option<String>,
}

/// A group of schedules.
#[derive(Clone, Debug)]
pub struct ScheduleGroup {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
}

impl Schedule {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        schedule_arn(&self.group, &self.name)
    }
}

/// The ARN of a schedule.
#[must_use]
pub fn schedule_arn(group: &str, name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}")
}

/// The ARN of a group.
#[must_use]
pub fn group_arn(name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{name}")
}

fn utc() -> String {
    "UTC".to_owned()
}

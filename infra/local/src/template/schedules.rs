//! Schedules of the template, their groups, and event buses.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{TemplateError, typed};
use crate::scheduler::{
    ActionAfterCompletion, DEFAULT_GROUP, DeadLetterConfig, FlexibleTimeWindow, ScheduleSpec, ScheduleTarget,
    State,
};
use crate::targets::{RetryPolicy, function_arn};
use crate::template::ACCOUNT;

/// A schedule that calls a function.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateSchedule {
    /// The event's name in the template.
    pub event: String,
    /// Its group.
    pub group: String,
    /// Its real name.
    pub name: String,
    /// What is said of it.
    pub spec: ScheduleSpec,
}

/// The SAM event `ScheduleV2`. Permissions do not exist on one machine.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScheduleEvent {
    schedule_expression: String,
    #[serde(default = "utc")]
    schedule_expression_timezone: String,
    input: Option<String>,
    name: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    state: State,
    description: Option<String>,
    #[serde(default)]
    retry_policy: RetryPolicy,
    dead_letter_config: Option<DeadLetterConfig>,
    flexible_time_window: Option<FlexibleTimeWindow>,
    role_arn: Option<String>,
    #[serde(rename = "PermissionsBoundary")]
    _boundary: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    name: String,
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
    #[serde(rename = "KmsKeyIdentifier")]
    _key: Option<IgnoredAny>,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl TemplateSchedule {
    /// Reads the event `event` of the function `function`.
    pub(super) fn read(
        function: &str,
        event: String,
        at: &str,
        properties: Value,
    ) -> Result<Self, TemplateError> {
        let read: ScheduleEvent = typed(at, properties)?;
        let target = ScheduleTarget {
            arn: function_arn(function),
            // SAM makes one where the template names none.
            role_arn: read
                .role_arn
                .unwrap_or_else(|| format!("arn:aws:iam::{ACCOUNT}:role/{function}{event}Role")),
            input: read.input,
            sqs_parameters: None,
            retry_policy: read.retry_policy,
            dead_letter_config: read.dead_letter_config,
        };
        Ok(Self {
            group: read.group_name.unwrap_or_else(|| DEFAULT_GROUP.to_owned()),
            name: read.name.unwrap_or_else(|| format!("{function}{event}")),
            event,
            spec: ScheduleSpec {
                schedule_expression: read.schedule_expression,
                schedule_expression_timezone: read.schedule_expression_timezone,
                start_date: None,
                end_date: None,
                state: read.state,
                description: read.description,
                flexible_time_window: read.flexible_time_window.unwrap_or(FlexibleTimeWindow::OFF),
                target,
                action_after_completion: ActionAfterCompletion::None,
                kms_key_arn: None,
            },
        })
    }
}

/// The name of a schedule group or event bus.
pub(super) fn name(id: &str, properties: Value) -> Result<String, TemplateError> {
    typed::<Named>(id, properties).map(|named| named.name)
}

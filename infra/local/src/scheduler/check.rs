//! What AWS refuses of a schedule.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::errors::SchedulerError;
use super::expression::{Expression, Timing};
use super::types::{FlexibleTimeWindow, ScheduleSpec, ScheduleTarget, WindowMode};
use crate::targets::TargetName;

/// The longest input, in bytes.
const LONGEST_INPUT: usize = 256 * 1024;

fn invalid(reason: impl Into<String>) -> SchedulerError {
    SchedulerError::Validation(reason.into())
}

/// Checks the name of a schedule or group.
pub(super) fn name(name: &str) -> Result<(), SchedulerError> {
    let letters = name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it));
    if letters && (1..=64).contains(&name.len()) {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$ and have length between 1 and 64"
    )))
}

/// Checks a schedule whose rate is counted from `anchor`, and reads when it fires.
pub(super) fn schedule(spec: &ScheduleSpec, anchor: Timestamp) -> Result<Timing, SchedulerError> {
    window(&spec.flexible_time_window)?;
    target(&spec.target)?;
    if spec.description.as_ref().is_some_and(|text| text.chars().count() > 512) {
        return Err(invalid("Member 'description' must have length less than or equal to 512"));
    }
    timing(spec, anchor)
}

/// When a schedule fires first that is made now. A single time must lie ahead; a rate begins at once.
pub(super) fn first(
    spec: &ScheduleSpec,
    timing: &Timing,
    now: Timestamp,
) -> Result<Option<Timestamp>, SchedulerError> {
    let what = &spec.schedule_expression;
    match &timing.expression {
        Expression::At(time) => match timing.instant(*time) {
            Some(at) if at > now => Ok(Some(at)),
            Some(_) => Err(invalid(format!("Invalid Schedule Expression {what}: it lies in the past."))),
            None => {
                let zone = &spec.schedule_expression_timezone;
                Err(invalid(format!("Invalid Schedule Expression {what}: no clock shows it in {zone}.")))
            }
        },
        Expression::Rate(_) => {
            let before = now.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(now);
            Ok(timing.next(before))
        }
        Expression::Cron(_) => Ok(timing.next(now)),
    }
}

/// Reads when a schedule fires, counted from `anchor`.
pub(super) fn timing(spec: &ScheduleSpec, anchor: Timestamp) -> Result<Timing, SchedulerError> {
    let text = &spec.schedule_expression;
    let expression = Expression::parse(text)
        .map_err(|reason| invalid(format!("Invalid Schedule Expression {text}. ({reason})")))?;
    let zone = TimeZone::get(&spec.schedule_expression_timezone).map_err(|_| {
        invalid(format!("{} is not a timezone of the IANA database.", spec.schedule_expression_timezone))
    })?;
    let (start, end) = (date(spec.start_date)?, date(spec.end_date)?);
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        return Err(invalid("The EndDate you specify must come after the StartDate."));
    }
    // "You use the StartDate property to set the first occurrence. If you do not provide one, the schedule
    // starts invoking the target immediately": rate-based schedules, on the page that `expression` names.
    Ok(Timing { expression, zone, anchor: start.unwrap_or(anchor), start, end })
}

fn date(seconds: Option<f64>) -> Result<Option<Timestamp>, SchedulerError> {
    let Some(seconds) = seconds else { return Ok(None) };
    // As of a double's precision, microseconds are exact for millennia.
    let read =
        format!("{:.0}", seconds * 1e6).parse().ok().and_then(|it| Timestamp::from_microsecond(it).ok());
    read.map(Some).ok_or_else(|| invalid(format!("{seconds} is not a date")))
}

fn window(window: &FlexibleTimeWindow) -> Result<(), SchedulerError> {
    match (window.mode, window.maximum_window_in_minutes) {
        (WindowMode::Off, None) => Ok(()),
        (WindowMode::Flexible, Some(minutes)) if (1..=1440).contains(&minutes) => Ok(()),
        (WindowMode::Off, Some(_)) => {
            Err(invalid("MaximumWindowInMinutes must not be given when the mode of the window is OFF."))
        }
        (WindowMode::Flexible, _) => Err(invalid(
            "MaximumWindowInMinutes must be from 1 to 1440 when the mode of the window is FLEXIBLE.",
        )),
    }
}

fn target(target: &ScheduleTarget) -> Result<(), SchedulerError> {
    let role = target.role_arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
    if role.is_none_or(|(account, name)| account.len() != 12 || name.is_empty()) {
        return Err(invalid(format!("{} is not the ARN of a role.", target.role_arn)));
    }
    if let Some(fault) = target.retry_policy.fault() {
        return Err(invalid(fault));
    }
    let dead_letters = target.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref());
    if let Some(arn) = dead_letters {
        match TargetName::read(arn) {
            Ok(TargetName::Queue(queue)) if !queue.ends_with(".fifo") => {}
            _ => return Err(invalid(format!("{arn} is not the ARN of a standard queue."))),
        }
    }
    let input = target.input.as_deref();
    if input.is_some_and(|input| input.is_empty() || input.len() > LONGEST_INPUT) {
        return Err(invalid("Input must have from 1 byte to 256 KB."));
    }
    let group = target.sqs_parameters.as_ref().and_then(|parameters| parameters.message_group_id.as_deref());
    match TargetName::read(&target.arn).map_err(invalid)? {
        TargetName::Queue(queue) if queue.ends_with(".fifo") == group.is_some() => Ok(()),
        TargetName::Queue(queue) => Err(invalid(format!(
            "SqsParameters.MessageGroupId is for a FIFO queue, and only for one: {queue}."
        ))),
        TargetName::Function(_) if target.sqs_parameters.is_some() => {
            Err(invalid("SqsParameters do not belong to a function."))
        }
        TargetName::Function(_) => match input.map(serde_json::from_str::<Value>) {
            Some(Err(_)) => Err(invalid("Invalid RequestJson provided. Reason: Input is not JSON.")),
            _ => Ok(()),
        },
    }
}

//! Schedule expressions: `at(…)`, `rate(…)` and `cron(…)` in AWS's dialect, and when each comes next.
//!
//! Rules: [Schedule types in EventBridge Scheduler](https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html),
//! read 2026-11. What that page leaves open is decided here, strictly: nothing should come to rely on it.

mod cron;
#[cfg(test)]
mod cron_tests;
#[cfg(test)]
mod zone_tests;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

pub use cron::Cron;

/// What makes a schedule fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Once, at this time of its zone.
    At(DateTime),
    /// Again and again after this time. A day is 24 hours, whatever the zone does to its clocks.
    Rate(SignedDuration),
    /// At these times of its zone.
    Cron(Box<Cron>),
}

/// An expression that is none, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpressionError(pub(super) String);

impl ExpressionError {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ExpressionError`] says which part is not of the dialect.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(at) = inner("at") {
            return at_time(at).map(Self::At);
        }
        if let Some(rate) = inner("rate") {
            return period(rate).map(Self::Rate);
        }
        if let Some(fields) = inner("cron") {
            return Cron::parse(fields).map(|cron| Self::Cron(Box::new(cron)));
        }
        Err(ExpressionError::new("it is none of at(…), rate(…) and cron(…)"))
    }

    /// Whether it fires once and never again.
    #[must_use]
    pub fn is_once(&self) -> bool {
        matches!(self, Self::At(_))
    }
}

fn at_time(text: &str) -> Result<DateTime, ExpressionError> {
    let shaped = text.len() == 19 && text.as_bytes().get(10) == Some(&b'T');
    let parsed = text.parse().ok().filter(|_| shaped);
    parsed.ok_or_else(|| ExpressionError::new("at takes a time like 2026-11-23T09:00:00"))
}

fn period(text: &str) -> Result<SignedDuration, ExpressionError> {
    let mut parts = text.split_ascii_whitespace();
    let (Some(value), Some(unit), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(ExpressionError::new("rate takes a value and a unit"));
    };
    let value: i64 =
        value.parse().ok().filter(|value| (1..=1_000_000).contains(value)).ok_or_else(|| {
            ExpressionError::new("the value of a rate is a whole number from 1 to 1,000,000")
        })?;
    let hours = match unit {
        "minute" | "minutes" => return Ok(SignedDuration::from_mins(value)),
        "hour" | "hours" => value,
        "day" | "days" => value * 24,
        _ => return Err(ExpressionError::new("the unit of a rate is minutes, hours or days")),
    };
    Ok(SignedDuration::from_hours(hours))
}

/// An expression in its zone, between its dates.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The expression.
    pub expression: Expression,
    /// Where its times are read.
    pub zone: TimeZone,
    /// From when a rate is counted. It fires then for the first time.
    pub anchor: Timestamp,
    /// No sooner than this. Says nothing about what fires once.
    pub start: Option<Timestamp>,
    /// No later than this. Says nothing about what fires once.
    pub end: Option<Timestamp>,
}

impl Timing {
    /// The first time after `after` at which it fires, if there is one.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let before_start = |start: Timestamp| start.checked_sub(SignedDuration::from_nanos(1)).ok();
        let from = self.start.and_then(before_start).map_or(after, |start| start.max(after));
        let next = match &self.expression {
            Expression::At(time) => return self.instant(*time).filter(|at| *at > after),
            Expression::Rate(period) => multiple(self.anchor, *period, from)?,
            Expression::Cron(cron) => self.next_of(cron, from)?,
        };
        self.end.is_none_or(|end| next <= end).then_some(next)
    }

    /// The instant of a time of the zone. None if clocks skip it; the first one if they show it twice. So a
    /// recurring schedule leaves out a time that does not exist and fires once at one that comes twice, as
    /// "Daylight savings time on EventBridge Scheduler" says on the page above.
    #[must_use]
    pub fn instant(&self, time: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(time);
        match ambiguous.offset() {
            AmbiguousOffset::Gap { .. } => None,
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        }
    }

    /// A time of the zone may come again after `after` that has been, so what it gives is not always later.
    fn next_of(&self, cron: &Cron, after: Timestamp) -> Option<Timestamp> {
        let mut time = self.zone.to_datetime(after);
        loop {
            time = cron.next(time)?;
            if let Some(at) = self.instant(time).filter(|at| *at > after) {
                return Some(at);
            }
        }
    }
}

/// The first of `anchor`, `anchor + period`, … that is after `after`.
fn multiple(anchor: Timestamp, period: SignedDuration, after: Timestamp) -> Option<Timestamp> {
    if anchor > after {
        return Some(anchor);
    }
    let passed = after.duration_since(anchor).as_millis() / period.as_millis();
    let steps = i32::try_from(passed + 1).ok()?;
    anchor.checked_add(period.checked_mul(steps)?).ok()
}

//! Times, as RFC 3339 in UTC.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A time, as `2026-11-23T06:32:05.123Z`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime)]
pub struct Time(String);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        // Whole milliseconds, as the tables keep them.
        let kept = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        Self(kept.to_string())
    }
}

//! An hour of UTC: what everything is counted by, so that days of any zone can be made of it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

const SECONDS: i64 = 3_600;

/// An hour of UTC, counted since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(pub i64);

impl Hour {
    /// The hour that a time falls into.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(SECONDS))
    }

    /// The first hour of a day of UTC.
    #[must_use]
    pub fn first_of(day: Date) -> Self {
        let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
        Self::of(midnight.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// When it begins.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_mul(SECONDS)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The day of UTC that it is part of.
    #[must_use]
    pub fn day(self) -> Date {
        day_of(self.start())
    }
}

/// The day of UTC that a time falls into.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_knows_its_day_and_a_day_its_first_hour() {
        let at: Timestamp = "2026-11-23T23:59:59Z".parse().unwrap();
        let hour = Hour::of(at);
        assert_eq!(hour.start(), "2026-11-23T23:00:00Z".parse().unwrap());
        assert_eq!(hour.day(), jiff::civil::date(2026, 11, 23));
        assert_eq!(Hour::first_of(hour.day()).0, hour.0 - 23);
    }
}

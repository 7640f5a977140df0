//! Which days somebody asks for, in their own time zone.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Hour;

/// The most days of a range.
pub const MOST_DAYS: i32 = 366;

/// Some days of a time zone, both ends included.
#[derive(Clone, Debug)]
pub struct Range {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    zone: TimeZone,
}

/// The days are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARange {
    /// The last comes before the first.
    #[error("must not be before from")]
    Backwards,
    /// More than anybody may ask for.
    #[error("must be within 366 days, from included")]
    TooLong,
}

/// An hour of UTC where somebody is. One that begins at half past an hour there belongs to the hour in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The day.
    pub day: Date,
    /// 1 is Monday.
    pub weekday: i8,
    /// From 0 to 23.
    pub hour: i8,
}

impl Range {
    /// Days of a zone.
    ///
    /// # Errors
    /// See [`NotARange`].
    pub fn new(from: Date, to: Date, zone: TimeZone) -> Result<Self, NotARange> {
        if to < from {
            return Err(NotARange::Backwards);
        }
        let range = Self { from, to, zone };
        if range.days() > MOST_DAYS { Err(NotARange::TooLong) } else { Ok(range) }
    }

    /// How many days.
    #[must_use]
    pub fn days(&self) -> i32 {
        self.from.until(self.to).map_or(i32::MAX, |span| span.get_days()).saturating_add(1)
    }

    /// The range before, as long as this one.
    #[must_use]
    pub fn previous(&self) -> Self {
        let to = self.from.saturating_sub(1.day());
        let from = to.saturating_sub((self.days() - 1).days());
        Self { from, to, zone: self.zone.clone() }
    }

    /// Every day, in order.
    pub fn each_day(&self) -> impl Iterator<Item = Date> {
        let to = self.to;
        self.from.series(1.day()).take_while(move |day| *day <= to)
    }

    /// The days of UTC in which its hours are.
    #[must_use]
    pub fn utc_days(&self) -> (Date, Date) {
        (self.from.saturating_sub(1.day()), self.to.saturating_add(1.day()))
    }

    /// Where in it an hour of UTC is, if it is.
    #[must_use]
    pub fn place(&self, hour: Hour) -> Option<Local> {
        let local = self.zone.to_datetime(hour.start());
        let (day, weekday) = (local.date(), local.weekday().to_monday_one_offset());
        (self.from <= day && day <= self.to).then_some(Local { day, weekday, hour: local.hour() })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn range(zone: &str, from: Date, to: Date) -> Range {
        Range::new(from, to, TimeZone::get(zone).unwrap()).unwrap()
    }

    #[test]
    fn a_day_in_bogota_begins_at_five_in_utc() {
        let day = range("America/Bogota", date(2026, 11, 23), date(2026, 11, 23));
        let first = Hour::of("2026-11-23T05:00:00Z".parse().unwrap());
        assert_eq!(day.place(first), Some(Local { day: date(2026, 11, 23), weekday: 1, hour: 0 }));
        assert_eq!(day.place(Hour(first.0 - 1)), None);
        assert_eq!(day.place(Hour(first.0 + 23)).map(|local| local.hour), Some(23));
        assert_eq!(day.place(Hour(first.0 + 24)), None);
    }

    #[test]
    fn the_range_before_is_as_long_and_ends_the_day_before() {
        let month = range("UTC", date(2026, 10, 19), date(2026, 11, 17));
        let before = month.previous();
        assert_eq!((month.days(), before.days()), (30, 30));
        assert_eq!((before.from, before.to), (date(2026, 9, 19), date(2026, 10, 18)));
        assert_eq!(month.each_day().count(), 30);
    }

    #[test]
    fn a_range_is_not_backwards_and_not_too_long() {
        let new = |from, to| Range::new(from, to, TimeZone::UTC).map(|range| range.days());
        assert_eq!(new(date(2026, 1, 2), date(2026, 1, 1)), Err(NotARange::Backwards));
        assert_eq!(new(date(2025, 1, 1), date(2026, 1, 1)), Ok(366));
        assert_eq!(new(date(2024, 12, 31), date(2026, 1, 1)), Err(NotARange::TooLong));
    }

    proptest! {
        #[test]
        fn every_hour_is_in_one_day_of_a_zone_and_ranges_side_by_side_share_none(
            hour in 490_000_i64..500_000,
            zone in prop::sample::select(vec!["UTC", "America/Bogota", "Asia/Kolkata", "Europe/Madrid", "Pacific/Auckland"]),
            length in 1_i32..40,
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let day = zone.to_datetime(Hour(hour).start()).date();
            let range = Range::new(day, day.saturating_add((length - 1).days()), zone).unwrap();
            let (first, last) = range.utc_days();
            prop_assert_eq!(range.place(Hour(hour)).map(|local| local.day), Some(day));
            prop_assert!(range.previous().place(Hour(hour)).is_none());
            prop_assert!(Hour::first_of(first).0 <= hour && hour < Hour::first_of(last).0 + 24);
        }
    }
}

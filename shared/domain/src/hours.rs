//! Business hours: when somebody is there to answer.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far ahead the next opening is looked for, in days: a company that is closed for longer has no next one.
const HORIZON: i32 = 400;

/// The time of a day on the wall, as `09:00`; a day ends at `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct WallTime(u16);

impl WallTime {
    /// Minutes since midnight, at most 1,440.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl TryFrom<String> for WallTime {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const SHAPE: &str = "must be a time such as 09:00, at most 24:00";
        let (hours, minutes) = text.split_once(':').ok_or(SHAPE)?;
        let number = |text: &str| {
            let plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            if plain { text.parse::<u16>().ok() } else { None }
        };
        let (hours, minutes) = number(hours).zip(number(minutes)).ok_or(SHAPE)?;
        if minutes < 60 && hours * 60 + minutes <= 1440 { Ok(Self(hours * 60 + minutes)) } else { Err(SHAPE) }
    }
}

impl From<WallTime> for String {
    fn from(time: WallTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A part of a day, its end not included. What goes past midnight is two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenSpan)]
pub struct Span {
    /// From here on.
    pub from: WallTime,
    /// Up to here.
    pub to: WallTime,
}

/// The spans of each day of a week. A day that is not there is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = OpenWeek)]
pub struct Week {
    /// Mondays.
    pub monday: Vec<Span>,
    /// Tuesdays.
    pub tuesday: Vec<Span>,
    /// Wednesdays.
    pub wednesday: Vec<Span>,
    /// Thursdays.
    pub thursday: Vec<Span>,
    /// Fridays.
    pub friday: Vec<Span>,
    /// Saturdays.
    pub saturday: Vec<Span>,
    /// Sundays.
    pub sunday: Vec<Span>,
}

/// When a number is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BusinessHours)]
pub struct Hours {
    /// The IANA time zone, such as `America/Lima`.
    pub zone: String,
    /// The ordinary week.
    #[serde(default)]
    pub week: Week,
    /// Days that are not as others, such as `"2026-12-25": []`: closed, or with spans of their own.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Vec<Span>>)]
    pub holidays: BTreeMap<Date, Vec<Span>>,
}

/// Hours that nobody can keep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The time zone is not one of the IANA database.
    #[error("is not an IANA time zone")]
    Zone,
    /// A span ends before it begins, or begins before the one before it ends.
    #[error("must have spans in order, none empty, none over another")]
    Spans(String),
    /// More than a day or a year has room for.
    #[error("at most 8 spans a day and 200 holidays are possible")]
    TooMany,
}

impl Hours {
    /// Whether the hours can be kept.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn check(&self) -> Result<(), Fault> {
        self.time_zone().ok_or(Fault::Zone)?;
        let week = DAYS.iter().map(|day| (format!("week.{}", name(*day)), self.of_weekday(*day)));
        let special =
            self.holidays.iter().map(|(date, spans)| (format!("holidays.{date}"), spans.as_slice()));
        for (field, spans) in week.chain(special) {
            if spans.len() > 8 {
                return Err(Fault::TooMany);
            }
            let in_order = spans.windows(2).all(|pair| pair[0].to <= pair[1].from);
            if !in_order || spans.iter().any(|span| span.from >= span.to) {
                return Err(Fault::Spans(field));
            }
        }
        if self.holidays.len() > 200 { Err(Fault::TooMany) } else { Ok(()) }
    }

    /// The time zone, if there is one of this name.
    #[must_use]
    pub fn time_zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.zone).ok()
    }

    /// Whether somebody is there at this time. A clock that is put forward skips what lies in the gap; one that is
    /// put back has the hour twice. Hours in a zone that nobody knows are always open: nobody is sent away by an
    /// error of ours.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        let Some(zone) = self.time_zone() else { return true };
        let wall = zone.to_datetime(now);
        let minute = WallTime(minutes(wall.hour(), wall.minute()));
        self.on(wall.date()).iter().any(|span| span.from <= minute && minute < span.to)
    }

    /// The next time from `now` on at which it opens, if it is closed now. `None` if it is open, or stays closed
    /// for more than a year.
    #[must_use]
    pub fn opens_after(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_open_at(now) {
            return None;
        }
        let zone = self.time_zone()?;
        let today = zone.to_datetime(now).date();
        (0..HORIZON).find_map(|day| {
            let date = today.checked_add(day.days()).ok()?;
            self.on(date).iter().filter_map(|span| begins(&zone, date, *span)).find(|begin| *begin > now)
        })
    }

    fn on(&self, date: Date) -> &[Span] {
        match self.holidays.get(&date) {
            Some(spans) => spans,
            None => self.of_weekday(date.weekday()),
        }
    }

    fn of_weekday(&self, day: Weekday) -> &[Span] {
        let week = &self.week;
        match day {
            Weekday::Monday => &week.monday,
            Weekday::Tuesday => &week.tuesday,
            Weekday::Wednesday => &week.wednesday,
            Weekday::Thursday => &week.thursday,
            Weekday::Friday => &week.friday,
            Weekday::Saturday => &week.saturday,
            Weekday::Sunday => &week.sunday,
        }
    }
}

const DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

fn minutes(hour: i8, minute: i8) -> u16 {
    u16::try_from(hour).unwrap_or_default() * 60 + u16::try_from(minute).unwrap_or_default()
}

/// The first instant of a span on a day. Where the clock skips its beginning, that is the end of the gap; where it
/// skips all of it, there is none.
fn begins(zone: &TimeZone, date: Date, span: Span) -> Option<Timestamp> {
    (span.from.0..span.to.0).find_map(|minute| {
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let wall = date.at(hour, minute, 0, 0);
        let instant = zone.to_ambiguous_timestamp(wall).earlier().ok()?;
        // In a gap the wall never shows this time.
        (zone.to_datetime(instant) == wall).then_some(instant)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(json: serde_json::Value) -> Hours {
        let hours: Hours = serde_json::from_value(json).unwrap();
        hours.check().unwrap();
        hours
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn shop() -> Hours {
        hours(serde_json::json!({
            "zone": "America/Lima",
            "week": { "monday": [{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:30"}],
                      "friday": [{"from": "22:00", "to": "24:00"}], "saturday": [{"from": "00:00", "to": "02:00"}] },
            "holidays": { "2026-11-30": [], "2026-12-06": [{"from": "10:00", "to": "11:00"}] },
        }))
    }

    #[test]
    fn a_shop_is_open_in_its_spans_by_its_own_clock() {
        let shop = shop();
        // Lima is five hours behind UTC all year.
        for (time, open) in [
            ("2026-11-23T13:59:59Z", false),
            ("2026-11-23T14:00:00Z", true),
            ("2026-11-23T18:00:00Z", false),
            ("2026-11-23T19:00:00Z", true),
            ("2026-11-23T23:30:00Z", false),
            ("2026-11-24T14:00:00Z", false),
            ("2026-11-28T04:59:59Z", true),
            ("2026-11-28T06:59:59Z", true),
            ("2026-11-28T07:00:00Z", false),
            ("2026-11-30T14:00:00Z", false),
            ("2026-12-06T15:30:00Z", true),
        ] {
            assert_eq!(shop.is_open_at(at(time)), open, "{time}");
        }
        assert_eq!(shop.opens_after(at("2026-11-23T18:00:00Z")), Some(at("2026-11-23T19:00:00Z")));
        assert_eq!(shop.opens_after(at("2026-11-28T07:00:00Z")), Some(at("2026-12-05T03:00:00Z")));
    }

    #[test]
    fn a_time_that_the_clock_skips_or_repeats_is_open_as_the_wall_shows_it() {
        let night = hours(serde_json::json!({
            "zone": "Europe/Madrid", "week": { "sunday": [{"from": "02:15", "to": "03:15"}] } }));
        // 2026-03-29: from 02:00 the clock goes to 03:00.
        assert!(!night.is_open_at(at("2026-03-29T00:59:59Z")));
        assert_eq!(night.opens_after(at("2026-03-29T00:30:00Z")), Some(at("2026-03-29T01:00:00Z")));
        assert!(night.is_open_at(at("2026-03-29T01:14:59Z")));
        assert!(!night.is_open_at(at("2026-03-29T01:15:00Z")));
        // 2026-10-25: from 03:00 the clock goes back to 02:00; 02:15 to 03:00 is there twice.
        for (time, open) in [
            ("2026-10-25T00:15:00Z", true),
            ("2026-10-25T01:10:00Z", false),
            ("2026-10-25T01:15:00Z", true),
            ("2026-10-25T02:14:59Z", true),
        ] {
            assert_eq!(night.is_open_at(at(time)), open, "{time}");
        }
    }

    #[test]
    fn hours_that_nobody_can_keep_are_named() {
        let fault = |json| serde_json::from_value::<Hours>(json).unwrap().check();
        let span = |from: &str, to: &str| serde_json::json!({"from": from, "to": to});
        let sunday = |spans: &[serde_json::Value]| {
            fault(serde_json::json!({"zone": "UTC", "week": {"sunday": spans}}))
        };
        assert_eq!(fault(serde_json::json!({"zone": "Mars/Olympus"})), Err(Fault::Zone));
        let wrong = Err(Fault::Spans("week.sunday".to_owned()));
        assert_eq!(sunday(&[span("10:00", "10:00")]), wrong);
        assert_eq!(sunday(&[span("10:00", "12:00"), span("11:00", "13:00")]), wrong);
        assert_eq!(sunday(&[span("10:00", "12:00"), span("12:00", "24:00")]), Ok(()));
        for time in ["9:00", "24:01", "12:60", "noon", "+9:00"] {
            assert!(WallTime::try_from(time.to_owned()).is_err(), "{time}");
        }
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::btree_set(0_u16..=1440, 0..6).prop_map(|times| {
            let times: Vec<_> = times.into_iter().collect();
            times
                .chunks_exact(2)
                .map(|pair| Span { from: WallTime(pair[0]), to: WallTime(pair[1]) })
                .collect()
        })
    }

    fn any_hours() -> impl Strategy<Value = Hours> {
        let zone = prop_oneof![
            Just("America/Lima"),
            Just("Europe/Madrid"),
            Just("America/Sao_Paulo"),
            Just("Australia/Lord_Howe"),
            Just("Asia/Kolkata"),
            Just("Pacific/Apia"),
        ];
        (zone, spans(), spans(), spans()).prop_map(|(zone, a, b, c)| Hours {
            zone: zone.to_owned(),
            week: Week { saturday: a, sunday: b, wednesday: c, ..Week::default() },
            holidays: BTreeMap::new(),
        })
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_nothing_before_it_is(
            hours in any_hours(), start in 1_774_000_000_i64..1_806_000_000
        ) {
            prop_assert_eq!(hours.check(), Ok(()));
            let now = Timestamp::from_second(start).unwrap();
            if let Some(next) = hours.opens_after(now) {
                prop_assert!(next > now && hours.is_open_at(next));
                prop_assert!(!hours.is_open_at(next - 1.seconds()));
                let mut between = now;
                while between < next {
                    prop_assert!(!hours.is_open_at(between), "{}", between);
                    between += 7.minutes();
                }
            } else if !hours.is_open_at(now) {
                let empty = hours.week.saturday.is_empty() && hours.week.sunday.is_empty() && hours.week.wednesday.is_empty();
                prop_assert!(empty);
            }
        }
    }
}

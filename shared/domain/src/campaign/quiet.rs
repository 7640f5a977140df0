//! Quiet hours: when nobody is written to, by the clock of whoever would be.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::zones;
use crate::hours::WallTime;

/// How far ahead a time is looked for at which all zones are awake, in days.
const HORIZON: i32 = 15;

/// When a person is left alone. Where the recipient may be in several zones, all of them must be awake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From here on it is quiet, such as `21:00`. Later than `to` means past midnight.
    pub from: WallTime,
    /// Here it ends, such as `09:00`.
    pub to: WallTime,
    /// Days that are quiet as a whole, such as `["sunday"]`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub days: BTreeSet<Day>,
    /// The IANA time zone of people whose country nobody knows: those with a business-scoped id only.
    pub otherwise: String,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuietDay)]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// Whether somebody may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awake {
    /// Now.
    Now,
    /// Not before this time.
    At(Timestamp),
    /// In no hour of the next two weeks are all of the person's zones awake.
    Never,
}

impl QuietHours {
    /// The zones that count for a person: the one on record, or those of the phone's country, or the one for
    /// everybody else.
    #[must_use]
    pub fn zones(&self, on_record: Option<&str>, phone: Option<&str>) -> Vec<TimeZone> {
        if let Some(zone) = on_record.and_then(|name| TimeZone::get(name).ok()) {
            return vec![zone];
        }
        let of_country = phone.map(zones::of_phone).unwrap_or_default();
        if of_country.is_empty() { TimeZone::get(&self.otherwise).into_iter().collect() } else { of_country }
    }

    /// Whether a person in these zones may be written to now, and when next.
    #[must_use]
    pub fn awake(&self, zones: &[TimeZone], now: Timestamp) -> Awake {
        if self.is_awake(zones, now) {
            return Awake::Now;
        }
        // All are awake from an instant at which one of them wakes up: nothing else can end a silence.
        let mut wakings: Vec<Timestamp> = zones.iter().flat_map(|zone| self.wakings(zone, now)).collect();
        wakings.sort_unstable();
        match wakings.into_iter().find(|at| self.is_awake(zones, *at)) {
            Some(at) => Awake::At(at),
            None => Awake::Never,
        }
    }

    fn is_awake(&self, zones: &[TimeZone], at: Timestamp) -> bool {
        zones.iter().all(|zone| {
            let wall = zone.to_datetime(at);
            !self.is_quiet_day(wall.date()) && !self.is_quiet_time(wall.time())
        })
    }

    fn is_quiet_day(&self, date: Date) -> bool {
        self.days.contains(&Day::of(date.weekday()))
    }

    fn is_quiet_time(&self, time: Time) -> bool {
        let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
        let (from, to) = (i32::from(self.from.minutes()), i32::from(self.to.minutes()));
        if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }

    /// The instants after `now` at which a zone may wake up: the end of the quiet hours and midnight, of each day;
    /// where the clock skips them, the end of the gap.
    fn wakings(&self, zone: &TimeZone, now: Timestamp) -> Vec<Timestamp> {
        let today = zone.to_datetime(now).date();
        let minutes = [self.to.minutes() % 1440, 0];
        let days = (0..=HORIZON).filter_map(|day| today.checked_add(day.days()).ok());
        let walls = days.flat_map(|date| minutes.map(|minute| (date, minute)));
        // An hour that the clock shows twice has the instant twice.
        let instants = walls.flat_map(|(date, minute)| {
            let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
            let wall = hour.ok().zip(minute.ok()).map(|(hour, minute)| date.at(hour, minute, 0, 0));
            let instant = wall.map(|wall| zone.to_ambiguous_timestamp(wall));
            instant.into_iter().flat_map(|it| [it.earlier().ok(), it.later().ok()]).flatten()
        });
        let turns = zone.following(now).map(|turn| turn.timestamp()).take(2);
        // A turn of the clock may be months away, and people wake up in between.
        let end = today.checked_add(HORIZON.days()).and_then(|date| zone.to_timestamp(date.at(0, 0, 0, 0)));
        let end = end.unwrap_or(Timestamp::MAX);
        instants.chain(turns.filter(|turn| *turn <= end)).filter(|at| *at > now).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quiet(from: &str, to: &str) -> QuietHours {
        let json = serde_json::json!({"from": from, "to": to, "otherwise": "America/Lima"});
        serde_json::from_value(json).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_person_is_left_alone_at_night_by_the_clock_where_they_live() {
        let quiet = quiet("21:00", "09:00");
        let (lima, madrid) =
            (quiet.zones(None, Some("51987654321")), quiet.zones(Some("Europe/Madrid"), None));
        // 22:00 in Lima, 04:00 in Madrid.
        let night = at("2026-11-24T03:00:00Z");
        assert_eq!(quiet.awake(&lima, night), Awake::At(at("2026-11-24T14:00:00Z")));
        assert_eq!(quiet.awake(&madrid, night), Awake::At(at("2026-11-24T08:00:00Z")));
        assert_eq!(quiet.awake(&lima, at("2026-11-24T01:59:59Z")), Awake::Now);
        assert_eq!(quiet.awake(&madrid, at("2026-11-24T08:00:00Z")), Awake::Now);
    }

    #[test]
    fn in_a_country_of_several_zones_all_of_them_are_awake() {
        let quiet = quiet("21:00", "09:00");
        let brazil = quiet.zones(None, Some("5511987654321"));
        // 09:00 in Sao Paulo is 07:00 in Rio Branco, and 10:00 in Noronha.
        let morning = at("2026-11-24T12:00:00Z");
        assert_eq!(quiet.awake(&brazil, morning), Awake::At(at("2026-11-24T14:00:00Z")));
        assert_eq!(quiet.awake(&brazil, at("2026-11-24T22:59:00Z")), Awake::Now);
        assert!(matches!(quiet.awake(&brazil, at("2026-11-24T23:00:00Z")), Awake::At(_)));
    }

    #[test]
    fn hours_in_which_a_wide_country_is_never_awake_as_a_whole_are_told() {
        let russia = quiet("14:00", "12:00").zones(None, Some("79161234567"));
        assert_eq!(quiet("14:00", "12:00").awake(&russia, at("2026-11-24T09:00:00Z")), Awake::Never);
    }

    #[test]
    fn the_clock_s_turn_months_away_is_no_waking() {
        let quiet = quiet("06:01", "00:01");
        let wide = quiet.zones(None, Some("1212555"));
        assert_eq!(quiet.awake(&wide, Timestamp::from_second(1_774_000_000).unwrap()), Awake::Never);
    }

    #[test]
    fn a_quiet_sunday_is_quiet_as_a_whole_and_monday_begins_where_the_night_ends() {
        let mut quiet = quiet("21:00", "09:00");
        quiet.days.insert(Day::Sunday);
        let lima = quiet.zones(None, Some("51987654321"));
        assert_eq!(quiet.awake(&lima, at("2026-11-22T17:00:00Z")), Awake::At(at("2026-11-23T14:00:00Z")));
    }

    #[test]
    fn whoever_has_no_phone_sleeps_where_the_campaign_says() {
        let quiet = quiet("21:00", "09:00");
        assert_eq!(quiet.zones(None, None), quiet.zones(Some("America/Lima"), None));
        assert_eq!(
            quiet.zones(Some("Mars/Olympus"), Some("4915123")),
            quiet.zones(Some("Europe/Berlin"), None)
        );
    }

    proptest! {
        #[test]
        fn the_next_waking_is_awake_and_nothing_before_it_is(
            from in 0_u16..1440, to in 0_u16..1440, start in 1_774_000_000_i64..1_806_000_000,
            phone in prop_oneof![Just("34911"), Just("5511"), Just("5198"), Just("61491570006"), Just("1212555")],
        ) {
            let wall = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let quiet = quiet(&wall(from), &wall(to));
            let (zones, now) = (quiet.zones(None, Some(phone)), Timestamp::from_second(start).unwrap());
            let end = match quiet.awake(&zones, now) {
                Awake::Now => { prop_assert!(quiet.is_awake(&zones, now)); now }
                Awake::At(at) => { prop_assert!(at > now && quiet.is_awake(&zones, at)); at }
                Awake::Never => now + 24.hours(),
            };
            let mut between = now;
            while between < end {
                prop_assert!(!quiet.is_awake(&zones, between), "{}", between);
                between += 13.minutes();
            }
        }
    }
}

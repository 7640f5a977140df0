//! When a campaign starts: now, at a date and hour somewhere, or again and again.

use std::str::FromStr as _;

use croner::Cron;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a campaign starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignStart)]
pub enum Start {
    /// When somebody says so: at once upon `start`.
    #[default]
    Now,
    /// Once, at a date and hour on the wall of a time zone.
    At(WallClock),
    /// By a calendar, each time as a run of its own.
    Recurring(Recurrence),
}

/// A date and hour on a wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WallClock {
    /// Such as `2026-12-01T09:00`.
    #[schema(value_type = String)]
    pub time: DateTime,
    /// The IANA time zone, such as `America/Lima`.
    pub zone: String,
}

/// A calendar rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// Five fields of cron: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday, 1 is Monday),
    /// such as `0 10 * * 1` for Mondays at ten.
    pub cron: String,
    /// The IANA time zone whose clock counts.
    pub zone: String,
    /// Nothing starts from here on; without it, it goes on until somebody cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
}

/// A start that nobody can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The time zone is not one of the IANA database.
    #[error("is not an IANA time zone")]
    Zone,
    /// The rule is not one of cron's with five fields.
    #[error("must be five fields of cron: minute, hour, day of month, month, day of week")]
    Cron,
    /// The rule fits more often than once an hour. Each fit is a run of its own.
    #[error("must not come more often than once an hour")]
    TooOften,
    /// The rule never fits, or not before its end.
    #[error("never comes")]
    Never,
}

/// The shortest time between two runs of a recurring campaign, in seconds.
const SHORTEST: i64 = 3_600;

/// How many occurrences are looked at to see how often a rule comes: more than an hour has minutes.
const LOOKED_AT: usize = 70;

impl WallClock {
    /// The instant. A time that the clock skips is as far after the gap as it was meant to be after its beginning; of
    /// one that comes twice it is the first.
    ///
    /// # Errors
    /// The zone is unknown.
    pub fn instant(&self) -> Result<Timestamp, Fault> {
        let zone = TimeZone::get(&self.zone).map_err(|_| Fault::Zone)?;
        zone.to_ambiguous_timestamp(self.time).compatible().map_err(|_| Fault::Never)
    }
}

impl Recurrence {
    /// The first time after `after` at which it comes; `None` when it has ended.
    ///
    /// As cron does it: a time that the clock skips comes where the gap ends, one that it shows twice comes once.
    ///
    /// # Errors
    /// The rule or the zone cannot be read.
    pub fn next_after(&self, after: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let (cron, zone) = self.parsed()?;
        let next = cron.find_next_occurrence(&after.to_zoned(zone), false);
        Ok(next.ok().map(|at| at.timestamp()).filter(|at| self.until.is_none_or(|until| *at < until)))
    }

    /// Whether the rule can be kept, seen from now.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn check(&self, now: Timestamp) -> Result<(), Fault> {
        let (cron, zone) = self.parsed()?;
        self.next_after(now)?.ok_or(Fault::Never)?;
        let times: Vec<Zoned> = cron.iter_after(now.to_zoned(zone)).take(LOOKED_AT).collect();
        let apart = |pair: &[Zoned]| pair[1].timestamp().as_second() - pair[0].timestamp().as_second();
        // Where the clock is put back or forward a rule that comes each hour may come a little sooner, once.
        let too_close = times.windows(2).filter(|pair| apart(pair) < SHORTEST).count();
        if too_close > 1 { Err(Fault::TooOften) } else { Ok(()) }
    }

    fn parsed(&self) -> Result<(Cron, TimeZone), Fault> {
        if self.cron.split_whitespace().count() != 5 {
            return Err(Fault::Cron);
        }
        let cron = Cron::from_str(&self.cron).map_err(|_| Fault::Cron)?;
        Ok((cron, TimeZone::get(&self.zone).map_err(|_| Fault::Zone)?))
    }
}

impl Start {
    /// When it starts next, seen from `after`; `None` if that is over, or is up to somebody. A single start that has
    /// passed is told as it is, so that a start that was missed is seen.
    ///
    /// # Errors
    /// The rule or the zone cannot be read.
    pub fn next_after(&self, after: Timestamp) -> Result<Option<Timestamp>, Fault> {
        match self {
            Self::Now => Ok(None),
            Self::At(wall) => wall.instant().map(Some),
            Self::Recurring(rule) => rule.next_after(after),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rule(cron: &str, zone: &str) -> Recurrence {
        Recurrence { cron: cron.to_owned(), zone: zone.to_owned(), until: None }
    }

    fn times(rule: &Recurrence, from: &str, n: usize) -> Vec<String> {
        let mut after = at(from);
        let next = std::iter::from_fn(|| {
            after = rule.next_after(after).unwrap()?;
            Some(after.to_string())
        });
        next.take(n).collect()
    }

    #[test]
    fn a_campaign_starts_at_a_date_and_hour_of_its_own_zone() {
        let json = serde_json::json!({"at": {"time": "2026-12-01T09:00", "zone": "America/Lima"}});
        let start: Start = serde_json::from_value(json).unwrap();
        assert_eq!(start.next_after(at("2026-11-23T00:00:00Z")), Ok(Some(at("2026-12-01T14:00:00Z"))));
        let skipped =
            WallClock { time: "2026-03-29T02:30".parse().unwrap(), zone: "Europe/Madrid".to_owned() };
        assert_eq!(skipped.instant(), Ok(at("2026-03-29T01:30:00Z")));
        let twice = WallClock { time: "2026-10-25T02:30".parse().unwrap(), ..skipped };
        assert_eq!(twice.instant(), Ok(at("2026-10-25T00:30:00Z")));
    }

    #[test]
    fn mondays_at_ten_stay_at_ten_when_the_clocks_change() {
        let mondays = rule("0 10 * * 1", "Europe/Madrid");
        let expected = ["2026-10-19T08:00:00Z", "2026-10-26T09:00:00Z"];
        assert_eq!(times(&mondays, "2026-10-18T00:00:00Z", 2), expected);
    }

    #[test]
    fn an_hour_that_the_clock_skips_comes_once_and_one_that_it_repeats_comes_once() {
        let nightly = rule("30 2 * * *", "Europe/Madrid");
        let gap = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
        assert_eq!(times(&nightly, "2026-03-28T00:00:00Z", 3), gap);
        let overlap = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
        assert_eq!(times(&nightly, "2026-10-24T00:00:00Z", 3), overlap);
    }

    #[test]
    fn a_rule_ends_before_its_end() {
        let daily =
            Recurrence { until: Some(at("2026-11-25T15:00:00Z")), ..rule("0 10 * * *", "America/Lima") };
        assert_eq!(times(&daily, "2026-11-23T16:00:00Z", 9), ["2026-11-24T15:00:00Z"]);
    }

    #[test]
    fn a_rule_that_nobody_can_keep_is_told() {
        let now = at("2026-11-23T00:00:00Z");
        for (cron, zone, fault) in [
            ("0 10 * * 1", "Mars/Olympus", Fault::Zone),
            ("0 10 * *", "UTC", Fault::Cron),
            ("0 0 10 * * 1", "UTC", Fault::Cron),
            ("61 10 * * 1", "UTC", Fault::Cron),
            ("@daily", "UTC", Fault::Cron),
            ("*/5 * * * *", "UTC", Fault::TooOften),
            ("0,30 9 * * *", "UTC", Fault::TooOften),
            ("0 0 31 2 *", "UTC", Fault::Never),
        ] {
            assert_eq!(rule(cron, zone).check(now), Err(fault), "{cron}");
        }
        assert_eq!(rule("0 * * * *", "Europe/Madrid").check(at("2026-10-24T00:00:00Z")), Ok(()));
    }

    proptest! {
        #[test]
        fn the_next_time_is_later_and_repeating_the_question_gives_the_same(
            start in 1_774_000_000_i64..1_806_000_000, minute in 0..60_u8, hour in 0..24_u8,
            zone in prop_oneof![Just("America/Lima"), Just("Europe/Madrid"), Just("Australia/Lord_Howe")],
        ) {
            let (rule, now) = (rule(&format!("{minute} {hour} * * *"), zone), Timestamp::from_second(start).unwrap());
            let next = rule.next_after(now).unwrap().unwrap();
            prop_assert!(next > now && next.as_second() - now.as_second() <= 25 * 3_600);
            let just_before = Timestamp::from_second(next.as_second() - 1).unwrap();
            prop_assert_eq!(rule.next_after(just_before), Ok(Some(next)));
        }
    }
}

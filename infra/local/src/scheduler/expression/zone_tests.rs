//! Local time, on both sides of each change of the clocks.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Expression, Timing};

fn timing(expression: &str, zone: &str) -> Timing {
    let expression = Expression::parse(expression).unwrap();
    let anchor = "2026-01-01T00:00:00Z".parse().unwrap();
    Timing { expression, zone: TimeZone::get(zone).unwrap(), anchor, start: None, end: None }
}

fn times(timing: &Timing, after: &str, count: usize) -> Vec<String> {
    let first = timing.next(after.parse().unwrap());
    std::iter::successors(first, |time| timing.next(*time)).take(count).map(|time| time.to_string()).collect()
}

#[test]
fn a_campaign_at_nine_in_madrid_leaves_at_nine_in_madrid_in_winter_and_in_summer() {
    // The clocks go forward on 2026-03-29 and back on 2026-10-25.
    let daily = timing("cron(0 9 * * ? *)", "Europe/Madrid");
    let spring = ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"];
    assert_eq!(times(&daily, "2026-03-27T12:00:00Z", 3), spring);
    let autumn = ["2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"];
    assert_eq!(times(&daily, "2026-10-23T12:00:00Z", 3), autumn);
    let once = |at: &str| times(&timing(at, "Europe/Madrid"), "2026-01-01T00:00:00Z", 2);
    assert_eq!(once("at(2026-03-28T09:00:00)"), ["2026-03-28T08:00:00Z"]);
    assert_eq!(once("at(2026-03-30T09:00:00)"), ["2026-03-30T07:00:00Z"]);
}

#[test]
fn a_time_that_does_not_exist_is_left_out() {
    let daily = timing("cron(30 2 * * ? *)", "Europe/Madrid");
    let spring = ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"];
    assert_eq!(times(&daily, "2026-03-27T12:00:00Z", 2), spring);
    assert_eq!(timing("at(2026-03-29T02:30:00)", "Europe/Madrid").next(Timestamp::UNIX_EPOCH), None);
}

#[test]
fn a_time_that_comes_twice_fires_once() {
    let daily = timing("cron(30 2 * * ? *)", "Europe/Madrid");
    let autumn = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
    assert_eq!(times(&daily, "2026-10-23T12:00:00Z", 3), autumn);
    let half_hourly = timing("cron(0/30 * * * ? *)", "Europe/Madrid");
    // 02:00 and 02:30, not again 02:00 and 02:30, then 03:00.
    let night = ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"];
    assert_eq!(times(&half_hourly, "2026-10-24T23:45:00Z", 3), night);
}

#[test]
fn a_rate_goes_by_hours_that_pass_and_not_by_the_clock() {
    let daily = timing("rate(1 day)", "Europe/Madrid");
    assert_eq!(times(&daily, "2026-03-28T12:00:00Z", 2), ["2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"]);
}

#[test]
fn zones_with_half_hours_and_none_are_read_as_they_are() {
    assert_eq!(
        times(&timing("at(2026-11-23T09:00:00)", "Asia/Kolkata"), "2026-01-01T00:00:00Z", 2),
        ["2026-11-23T03:30:00Z"]
    );
    // Lord Howe goes back by half an hour, on 2026-04-05 at 02:00.
    let lord_howe = timing("cron(45 1 * * ? *)", "Australia/Lord_Howe");
    let change = ["2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"];
    assert_eq!(times(&lord_howe, "2026-04-03T12:00:00Z", 3), change);
}

#[test]
fn a_recurring_schedule_keeps_to_its_dates_and_a_single_one_has_none() {
    let dates = |expression: &str| {
        let (start, end) = ("2026-11-24T09:00:00Z".parse().ok(), "2026-11-25T09:00:00Z".parse().ok());
        Timing { anchor: "2026-11-24T09:00:00Z".parse().unwrap(), start, end, ..timing(expression, "UTC") }
    };
    let after = "2026-11-23T00:00:00Z";
    assert_eq!(
        times(&dates("cron(0 9 * * ? *)"), after, 9),
        ["2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z"]
    );
    assert_eq!(times(&dates("rate(20 hours)"), after, 9), ["2026-11-24T09:00:00Z", "2026-11-25T05:00:00Z"]);
    assert_eq!(times(&dates("at(2026-11-23T10:00:00)"), after, 9), ["2026-11-23T10:00:00Z"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_local_time_fires_at_its_first_coming_and_never_backwards(
        zone in prop_oneof![Just("Europe/Madrid"), Just("America/Sao_Paulo"), Just("Australia/Lord_Howe"), Just("America/New_York"), Just("UTC")],
        (minute, hour) in (0..60_i8, 0..24_i8),
        hours in 0..40_000_i64,
    ) {
        let daily = timing(&format!("cron({minute} {hour} * * ? *)"), zone);
        let start = "2016-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours);
        let next = daily.next(start).unwrap();
        let local: DateTime = daily.zone.to_datetime(next);
        prop_assert!(next > start);
        prop_assert_eq!((local.minute(), local.hour()), (minute, hour));
        // An hour earlier the clocks did not show the same time.
        let before = daily.zone.to_datetime(next - SignedDuration::from_hours(1));
        prop_assert_ne!(before, local);
        // Walked minute by minute, nothing came before it that had not been shown in the two hours before.
        let minutes = next.duration_since(start).as_mins();
        prop_assert!(minutes <= 2 * 24 * 60 + 120);
        for passed in 1..minutes {
            let time = start + SignedDuration::from_mins(passed);
            let shown = daily.zone.to_datetime(time);
            if (shown.minute(), shown.hour()) == (minute, hour) {
                let again = (1..=120).any(|back| daily.zone.to_datetime(time - SignedDuration::from_mins(back)) == shown);
                prop_assert!(again, "{} was left out", time);
            }
        }
    }
}

//! The dialect against examples, and against a walk through every minute.

use jiff::civil::{DateTime, datetime};
use jiff::{SpanRelativeTo, ToSpan};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{Cron, Expression};

fn after(cron: &str, time: &str) -> Option<String> {
    let cron = Cron::parse(cron).unwrap_or_else(|error| panic!("{cron}: {error}"));
    cron.next(time.parse().unwrap()).map(|time| time.to_string())
}

fn times(cron: &str, time: &str, count: usize) -> Vec<String> {
    let parsed = Cron::parse(cron).unwrap();
    let first: DateTime = time.parse().unwrap();
    std::iter::successors(parsed.next(first), |time| parsed.next(*time))
        .take(count)
        .map(|time| time.strftime("%a %Y-%m-%d %H:%M").to_string())
        .collect()
}

#[test]
fn the_examples_of_the_documentation_fire_when_it_says() {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
    let from = "2026-11-23T12:00:00"; // a Monday
    assert_eq!(times("0 10 * * ? *", from, 1), ["Tue 2026-11-24 10:00"]);
    assert_eq!(times("15 12 * * ? *", from, 1), ["Mon 2026-11-23 12:15"]);
    assert_eq!(times("0 18 ? * MON-FRI *", "2026-11-27T19:00:00", 1), ["Mon 2026-11-30 18:00"]);
    assert_eq!(times("0 8 1 * ? *", from, 1), ["Tue 2026-12-01 08:00"]);
    assert_eq!(times("0/15 * * * ? *", from, 2), ["Mon 2026-11-23 12:15", "Mon 2026-11-23 12:30"]);
    assert_eq!(times("0/5 8-17 ? * MON-FRI *", "2026-11-27T17:55:00", 1), ["Mon 2026-11-30 08:00"]);
    assert_eq!(
        times("0 9 ? * 2#1 *", from, 2),
        ["Mon 2026-12-07 09:00", "Mon 2027-01-04 09:00"],
        "the first Monday of each month"
    );
    let last_friday = times("15 10 ? * 6L 2022-2023", "2023-10-28T00:00:00", 9);
    assert_eq!(last_friday, ["Fri 2023-11-24 10:15", "Fri 2023-12-29 10:15"], "and then never again");
}

#[test]
fn the_last_day_of_the_month_is_where_the_month_ends() {
    let ends = ["2027-01-31T09:00:00", "2027-02-28T09:00:00", "2027-03-31T09:00:00", "2027-04-30T09:00:00"];
    let mut time = "2027-01-01T00:00:00".to_owned();
    for end in ends {
        time = after("0 9 L * ? *", &time).unwrap();
        assert_eq!(time, end);
    }
    assert_eq!(after("0 9 L 2 ? *", "2028-01-01T00:00:00").unwrap(), "2028-02-29T09:00:00");
    // 31 January 2027 is a Sunday.
    assert_eq!(after("0 9 LW 1 ? 2027", "2027-01-01T00:00:00").unwrap(), "2027-01-29T09:00:00");
    assert_eq!(times("0 9 30 * ? *", "2027-01-31T00:00:00", 1), ["Tue 2027-03-30 09:00"]);
}

#[test]
fn the_nearest_weekday_stays_in_its_month() {
    let day = |cron: &str| times(cron, "2026-12-31T23:59:00", 1).pop();
    assert_eq!(day("0 9 15W 5 ? 2027").unwrap(), "Fri 2027-05-14 09:00", "a Saturday");
    assert_eq!(day("0 9 16W 5 ? 2027").unwrap(), "Mon 2027-05-17 09:00", "a Sunday");
    assert_eq!(day("0 9 1W 5 ? 2027").unwrap(), "Mon 2027-05-03 09:00", "a Saturday, and the first");
    assert_eq!(day("0 9 31W 1 ? 2027").unwrap(), "Fri 2027-01-29 09:00", "a Sunday, and the last");
    assert_eq!(day("0 9 31W 2 ? *"), None);
}

#[test]
fn the_week_begins_on_sunday_and_l_alone_is_its_end() {
    assert_eq!(times("0 9 ? * 1 *", "2026-11-23T12:00:00", 1), ["Sun 2026-11-29 09:00"]);
    assert_eq!(times("0 9 ? * L *", "2026-11-23T12:00:00", 1), ["Sat 2026-11-28 09:00"]);
    assert_eq!(times("0 9 ? * fri#5 *", "2026-11-23T12:00:00", 1), ["Fri 2027-01-29 09:00"]);
}

#[test]
fn what_is_not_of_the_dialect_is_refused() {
    let wrong = [
        "* * * * *",
        "0 10 * * ? * *",
        "0 10 * * * *",
        "0 10 ? * ? *",
        "60 * * * ? *",
        "* 24 * * ? *",
        "* * 0 * ? *",
        "* * 32 * ? *",
        "* * * 13 ? *",
        "* * ? * 0 *",
        "* * ? * 8 *",
        "* * * * ? 1969",
        "* * * * ? 2200",
        "5-1 * * * ? *",
        "0/0 * * * ? *",
        "+5 * * * ? *",
        "* * ? * MON/2 *",
        "* * ? * 3#6 *",
        "* * ? * 3#1,6#3 *",
        "* * ? * MON,6L *",
        "* * * FOO ? *",
        "W * * * ? *",
        ", * * * ? *",
        "* * 1,,2 * ? *",
        "* ? * * ? *",
        "@daily",
    ];
    for text in wrong {
        assert!(Cron::parse(text).is_err(), "{text}");
    }
    for text in [
        "at(2026-11-23)",
        "at(2026-11-23T09:00)",
        "at(2026-11-23 09:00:00)",
        "at(2026-02-30T09:00:00)",
        "rate(0 minutes)",
        "rate(1 second)",
        "rate(-1 day)",
        "rate(1)",
        "every(1 day)",
        "cron 0 10 * * ? *",
        "",
    ] {
        assert!(Expression::parse(text).is_err(), "{text}");
    }
}

/// A field's text with the numbers it stands for, told apart from the parser.
type Field = (String, Vec<i16>);

fn field(least: i16, most: i16) -> BoxedStrategy<Field> {
    let all: Vec<i16> = (least..=most).collect();
    let list = subsequence(all.clone(), 1..5).prop_map(|numbers| {
        let text: Vec<String> = numbers.iter().map(i16::to_string).collect();
        (text.join(","), numbers)
    });
    let range = (least..=most, least..=most, 1..=most.max(1)).prop_map(|(a, b, step)| {
        let (first, last) = (a.min(b), a.max(b));
        (format!("{first}-{last}/{step}"), (first..=last).filter(|it| (it - first) % step == 0).collect())
    });
    let from = (least..=most, 1..=most.max(1)).prop_map(move |(first, step)| {
        (format!("{first}/{step}"), (first..=most).filter(|it| (it - first) % step == 0).collect())
    });
    prop_oneof![2 => Just(("*".to_owned(), all)), 2 => list, 1 => range, 1 => from].boxed()
}

/// Days as text, and whether a date is among them.
#[derive(Clone, Debug)]
enum Day {
    OfMonth(Vec<i16>),
    Last,
    OfWeek(Vec<i16>),
    LastOfWeek(i16),
    Nth(i16, i16),
}

fn days() -> BoxedStrategy<((String, String), Day)> {
    let question = || "?".to_owned();
    prop_oneof![
        3 => field(1, 31).prop_map(move |(text, days)| ((text, question()), Day::OfMonth(days))),
        1 => Just((("L".to_owned(), "?".to_owned()), Day::Last)),
        3 => subsequence((1..=7).collect::<Vec<i16>>(), 1..5).prop_map(|days| {
            let text: Vec<String> = days.iter().map(i16::to_string).collect();
            (("?".to_owned(), text.join(",")), Day::OfWeek(days))
        }),
        1 => (1..=7_i16).prop_map(|day| (("?".to_owned(), format!("{day}L")), Day::LastOfWeek(day))),
        1 => (1..=7_i16, 1..=5_i16).prop_map(|(day, nth)| (("?".to_owned(), format!("{day}#{nth}")), Day::Nth(day, nth))),
    ]
    .boxed()
}

impl Day {
    fn has(&self, time: DateTime) -> bool {
        let (day, weekday) = (i16::from(time.day()), i16::from(time.weekday().to_sunday_one_offset()));
        let month_of = |days: i64| time.checked_add(days.days()).unwrap().month();
        match self {
            Self::OfMonth(days) => days.contains(&day),
            Self::Last => month_of(1) != time.month(),
            Self::OfWeek(days) => days.contains(&weekday),
            Self::LastOfWeek(of) => weekday == *of && month_of(7) != time.month(),
            Self::Nth(of, nth) => {
                let weeks = i64::from(*nth);
                weekday == *of
                    && month_of(-7 * weeks) != time.month()
                    && (*nth == 1 || month_of(-7 * (weeks - 1)) == time.month())
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_time_is_the_first_minute_that_matches_every_field(
        (minutes, hours, months) in (field(0, 59), field(0, 23), field(1, 12)),
        ((of_month, of_week), day) in days(),
        start in 0..3_000_000_i64,
    ) {
        let text = format!("{} {} {of_month} {} {of_week} 2026-2031", minutes.0, hours.0, months.0);
        let cron = Cron::parse(&text).unwrap();
        let start = datetime(2025, 12, 1, 0, 0, 30, 0).checked_add(start.minutes()).unwrap();
        let matches = |time: DateTime| {
            minutes.1.contains(&i16::from(time.minute())) && hours.1.contains(&i16::from(time.hour()))
                && months.1.contains(&i16::from(time.month())) && day.has(time) && (2026..=2031).contains(&time.year())
        };
        let next = cron.next(start);
        if let Some(next) = next {
            prop_assert!(next > start && matches(next), "{text}: {start} -> {next}");
        }
        // Sixty days of minutes: enough to meet most, and to see none where none is.
        let mut time = start.with().second(0).build().unwrap();
        for _ in 0..60 * 24 * 60 {
            time = time.checked_add(1.minute()).unwrap();
            if matches(time) {
                prop_assert_eq!(next, Some(time), "{}", text);
                return Ok(());
            }
        }
        let days = |next: DateTime| start.until(next).unwrap().total((jiff::Unit::Day, SpanRelativeTo::days_are_24_hours()));
        prop_assert!(next.is_none_or(|next| days(next).unwrap() > 59.0), "{text}: {start} -> {next:?}");
    }
}

//! What the demo company's reports know of the two months before its week. Nobody lives through these: their messages are
//! gone, and what was added up of them is there.

use domain::rates::Category;
use domain::report::{Cell, Charged, Class, Histogram, Hour, Key, Sheet, TARGET_SECONDS, agent_key};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use queue::{Entry, Job, Queue, RollUpStep, Task};
use store::{Store, Tables};

use super::Trouble;
use super::company::number_id;
use crate::world::World;

/// So many days before the week.
const DAYS: i32 = 54;
/// The first and last hours of work, of UTC: from nine in the morning where the company is.
const WORK: std::ops::Range<i64> = 13..22;

/// Who works on which number, how many conversations an hour has there, in tenths, how long an answer takes, in minutes, and
/// where the customers are.
const DESKS: [(&str, &str, &str, u64, u64, &str); 5] = [
    ("201", "demo-joseluis", "ventas", 7, 9, "VE"),
    ("201", "demo-camila", "ventas", 6, 5, "VE"),
    ("202", "demo-wilmer", "servicio", 6, 14, "VE"),
    ("202", "demo-mariela", "servicio", 1, 20, "CO"),
    ("299", "demo-grace", "export", 4, 7, "US"),
];

/// A number that looks as if it came by chance, and is always the same.
fn chance(of: &str, below: u64) -> u64 {
    let hash = domain::hash16(of);
    u64::from_str_radix(&hash, 16).unwrap_or_default() % below.max(1)
}

/// Adds the days up as if they had been counted when they were over.
pub(super) async fn add(world: &World, until: Timestamp) -> Result<(), Trouble> {
    let tables = Tables { journal: "local-journal".to_owned(), ..Tables::default() };
    let store = Store::new(world.dynamodb(), tables);
    let last = jiff::tz::TimeZone::UTC.to_datetime(until).date();
    let days = last.saturating_sub(DAYS.days()).series(1.day()).take_while(|day| *day < last);
    let work = days.flat_map(|day| ["201", "202", "299"].map(|number| (day, number)));
    for (day, number) in work {
        let (number, sheet) = (number_id(number), day_of(day, number));
        store
            .put_sum(day, &number, &sheet, until)
            .await
            .map_err(|error| Trouble::Missing(format!("past: {error}")))?;
    }
    Ok(())
}

/// Counts what happened since the last pass, so that nobody has to wait for the next one.
pub(super) async fn count(world: &World) -> Result<(), Trouble> {
    let missing = || Trouble::Missing("queue of jobs".to_owned());
    let url = world.queue_url("JobsQueue").ok_or_else(missing)?;
    let until = world.clock.now().as_millisecond();
    let job = Job::of(Task::RollUp { until, step: RollUpStep::Changed, after: None }, None);
    let queue = Queue::new(world.sqs_client());
    queue.send(&url, Entry::new(job.to_json())).await.map_err(|_| missing())
}

fn day_of(day: Date, number: &str) -> Sheet {
    let mut sheet = Sheet::default();
    let weekday = day.weekday();
    if weekday == Weekday::Sunday {
        return sheet;
    }
    let first = Hour::first_of(day);
    for desk in DESKS.iter().filter(|desk| desk.0 == number) {
        for hour in WORK.filter(|hour| weekday != Weekday::Saturday || *hour < 17) {
            one_hour(&mut sheet, desk, Hour(first.0 + hour));
        }
    }
    sheet
}

/// An hour of somebody.
fn one_hour(sheet: &mut Sheet, desk: &(&str, &str, &str, u64, u64, &str), hour: Hour) {
    let (_, agent, department, tenths, minutes, country) = *desk;
    let name = format!("{agent} {}", hour.0);
    // Around noon there is more to do, and nobody is faster for it.
    let noon = u64::from((15..19).contains(&(hour.0.rem_euclid(24))));
    let begun = (chance(&name, 20) + 2 * tenths * (1 + noon) / 2) / 20;
    for n in 0..begun {
        let lot = |what: &str, below: u64| chance(&format!("{name} {n} {what}"), below);
        let seconds =
            30 + lot("quick", minutes * 60) + if lot("slow", 5) == 0 { lot("long", 5_400) } else { 0 };
        let messages = 1 + lot("messages", 5);
        let key = |agent: Option<&str>| Key {
            hour,
            agent: agent.map(agent_key),
            department: Some(department.to_owned()),
        };
        sheet.at(key(None)).counts.received += 1 + lot("received", 5);
        let cell = sheet.at(key(Some(agent)));
        cell.counts.conversations += 1;
        if lot("forgotten", 40) == 0 {
            cell.counts.unanswered += 1;
            continue;
        }
        cell.first_response.join(&Histogram::of(seconds));
        cell.counts.on_time += u64::from(seconds <= TARGET_SECONDS);
        if lot("closed", 10) < 8 {
            cell.resolution.join(&Histogram::of(seconds + 1_800 + lot("done", 80_000)));
        }
        wrote(cell, messages, (country, lot("template", 5) == 0));
        cell.counts.opted_out += u64::from(lot("stop", 60) == 0);
    }
}

/// Messages of a conversation, and what became of them.
fn wrote(cell: &mut Cell, messages: u64, (country, has_template): (&str, bool)) {
    cell.sent.agents += messages;
    cell.delivery.accepted += messages;
    cell.delivery.delivered += messages;
    cell.delivery.read += messages - messages / 4;
    let charged = u64::from(has_template);
    cell.counts.free += messages - charged;
    if has_template {
        let charged = Charged { country: country.to_owned(), class: Class::Of(Category::Utility) };
        *cell.charged.entry(charged).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_of_work_has_something_of_everybody_and_a_sunday_has_nothing() {
        let received = |sheet: &Sheet| sheet.0.values().map(|cell| cell.counts.received).sum::<u64>();
        let monday = day_of(date(2026, 11, 9), "201");
        assert!((10..200).contains(&received(&monday)), "{}", received(&monday));
        assert!(monday.0.keys().any(|key| key.agent.as_deref() == Some("demo-camila")));
        assert!(day_of(date(2026, 11, 8), "201").is_empty());
        assert_eq!(day_of(date(2026, 11, 9), "201"), monday, "it is always the same");
    }
}

//! What cannot be kept of a campaign's definition. Every fault names its member.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::definition::{Audience, Canary, Definition, Group, Pace, ParameterSource, Variant};
use super::percent::Percent;
use super::schedule::Start;
use super::split::MOST_VARIANTS;

/// The most numbers of a campaign.
pub const MOST_NUMBERS: usize = 20;
/// The most groups that are included, and the most that are excluded.
pub const MOST_GROUPS: usize = 20;
/// The most parameters of a template that are bound.
pub const MOST_BINDINGS: usize = 60;
/// The longest name, in characters.
const LONGEST_NAME: usize = 120;
/// The longest text of a parameter or fallback, in characters.
const LONGEST_TEXT: usize = 1_024;

/// A member that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which, such as `templates.1.weight`.
    pub field: String,
    /// What it must be.
    pub what: String,
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn unless(&mut self, holds: bool, field: impl Into<String>, what: impl Into<String>) {
        if !holds {
            self.0.push(Fault { field: field.into(), what: what.into() });
        }
    }
}

impl Definition {
    /// Every member that cannot be kept, seen from now.
    ///
    /// # Errors
    /// The faults, in the order of the members.
    pub fn validate(&self, now: Timestamp) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        self.names(&mut faults);
        for (index, variant) in self.templates.iter().enumerate() {
            template(&mut faults, index, variant, &self.audience);
        }
        audience(&mut faults, &self.audience);
        self.times(&mut faults, now);
        if let Some(pace) = &self.pace {
            check_pace(&mut faults, pace);
        }
        self.limits(&mut faults);
        if let Some(canary) = &self.canary {
            check_canary(&mut faults, canary);
        }
        if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
    }

    fn names(&self, faults: &mut Faults) {
        let named = !self.name.trim().is_empty() && self.name.chars().count() <= LONGEST_NAME;
        faults.unless(named, "name", "must have 1 to 120 characters");
        let count = (1..=MOST_NUMBERS).contains(&self.numbers.len());
        faults.unless(count, "numbers", format!("must have 1 to {MOST_NUMBERS} entries"));
        let different: BTreeSet<_> = self.numbers.iter().collect();
        faults.unless(different.len() == self.numbers.len(), "numbers", "must not have one twice");
        let count = (1..=MOST_VARIANTS).contains(&self.templates.len());
        faults.unless(count, "templates", format!("must have 1 to {MOST_VARIANTS} entries"));
        let weighs = self.templates.is_empty() || self.templates.iter().any(|variant| variant.weight > 0);
        faults.unless(weighs, "templates", "must have one with a weight above 0");
        let language = is_language(&self.language.default);
        faults.unless(language, "language.default", "must be a template language such as es_MX");
    }

    fn times(&self, faults: &mut Faults, now: Timestamp) {
        let start = match &self.start {
            Start::Now => Ok(None),
            Start::At(wall) => wall.instant().map(Some).map_err(|fault| ("start.at.zone", fault)),
            Start::Recurring(rule) => {
                let field = |fault| match fault {
                    super::schedule::Fault::Zone => "start.recurring.zone",
                    _ => "start.recurring.cron",
                };
                rule.check(now)
                    .map_err(|fault| (field(fault), fault))
                    .and_then(|()| rule.next_after(now).map_err(|fault| (field(fault), fault)))
            }
        };
        match start {
            Err((field, fault)) => faults.unless(false, field, fault.to_string()),
            Ok(Some(at)) if matches!(self.start, Start::At(_)) => {
                faults.unless(at >= now, "start.at.time", "must not be in the past");
            }
            Ok(_) => {}
        }
        let begins = start.ok().flatten().unwrap_or(now);
        let ends_later = self.ends_at.is_none_or(|ends| ends > begins.max(now));
        faults.unless(ends_later, "ends_at", "must be after the start");
        if let Some(quiet) = &self.quiet_hours {
            let zone = TimeZone::get(&quiet.otherwise).is_ok();
            faults.unless(zone, "quiet_hours.otherwise", "must be an IANA time zone");
            let some_hours = (quiet.from.minutes() % 1440) != (quiet.to.minutes() % 1440);
            faults.unless(some_hours, "quiet_hours.to", "must be another time than from");
            faults.unless(quiet.days.len() < 7, "quiet_hours.days", "must leave a day of the week");
        }
        let hours = (1..=168).contains(&self.reply_hours);
        faults.unless(hours, "reply_hours", "must be 1 to 168");
    }

    fn limits(&self, faults: &mut Faults) {
        if let Some(cap) = self.frequency_cap {
            // A gate remembers the last eight.
            let messages = (1..=8).contains(&cap.messages);
            faults.unless(messages, "frequency_cap.messages", "must be 1 to 8");
            faults.unless((1..=90).contains(&cap.days), "frequency_cap.days", "must be 1 to 90");
        }
        if let Some(budget) = &self.budget {
            faults.unless(budget.micros > 0, "budget.micros", "must be above 0");
            let iso = budget.currency.len() == 3 && budget.currency.bytes().all(|b| b.is_ascii_uppercase());
            faults.unless(iso, "budget.currency", "must be a currency of ISO 4217 such as USD");
        }
        let held_out = self.hold_out <= Percent::whole(50);
        faults.unless(held_out, "hold_out", "must be at most 50");
    }
}

fn template(faults: &mut Faults, index: usize, variant: &Variant, audience: &Audience) {
    let at = format!("templates.{index}");
    // See [Cloud API/Template components], read 2026-11: lower-case letters, digits and underscores, at most 512.
    let named = (1..=512).contains(&variant.template.len())
        && variant.template.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    faults.unless(named, format!("{at}.template"), "must be a template's name");
    faults.unless(variant.weight <= 1_000, format!("{at}.weight"), "must be at most 1000");
    let few = variant.parameters.len() <= MOST_BINDINGS;
    faults.unless(few, format!("{at}.parameters"), format!("must have at most {MOST_BINDINGS} entries"));
    let has_file = audience.include.iter().any(|group| matches!(group, Group::File(_)));
    for (name, parameter) in &variant.parameters {
        let place = format!("{at}.parameters.{name}");
        let (ParameterSource::Record(text)
        | ParameterSource::Agent(text)
        | ParameterSource::Campaign(text)
        | ParameterSource::Line(text)
        | ParameterSource::Text(text)) = &parameter.from;
        let length = (1..=LONGEST_TEXT).contains(&text.chars().count());
        faults.unless(length, format!("{place}.from"), format!("must have 1 to {LONGEST_TEXT} characters"));
        let of_line = matches!(parameter.from, ParameterSource::Line(_));
        let what = "needs a file in the audience, or a fallback";
        faults.unless(!of_line || has_file || parameter.fallback.is_some(), format!("{place}.from"), what);
        let fallback = parameter.fallback.as_ref().map_or(1, |text| text.chars().count());
        let what = format!("must have 1 to {LONGEST_TEXT} characters");
        faults.unless((1..=LONGEST_TEXT).contains(&fallback), format!("{place}.fallback"), what);
    }
}

fn audience(faults: &mut Faults, audience: &Audience) {
    let count = (1..=MOST_GROUPS).contains(&audience.include.len());
    faults.unless(count, "audience.include", format!("must have 1 to {MOST_GROUPS} entries"));
    let count = audience.exclude.len() <= MOST_GROUPS;
    faults.unless(count, "audience.exclude", format!("must have at most {MOST_GROUPS} entries"));
    for (side, groups) in [("include", &audience.include), ("exclude", &audience.exclude)] {
        for (index, group) in groups.iter().enumerate() {
            let at = format!("audience.{side}.{index}");
            match group {
                Group::Segment(id) => {
                    faults.unless(crate::clean::is_plain(id), format!("{at}.segment"), AN_ID)
                }
                Group::List(id) => faults.unless(crate::clean::is_plain(id), format!("{at}.list"), AN_ID),
                Group::File(id) => faults.unless(crate::clean::is_plain(id), format!("{at}.file"), AN_ID),
                Group::Filter(text) => {
                    // Which fields the company has is known elsewhere; here only length counts.
                    let short = text.len() <= crate::record::filter::LONGEST;
                    faults.unless(short, format!("{at}.filter"), "must be a filter of at most 1000 bytes");
                }
                Group::Campaign(_) => {}
            }
        }
    }
}

const AN_ID: &str = "must be an id";

fn check_pace(faults: &mut Faults, pace: &Pace) {
    let hours = pace.over_hours.is_none_or(|hours| (1..=720).contains(&hours));
    faults.unless(hours, "pace.over_hours", "must be 1 to 720");
    faults.unless(pace.per_minute != Some(0), "pace.per_minute", "must be above 0");
    let days = pace.warm_up.len() <= 60 && pace.warm_up.iter().all(|messages| *messages > 0);
    faults.unless(days, "pace.warm_up", "must have at most 60 days with at least one message each");
    let grows = pace.warm_up.windows(2).all(|pair| pair[0] <= pair[1]);
    faults.unless(grows, "pace.warm_up", "must not shrink from day to day");
}

fn check_canary(faults: &mut Faults, canary: &Canary) {
    let share = canary.share > Percent::ZERO && canary.share <= Percent::whole(50);
    faults.unless(share, "canary.share", "must be above 0 and at most 50");
    let wait = (1..=7 * 24 * 60).contains(&canary.wait_minutes);
    faults.unless(wait, "canary.wait_minutes", "must be 1 to 10080");
}

/// Letters and underscores as Meta writes languages: `es`, `es_MX`, `zh_CN`.
fn is_language(code: &str) -> bool {
    (2..=15).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'-')
}

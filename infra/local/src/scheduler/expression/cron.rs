//! Cron expressions in AWS's dialect: minutes, hours, day of month, month, day of week, year.
//!
//! Written here, because no crate reads this dialect. The nearest, croner 4, works on jiff and knows `L`, `W`
//! and `#`, but reads much that AWS refuses, writes `6L` otherwise, has another order of fields, and fires
//! after a gap in the local time and twice in a repeated hour. What would be left to write around it is the
//! grammar, and the grammar is most of this file.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday, date};

use super::ExpressionError;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// A cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: Set,
    hours: Set,
    months: Set,
    /// Counted from 1970.
    years: Set,
    days: Days,
}

/// Which days of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Vec<OfMonth>),
    OfWeek(OfWeek),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfMonth {
    /// These days.
    Days(Set),
    /// `L`: the last.
    Last,
    /// `LW`: the last from Monday to Friday.
    LastWeekday,
    /// `15W`: the nearest from Monday to Friday, within the month.
    Nearest(i8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfWeek {
    /// These days, Sunday is 1.
    Days(Set),
    /// `6L`: the last of its kind in the month.
    Last(i8),
    /// `6#3`: the third of its kind in the month.
    Nth(i8, i8),
}

impl Cron {
    /// Reads the six fields.
    ///
    /// # Errors
    /// [`ExpressionError`] names the field.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, of_month, months, of_week, years] = fields[..] else {
            return Err(ExpressionError::new("cron takes six fields"));
        };
        let days = match (of_month, of_week) {
            ("?", "?") => return Err(ExpressionError::new("? stands in both fields for days")),
            ("?", days) => Days::OfWeek(OfWeek::parse(days)?),
            (days, "?") => Days::OfMonth(days.split(',').map(OfMonth::parse).collect::<Result<_, _>>()?),
            _ => return Err(ExpressionError::new("one of the two fields for days must be ?")),
        };
        Ok(Self {
            minutes: Field::new("minutes", 0, 59).set(minutes)?,
            hours: Field::new("hours", 0, 23).set(hours)?,
            months: Field { names: &MONTHS, ..Field::new("month", 1, 12) }.set(months)?,
            years: Field { zero: *YEARS.start(), ..Field::new("year", *YEARS.start(), *YEARS.end()) }
                .set(years)?,
            days,
        })
    }

    /// The first matching time after `after`, on a clock that no zone ever changes. Seconds are zero.
    #[must_use]
    pub fn next(&self, after: DateTime) -> Option<DateTime> {
        let from = after.date().at(after.hour(), after.minute(), 0, 0).checked_add(1.minute()).ok()?;
        for year in from.year().max(*YEARS.start())..=*YEARS.end() {
            if !self.years.has(year - YEARS.start()) {
                continue;
            }
            for month in 1..=12 {
                let first = date(year, month, 1);
                let last = first.last_of_month();
                if !self.months.has(i16::from(month)) || last < from.date() {
                    continue;
                }
                let days = self.days.of(first);
                for day in (1..=last.day()).filter(|day| days.has(i16::from(*day))) {
                    if let Some(time) = self.on(date(year, month, day), from) {
                        return Some(time);
                    }
                }
            }
        }
        None
    }

    /// The first matching time of a day that is not before `from`.
    fn on(&self, day: Date, from: DateTime) -> Option<DateTime> {
        if day < from.date() {
            return None;
        }
        let (hour, minute) = if day == from.date() { (from.hour(), from.minute()) } else { (0, 0) };
        (hour..24).filter(|it| self.hours.has(i16::from(*it))).find_map(|it| {
            let first = if it == hour { minute } else { 0 };
            let minute = (first..60).find(|minute| self.minutes.has(i16::from(*minute)))?;
            Some(day.at(it, minute, 0, 0))
        })
    }
}

impl Days {
    /// The days that match in the month which begins with `first`.
    fn of(&self, first: Date) -> Set {
        let mut set = Set::default();
        let days = (0..first.days_in_month()).filter_map(|day| first.checked_add(i32::from(day).days()).ok());
        for day in days {
            let matches = match self {
                Self::OfMonth(parts) => parts.iter().any(|part| part.has(day)),
                Self::OfWeek(days) => days.has(day),
            };
            if matches {
                set.add(i16::from(day.day()));
            }
        }
        set
    }
}

impl OfMonth {
    fn parse(text: &str) -> Result<Self, ExpressionError> {
        let field = Field::new("day of month", 1, 31);
        match text.to_ascii_uppercase().as_str() {
            "L" => Ok(Self::Last),
            "LW" => Ok(Self::LastWeekday),
            day => match day.strip_suffix('W') {
                Some(day) => Ok(Self::Nearest(field.small(day)?)),
                None => Ok(Self::Days(field.part(day)?)),
            },
        }
    }

    fn has(self, day: Date) -> bool {
        let last = day.last_of_month();
        match self {
            Self::Days(days) => days.has(i16::from(day.day())),
            Self::Last => day == last,
            Self::LastWeekday => day == nearest_weekday(last),
            // A day that the month does not have has no neighbours either.
            Self::Nearest(of) => {
                of <= last.day() && day == nearest_weekday(date(day.year(), day.month(), of))
            }
        }
    }
}

/// The day itself, or on a weekend Friday or Monday, whichever is nearer and in the same month.
fn nearest_weekday(day: Date) -> Date {
    let days = match day.weekday() {
        Weekday::Saturday if day.day() == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if day == day.last_of_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    day.saturating_add(days.days())
}

impl OfWeek {
    fn parse(text: &str) -> Result<Self, ExpressionError> {
        let field = Field { names: &DAYS, steps: false, ..Field::new("day of week", 1, 7) };
        let text = text.to_ascii_uppercase();
        if let Some((day, nth)) = text.split_once('#') {
            let nth = Field::new("day of week", 1, 5).small(nth)?;
            return Ok(Self::Nth(field.small(day)?, nth));
        }
        match text.strip_suffix('L') {
            // Alone it is the week's last day.
            Some("") => field.set("7").map(Self::Days),
            Some(day) => Ok(Self::Last(field.small(day)?)),
            None => field.set(&text).map(Self::Days),
        }
    }

    fn has(self, day: Date) -> bool {
        let weekday = day.weekday().to_sunday_one_offset();
        match self {
            Self::Days(days) => days.has(i16::from(weekday)),
            Self::Last(of) => weekday == of && day.day() + 7 > day.days_in_month(),
            Self::Nth(of, nth) => weekday == of && (day.day() - 1) / 7 + 1 == nth,
        }
    }
}

/// A set of numbers below 256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Set([u64; 4]);

impl Set {
    fn add(&mut self, number: i16) {
        if let Ok(number) = usize::try_from(number) {
            self.0[number / 64] |= 1 << (number % 64);
        }
    }

    fn has(&self, number: i16) -> bool {
        usize::try_from(number).is_ok_and(|number| self.0[number / 64] >> (number % 64) & 1 == 1)
    }
}

/// How a field is read.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    least: i16,
    most: i16,
    /// Names of the numbers, from the least on.
    names: &'static [&'static str],
    /// Whether it may have steps.
    steps: bool,
    /// What the set counts from.
    zero: i16,
}

impl Field {
    fn new(name: &'static str, least: i16, most: i16) -> Self {
        Self { name, least, most, names: &[], steps: true, zero: 0 }
    }

    /// A list: `1,5-7,10/5`.
    fn set(&self, text: &str) -> Result<Set, ExpressionError> {
        let mut set = Set::default();
        for part in text.split(',') {
            let part = self.part(part)?;
            set.0.iter_mut().zip(part.0).for_each(|(all, part)| *all |= part);
        }
        Ok(set)
    }

    /// One part of a list: `*`, `5`, `5-7`, each with `/step` if there is more than one value.
    fn part(&self, text: &str) -> Result<Set, ExpressionError> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) if self.steps => (range, Some(step)),
            Some(_) => return Err(self.refuse(text)),
            None => (text, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (self.number(first)?, self.number(last)?),
            None if range == "*" => (self.least, self.most),
            // A single value with a step is where the steps begin.
            None if step.is_some() => (self.number(range)?, self.most),
            None => (self.number(range)?, self.number(range)?),
        };
        let step = match step {
            Some(step) => step.parse().ok().filter(|step| (1..=self.most).contains(step)),
            None => Some(1),
        };
        let step = step.and_then(|step| usize::try_from(step).ok()).filter(|_| first <= last);
        let step = step.ok_or_else(|| self.refuse(text))?;
        let mut set = Set::default();
        (first..=last).step_by(step).for_each(|number| set.add(number - self.zero));
        Ok(set)
    }

    fn number(&self, text: &str) -> Result<i16, ExpressionError> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let named = named.and_then(|place| i16::try_from(place).ok()).map(|place| place + self.least);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = named.or_else(|| text.parse().ok().filter(|_| digits));
        number.filter(|it| (self.least..=self.most).contains(it)).ok_or_else(|| self.refuse(text))
    }

    fn small(&self, text: &str) -> Result<i8, ExpressionError> {
        i8::try_from(self.number(text)?).map_err(|_| self.refuse(text))
    }

    fn refuse(&self, text: &str) -> ExpressionError {
        ExpressionError::new(format!("{text} is nothing for the field {}", self.name))
    }
}

//! What sheets come to in a range of days: in all, by day, by hour of the week, by whom.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Cell, Charged, Histogram, Hour, Local, Range, Sheet};

/// One day.
pub type DayLine = Cell;

/// Waits that began in an hour of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThisHour {
    /// How many were answered, and how soon.
    pub first_response: Histogram,
    /// How many nobody answered.
    pub unanswered: u64,
}

/// Cells by a name.
pub type By = BTreeMap<String, Cell>;

/// What sheets come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// In all.
    pub total: Cell,
    /// By day; a day without anything is not there.
    pub days: BTreeMap<Date, DayLine>,
    /// By weekday (1 is Monday) and hour.
    pub hours: BTreeMap<(i8, i8), ThisHour>,
    /// By agent, as [`super::agent_key`] has them.
    pub agents: By,
    /// In which department an agent's cells are, and how much of it.
    pub places: BTreeMap<(String, String), u64>,
    /// By department.
    pub departments: By,
    /// By number.
    pub numbers: By,
}

/// Remembers where hours are, as zones are slow to ask.
#[derive(Debug)]
struct Places<'a> {
    range: &'a Range,
    known: BTreeMap<Hour, Option<Local>>,
}

impl<'a> Places<'a> {
    fn of(range: &'a Range) -> Self {
        Self { range, known: BTreeMap::new() }
    }

    fn place(&mut self, hour: Hour) -> Option<Local> {
        *self.known.entry(hour).or_insert_with(|| self.range.place(hour))
    }
}

impl Summary {
    /// Adds up sheets, each of a number, or of none; only what is in the range and, if one is named, in the department.
    #[must_use]
    pub fn of<'s>(
        range: &Range,
        department: Option<&str>,
        sheets: impl IntoIterator<Item = (Option<&'s str>, &'s Sheet)>,
    ) -> Self {
        let (mut summary, mut places) = (Self::default(), Places::of(range));
        for (number, sheet) in sheets {
            for (key, cell) in &sheet.0 {
                let is_asked = department.is_none_or(|asked| key.department.as_deref() == Some(asked));
                let Some(local) = places.place(key.hour).filter(|_| is_asked) else { continue };
                summary.total.join(cell);
                summary.days.entry(local.day).or_default().join(cell);
                summary.add_hour(local, cell);
                if let Some(agent) = &key.agent {
                    summary.agents.entry(agent.clone()).or_default().join(cell);
                    if let Some(department) = &key.department {
                        let weight = cell.sent.agents + cell.counts.conversations;
                        *summary.places.entry((agent.clone(), department.clone())).or_default() += weight;
                    }
                }
                if let Some(department) = &key.department {
                    summary.departments.entry(department.clone()).or_default().join(cell);
                }
                if let Some(number) = number {
                    summary.numbers.entry(number.to_owned()).or_default().join(cell);
                }
            }
        }
        summary
    }

    fn add_hour(&mut self, local: Local, cell: &Cell) {
        if cell.first_response.is_empty() && cell.counts.unanswered == 0 {
            return;
        }
        let hour = self.hours.entry((local.weekday, local.hour)).or_default();
        hour.first_response.join(&cell.first_response);
        hour.unanswered += cell.counts.unanswered;
    }

    /// Where an agent works most, in this range.
    #[must_use]
    pub fn department_of(&self, agent: &str) -> Option<&str> {
        let own = self.places.iter().filter(|((it, _), _)| it == agent);
        own.max_by_key(|(_, weight)| **weight).map(|((_, department), _)| department.as_str())
    }

    /// What was charged, by day: the price is that of the day.
    pub fn charged(&self) -> impl Iterator<Item = (Date, &Charged, u64)> {
        self.days
            .iter()
            .flat_map(|(day, cell)| cell.charged.iter().map(move |(charged, count)| (*day, charged, *count)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::Key;
    use super::*;

    fn sheet() -> impl Strategy<Value = Sheet> {
        let agent = prop::option::of(prop::sample::select(vec!["ana".to_owned(), "bo".to_owned()]));
        let department = prop::option::of(Just("sales".to_owned()));
        let cell = (490_000_i64..490_100, agent, department, 0_u64..4, prop::option::of(0_u64..9_000));
        prop::collection::vec(cell, 0..12).prop_map(|cells| {
            let mut sheet = Sheet::default();
            for (hour, agent, department, received, seconds) in cells {
                let cell = sheet.at(Key { hour: Hour(hour), agent, department });
                cell.counts.received += received;
                seconds.into_iter().for_each(|seconds| cell.first_response.join(&Histogram::of(seconds)));
            }
            sheet
        })
    }

    proptest! {
        #[test]
        fn days_add_up_to_the_whole_in_any_order_and_stored_sheets_read_as_they_were(
            sheets in prop::collection::vec(sheet(), 0..6)
        ) {
            let range = Range::new(date(2025, 11, 1), date(2026, 1, 31), TimeZone::UTC).unwrap();
            let named = |sheets: &[Sheet]| {
                Summary::of(&range, None, sheets.iter().map(|sheet| (Some("900"), sheet)))
            };
            let whole = named(&sheets);
            let backwards: Vec<Sheet> = sheets.iter().rev().cloned().collect();
            prop_assert_eq!(&named(&backwards), &whole);
            let mut days = Cell::default();
            whole.days.values().for_each(|cell| days.join(cell));
            prop_assert_eq!(&days, &whole.total);
            let answered: u64 = whole.hours.values().map(|hour| hour.first_response.count()).sum();
            prop_assert_eq!(answered, whole.total.first_response.count());
            let mut joined = Sheet::default();
            sheets.iter().for_each(|sheet| joined.join(sheet));
            prop_assert_eq!(&named(std::slice::from_ref(&joined)), &whole);
            let json = serde_json::to_string(&joined).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sheet>(&json).unwrap(), joined);
        }
    }
}

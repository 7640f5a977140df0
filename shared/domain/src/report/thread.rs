//! Everything of one thread, told from its lines: by day, by hour, by whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use super::fact::{Fact, OpenWait};
use super::hour::day_of;
pub use super::line::{Author, Handled, Line, Seat, What, price};
use super::{Cell, Charged, Histogram, Hour, Key, TARGET_SECONDS};
use crate::{Delivery, Displayed};

/// How long the window stays open after a customer's message.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A wait, while the lines are read.
struct Wait {
    since: Timestamp,
    ends: Timestamp,
    begins: bool,
}

struct Reader {
    facts: BTreeMap<Date, Fact>,
    seat: Seat,
    /// The department of what was sent to none.
    usual: Option<String>,
    wait: Option<Wait>,
    opened: Option<Timestamp>,
    window: Option<Timestamp>,
}

/// What every day of a thread had, from its lines in any order. `now`: whose it is and where, as it stands now; what it was
/// before is told from the lines. `usual`: the department that answers the number.
#[must_use]
pub fn facts(lines: &[Line], now: &Seat, usual: Option<&str>) -> BTreeMap<Date, Fact> {
    let mut seen = BTreeSet::new();
    let mut lines: Vec<&Line> = lines.iter().filter(|line| seen.insert(line.id.as_str())).collect();
    lines.sort_by(|a, b| (a.known_at, a.at, &a.id).cmp(&(b.known_at, b.at, &b.id)));
    let mut reader = Reader {
        facts: BTreeMap::new(),
        seat: first_seat(&lines, now),
        usual: usual.map(str::to_owned),
        wait: None,
        opened: None,
        window: None,
    };
    lines.into_iter().for_each(|line| reader.read(line));
    reader.end()
}

/// Whose it was before the first line: what the first change of it says it was.
fn first_seat(lines: &[&Line], now: &Seat) -> Seat {
    let changes = || {
        lines
            .iter()
            .filter_map(|line| if let What::Handled(handled) = &line.what { Some(handled) } else { None })
    };
    let assignee = changes().find_map(|handled| handled.assignee.as_ref()).map(|(from, _)| from.clone());
    let department = changes().find_map(|handled| handled.department.as_ref()).map(|(from, _)| from.clone());
    Seat {
        assignee: assignee.unwrap_or_else(|| now.assignee.clone()),
        department: department.unwrap_or_else(|| now.department.clone()),
    }
}

impl Reader {
    fn read(&mut self, line: &Line) {
        if self.wait.as_ref().is_some_and(|wait| line.known_at >= wait.ends) {
            self.end_wait(|cell| cell.counts.unanswered += 1);
        }
        match &line.what {
            What::Received => {
                self.cell(line.at, None).counts.received += 1;
                self.waits(line);
            }
            What::Missed => self.waits(line),
            What::Sent { by, left, delivery, price } => {
                if *left {
                    self.sent(line, by);
                }
                self.delivered(line, by, (*left, delivery), price.as_ref());
            }
            What::Handled(handled) => self.handled(line, handled),
            What::Chose { no } => {
                let counts = &mut self.cell(line.at, None).counts;
                counts.opted_out += u64::from(*no);
                counts.opted_in += u64::from(!*no);
            }
        }
    }

    fn waits(&mut self, line: &Line) {
        let begins = self.opened.is_none() || self.window.is_some_and(|ends| line.known_at >= ends);
        let ends = line.known_at.saturating_add(WINDOW).unwrap_or(Timestamp::MAX);
        self.opened = self.opened.or(Some(line.at));
        self.window = Some(ends);
        match &mut self.wait {
            Some(wait) => wait.ends = ends,
            None => self.wait = Some(Wait { since: line.at, ends, begins }),
        }
    }

    fn sent(&mut self, line: &Line, by: &Author) {
        let agent = if let Author::Agent(agent) = by { Some(agent.clone()) } else { None };
        let sent = &mut self.cell(line.at, agent.clone()).sent;
        match by {
            Author::Agent(_) => sent.agents += 1,
            Author::Program => sent.programs += 1,
            Author::Automatic => {
                sent.automatic += 1;
                return;
            }
        }
        let Some(wait) = self.wait.take() else { return };
        let seconds = seconds_between(wait.since, line.at);
        let cell = self.cell(wait.since, agent);
        cell.first_response.join(&Histogram::of(seconds));
        cell.counts.on_time += u64::from(seconds <= TARGET_SECONDS);
        cell.counts.conversations += u64::from(wait.begins);
    }

    fn delivered(
        &mut self,
        line: &Line,
        by: &Author,
        (left, delivery): (bool, &Delivery),
        price: Option<&Option<Charged>>,
    ) {
        let agent = if let Author::Agent(agent) = by { Some(agent.clone()) } else { None };
        let shown = delivery.displayed();
        let has_arrived = shown >= Displayed::Delivered;
        let cell = self.cell(line.at, agent);
        cell.delivery.accepted += u64::from(left);
        cell.delivery.delivered += u64::from(has_arrived);
        cell.delivery.read += u64::from(shown >= Displayed::Read);
        cell.delivery.failed += u64::from(!has_arrived && (!left || shown == Displayed::Failed));
        // A charge happens at delivery.
        match price.filter(|_| has_arrived) {
            Some(Some(charged)) => *cell.charged.entry(charged.clone()).or_default() += 1,
            Some(None) => cell.counts.free += 1,
            None => {}
        }
    }

    fn handled(&mut self, line: &Line, handled: &Handled) {
        if handled.closes {
            // Nobody waits in what is closed.
            self.end_wait(|_| {});
            if let Some(opened) = self.opened.take() {
                let agent = self.seat.assignee.clone().or_else(|| handled.by.clone());
                let seconds = seconds_between(opened, line.at);
                self.cell(line.at, agent).resolution.join(&Histogram::of(seconds));
            }
        }
        if let Some((_, to)) = &handled.assignee {
            self.seat.assignee.clone_from(to);
        }
        if let Some((_, to)) = &handled.department {
            self.seat.department.clone_from(to);
        }
    }

    /// Ends a wait without an answer: it is whose the conversation is.
    fn end_wait(&mut self, note: impl FnOnce(&mut Cell)) {
        if let Some(wait) = self.wait.take() {
            let cell = self.cell(wait.since, self.seat.assignee.clone());
            cell.counts.conversations += u64::from(wait.begins);
            note(cell);
        }
    }

    fn department(&self) -> Option<String> {
        self.seat.department.clone().or_else(|| self.usual.clone())
    }

    fn cell(&mut self, at: Timestamp, agent: Option<String>) -> &mut Cell {
        let key = Key { hour: Hour::of(at), agent, department: self.department() };
        self.facts.entry(day_of(at)).or_default().sheet.at(key)
    }

    fn end(mut self) -> BTreeMap<Date, Fact> {
        if let Some(wait) = self.wait.take() {
            let (agent, department) = (self.seat.assignee.clone(), self.department());
            self.cell(wait.since, agent.clone()).counts.conversations += u64::from(wait.begins);
            let open =
                OpenWait { hour: Hour::of(wait.since), ends: wait.ends.as_second(), agent, department };
            self.facts.entry(day_of(wait.since)).or_default().open = Some(open);
        }
        self.facts
    }
}

fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or_default()
}

#[cfg(test)]
#[path = "thread_tests.rs"]
mod tests;

//! A person's slot in their portfolio's limit, and what a chunk gives back of its own.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Bucket;
use crate::CustomerServiceWindow;

/// A message so shortly before the window closes is counted: it may arrive after that, and clocks differ.
pub const WINDOW_GUARD: SignedDuration = SignedDuration::from_mins(5);

/// The newest slot that covers a person. It stands on their gate, one for each portfolio, and is written with the gate's
/// version as its condition, before the message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The bucket it was taken in.
    pub bucket: Bucket,
    /// When the message was about to be sent.
    pub at: Timestamp,
}

/// Whether somebody who is covered already is counted twice. Each portfolio has its own; the items are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// Yes: every message keeps its slot for a day. Simple, and a little better where hardly anybody hears twice a day.
    EveryMessage,
    /// No: the older slot is given back when the chunk ends. A quarter more messages where many hear twice a day.
    #[default]
    MoveSlot,
}

/// What a message to somebody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing: their window is open, and Meta does not count. What was reserved for them is unused.
    Nothing,
    /// A slot.
    Slot {
        /// What to write to the gate.
        gate: Slot,
        /// The older slot, which still counts and is needed no more once the gate is written.
        older: Option<Slot>,
    },
}

/// What a message to a person takes, in a bucket where a slot was reserved for them.
///
/// The window may come from a conversation with any number of the portfolio that is asked with.
#[must_use]
pub fn cover(
    rule: Rule,
    newest: Option<Slot>,
    window: Option<CustomerServiceWindow>,
    bucket: Bucket,
    now: Timestamp,
) -> Cover {
    if is_surely_open(window, now) {
        return Cover::Nothing;
    }
    let older = match rule {
        Rule::EveryMessage => None,
        Rule::MoveSlot => newest.filter(|slot| slot.bucket.counts_at(now)),
    };
    Cover::Slot { gate: Slot { bucket, at: now }, older }
}

/// Whether the window is open, and will be when a message arrives that is sent now.
#[must_use]
pub fn is_surely_open(window: Option<CustomerServiceWindow>, now: Timestamp) -> bool {
    let soon = now.saturating_add(WINDOW_GUARD).unwrap_or(Timestamp::MAX);
    window.is_some_and(|window| window.is_open_at(soon))
}

/// What one turn at a chunk knows to be unused, by bucket. Kept in memory and given back at its end with everything that
/// was not begun with; if the worker dies it is lost, and free a day later.
///
/// Only of people whose block this very turn began, see [`Run`](super::Run).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returns(BTreeMap<Bucket, u32>);

impl Returns {
    /// So many reserved slots went unused: people who were skipped or put off before their gate was written, or whose
    /// window is open.
    pub fn unused(&mut self, bucket: Bucket, people: u32) {
        if people > 0 {
            *self.0.entry(bucket).or_default() += people;
        }
    }

    /// A gate was written: the older slot is free.
    pub fn moved(&mut self, older: Option<Slot>) {
        if let Some(older) = older {
            self.unused(older.bucket, 1);
        }
    }

    /// Meta definitely refused the message, and the gate was put back to the older slot, on condition of its version:
    /// that one counts again, and the new one is free. Without that write on the gate, nothing is given back: another
    /// chunk may rely on it.
    pub fn undone(&mut self, bucket: Bucket, older: Option<Slot>) {
        if let Some(older) = older
            && let Some(slots) = self.0.get_mut(&older.bucket)
        {
            *slots = slots.saturating_sub(1);
        }
        self.unused(bucket, 1);
    }

    /// Everything, by bucket.
    #[must_use]
    pub fn slots(&self) -> &BTreeMap<Bucket, u32> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + minutes * 60).unwrap()
    }

    #[test]
    fn inside_an_open_window_nothing_is_taken_but_shortly_before_it_closes() {
        let window = Some(CustomerServiceWindow::opened_by(at(0)));
        let taken = |now| cover(Rule::MoveSlot, None, window, Bucket::at(now), now);
        assert_eq!(taken(at(24 * 60 - 6)), Cover::Nothing);
        let now = at(24 * 60 - 5);
        let gate = Slot { bucket: Bucket::at(now), at: now };
        assert_eq!(taken(now), Cover::Slot { gate, older: None });
    }

    #[test]
    fn who_is_covered_already_moves_to_the_newer_slot_unless_every_message_counts() {
        let newest = Some(Slot { bucket: Bucket::at(at(0)), at: at(0) });
        let older = |rule, now| match cover(rule, newest, None, Bucket::at(now), now) {
            Cover::Slot { older, .. } => older,
            Cover::Nothing => panic!("no window is open"),
        };
        assert_eq!(older(Rule::MoveSlot, at(600)), newest);
        assert_eq!(older(Rule::EveryMessage, at(600)), None);
        assert_eq!(older(Rule::MoveSlot, at(25 * 60)), None, "the older one does not count any more");
    }

    #[test]
    fn a_refused_message_gives_its_own_slot_back_and_keeps_the_older_one() {
        let (first, second) = (Bucket::at(at(0)), Bucket::at(at(60)));
        let older = Some(Slot { bucket: first, at: at(0) });
        let mut returns = Returns::default();
        returns.moved(older);
        returns.moved(older);
        returns.undone(second, older);
        assert_eq!(*returns.slots(), BTreeMap::from([(first, 1), (second, 1)]));
    }
}

//! A worker's way through a chunk: slots taken, blocks begun, the rest given back.

use std::ops::{Range, RangeInclusive};

use jiff::Timestamp;

use super::{Bucket, Change, Demand, Ledger, Purpose, Reserved, Returns};

/// One worker's turn at a chunk. Any number that no other turn has; the caller brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Turn(pub u64);

/// Slots that a chunk holds: for the members from here on, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// In which bucket they were taken.
    pub bucket: Bucket,
    /// The first member that they are for.
    pub from: u32,
    /// For how many.
    pub people: u32,
}

impl Reservation {
    /// The first member that they are not for.
    #[must_use]
    pub fn end(self) -> u32 {
        self.from + self.people
    }
}

/// The item `CAMP#<id>#<n mod 16> / CHUNK#<n>#RUN`: how far a chunk has come.
///
/// Members that an earlier turn began with, and that have no result, are not begun with again here. Their gates tell what
/// became of them: who has this campaign on it may have been sent to; who has not was not, and goes into a deferred chunk,
/// which takes a slot of its own. If the earlier turn only slept and takes the gate after all, the later one finds it taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The slots it holds.
    pub reservation: Option<Reservation>,
    /// Members that were begun with, written ahead of the first gate or request of their block. The next is the first
    /// that was never begun with.
    pub started: u32,
    /// Whose turn it is: nobody else may begin a block or give back.
    pub turn: Option<Turn>,
    /// All members were begun with, and what was left was given back.
    pub released: bool,
}

/// One write of a run, in one transaction with the ledger where slots move. Condition: the run is still as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunChange {
    /// What was read.
    pub from: Run,
    /// What is to stand there.
    pub to: Run,
    /// What is written to the ledger with it.
    pub ledger: Option<Change>,
}

impl RunChange {
    /// Whether a write whose condition failed had been ours all the same: its first answer was lost, and the client
    /// library tried it again. The turn makes it unmistakable.
    #[must_use]
    pub fn was_written(&self, read: Run) -> bool {
        self.to == read
    }
}

/// How a turn at a chunk begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Slots are taken, or taken over from a turn that ended in the middle: go on with its blocks once this is written.
    Go(RunChange),
    /// The chunk holds slots of a bucket that has closed: give them back first, with nothing else ([`Run::finish`]), then
    /// begin again.
    Stale(RunChange),
    /// The portfolio's limit is reached.
    Full {
        /// When enough is free, see [`Ledger::free_at`].
        free_at: Option<Timestamp>,
    },
    /// Everybody in it was begun with.
    Done,
}

/// The next few members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// These, once the change is written: not a gate and not a request before.
    Members(Range<u32>, RunChange),
    /// The bucket has closed: finish, and begin again later.
    Closed,
    /// Everybody that there are slots for was begun with: finish.
    Through,
}

impl Run {
    /// Begins a turn at a chunk of so many members: takes slots for those that nobody began with, so many at least and at
    /// most, or takes over the ones that another turn left.
    ///
    /// Whoever takes over makes the chunk its own with that write. The other one, if it only slept, finds that out at its
    /// next write and stops; the people it is at are covered, as what was begun with is never given back by another turn.
    #[must_use]
    pub fn begin(
        self,
        members: u32,
        slots: RangeInclusive<u32>,
        ledger: &Ledger,
        turn: Turn,
        now: Timestamp,
    ) -> Begin {
        if self.released {
            return Begin::Done;
        }
        let mine = Self { turn: Some(turn), ..self };
        if let Some(reservation) = self.reservation {
            if !reservation.bucket.takes_sends_at(now) {
                return Begin::Stale(self.end(mine, members, &Returns::default(), ledger, now));
            }
            return Begin::Go(RunChange { from: self, to: mine, ledger: None });
        }
        let people = members.saturating_sub(self.started);
        if people == 0 {
            return Begin::Done;
        }
        let (at_least, people) = (*slots.start(), people.min(*slots.end()));
        match ledger.reserve(Demand { people, at_least, purpose: Purpose::Campaign }, now) {
            Reserved::Full { free_at } => Begin::Full { free_at },
            Reserved::Slots { bucket, people, change } => {
                let reservation = Some(Reservation { bucket, from: self.started, people });
                Begin::Go(RunChange { from: self, to: Self { reservation, ..mine }, ledger: Some(change) })
            }
        }
    }

    /// The next block of at most so many people.
    #[must_use]
    pub fn block(self, most: u32, now: Timestamp) -> Block {
        let Some(reservation) = self.reservation else { return Block::Through };
        let end = reservation.end().min(self.started.saturating_add(most));
        if self.started >= end {
            return Block::Through;
        }
        if !reservation.bucket.takes_sends_at(now) {
            return Block::Closed;
        }
        let change = RunChange { from: self, to: Self { started: end, ..self }, ledger: None };
        Block::Members(self.started..end, change)
    }

    /// Ends a turn, whatever it ended for: gives back the slots of everybody that was not begun with, and what this turn
    /// itself knows to be unused. What an earlier turn knew is lost with it, and free a day later.
    #[must_use]
    pub fn finish(self, members: u32, returns: &Returns, ledger: &Ledger, now: Timestamp) -> RunChange {
        self.end(self, members, returns, ledger, now)
    }

    fn end(self, mine: Self, members: u32, returns: &Returns, ledger: &Ledger, now: Timestamp) -> RunChange {
        let mut returns = returns.clone();
        if let Some(reservation) = self.reservation {
            returns.unused(reservation.bucket, reservation.end().saturating_sub(self.started));
        }
        let change = ledger.give_back(returns.slots(), now);
        let to = Self { reservation: None, released: self.started >= members, ..mine };
        RunChange { from: self, to, ledger: (!change.is_empty()).then_some(change) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::tier::{Allowance, Limit};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + seconds).unwrap()
    }

    fn ledger(limit: u32) -> Ledger {
        Ledger::new(Allowance { limit: Limit::People(limit), head_room: 0, others: 0 })
    }

    /// What the table does with both items of a transaction.
    fn write(run: &mut Run, ledger: &mut Ledger, change: &RunChange) -> bool {
        let Some(next) = change.ledger.as_ref().map_or(Some(ledger.clone()), |change| ledger.after(change))
        else {
            return false;
        };
        let holds = *run == change.from;
        if holds {
            (*run, *ledger) = (change.to, next);
        }
        holds
    }

    fn go(run: &mut Run, ledger: &mut Ledger, turn: u64, now: Timestamp) {
        let Begin::Go(change) = run.begin(100, 25..=100, ledger, Turn(turn), now) else { panic!("no turn") };
        assert!(write(run, ledger, &change));
    }

    fn block(run: &mut Run, ledger: &mut Ledger, now: Timestamp) -> Range<u32> {
        let Block::Members(members, change) = run.block(25, now) else { panic!("no block") };
        assert!(write(run, ledger, &change));
        members
    }

    #[test]
    fn a_chunk_takes_its_slots_once_and_ends_when_everybody_was_begun_with() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        let blocks: Vec<_> = (0..4).map(|_| block(&mut run, &mut ledger, at(1))).collect();
        assert_eq!(blocks, [0..25, 25..50, 50..75, 75..100]);
        assert_eq!(run.block(25, at(2)), Block::Through);
        let change = run.finish(100, &Returns::default(), &ledger, at(2));
        assert_eq!(change.ledger, None);
        assert!(write(&mut run, &mut ledger, &change));
        assert!(run.released);
        assert_eq!(run.begin(100, 25..=100, &ledger, Turn(2), at(3)), Begin::Done, "a hint comes twice");
        assert_eq!(ledger.used(at(3)), 100);
    }

    #[test]
    fn who_takes_over_a_dead_worker_s_chunk_keeps_its_slots_and_goes_on_after_its_last_block() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        block(&mut run, &mut ledger, at(0));
        go(&mut run, &mut ledger, 2, at(120));
        assert_eq!(ledger.used(at(120)), 100, "not taken twice");
        assert_eq!(block(&mut run, &mut ledger, at(121)), 25..50);
    }

    #[test]
    fn who_only_slept_finds_out_at_its_next_write() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        block(&mut run, &mut ledger, at(0));
        let asleep = run;
        go(&mut run, &mut ledger, 2, at(120));
        let Block::Members(_, change) = asleep.block(25, at(121)) else { panic!("no block") };
        assert!(!write(&mut run, &mut ledger, &change));
        let finish = asleep.finish(100, &Returns::default(), &ledger, at(121));
        assert!(!write(&mut run, &mut ledger, &finish), "nor does it give anything back");
    }

    #[test]
    fn a_write_whose_answer_was_lost_is_recognised() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        let Block::Members(_, change) = run.block(25, at(1)) else { panic!("no block") };
        assert!(write(&mut run, &mut ledger, &change));
        assert!(!write(&mut run, &mut ledger, &change));
        assert!(change.was_written(run));
        go(&mut run, &mut ledger, 2, at(2));
        assert!(!change.was_written(run));
    }

    #[test]
    fn a_bucket_that_closes_ends_the_turn_and_the_rest_begins_anew() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        block(&mut run, &mut ledger, at(0));
        let closed = at(0) + SignedDuration::from_mins(15);
        assert_eq!(run.block(25, closed), Block::Closed);
        let Begin::Stale(change) = run.begin(100, 25..=100, &ledger, Turn(2), closed) else {
            panic!("not stale")
        };
        assert!(write(&mut run, &mut ledger, &change));
        assert_eq!((run.started, run.reservation, run.released), (25, None, false));
        assert_eq!(ledger.used(closed), 25, "who was begun with stays counted");
        go(&mut run, &mut ledger, 3, closed);
        assert_eq!(run.reservation.map(|slots| (slots.from, slots.people)), Some((25, 75)));
        assert_eq!(ledger.used(closed), 100);
    }

    #[test]
    fn a_chunk_may_begin_with_what_is_free_and_waits_for_the_rest() {
        let (mut run, mut ledger) = (Run::default(), ledger(60));
        go(&mut run, &mut ledger, 1, at(0));
        assert_eq!(
            [block(&mut run, &mut ledger, at(0)), block(&mut run, &mut ledger, at(0))],
            [0..25, 25..50]
        );
        assert_eq!(block(&mut run, &mut ledger, at(0)), 50..60);
        assert_eq!(run.block(25, at(0)), Block::Through);
        let change = run.finish(100, &Returns::default(), &ledger, at(1));
        assert!(write(&mut run, &mut ledger, &change));
        let free_at = Some(Bucket::at(at(0)).counts_until());
        assert_eq!(run.begin(100, 25..=100, &ledger, Turn(2), at(2)), Begin::Full { free_at });
    }

    #[test]
    fn a_turn_takes_no_more_than_it_can_send_so_that_others_find_some() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        let Begin::Go(change) = run.begin(100, 25..=50, &ledger, Turn(1), at(0)) else { panic!("no turn") };
        assert!(write(&mut run, &mut ledger, &change));
        assert_eq!((ledger.used(at(0)), run.reservation.map(Reservation::end)), (50, Some(50)));
        while let Block::Members(_, change) = run.block(25, at(1)) {
            assert!(write(&mut run, &mut ledger, &change));
        }
        let change = run.finish(100, &Returns::default(), &ledger, at(2));
        assert!(write(&mut run, &mut ledger, &change));
        assert!(!run.released, "the other half is to come");
        go(&mut run, &mut ledger, 2, at(2));
        assert_eq!(run.reservation.map(|slots| (slots.from, slots.people)), Some((50, 50)));
    }

    #[test]
    fn only_who_was_never_begun_with_is_given_back() {
        let (mut run, mut ledger) = (Run::default(), ledger(250));
        go(&mut run, &mut ledger, 1, at(0));
        block(&mut run, &mut ledger, at(0));
        let change = run.finish(100, &Returns::default(), &ledger, at(1));
        assert!(write(&mut run, &mut ledger, &change));
        assert_eq!(ledger.used(at(1)), 25);
        assert!(!write(&mut run, &mut ledger, &change), "and once only");
    }
}

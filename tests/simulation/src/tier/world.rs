//! The tables, the queue and WhatsApp, as far as the messaging limit goes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::rc::Rc;

use domain::CustomerServiceWindow;
use domain::tier::{Allowance, Bucket, Ledger, Limit, Run, RunChange, Slot, Stock, is_late};

use super::{Design, Observer, Outcome, Setup};
use crate::chance::Chance;
use crate::stage::Time;
use crate::{DAY, HOUR, MINUTE, SECOND, at};

/// A person's gate, as far as it is about this.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gate {
    pub(crate) version: u64,
    pub(crate) slot: Option<Slot>,
    /// The newest campaigns; here, chunks.
    pub(crate) campaigns: [u32; 8],
}

impl Gate {
    pub(crate) fn with_campaign(mut self, chunk: u32) -> Self {
        self.campaigns.rotate_right(1);
        self.campaigns[0] = chunk;
        self
    }
}

/// People of one campaign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) members: Vec<u32>,
    pub(crate) run: Run,
    /// Who was sent to, as the wrong designs remember it.
    pub(crate) done: HashSet<u32>,
}

pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) time: Time,
    pub(crate) chance: Chance,
    pub(crate) ledger: Rc<Ledger>,
    pub(crate) gates: HashMap<u32, Gate>,
    pub(crate) stock: Option<Stock>,
    pub(crate) chunks: Vec<Chunk>,
    /// What each worker is at: if it dies, the hint comes again.
    pub(crate) at_work: Vec<Option<u32>>,
    hints: BinaryHeap<Reverse<(i64, u32)>>,
    /// When each person's window closes.
    windows: HashMap<u32, i64>,
    /// On their way to Meta, and from there to a phone.
    flights: BinaryHeap<Reverse<(i64, u32)>>,
    deliveries: BinaryHeap<Reverse<(i64, u32, i64)>>,
    posted: HashSet<(u32, u32)>,
    pub(crate) sent_to: Observer,
    delivered_to: Observer,
    /// Of design B and C.
    pub(crate) days: HashMap<i64, u32>,
    pub(crate) marks: HashMap<u32, i64>,
    pub(crate) out: Outcome,
    pub(crate) turns: u64,
    /// Whether anything still goes wrong.
    pub(crate) has_faults: bool,
}

impl World {
    pub(crate) fn new(setup: Setup, seed: u64, time: Time) -> Self {
        let limit = setup.limit;
        Self {
            setup,
            time,
            chance: Chance::new(seed),
            ledger: Rc::new(Ledger::new(setup.allowance())),
            gates: HashMap::new(),
            stock: None,
            chunks: Vec::new(),
            at_work: vec![None; setup.workers],
            hints: BinaryHeap::new(),
            windows: HashMap::new(),
            flights: BinaryHeap::new(),
            deliveries: BinaryHeap::new(),
            posted: HashSet::new(),
            sent_to: Observer::new(limit),
            delivered_to: Observer::new(limit),
            days: HashMap::new(),
            marks: HashMap::new(),
            out: Outcome::default(),
            turns: 0,
            has_faults: true,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.time.now()
    }

    /// A hint for a chunk, not before this time.
    pub(crate) fn hint(&mut self, chunk: u32, not_before: i64) {
        self.hints.push(Reverse((not_before, chunk)));
    }

    /// The next hint, or when there will be one.
    pub(crate) fn receive(&mut self) -> Result<u32, i64> {
        match self.hints.peek().copied() {
            Some(Reverse((at, chunk))) if at <= self.now() => {
                self.hints.pop();
                Ok(chunk)
            }
            Some(Reverse((at, _))) => Err(at),
            None => Err(i64::MAX),
        }
    }

    /// Hints on the queue, and in somebody's hands.
    pub(crate) fn open(&self) -> usize {
        self.hints.len() + self.at_work.iter().flatten().count()
    }

    pub(crate) fn window(&self, person: u32) -> Option<CustomerServiceWindow> {
        let closes = self.windows.get(&person)?;
        Some(CustomerServiceWindow::opened_by(at(closes - DAY)))
    }

    /// They write, or wrote some hours ago.
    pub(crate) fn writes(&mut self, person: u32, hours_ago: i64) {
        let closes = self.now() - hours_ago * HOUR + DAY;
        self.windows.insert(person, closes);
    }

    /// A write of a run and the ledger, all or nothing. `false` is what the worker hears; it may be wrong.
    pub(crate) fn write(&mut self, chunk: u32, change: &RunChange) -> bool {
        if self.has_faults && self.chance.happens(self.setup.conflicts) {
            self.out.conflicts += 1;
            return false;
        }
        let run = &mut self.chunks[chunk as usize].run;
        if *run != change.from {
            self.out.conflicts += 1;
            return false;
        }
        if let Some(ledger) = &change.ledger {
            let Some(after) = self.ledger.after(ledger) else {
                self.out.conflicts += 1;
                return false;
            };
            self.ledger = Rc::new(after);
            self.out.ledger_writes += 1;
        }
        *run = change.to;
        !(self.has_faults && self.chance.happens(self.setup.conflicts))
    }

    /// Forgets buckets as soon as their first message may be a day old.
    pub(crate) fn rounds_down(&mut self) {
        let oldest = Bucket::at(at(self.now() - DAY));
        Rc::make_mut(&mut self.ledger).buckets.retain(|bucket, _| *bucket > oldest);
    }

    pub(crate) fn gate(&self, person: u32) -> Gate {
        self.gates.get(&person).copied().unwrap_or_default()
    }

    /// Writes a gate on condition of the version that was read.
    pub(crate) fn write_gate(&mut self, person: u32, read: Gate, next: Gate) -> Option<Gate> {
        let stored = self.gate(person);
        if stored.version != read.version {
            self.out.conflicts += 1;
            return None;
        }
        let next = Gate { version: read.version + 1, ..next };
        self.gates.insert(person, next);
        Some(next)
    }

    /// A request leaves. It may take some seconds, and the worker may die meanwhile.
    pub(crate) fn post(&mut self, chunk: Option<u32>, person: u32) {
        self.out.posted += 1;
        if let Some(chunk) = chunk
            && !self.posted.insert((chunk, person))
        {
            self.out.twice += 1;
        }
        let arrives = self.now() + self.chance.between(0, 3 * SECOND);
        self.flights.push(Reverse((arrives, person)));
    }

    /// What arrives meanwhile, at Meta and at phones.
    pub(crate) fn pass(&mut self) {
        let now = self.now();
        while let Some(Reverse((at, person))) = self.flights.peek().copied().filter(|next| next.0.0 <= now) {
            self.flights.pop();
            let is_open = self.windows.get(&person).is_some_and(|closes| at < *closes);
            if is_open {
                self.out.inside_windows += 1;
                continue;
            }
            self.sent_to.saw(person, at);
            self.out.sent += 1;
            let takes = if self.chance.happens(self.setup.late) {
                self.chance.between(30 * MINUTE, 12 * HOUR)
            } else {
                self.chance.between(SECOND, 10 * MINUTE)
            };
            self.deliveries.push(Reverse((at + takes, person, at)));
        }
        while let Some(Reverse((when, person, sent))) =
            self.deliveries.peek().copied().filter(|next| next.0.0 <= now)
        {
            self.deliveries.pop();
            self.delivered_to.saw(person, when);
            if is_late(at(sent), at(when)) && self.setup.design.has_ledger() {
                self.out.late += 1;
                let change = Ledger::delivered_late(1, at(now));
                self.ledger = Rc::new(self.ledger.after(&change).expect("it has no condition"));
            }
        }
    }

    /// Meta changes the limit, and tells us a little later; that second step is [`Self::hears_of_limit`].
    pub(crate) fn limit_becomes(&mut self, limit: u32) {
        let now = self.now();
        self.sent_to.limit_is(limit, now);
        self.delivered_to.limit_is(limit, now);
        self.setup.limit = limit;
    }

    pub(crate) fn hears_of_limit(&mut self) {
        Rc::make_mut(&mut self.ledger).allowance = self.setup.allowance();
    }

    /// Whether a worker dies here, in the middle of something. Its hint comes again.
    pub(crate) fn kills(&mut self, who: usize) -> bool {
        let Some(chunk) = self.at_work[who] else { return false };
        let crashes = self.setup.crashes;
        if !self.has_faults || !self.chance.happens(crashes) {
            return false;
        }
        self.at_work[who] = None;
        self.out.crashes += 1;
        let again = self.now() + self.chance.one_of(&[MINUTE, 3 * MINUTE, 30 * MINUTE]);
        self.hint(chunk, again);
        true
    }

    /// How much of the limit is in use, if anybody waits.
    pub(crate) fn observe(&mut self) {
        if self.open() > 0 {
            let now = self.now();
            self.out.used += u64::from(self.sent_to.count(now)) * 1_000 / u64::from(self.setup.limit);
            self.out.hours += 1;
        }
    }

    /// The results, when everybody has gone home.
    pub(crate) fn outcome(mut self) -> Outcome {
        let now = at(self.now());
        self.out.most = self.sent_to.most;
        self.out.over = self.sent_to.over;
        self.out.most_delivered = self.delivered_to.most;
        // Under a limit that was lowered, what was sent before still arrives for hours.
        self.out.over_delivered = if self.sent_to.limit_changed() { 0 } else { self.delivered_to.over };
        self.out.unfinished = self.open();
        if self.setup.design.has_ledger() {
            let unreleased = self.chunks.iter().filter(|chunk| !chunk.run.released).count();
            self.out.unfinished = self.out.unfinished.max(unreleased);
            let covered = self.gates.values().filter_map(|gate| gate.slot);
            let covered = covered.filter(|slot| slot.bucket.counts_at(now)).count();
            let stock = self.stock.filter(|stock| stock.bucket.counts_at(now)).map_or(0, |stock| stock.left);
            let explained = u32::try_from(covered).unwrap_or(u32::MAX) + stock;
            self.out.unexplained = self.ledger.used(now).saturating_sub(explained);
        }
        self.out
    }
}

impl Setup {
    fn allowance(self) -> Allowance {
        let head_room = self.limit * self.head_room / 1_000;
        Allowance { limit: Limit::People(self.limit), head_room, others: 0 }
    }
}

impl Design {
    pub(crate) fn has_ledger(self) -> bool {
        !matches!(self, Self::CheckThenSend | Self::CalendarDay | Self::FirstMessage)
    }
}

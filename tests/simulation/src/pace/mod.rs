//! The throughput of a number: is all of it used, is nothing refused, and how long does an agent wait?

mod graph;
mod worker;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use domain::pace::{Inbound, Lease, Level, Purpose};
use jiff::Timestamp;

use crate::chance::Chance;
use crate::stage::{Stage, Time};
use crate::{SECOND, at};
use graph::{Answer, Number};

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// What Meta allows the number.
    pub level: Level,
    /// Workers that send for campaigns.
    pub workers: usize,
    /// How far their clocks are off, at most, either way, in milliseconds.
    pub skew_ms: i64,
    /// How much longer one request takes than another, at most, in milliseconds.
    pub jitter_ms: i64,
    /// Agents' messages in a hundred seconds.
    pub agents: i64,
    /// Messages that come in, in a hundred seconds.
    pub inbound: i64,
    /// How long, in seconds.
    pub seconds: i64,
    /// How many people there are to send to.
    pub people: u64,
    /// Whether workers learn from answers how far their clocks are off.
    pub learns: bool,
}

impl Setup {
    /// Eight workers whose clocks are off by up to 50 ms, and requests that differ by 20 ms, for as long as a campaign to
    /// 100,000 people takes, at most for 1,250 seconds.
    #[must_use]
    pub fn of(level: Level) -> Self {
        Self {
            level,
            workers: 8,
            skew_ms: 50,
            jitter_ms: 20,
            agents: 0,
            inbound: 0,
            seconds: (100_000 / i64::from(level.per_second())).min(1_250),
            people: 100_000,
            learns: true,
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Campaign messages that Meta took.
    pub sent: u64,
    /// Agents' messages that Meta took.
    pub agents: u64,
    /// Messages that came in.
    pub inbound: u64,
    /// Refused for the number's rate (130429).
    pub refused: u64,
    /// Refused for the pair's (131056).
    pub refused_pair: u64,
    /// People put off by our own pair rate.
    pub put_off: u64,
    /// Messages whose time was missed, so that they needed another lease.
    pub missed: u64,
    /// The most messages in any second, in and out.
    pub most: usize,
    /// The longest that an agent's message waited until it left, in milliseconds.
    pub longest_wait_ms: i64,
    /// Writes of the lease.
    pub lease_writes: u64,
    /// Sent, of what was allowed less what came in and agents sent: from 0 to 1.
    pub utilisation: f64,
}

/// A message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Flight {
    at: i64,
    person: u32,
    is_agents: bool,
}

struct World {
    setup: Setup,
    time: Time,
    chance: Chance,
    lease: Lease,
    /// What stands on people's gates.
    pairs: HashMap<u32, Timestamp>,
    number: Number,
    flights: BinaryHeap<Reverse<Flight>>,
    report: Report,
}

impl World {
    /// What has arrived at Meta by now, in its order.
    fn pass(&mut self) {
        let now = self.time.now();
        while let Some(Reverse(flight)) = self.flights.peek().copied().filter(|next| next.0.at <= now) {
            self.flights.pop();
            match self.number.posted(flight.person, flight.at) {
                Answer::Accepted if flight.is_agents => self.report.agents += 1,
                Answer::Accepted => self.report.sent += 1,
                Answer::TooMany => {
                    self.report.refused += 1;
                    self.lease = self.lease.refused(at(now)).unwrap_or(self.lease);
                }
                Answer::TooManyForThisPerson => self.report.refused_pair += 1,
            }
        }
    }

    fn post(&mut self, person: u32, purpose: Purpose) {
        let jitter = self.setup.jitter_ms * 1_000;
        let arrives = self.time.now() + 30_000 + self.chance.between(0, jitter);
        self.flights.push(Reverse(Flight { at: arrives, person, is_agents: purpose == Purpose::Agent }));
    }
}

/// Plays a setup with a seed.
#[must_use]
pub fn play(setup: Setup, seed: u64) -> Report {
    let time = Time::default();
    let mut lease = Lease::new(setup.level);
    // People wrote before, too.
    let rate = u32::try_from(setup.inbound * 10).unwrap_or_default();
    lease.inbound = Inbound { rate, at: at(0).as_millisecond() };
    let world = World {
        setup,
        time: time.clone(),
        chance: Chance::new(seed),
        lease,
        pairs: HashMap::new(),
        number: Number::new(setup.level.per_second()),
        flights: BinaryHeap::new(),
        report: Report::default(),
    };
    let world = Rc::new(RefCell::new(world));
    let mut stage = Stage::new(time.clone());
    worker::enter(&mut stage, &world);
    while stage.step(setup.seconds * SECOND).is_some() {
        world.borrow_mut().pass();
    }
    let world = world.borrow();
    let mut report = world.report;
    report.most = world.number.most;
    let allowed = i64::from(setup.level.per_second()) * setup.seconds;
    let left = allowed as f64 - report.inbound as f64 - report.agents as f64;
    report.utilisation = report.sent as f64 / left;
    report
}

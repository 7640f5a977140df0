//! Who sends: workers for campaigns, and agents; and who writes to us.

use std::cell::RefCell;
use std::rc::Rc;

use domain::pace::{Ask, COVERED, Clock, Grant, LONGEST_WAIT, Purpose, STAGGER, Send, pair, pair::Pair};
use jiff::{SignedDuration, Timestamp};

use super::World;
use crate::stage::{Stage, Time};
use crate::{SECOND, at};

type Shared = Rc<RefCell<World>>;

pub(super) fn enter(stage: &mut Stage, world: &Shared) {
    let setup = world.borrow().setup;
    let time = world.borrow().time.clone();
    for _ in 0..setup.workers {
        let begins = world.borrow_mut().chance.between(0, SECOND);
        let worker = Worker::new(world, &time);
        stage.enter(begins, Box::pin(worker.campaigns()));
    }
    if setup.agents > 0 {
        stage.enter(0, Box::pin(Worker::new(world, &time).agents()));
    }
    if setup.inbound > 0 {
        stage.enter(0, Box::pin(people(world.clone(), time)));
    }
}

struct Worker {
    world: Shared,
    time: Time,
    /// By how much its clock is ahead, in microseconds.
    skew: i64,
    clock: Clock,
}

impl Worker {
    fn new(world: &Shared, time: &Time) -> Self {
        let here = &mut *world.borrow_mut();
        let most = here.setup.skew_ms * 1_000;
        let skew = here.chance.between(-most, most);
        Self { world: world.clone(), time: time.clone(), skew, clock: Clock::default() }
    }

    /// By its own clock, uncorrected.
    fn local(&self) -> Timestamp {
        at(self.time.now() + self.skew)
    }

    fn now(&self) -> Timestamp {
        self.clock.corrected(self.local())
    }

    async fn until(&self, then: Timestamp) {
        self.time.rest(then.duration_since(self.now()).as_micros() as i64).await;
    }

    /// A call of the table, which answers with its date.
    async fn table(&mut self) {
        let (there, back) = {
            let chance = &mut self.world.borrow_mut().chance;
            (chance.between(1_000, 4_000), chance.between(1_000, 4_000))
        };
        let asked = self.local();
        self.time.rest(there).await;
        let date = at(self.time.now()).as_second();
        self.time.rest(back).await;
        self.learn(asked, date);
    }

    fn learn(&mut self, asked: Timestamp, date: i64) {
        if self.world.borrow().setup.learns {
            let date = Timestamp::from_second(date).unwrap_or(Timestamp::UNIX_EPOCH);
            self.clock.learn(asked, self.local(), date);
        }
    }

    /// Leases time for messages, however often others are quicker; `None` if there is none for long.
    async fn lease(&mut self, purpose: Purpose, messages: u32) -> Option<Send> {
        loop {
            let read = self.world.borrow().lease;
            self.table().await;
            let skew = self.clock.may_send(purpose, self.local())?;
            match read.take(Ask { purpose, messages, skew }, self.now()) {
                Grant::Wait { until } => {
                    if until.duration_since(self.now()) > LONGEST_WAIT {
                        return None;
                    }
                    let stagger = match purpose {
                        Purpose::Campaign => {
                            self.world.borrow_mut().chance.between(0, STAGGER.as_micros() as i64)
                        }
                        Purpose::Agent => 0,
                    };
                    let wait = until.duration_since(self.now()).as_micros() as i64 + stagger;
                    let local = self.local();
                    let turn = self.clock.next_turn(local).duration_since(local).as_micros() as i64;
                    if self.clock.skew(local) > COVERED && turn < wait {
                        self.time.rest(turn).await;
                        self.table().await;
                    } else {
                        self.time.rest(wait).await;
                    }
                }
                Grant::Messages { send, lease } => {
                    let is_written = {
                        let world = &mut *self.world.borrow_mut();
                        world.report.lease_writes += 1;
                        let is_same = world.lease.tat == read.tat;
                        if is_same {
                            // What came in is written by others, and not touched here.
                            world.lease = domain::pace::Lease { inbound: world.lease.inbound, ..lease };
                        }
                        is_same
                    };
                    self.table().await;
                    if is_written {
                        return Some(send);
                    }
                }
            }
        }
    }

    async fn campaigns(mut self) {
        loop {
            let Some(send) = self.lease(Purpose::Campaign, 1_000).await else {
                self.time.rest(SECOND).await;
                continue;
            };
            let (mut nth, mut tries) = (0, 0);
            while nth < send.messages {
                self.until(send.due(nth)).await;
                if send.has_missed(nth, self.now()) {
                    self.world.borrow_mut().report.missed += 1;
                    nth += 1;
                    continue;
                }
                let person = {
                    let world = &mut *self.world.borrow_mut();
                    let people = world.setup.people;
                    u32::try_from(world.chance.below(people)).unwrap_or_default()
                };
                if self.may_hear(person, Purpose::Campaign) {
                    self.world.borrow_mut().post(person, Purpose::Campaign);
                    nth += 1;
                    // Its gate and its message were written, which takes some milliseconds and does not hold up others.
                    self.meanwhile();
                    self.meanwhile();
                } else {
                    self.world.borrow_mut().report.put_off += 1;
                    // Where nearly everybody has just heard, a message's time passes unused.
                    tries += 1;
                    nth += tries / 20;
                    tries %= 20;
                }
            }
        }
    }

    /// A call of the table whose answer nobody waits for.
    fn meanwhile(&mut self) {
        let trip = self.world.borrow_mut().chance.between(2_000, 8_000);
        let asked = self.local() - SignedDuration::from_micros(trip);
        let date = at(self.time.now() - trip / 2).as_second();
        self.learn(asked, date);
    }

    fn may_hear(&self, person: u32, purpose: Purpose) -> bool {
        let world = &mut *self.world.borrow_mut();
        match pair::take(world.pairs.get(&person).copied(), purpose, self.now()) {
            Pair::Go { tat } => {
                world.pairs.insert(person, tat);
                true
            }
            Pair::Wait { .. } => false,
        }
    }

    async fn agents(mut self) {
        loop {
            let rest = {
                let world = &mut *self.world.borrow_mut();
                let mean = 100 * SECOND / world.setup.agents;
                world.chance.between(0, 2 * mean)
            };
            self.time.rest(rest).await;
            let person = u32::try_from(self.world.borrow_mut().chance.below(20)).unwrap_or_default();
            if !self.may_hear(person, Purpose::Agent) {
                continue;
            }
            let wanted = self.time.now();
            let Some(send) = self.lease(Purpose::Agent, 1).await else { continue };
            self.until(send.from).await;
            let world = &mut *self.world.borrow_mut();
            world.post(person, Purpose::Agent);
            let waited = (self.time.now() - wanted) / 1_000;
            world.report.longest_wait_ms = world.report.longest_wait_ms.max(waited);
        }
    }
}

/// People write, evenly enough; a worker notes it a little later, in batches.
async fn people(world: Shared, time: Time) {
    let mut batch = (0, 0);
    loop {
        let rest = {
            let world = world.borrow();
            100 * SECOND / world.setup.inbound
        };
        time.rest(rest).await;
        let world = &mut *world.borrow_mut();
        let now = time.now();
        world.pass();
        world.number.comes_in(now);
        world.report.inbound += 1;
        batch.0 += 1;
        if now - batch.1 > 300_000 {
            world.lease.inbound = world.lease.inbound.came(batch.0, at(now));
            batch = (0, now);
        }
    }
}

//! A worker, and its way through a chunk as it is built.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::tier::{
    Begin, Block, Bucket, Cover, Ledger, Returns, Rule, Run, RunChange, Turn, cover, is_surely_open,
};
use jiff::Timestamp;

use super::world::{Gate, World};
use super::{Design, wrong};
use crate::stage::{Time, Work};
use crate::{MINUTE, SECOND, at};

#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) world: Rc<RefCell<World>>,
    pub(crate) time: Time,
    number: usize,
    /// How far its clock is off.
    skew: Rc<Cell<i64>>,
}

impl Worker {
    pub(crate) fn enters(world: &Rc<RefCell<World>>, number: usize) -> Work {
        let time = world.borrow().time.clone();
        let skew = Rc::new(Cell::new(world.borrow_mut().chance.between(-5 * SECOND, 5 * SECOND)));
        Box::pin(Self { world: world.clone(), time, number, skew }.works())
    }

    async fn works(self) {
        loop {
            let next = self.world.borrow_mut().receive();
            match next {
                Ok(chunk) => {
                    self.world.borrow_mut().at_work[self.number] = Some(chunk);
                    self.effect().await;
                    let design = self.world.borrow().setup.design;
                    if design.has_ledger() {
                        self.chunk(chunk).await;
                    } else {
                        wrong::chunk(&self, chunk, design).await;
                    }
                    self.world.borrow_mut().at_work[self.number] = None;
                }
                Err(at) => {
                    let wait = (at.saturating_sub(self.time.now())).clamp(SECOND, 10 * MINUTE);
                    let wait = self.world.borrow_mut().chance.between(wait / 2, wait);
                    self.time.rest(wait).await;
                }
            }
        }
    }

    /// What time it is, by its own clock.
    pub(crate) fn now(&self) -> Timestamp {
        at(self.time.now() + self.skew.get())
    }

    /// A side effect is done, and others go on. Now and then it takes so long that the queue believes the worker dead, and
    /// now and then its clock is set back by a minute, or right again.
    pub(crate) async fn effect(&self) {
        let rest = {
            let world = &mut *self.world.borrow_mut();
            let mut rest = world.chance.between(5_000, 400_000);
            if world.has_faults {
                let sleeps = world.setup.sleeps;
                match world.chance.below(1_000) {
                    _ if world.chance.happens(sleeps) => {
                        world.out.sleeps += 1;
                        if let Some(chunk) = world.at_work[self.number] {
                            let again = world.now() + 2 * MINUTE;
                            world.hint(chunk, again);
                        }
                        rest = world.chance.one_of(&[3 * MINUTE, 12 * MINUTE, 40 * MINUTE, 180 * MINUTE]);
                    }
                    1 => self.skew.set(world.chance.between(-5 * SECOND, 5 * SECOND) - MINUTE),
                    2 => self.skew.set(world.chance.between(-5 * SECOND, 5 * SECOND)),
                    3..10 => rest = world.chance.between(SECOND, 30 * SECOND),
                    _ => {}
                }
            }
            rest
        };
        self.time.rest(rest).await;
    }

    /// Later, by everybody's clock.
    pub(crate) fn again(&self, chunk: u32, at: Timestamp) {
        let world = &mut *self.world.borrow_mut();
        let after =
            (at.as_microsecond() - crate::BEGIN).max(world.now()) + world.chance.between(0, 2 * MINUTE);
        world.hint(chunk, after);
    }

    /// The time that the fence is asked with.
    fn fence_time(&self, bucket: Option<Bucket>) -> Timestamp {
        let now = self.now();
        match (self.world.borrow().setup.design, bucket) {
            (Design::Unfenced, Some(bucket)) => now.min(bucket.ends_at() - domain::tier::BUCKET),
            _ => now,
        }
    }

    fn rule(&self) -> Rule {
        match self.world.borrow().setup.design {
            Design::EveryMessage => Rule::EveryMessage,
            _ => Rule::MoveSlot,
        }
    }

    async fn read(&self, chunk: u32) -> (Run, Rc<Ledger>) {
        let read = {
            let world = &mut *self.world.borrow_mut();
            if world.setup.design == Design::RoundedDown {
                world.rounds_down();
            }
            (world.chunks[chunk as usize].run, world.ledger.clone())
        };
        self.effect().await;
        read
    }

    /// Writes a change: whether it stands, as far as the worker can find out.
    async fn write(&self, chunk: u32, change: &RunChange) -> bool {
        let mut wrote = self.world.borrow_mut().write(chunk, change);
        self.effect().await;
        if !wrote {
            wrote = change.was_written(self.world.borrow().chunks[chunk as usize].run);
            self.effect().await;
        }
        wrote
    }

    /// Takes slots, or another turn's; `None` when there is nothing to do now.
    async fn begin(&self, chunk: u32) -> Option<Run> {
        let turn = {
            let world = &mut *self.world.borrow_mut();
            world.turns += 1;
            Turn(world.turns)
        };
        let (members, block) = {
            let world = self.world.borrow();
            (world.setup.chunk, world.setup.block)
        };
        loop {
            let (run, ledger) = self.read(chunk).await;
            let now = self.fence_time(run.reservation.map(|reservation| reservation.bucket));
            match run.begin(members, block..=members.max(block), &ledger, turn, now) {
                Begin::Go(change) => {
                    if self.write(chunk, &change).await {
                        return Some(change.to);
                    }
                }
                Begin::Stale(change) => {
                    self.write(chunk, &change).await;
                }
                Begin::Full { free_at } => {
                    self.again(chunk, free_at.unwrap_or(now + jiff::SignedDuration::from_hours(1)));
                    return None;
                }
                Begin::Done => return None,
            }
        }
    }

    async fn chunk(&self, chunk: u32) {
        let Some(mut run) = self.begin(chunk).await else { return };
        let Some(reservation) = run.reservation else { return };
        let (mut returns, mut sent, first) = (Returns::default(), 0, run.started);
        let most = self.world.borrow().setup.block;
        while let Block::Members(members, change) = run.block(most, self.fence_time(Some(reservation.bucket)))
        {
            if !self.write(chunk, &change).await {
                // Unless the table only had to do with others, the chunk is somebody else's by now.
                if self.world.borrow().chunks[chunk as usize].run == change.from {
                    continue;
                }
                return;
            }
            run = change.to;
            let people: Vec<(u32, Gate)> = {
                let world = self.world.borrow();
                let members =
                    &world.chunks[chunk as usize].members[members.start as usize..members.end as usize];
                members.iter().map(|person| (*person, world.gate(*person))).collect()
            };
            self.effect().await;
            for (person, gate) in people {
                sent += u32::from(self.person(chunk, person, gate, reservation.bucket, &mut returns).await);
            }
        }
        if self.world.borrow().setup.design == Design::ReleaseTaken {
            // Everybody without a known result, whether an earlier turn had taken their gate or not.
            let known: u32 = sent + returns.slots().get(&reservation.bucket).copied().unwrap_or_default();
            returns.unused(reservation.bucket, (run.started - first).saturating_sub(known));
            returns.unused(reservation.bucket, first.saturating_sub(reservation.from));
        }
        self.finish(chunk, run, &returns).await;
    }

    async fn finish(&self, chunk: u32, run: Run, returns: &Returns) {
        let members = self.world.borrow().setup.chunk;
        loop {
            let ledger = self.world.borrow().ledger.clone();
            self.effect().await;
            let change = run.finish(members, returns, &ledger, self.now());
            if self.write(chunk, &change).await {
                break;
            }
            if self.world.borrow().setup.design == Design::ReleaseTwice {
                let world = &mut *self.world.borrow_mut();
                let given = change.ledger.and_then(|given| world.ledger.after(&given));
                world.ledger = given.map_or_else(|| world.ledger.clone(), Rc::new);
                return;
            }
            if self.world.borrow().chunks[chunk as usize].run != run {
                return;
            }
        }
        if !self.world.borrow().chunks[chunk as usize].run.released {
            self.again(chunk, self.now());
        }
    }

    /// One person. Whether they were sent to.
    async fn person(
        &self,
        chunk: u32,
        person: u32,
        gate: Gate,
        bucket: Bucket,
        returns: &mut Returns,
    ) -> bool {
        let mut gate = gate;
        let (cover, written) = loop {
            let is_skipped =
                gate.campaigns.contains(&(chunk + 1)) || self.world.borrow_mut().chance.happens(30);
            if is_skipped || !bucket.takes_sends_at(self.fence_time(Some(bucket))) {
                returns.unused(bucket, 1);
                return false;
            }
            let window = self.world.borrow().window(person);
            let cover = cover(self.rule(), gate.slot, window, bucket, self.now());
            let mut next = gate.with_campaign(chunk + 1);
            if let Cover::Slot { gate: slot, .. } = cover {
                next.slot = Some(slot);
            }
            let written = self.world.borrow_mut().write_gate(person, gate, next);
            self.effect().await;
            match written {
                Some(written) => break (cover, written),
                None => gate = self.world.borrow().gate(person),
            }
        };
        match cover {
            Cover::Nothing => {
                returns.unused(bucket, 1);
                let is_open = is_surely_open(self.world.borrow().window(person), self.now());
                if is_open {
                    self.world.borrow_mut().post(Some(chunk), person);
                }
                self.effect().await;
                is_open
            }
            Cover::Slot { older, .. } => {
                returns.moved(older);
                if !bucket.takes_sends_at(self.fence_time(Some(bucket))) {
                    return false;
                }
                if self.world.borrow_mut().chance.happens(20) {
                    // Meta says no, definitely: the gate goes back to what it was, unless somebody else wrote it.
                    self.effect().await;
                    let before = Gate { slot: gate.slot, ..written };
                    if self.world.borrow_mut().write_gate(person, written, before).is_some() {
                        returns.undone(bucket, older);
                    }
                    self.effect().await;
                    return true;
                }
                self.world.borrow_mut().post(Some(chunk), person);
                self.effect().await;
                true
            }
        }
    }
}

//! Everybody but the workers: who makes campaigns, who writes to us, agents, and Meta's changes of the limit.

use std::cell::RefCell;
use std::rc::Rc;

use domain::tier::{Cover, Refill, Rule, Stock, cover};

use super::world::{Chunk, World};
use crate::stage::{Stage, Time};
use crate::{DAY, HOUR, MINUTE, SECOND, at};

type Shared = Rc<RefCell<World>>;

pub(crate) fn enter(stage: &mut Stage, world: &Shared) {
    let time = world.borrow().time.clone();
    stage.enter(0, Box::pin(campaigns(world.clone(), time.clone())));
    if world.borrow().setup.design.has_ledger() {
        stage.enter(0, Box::pin(agents(world.clone(), time.clone())));
        stage.enter(0, Box::pin(limits(world.clone(), time)));
    }
}

/// Chunks of people: all day long, or all at once at the same hour, as the seed has it.
async fn campaigns(world: Shared, time: Time) {
    let comes_at_once = world.borrow_mut().chance.happens(500);
    let fresh = &mut 1_000_000;
    loop {
        let rest = {
            let world = &mut *world.borrow_mut();
            if !world.has_faults {
                return;
            }
            let setup = world.setup;
            let a_day = u64::from(setup.limit) * setup.demand / 1_000 / u64::from(setup.chunk);
            let most = i64::try_from(2 * DAY as u64 / a_day.max(1)).unwrap_or(DAY);
            if world.open() < usize::try_from(a_day).unwrap_or(50) {
                let chunks = if comes_at_once { a_day } else { 1 };
                for _ in 0..chunks {
                    campaign(world, fresh);
                }
            }
            if comes_at_once {
                DAY - world.chance.between(0, 10 * MINUTE)
            } else {
                world.chance.between(0, most)
            }
        };
        time.rest(rest).await;
    }
}

fn campaign(world: &mut World, fresh: &mut u32) {
    let setup = world.setup;
    let pool = u64::from(setup.limit) * setup.pool / 1_000;
    let mut members = Vec::new();
    while members.len() < setup.chunk as usize {
        let person = if world.chance.happens(setup.repeats) {
            u32::try_from(world.chance.below(pool)).unwrap_or_default()
        } else {
            *fresh += 1;
            *fresh
        };
        if !members.contains(&person) {
            members.push(person);
            // Some wrote within the last two days: some windows are open, and some about to close.
            if setup.design.has_ledger() && world.chance.happens(60) {
                let hours_ago = world.chance.between(0, 24);
                world.writes(person, hours_ago);
            }
        }
    }
    let number = u32::try_from(world.chunks.len()).unwrap_or_default();
    world.chunks.push(Chunk { members, ..Chunk::default() });
    let now = world.now();
    world.hint(number, now);
    if world.chance.happens(50) {
        world.hint(number, now + MINUTE);
    }
}

/// Single messages, from the head-room: some every hour.
async fn agents(world: Shared, time: Time) {
    loop {
        let rest = {
            let world = &mut *world.borrow_mut();
            if !world.has_faults {
                return;
            }
            world.chance.between(0, 4 * HOUR)
        };
        time.rest(rest).await;
        let person = {
            let world = &mut *world.borrow_mut();
            u32::try_from(world.chance.below(500)).unwrap_or_default()
        };
        let skew = world.borrow_mut().chance.between(-5 * SECOND, 5 * SECOND);
        single(&world, &time, person, skew).await;
    }
}

async fn single(world: &Shared, time: &Time, person: u32, skew: i64) {
    let now = || at(time.now() + skew);
    let read = world.borrow().stock;
    time.rest(50_000).await;
    let taken = read.and_then(|stock| stock.take(now()));
    let stock = match taken {
        Some(left) => {
            let world = &mut *world.borrow_mut();
            if world.stock != read {
                return;
            }
            world.stock = Some(left);
            left
        }
        None => {
            let world = &mut *world.borrow_mut();
            let Refill::Write { stock, ledger } = Stock::refill(read, &world.ledger, now()) else { return };
            let Some(after) = world.ledger.after(&ledger).filter(|_| world.stock == read) else { return };
            (world.ledger, world.stock) = (Rc::new(after), Some(stock));
            world.out.ledger_writes += 1;
            stock
        }
    };
    let sleeps = world.borrow_mut().chance.happens(20);
    time.rest(if sleeps { 2 * HOUR } else { 50_000 }).await;
    let world = &mut *world.borrow_mut();
    let gate = world.gate(person);
    let cover = cover(Rule::MoveSlot, gate.slot, world.window(person), stock.bucket, now());
    if let Cover::Slot { gate: slot, .. } = cover {
        if !stock.bucket.takes_sends_at(now()) {
            return;
        }
        let mut next = gate;
        next.slot = Some(slot);
        world.write_gate(person, gate, next);
    }
    world.post(None, person);
}

/// In one of three seeds, Meta changes the limit now and then; we hear of it within some minutes.
async fn limits(world: Shared, time: Time) {
    if !world.borrow_mut().chance.happens(333) {
        return;
    }
    let usual = world.borrow().setup.limit;
    loop {
        let rest = world.borrow_mut().chance.between(6 * HOUR, 30 * HOUR);
        time.rest(rest).await;
        let limit = {
            let world = &mut *world.borrow_mut();
            if world.has_faults { world.chance.one_of(&[usual / 2, usual, usual * 2]) } else { usual }
        };
        world.borrow_mut().limit_becomes(limit);
        let rest = world.borrow_mut().chance.between(0, 4 * MINUTE);
        time.rest(rest).await;
        world.borrow_mut().hears_of_limit();
        if !world.borrow().has_faults {
            return;
        }
    }
}

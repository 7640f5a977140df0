//! Designs that are found in the field, and pass the limit.

use std::rc::Rc;

use domain::tier::{Allowance, Demand, Limit, Purpose, Reserved};

use super::Design;
use super::worker::Worker;
use crate::{DAY, at};

pub(crate) async fn chunk(worker: &Worker, chunk: u32, design: Design) {
    let members = worker.world.borrow().chunks[chunk as usize].members.clone();
    for person in members {
        if worker.world.borrow().chunks[chunk as usize].done.contains(&person) {
            continue;
        }
        let may_go = match design {
            Design::CheckThenSend => check_then_send(worker, person).await,
            Design::CalendarDay => calendar_day(worker).await,
            _ => first_message(worker, person).await,
        };
        if !may_go {
            let later = worker.now() + jiff::SignedDuration::from_mins(45);
            worker.again(chunk, later);
            return;
        }
        {
            let world = &mut *worker.world.borrow_mut();
            world.post(Some(chunk), person);
            world.chunks[chunk as usize].done.insert(person);
        }
        worker.effect().await;
    }
}

/// Counts, exactly and at once, and then sends. Others count the same meanwhile.
async fn check_then_send(worker: &Worker, person: u32) -> bool {
    let may_go = {
        let world = &mut *worker.world.borrow_mut();
        let now = world.now();
        let is_new = !world.sent_to.knows(person, now);
        world.sent_to.count(now) + u32::from(is_new) <= world.setup.limit
    };
    worker.effect().await;
    may_go
}

/// Counts each day by itself: midnight has two of them within an hour.
async fn calendar_day(worker: &Worker) -> bool {
    let may_go = {
        let world = &mut *worker.world.borrow_mut();
        let (day, limit) = (world.now() / DAY, world.setup.limit);
        let count = world.days.entry(day).or_default();
        let is_free = *count < limit;
        *count += u32::from(is_free);
        is_free
    };
    worker.effect().await;
    may_go
}

/// Counts a person once in 24 hours from their first message, in one transaction with the counter. Meta counts from the
/// last one.
async fn first_message(worker: &Worker, person: u32) -> bool {
    let may_go = {
        let world = &mut *worker.world.borrow_mut();
        let now = world.now();
        let is_marked = world.marks.get(&person).is_some_and(|until| *until > now);
        is_marked || {
            let demand = Demand { people: 1, at_least: 1, purpose: Purpose::Campaign };
            let limit = Limit::People(world.setup.limit);
            Rc::make_mut(&mut world.ledger).allowance = Allowance { limit, head_room: 0, others: 0 };
            let after = match world.ledger.reserve(demand, at(now)) {
                Reserved::Slots { change, .. } => world.ledger.after(&change),
                Reserved::Full { .. } => None,
            };
            if let Some(after) = after {
                world.ledger = Rc::new(after);
                world.marks.insert(person, now + DAY);
                true
            } else {
                false
            }
        }
    };
    worker.effect().await;
    may_go
}

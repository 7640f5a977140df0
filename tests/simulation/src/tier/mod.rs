//! The messaging limit: does any design send to more people than a portfolio may, in any 24 hours?

mod observer;
mod people;
mod worker;
mod world;
mod wrong;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::stage::{Stage, Time};
use crate::{DAY, HOUR};
use observer::Observer;
use worker::Worker;
use world::World;

/// How slots are taken. Only the first two keep the limit; the others are what the observer must catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// What is built: slots for a chunk, gates, the older slot given back.
    MoveSlot,
    /// The same, every message counted.
    EveryMessage,
    /// Wrong: count who was sent to, then send.
    CheckThenSend,
    /// Wrong: a counter for each calendar day.
    CalendarDay,
    /// Wrong: a marker for 24 hours from the first message, and a counter.
    FirstMessage,
    /// Wrong: sending on after the bucket of the slots has closed.
    Unfenced,
    /// Wrong: giving back whoever has no known result, gates or not.
    ReleaseTaken,
    /// Wrong: giving back without looking whether somebody did already.
    ReleaseTwice,
    /// Wrong: a bucket counts until a day after its beginning, not its end.
    RoundedDown,
}

impl Design {
    /// Those that pass the limit.
    pub const WRONG: [Self; 7] = [
        Self::CheckThenSend,
        Self::CalendarDay,
        Self::FirstMessage,
        Self::Unfenced,
        Self::ReleaseTaken,
        Self::ReleaseTwice,
        Self::RoundedDown,
    ];
}

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How slots are taken.
    pub design: Design,
    /// The limit at the beginning.
    pub limit: u32,
    /// Workers at the same time.
    pub workers: usize,
    /// People in a chunk.
    pub chunk: u32,
    /// People in a block.
    pub block: u32,
    /// Days of work, before everybody is left in peace to finish.
    pub days: i64,
    /// How many of a thousand people hear more than once.
    pub repeats: u64,
    /// Of the limit, for single messages, in thousandths.
    pub head_room: u32,
    /// How many of a thousand side effects are a worker's last.
    pub crashes: u64,
    /// How many of a thousand side effects last so long that the worker is believed dead.
    pub sleeps: u64,
    /// How many of a thousand transactions fail for nothing, and how many are done although the worker hears otherwise.
    pub conflicts: u64,
    /// How many of a thousand messages are delivered hours later.
    pub late: u64,
    /// People that there is work for each day, in thousandths of the limit.
    pub demand: u64,
    /// People that hear more than once, in thousandths of the limit.
    pub pool: u64,
}

impl Setup {
    /// A small limit, and more work than it allows, with everything that goes wrong.
    #[must_use]
    pub fn of(design: Design) -> Self {
        Self {
            design,
            limit: 250,
            workers: 7,
            chunk: 20,
            block: 5,
            days: 3,
            repeats: 350,
            head_room: 40,
            crashes: 10,
            sleeps: 1,
            conflicts: 10,
            late: 150,
            demand: 1_500,
            pool: 3_000,
        }
    }

    /// The same with a few people who hear again and again, workers that sleep rather than die, and nothing that leaves
    /// room for mistakes: no late deliveries, no head-room.
    #[must_use]
    pub fn sharp(design: Design) -> Self {
        Self {
            repeats: 600,
            pool: 500,
            demand: 2_500,
            head_room: 0,
            crashes: 1,
            sleeps: 4,
            conflicts: 60,
            late: 0,
            ..Self::of(design)
        }
    }
}

/// What came of one seed, or of many together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Requests to send.
    pub posted: u64,
    /// Messages that Meta counts.
    pub sent: u64,
    /// Messages inside open windows.
    pub inside_windows: u64,
    /// Messages that came late, and were counted again.
    pub late: u64,
    /// Requests for a chunk's person who had been posted to for this chunk before.
    pub twice: u64,
    /// The most people sent to in any 24 hours.
    pub most: u32,
    /// The most beyond the limit.
    pub over: u32,
    /// The most people delivered to in any 24 hours.
    pub most_delivered: u32,
    /// The most beyond the limit.
    pub over_delivered: u32,
    /// Workers that died.
    pub crashes: u64,
    /// Workers that slept for long.
    pub sleeps: u64,
    /// Conditions that failed.
    pub conflicts: u64,
    /// Transactions with the ledger.
    pub ledger_writes: u64,
    /// Slots at the end that nobody's gate explains: lost by crashes for a day, or of late deliveries.
    pub unexplained: u32,
    /// Chunks that did not come to their end in good time, once nothing went wrong any more.
    pub unfinished: usize,
    /// People counted at once, in thousandths of the limit: the mean over all full hours with work, after the first day.
    pub used: u64,
    /// Over how many hours.
    pub hours: u64,
}

/// What came of many seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// How many.
    pub seeds: u64,
    /// How many of them passed the limit.
    pub seeds_over: u64,
    /// All together; maxima are the greatest of any.
    pub all: Outcome,
}

impl Report {
    /// How much of the limit was in use while there was work, from 0 to 1.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        self.all.used as f64 / (self.all.hours.max(1) as f64 * 1_000.0)
    }

    fn add(&mut self, one: Outcome) {
        self.join(Self { seeds: 1, seeds_over: u64::from(one.over > 0), all: one });
    }

    /// Both together.
    pub fn join(&mut self, other: Self) {
        let (all, one) = (&mut self.all, other.all);
        self.seeds += other.seeds;
        self.seeds_over += other.seeds_over;
        for (sum, one) in [
            (&mut all.posted, one.posted),
            (&mut all.sent, one.sent),
            (&mut all.inside_windows, one.inside_windows),
            (&mut all.late, one.late),
            (&mut all.twice, one.twice),
            (&mut all.crashes, one.crashes),
            (&mut all.sleeps, one.sleeps),
            (&mut all.conflicts, one.conflicts),
            (&mut all.ledger_writes, one.ledger_writes),
            (&mut all.used, one.used),
            (&mut all.hours, one.hours),
        ] {
            *sum += one;
        }
        for (most, one) in [
            (&mut all.most, one.most),
            (&mut all.over, one.over),
            (&mut all.most_delivered, one.most_delivered),
            (&mut all.over_delivered, one.over_delivered),
            (&mut all.unexplained, one.unexplained),
        ] {
            *most = one.max(*most);
        }
        all.unfinished += one.unfinished;
    }
}

/// Plays a setup with each of these seeds.
#[must_use]
pub fn play(setup: Setup, seeds: Range<u64>) -> Report {
    let mut report = Report::default();
    for seed in seeds {
        report.add(play_one(setup, seed));
    }
    report
}

/// Plays one seed: the same one gives the same, always.
#[must_use]
pub fn play_one(setup: Setup, seed: u64) -> Outcome {
    let time = Time::default();
    let world = Rc::new(RefCell::new(World::new(setup, seed, time.clone())));
    let mut stage = Stage::new(time.clone());
    for number in 0..setup.workers {
        stage.enter(0, Worker::enters(&world, number));
    }
    people::enter(&mut stage, &world);
    let end = setup.days * DAY;
    let mut next_hour = DAY;
    // As many days again as the work that is left may take, and some.
    while let Some(who) = stage.step(end + 12 * DAY) {
        let mut here = world.borrow_mut();
        here.pass();
        let now = here.now();
        if now >= next_hour && now < end {
            here.observe();
            next_hour += HOUR;
        }
        if now >= end {
            here.has_faults = false;
            if here.open() == 0 {
                break;
            }
        }
        if who < setup.workers && here.kills(who) {
            drop(here);
            stage.replace(who, Worker::enters(&world, who));
        }
    }
    drop(stage);
    let Ok(world) = Rc::try_unwrap(world) else { unreachable!("the workers are gone") };
    world.into_inner().outcome()
}

#![doc = include_str!("../README.md")]

pub mod chance;
pub mod pace;
pub mod stage;
pub mod tier;

use jiff::Timestamp;

/// When every simulation begins.
const BEGIN: i64 = 1_795_392_000_000_000;

/// A time of day in the simulation, from microseconds after its beginning.
fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(BEGIN + micros).unwrap_or(Timestamp::MAX)
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

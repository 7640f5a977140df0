#![doc = include_str!("../README.md")]

pub mod batch;
mod clock;
mod config;
pub mod fifo;
mod lambda;
mod log;
mod pack_item;
mod parcel;

pub use batch::{Failure, Job, Worker};
pub use clock::{Clock, ManualClock};
pub use config::{ConfigError, Vars};
pub use lambda::{StartError, aws_config, main_sqs};
pub use log::init as init_logging;
pub use pack_item::PackItem;

use ulid::Ulid;

/// A new id: its text sorts by the time it was made at.
#[must_use]
pub fn new_id(clock: &Clock) -> String {
    let at = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
    Ulid::from_parts(at, Ulid::generate().random()).to_string()
}

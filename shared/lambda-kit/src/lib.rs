#![doc = include_str!("../README.md")]

pub mod batch;
mod clock;
mod config;
pub mod fifo;
mod kit;
mod lambda;
pub mod log;
pub mod metrics;
mod pack_item;
mod parcel;
mod seal;
pub mod secret;
mod stack_key;

pub use batch::{Failure, Job, Worker};
pub use clock::{Clock, ManualClock};
pub use config::{ConfigError, Vars};
pub use kit::Kit;
pub use lambda::{StartError, aws_config, https, run, run_sqs, try_run};
pub use log::{correlated, init as init_logging, invocation};
pub use metrics::Metrics;
pub use pack_item::PackItem;
pub use seal::{Seal, SealError};
pub use secret::{FromSecret, Secret, SecretError};
pub use stack_key::stack_key;

use ulid::Ulid;

/// A new id: its text sorts by the time it was made at.
#[must_use]
pub fn new_id(clock: &Clock) -> String {
    let at = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
    Ulid::from_parts(at, Ulid::generate().random()).to_string()
}

/// Random bytes that nobody can guess, for a secret.
///
/// # Errors
/// When the system has none.
pub fn random_bytes() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}

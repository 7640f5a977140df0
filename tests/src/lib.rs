//! Black-box tests on the embedded world: what they share.
//!
//! A [`Stage`] is a world with a clock that stands still, one simulated company and a few people, and with
//! [`Faults`] wired to every side effect of every function.

pub mod binaries;
mod faults;
pub mod fidelity;
pub mod metadata;
mod stage;

pub use faults::{Faults, Moment};
pub use stage::{NUMBER, START, Stage, WABA};

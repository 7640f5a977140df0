//! Start-up, configuration, logging, clock, and the one batch loop.
mod clock;
pub use clock::{Clock, ManualClock};

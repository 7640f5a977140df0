//! What every function has around its work.

use crate::{Clock, Metrics};

/// A clock and a place for metrics. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The clock.
    pub clock: Clock,
    /// What the function counts.
    pub metrics: Metrics,
}

impl Kit {
    /// For a Lambda: the machine's clock, and metrics under the stage of the stack and the function's name.
    #[must_use]
    pub fn new(stage: &str, function: &str) -> Self {
        Self { clock: Clock::system(), metrics: Metrics::new(stage, function) }
    }
}

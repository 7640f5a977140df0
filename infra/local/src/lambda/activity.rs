//! Whether the world is busy: what a test waits for before it moves the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts work that is being done. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    working: AtomicUsize,
    steps: AtomicU64,
}

impl Activity {
    /// Says that work has begun; it lasts until the value is dropped.
    #[must_use]
    pub fn begin(&self) -> Working {
        self.0.working.fetch_add(1, Ordering::SeqCst);
        self.step();
        Working(self.clone())
    }

    /// Says that some work has moved on.
    pub fn step(&self) {
        self.0.steps.fetch_add(1, Ordering::SeqCst);
    }

    /// How much is being done now.
    #[must_use]
    pub fn working(&self) -> usize {
        self.0.working.load(Ordering::SeqCst)
    }

    /// A number that differs whenever something has happened in between.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.0.steps.load(Ordering::SeqCst)
    }
}

/// Work that is being done.
#[derive(Debug)]
pub struct Working(Activity);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.step();
        self.0.0.working.fetch_sub(1, Ordering::SeqCst);
    }
}

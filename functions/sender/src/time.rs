//! How far this worker's clock is off, told by the answers of the Graph API that it gets anyway.

use std::sync::{Arc, Mutex, PoisonError};

use domain::pace::{Clock, Purpose};
use jiff::{SignedDuration, Timestamp};

/// What all turns of a worker know together of its clock. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Time(Arc<Mutex<Clock>>);

impl Time {
    /// Learns from one answer: asked and answered by this worker's own clock, dated by Meta's.
    pub(crate) fn learn(&self, asked: Timestamp, answered: Timestamp, date: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).learn(asked, answered, date);
    }

    fn known(&self) -> Clock {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that all workers agree on, as well as this one knows it: leases are in it.
    pub(crate) fn now(&self, clock: &lambda_kit::Clock) -> Timestamp {
        let now = clock.now();
        self.known().corrected(now)
    }

    /// Returns when the common time has come there.
    pub(crate) async fn sleep_until(&self, clock: &lambda_kit::Clock, due: Timestamp) {
        let now = clock.now();
        let off = self.known().corrected(now).duration_since(now);
        clock.sleep_until(due.saturating_sub(off).unwrap_or(due)).await;
    }

    /// How far a worker that may send is off, at most. `None`: it may not, as its clock is wrong.
    pub(crate) fn may_send(&self, purpose: Purpose, now: Timestamp) -> Option<SignedDuration> {
        self.known().may_send(purpose, now)
    }
}

//! Waits until a world has nothing left to do, and moves it through time.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::World;
use crate::dynamo::Dynamo;

/// A function that does nothing for so long, and waits for no AWS call, waits for the clock.
const QUIET: Duration = Duration::from_millis(2_000);

/// How often expired items are removed.
pub(super) const SWEEP: Duration = Duration::from_secs(60);

impl World {
    /// Waits until everything that can happen now has happened: no message can be received from a queue that
    /// has a function, no function runs, no schedule and no webhook is due, no stream has unread records. Returns as well when
    /// whatever still runs is waiting for the clock.
    pub async fn settle(&self) {
        let mut last = (self.steps(), Instant::now());
        loop {
            self.let_simulator_run();
            let before = self.steps();
            let rests = self.is_at_rest().await;
            let now = self.steps();
            if rests && before == now {
                return;
            }
            if now != last.0 || self.calls.working() > 0 {
                last = (now, Instant::now());
            } else if self.activity.working() > 0 && last.1.elapsed() > QUIET {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Moves a clock that is moved by hand to `to`, stopping wherever something falls due, in due order, and
    /// letting it come to its end. Under the machine's clock it only waits.
    pub async fn advance_to(&self, to: Timestamp) {
        let Some(hand) = &self.manual else {
            self.clock.sleep_until(to).await;
            return self.settle().await;
        };
        self.settle().await;
        while let Some(next) = self.next_due().await.filter(|next| *next <= to) {
            hand.set(next);
            self.sweep_if_due().await;
            self.settle().await;
        }
        hand.set(to);
        self.sweep_if_due().await;
        self.settle().await;
    }

    /// Moves the clock on by `by`; see [`World::advance_to`].
    pub async fn advance(&self, by: Duration) {
        self.advance_to(self.clock.now() + by).await;
    }

    /// Removes expired items and old stream records now, as happens each minute by itself.
    pub async fn sweep(&self) {
        sweep(Arc::clone(&self.dynamo), self.clock.now()).await;
        self.changes.send_modify(|change| *change += 1);
    }

    async fn sweep_if_due(&self) {
        let now = self.clock.now();
        let due = {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            let due = *swept + SWEEP <= now;
            if due {
                *swept = now;
            }
            due
        };
        if due {
            self.sweep().await;
        }
    }

    /// The next time at which something happens by itself.
    async fn next_due(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let queues = self.sqs.next_due(None).await.unwrap_or_else(|error| {
            tracing::error!(%error, "The queues do not say what is due");
            None
        });
        let scheduled = self.timetable.next_due_after(now).await;
        let simulated = self.sim.as_ref().and_then(|sim| sim.next_due());
        let waited = self.manual.as_ref().and_then(|hand| hand.next_deadline());
        [queues, scheduled, simulated, waited].into_iter().flatten().filter(|due| *due > now).min()
    }

    fn steps(&self) -> (u64, u64) {
        (self.activity.steps(), self.calls.steps())
    }

    async fn is_at_rest(&self) -> bool {
        if self.activity.working() > 0
            || self.calls.working() > 0
            || !self.simulator_rests()
            || !self.timetable.rests(self.clock.now())
        {
            return false;
        }
        for queue in &self.mapped {
            // A queue that cannot be read is not at rest; its poller says why.
            if self.sqs.has_receivable(queue).await.unwrap_or(true) {
                return false;
            }
        }
        let (change, now) = (self.changes(), self.clock.now());
        self.lanes.iter().all(|lane| lane.is_at_rest(change, now)) && self.activity.working() == 0
    }

    fn simulator_rests(&self) -> bool {
        let Some(sim) = &self.sim else { return true };
        let now = self.clock.now();
        let running = self.simulating.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().is_none_or(|task| task.is_finished()) && sim.next_due().is_none_or(|due| due > now)
    }

    /// Under a clock that is moved by hand the simulator acts when the world is asked to settle, in a task of
    /// its own: a webhook that waits for the clock must not hold up the one who moves it.
    fn let_simulator_run(&self) {
        let (Some(sim), Some(_)) = (&self.sim, &self.manual) else { return };
        let now = self.clock.now();
        let mut running = self.simulating.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = running.as_ref().is_none_or(|task| task.is_finished());
        if idle && sim.next_due().is_some_and(|due| due <= now) {
            let sim = sim.clone();
            *running = Some(tokio::spawn(async move { sim.run_due().await }));
        }
    }
}

/// Sweeps outside of the threads that run futures: it waits for the disk.
pub(super) async fn sweep(dynamo: Arc<Dynamo>, now: Timestamp) {
    let swept = tokio::task::spawn_blocking(move || dynamo.sweep(now)).await;
    match swept {
        Ok(Ok(0)) => {}
        Ok(Ok(items)) => tracing::debug!(items, "Expired items were removed"),
        Ok(Err(error)) => tracing::error!(%error, "Expired items could not be removed"),
        Err(error) => tracing::error!(%error, "Removing expired items failed"),
    }
}

//! The one clock. Functions, embedded queues, schedules and the simulator all read this one, so that a
//! test can move a whole world to tomorrow.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// A source of time, cheap to clone. Everything that asks for the time or waits for one gets this.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Ahead(AheadClock),
    Manual(ManualClock),
}

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until its handle moves it.
    #[must_use]
    pub fn manual(start: Timestamp) -> (Self, ManualClock) {
        let handle = ManualClock { now: Arc::new(watch::Sender::new(start)), sleepers: Arc::default() };
        (Self(Source::Manual(handle.clone())), handle)
    }

    /// The machine's own clock, which can be set ahead with [`Clock::forward`]: whoever tries things out need not wait for
    /// tomorrow.
    #[must_use]
    pub fn ahead() -> Self {
        Self::shifted(SignedDuration::ZERO, SignedDuration::MAX)
    }

    /// Such a clock that begins this much behind the machine's own: what happens until it has caught up is history.
    #[must_use]
    pub fn ahead_from(behind: Duration) -> Self {
        Self::shifted(back(behind), SignedDuration::MAX)
    }

    /// A clock that begins this much behind the machine's own, and that nobody can set further ahead than that.
    #[must_use]
    pub fn late(behind: Duration) -> Self {
        Self::shifted(back(behind), SignedDuration::ZERO)
    }

    fn shifted(by: SignedDuration, most: SignedDuration) -> Self {
        Self(Source::Ahead(AheadClock { by: Arc::new(watch::Sender::new(by)), most }))
    }

    /// How far this clock is behind the machine's own.
    #[must_use]
    pub fn behind(&self) -> Duration {
        match &self.0 {
            Source::Ahead(clock) => Duration::try_from(-*clock.by.borrow()).unwrap_or_default(),
            Source::System | Source::Manual(_) => Duration::ZERO,
        }
    }

    /// Sets a clock further ahead, if it is one that can be, and wakes whoever waits for what lies between. Whether it was.
    pub fn forward(&self, by: Duration) -> bool {
        match &self.0 {
            Source::Ahead(clock) => clock.forward(by),
            Source::System | Source::Manual(_) => false,
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Ahead(clock) => clock.now(),
            Source::Manual(clock) => *clock.now.borrow(),
        }
    }

    /// Returns once `deadline` has come; at once if it has passed.
    pub async fn sleep_until(&self, deadline: Timestamp) {
        match &self.0 {
            Source::System => {
                let wait = deadline.duration_since(Timestamp::now());
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
            }
            Source::Ahead(clock) => clock.sleep_until(deadline).await,
            Source::Manual(clock) => clock.sleep_until(deadline).await,
        }
    }

    /// Whether this clock stands still unless it is moved.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }
}

#[derive(Clone, Debug)]
struct AheadClock {
    by: Arc<watch::Sender<SignedDuration>>,
    most: SignedDuration,
}

fn back(by: Duration) -> SignedDuration {
    -SignedDuration::try_from(by).unwrap_or(SignedDuration::ZERO)
}

impl AheadClock {
    fn forward(&self, by: Duration) -> bool {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.by.send_if_modified(|ahead| {
            let further = ahead.saturating_add(by);
            // Time has an end.
            let is_there = further <= self.most && Timestamp::now().checked_add(further).is_ok();
            if is_there {
                *ahead = further;
            }
            is_there
        })
    }

    fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(*self.by.borrow()).unwrap_or(Timestamp::MAX)
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let mut by = self.by.subscribe();
        loop {
            let wait = Duration::try_from(deadline.duration_since(self.now())).unwrap_or_default();
            if wait.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // The sender lives in `self`, so the channel cannot close while this waits.
                _ = by.changed() => {}
            }
        }
    }
}

/// The handle that moves a manual clock.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<watch::Sender<Timestamp>>,
    /// Deadlines waited for, with how many wait for each.
    sleepers: Arc<Mutex<BTreeMap<Timestamp, usize>>>,
}

impl ManualClock {
    /// Moves the time forward to `to` and wakes those who waited for it. Never moves it back.
    pub fn set(&self, to: Timestamp) {
        self.now.send_if_modified(|now| {
            let forward = to > *now;
            if forward {
                *now = to;
            }
            forward
        });
    }

    /// The earliest time that someone waits for.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.lock().keys().next().copied()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let mut now = self.now.subscribe();
        let _registered = Sleeper::register(self, deadline);
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = now.wait_for(|now| *now >= deadline).await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Timestamp, usize>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sleeper<'a> {
    clock: &'a ManualClock,
    deadline: Timestamp,
}

impl<'a> Sleeper<'a> {
    fn register(clock: &'a ManualClock, deadline: Timestamp) -> Self {
        *clock.lock().entry(deadline).or_default() += 1;
        Self { clock, deadline }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.clock.lock();
        if let Some(count) = sleepers.get_mut(&self.deadline) {
            *count -= 1;
            if *count == 0 {
                sleepers.remove(&self.deadline);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_that_is_set_ahead_wakes_those_who_waited_for_what_lies_between() {
        let clock = Clock::ahead();
        let started = std::time::Instant::now();
        let tomorrow = clock.now() + Duration::from_secs(86_400);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(tomorrow).await }
        });
        tokio::task::yield_now().await;
        assert!(clock.forward(Duration::from_secs(3_600)));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished(), "an hour is no day");
        clock.forward(Duration::from_secs(82_800));
        sleeper.await.unwrap();
        assert!(clock.now() >= tomorrow && started.elapsed() < Duration::from_secs(3_600));
        assert!(!clock.forward(Duration::MAX), "time has an end");
        assert!(!Clock::system().forward(Duration::ZERO), "the machine's own clock is not ours");
    }

    #[test]
    fn a_clock_that_begins_late_catches_up_and_only_some_go_further() {
        let hour = Duration::from_secs(3_600);
        for (clock, goes_on) in [(Clock::late(hour), false), (Clock::ahead_from(hour), true)] {
            let late = Timestamp::now().duration_since(clock.now());
            assert!((late.as_secs_f64() - 3_600.0).abs() < 5.0, "{late:?}");
            assert!(clock.forward(hour / 2));
            assert_eq!(clock.behind(), hour / 2);
            assert!(clock.forward(clock.behind()));
            assert!(clock.now() >= Timestamp::now() - Duration::from_secs(5));
            assert_eq!(clock.forward(Duration::from_secs(1)), goes_on);
        }
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_when_it_is_moved_and_never_goes_back() {
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let (clock, handle) = Clock::manual(start);
        let later = start + Duration::from_secs(60);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(later).await;
                clock.now()
            }
        });
        while handle.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(handle.next_deadline(), Some(later));
        handle.set(later);
        assert_eq!(sleeper.await.unwrap(), later);
        assert_eq!(handle.next_deadline(), None);
        handle.set(start);
        assert_eq!(clock.now(), later);
    }
}

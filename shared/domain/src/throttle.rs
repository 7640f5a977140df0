//! How much one caller may ask for: a token bucket.

use jiff::Timestamp;

/// How a bucket is filled, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests that are added each second.
    pub per_second: u32,
    /// Requests that it holds at most: what may come at once after a pause.
    pub burst: u32,
}

/// What one caller has left. It begins full.
///
/// Counted in thousandths of a request, so that a bucket that is looked at every millisecond fills all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    left: u64,
    at: i64,
}

const WHOLE: u64 = 1000;

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self { left: u64::from(rate.burst) * WHOLE, at: now.as_millisecond() }
    }

    /// Takes one request. `false`, and nothing taken, if there is none.
    #[must_use]
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> bool {
        self.fill(rate, now);
        let Some(left) = self.left.checked_sub(WHOLE) else { return false };
        self.left = left;
        true
    }

    /// Seconds until there is a request to take, rounded up; 0 if there is one. At least 1 if the rate is 0.
    #[must_use]
    pub fn wait(&self, rate: Rate) -> u64 {
        let missing = WHOLE.saturating_sub(self.left);
        missing.div_ceil(u64::from(rate.per_second.max(1)) * WHOLE)
    }

    /// Whether it is as full as a new one at this time: then it need not be remembered.
    #[must_use]
    pub fn is_full(&self, rate: Rate, now: Timestamp) -> bool {
        let mut later = *self;
        later.fill(rate, now);
        later.left == u64::from(rate.burst) * WHOLE
    }

    /// A clock that went back fills nothing.
    fn fill(&mut self, rate: Rate, now: Timestamp) {
        let now = now.as_millisecond();
        let passed = u64::try_from(now - self.at).unwrap_or_default();
        let added = passed.saturating_mul(rate.per_second.into());
        self.left = self.left.saturating_add(added).min(u64::from(rate.burst) * WHOLE);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 20 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_392_000_000 + ms).unwrap()
    }

    #[test]
    fn a_burst_passes_at_once_and_then_the_rate_counts() {
        let mut bucket = Bucket::full(RATE, at(0));
        assert_eq!((0..30).filter(|_| bucket.take(RATE, at(0))).count(), 20);
        assert_eq!(bucket.wait(RATE), 1);
        assert!(!bucket.take(RATE, at(99)));
        assert!(bucket.take(RATE, at(100)));
        assert!(bucket.is_full(RATE, at(2_100)));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_twice() {
        let mut bucket = Bucket::full(Rate { per_second: 1, burst: 1 }, at(5_000));
        let rate = Rate { per_second: 1, burst: 1 };
        assert!(bucket.take(rate, at(5_000)));
        assert!(!bucket.take(rate, at(0)));
        assert!(!bucket.take(rate, at(5_999)));
        assert!(bucket.take(rate, at(6_000)));
    }

    proptest! {
        #[test]
        fn nobody_ever_gets_more_than_the_burst_and_the_rate(
            steps in proptest::collection::vec(0_i64..400, 1..200),
            per_second in 0_u32..50, burst in 0_u32..50,
        ) {
            let rate = Rate { per_second, burst };
            let (mut bucket, mut now, mut taken) = (Bucket::full(rate, at(0)), 0, 0_u64);
            for step in steps {
                now += step;
                taken += u64::from(bucket.take(rate, at(now)));
                let most = u64::from(burst) + u64::try_from(now).unwrap() * u64::from(per_second) / 1000;
                prop_assert!(taken <= most);
            }
        }
    }
}

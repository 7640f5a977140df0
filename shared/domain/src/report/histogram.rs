//! How long things took, so that medians of any parts can be told: seconds in buckets, each 6 % wider than the one before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How much wider a bucket is than the one before: what is told is within half of it, 3 %.
const GROWTH: f64 = 1.06;

/// Seconds, by bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(u16, u64)>", from = "Vec<(u16, u64)>")]
pub struct Histogram(BTreeMap<u16, u64>);

impl From<Histogram> for Vec<(u16, u64)> {
    fn from(histogram: Histogram) -> Self {
        histogram.0.into_iter().collect()
    }
}

impl From<Vec<(u16, u64)>> for Histogram {
    fn from(pairs: Vec<(u16, u64)>) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Histogram {
    /// One time.
    #[must_use]
    pub fn of(seconds: u64) -> Self {
        Self([(bucket(seconds), 1)].into())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Adds another.
    pub fn join(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// The seconds below which this share lies, in hundredths: 50 is the median. Within 3 %, and half a second.
    #[must_use]
    pub fn percentile(&self, hundredths: u64) -> Option<u64> {
        let rank = (self.count() * hundredths).div_ceil(100).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(bucket, count)| {
            seen += count;
            (seen >= rank).then(|| middle(*bucket))
        })
    }
}

fn bucket(seconds: u64) -> u16 {
    ((seconds as f64 + 1.0).ln() / GROWTH.ln()) as u16
}

fn middle(bucket: u16) -> u64 {
    (GROWTH.powf(f64::from(bucket) + 0.5) - 1.0).round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_median_is_within_3_percent_and_half_a_second(mut all in prop::collection::vec(0_u64..3_000_000, 1..60)) {
            let mut histogram = Histogram::default();
            all.iter().for_each(|seconds| histogram.join(&Histogram::of(*seconds)));
            all.sort_unstable();
            for hundredths in [50, 90] {
                let exact = all[(all.len() * hundredths).div_ceil(100) - 1] as f64;
                let told = histogram.percentile(hundredths as u64).unwrap() as f64;
                prop_assert!((told - exact).abs() <= (exact + 1.0) * 0.0301 + 0.5, "{exact} is told as {told}");
            }
            prop_assert_eq!(histogram.count(), all.len() as u64);
        }
    }

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(Histogram::default().percentile(50), None);
    }
}

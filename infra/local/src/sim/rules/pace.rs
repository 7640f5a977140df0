//! Pair rate and throughput.

use jiff::{SignedDuration, Timestamp};

/// One message in six seconds to the same person, on average.
const EMISSION: SignedDuration = SignedDuration::from_secs(6);
/// Borrowed at most: the 45th message of a burst still passes.
const BURST: i32 = 45;

/// The next theoretical arrival time if the pair may send now.
pub(crate) fn pair(tat: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let start = tat.map_or(now, |tat| tat.max(now));
    (start <= now + EMISSION * (BURST - 1)).then(|| start + EMISSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_forty_five_passes_and_then_one_in_six_seconds() {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut tat = None;
        for _ in 0..45 {
            tat = Some(pair(tat, now).expect("the burst passes"));
        }
        assert_eq!(pair(tat, now), None);
        assert_eq!(pair(tat, now + SignedDuration::from_millis(5_999)), None);
        assert!(pair(tat, now + EMISSION).is_some());
    }
}

//! When a post is tried again, and when an endpoint is left alone.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How often one event is tried again at most.
const RETRIES: u32 = 9;
/// How long after a failed attempt the next one comes, in seconds: the schedule of Standard Webhooks.
const SCHEDULE: [u64; RETRIES as usize] =
    [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
/// How often one event is tried at most: three days from first to last.
pub const MOST_ATTEMPTS: u32 = RETRIES + 1;
/// So many failures in a row, and an endpoint is left alone for a while: others do not wait for it.
pub const CIRCUIT_AFTER: u32 = 5;
/// An endpoint of which every attempt failed for so long is disabled.
pub const FAILS_FOR_GOOD_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// An event that could not even be tried for so long, since its endpoint is left alone, is given up.
pub const WAITS_AT_MOST: SignedDuration = SignedDuration::from_hours(96);

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// The receiver wants no more, ever.
    Gone,
    /// It is to be tried again, not sooner than this if the receiver said so.
    Failed(Option<Duration>),
}

/// Reads an answer's status and its `retry-after`, in seconds. A redirection is not followed: it is a failure.
#[must_use]
pub fn verdict(status: u16, retry_after: Option<u64>) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        _ => Verdict::Failed(retry_after.map(|seconds| Duration::from_secs(seconds.min(24 * 3600)))),
    }
}

/// When the attempt after `made` failed ones comes; `None` after the last. `chance` is from 0 to 255 and adds up
/// to a tenth, so that what failed together does not come back together.
#[must_use]
pub fn next_attempt(made: u32, now: Timestamp, asked: Option<Duration>, chance: u8) -> Option<Timestamp> {
    let index = usize::try_from(made.checked_sub(1)?).ok()?;
    let seconds = *SCHEDULE.get(index)?;
    let jitter = Duration::from_millis(seconds * 1000 / 10 * u64::from(chance) / 255);
    let pause = (Duration::from_secs(seconds) + jitter).max(asked.unwrap_or_default());
    now.checked_add(pause).ok()
}

/// For how long an endpoint is left alone after so many failures in a row: 30 s, doubling, at most 15 minutes.
#[must_use]
pub fn circuit_pause(failures: u32) -> Option<Duration> {
    let over = failures.checked_sub(CIRCUIT_AFTER)?;
    Some(Duration::from_secs(30 * 2_u64.pow(over.min(5))).min(Duration::from_secs(900)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_tried_ten_times_over_three_days() {
        let start = Timestamp::UNIX_EPOCH;
        let (mut now, mut made) = (start, 1);
        while let Some(next) = next_attempt(made, now, None, 0) {
            (now, made) = (next, made + 1);
        }
        assert_eq!(made, MOST_ATTEMPTS);
        let hours = now.duration_since(start).as_secs() / 3600;
        assert_eq!(hours, 75);
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it() {
        let now = Timestamp::UNIX_EPOCH;
        let asked = verdict(503, Some(60));
        assert_eq!(asked, Verdict::Failed(Some(Duration::from_secs(60))));
        let next = next_attempt(1, now, Some(Duration::from_secs(60)), 0).unwrap();
        assert_eq!(next.as_second(), 60);
        let jittered = next_attempt(1, now, None, 255).unwrap();
        assert_eq!(jittered.as_millisecond(), 5_500);
    }

    #[test]
    fn only_a_success_delivers_and_only_gone_ends() {
        assert_eq!((verdict(204, None), verdict(410, None)), (Verdict::Delivered, Verdict::Gone));
        for status in [100, 301, 400, 404, 429, 500] {
            assert_eq!(verdict(status, None), Verdict::Failed(None), "{status}");
        }
    }

    #[test]
    fn an_endpoint_is_left_alone_after_five_failures_and_never_for_long() {
        assert_eq!(circuit_pause(CIRCUIT_AFTER - 1), None);
        assert_eq!(circuit_pause(CIRCUIT_AFTER), Some(Duration::from_secs(30)));
        assert_eq!(circuit_pause(1_000), Some(Duration::from_secs(900)));
    }
}

//! What is told at once to those who are looking: who may hear of what, what is told once instead of many times, who is
//! there, and how far back somebody who was away can be told what they missed.

mod presence;
mod push;
mod viewer;

pub use presence::{TYPING, Watching, What, present};
pub use push::{ListPush, Moved, Seat, coalesce, list_push};
pub use viewer::Viewer;

use jiff::{SignedDuration, Timestamp};

/// How long a ticket is good for.
pub const TICKET: SignedDuration = SignedDuration::from_secs(60);
/// How long a connection lives at most: API Gateway's own limit.
pub const CONNECTION: SignedDuration = SignedDuration::from_hours(2);
/// How long it is remembered which conversations changed: as long as a connection lives.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(2);
/// What happened so long before a time may be noted after it: a write is slow, two clocks differ.
pub const SLACK: SignedDuration = SignedDuration::from_secs(10);
/// The span of one partition of what changed.
pub const SPAN: SignedDuration = SignedDuration::from_mins(10);

/// The spans of time, counted since 1970, that tell what changed since a time, the oldest first. `None` if that is
/// longer ago than anybody remembers: then everything has to be read anew.
#[must_use]
pub fn spans(since: Timestamp, now: Timestamp) -> Option<std::ops::RangeInclusive<i64>> {
    if now.duration_since(since) > REMEMBERED {
        return None;
    }
    // Somebody's clock may be ahead of ours: what changes from now on they hear anyway.
    let from = since.min(now).saturating_sub(SLACK).unwrap_or(since);
    Some(span(from)..=span(now.saturating_add(SLACK).unwrap_or(now)))
}

/// The span that a time falls into.
#[must_use]
pub fn span(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SPAN.as_secs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn who_was_away_for_longer_than_is_remembered_reads_everything_anew() {
        let now = at(1_795_392_000);
        assert!(spans(now - REMEMBERED, now).is_some());
        assert_eq!(spans(now - REMEMBERED - SignedDuration::from_secs(1), now), None);
    }

    proptest! {
        #[test]
        fn whatever_is_noted_while_somebody_is_away_stands_in_a_span_that_they_read(
            away in 0_i64..7_200, after in -10_i64..7_200, now in 1_000_000_i64..2_000_000_000,
        ) {
            let (since, noted) = (at(now - away), at((now - away + after).min(now)));
            let spans = spans(since, at(now)).unwrap();
            prop_assert!(spans.contains(&span(noted)));
            prop_assert!(spans.count() <= 15);
        }
    }
}

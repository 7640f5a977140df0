//! What an idempotency key stands for when it comes again.

use jiff::{SignedDuration, Timestamp};

/// How long a key is remembered.
pub const KEPT: SignedDuration = SignedDuration::from_hours(48);
/// After this a request that gave no answer has died: no function lives so long.
pub const ABANDONED: SignedDuration = SignedDuration::from_secs(60);

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The hash of the request that came with it: method, path and body.
    pub request: String,
    /// When it began, the last time.
    pub begun_at: Timestamp,
    /// Whether it has come to its end.
    pub is_done: bool,
}

/// What to do with a request whose key was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nobody works on it, and it has no answer: begin.
    Begin,
    /// It has an answer: give it again.
    Answered,
    /// The first is under way: ask again after so many seconds, at least 1.
    UnderWay(u64),
    /// The key stands for another request.
    OtherRequest,
}

impl Record {
    /// What a request with this hash is to this record.
    #[must_use]
    pub fn repeat(&self, request: &str, now: Timestamp) -> Repeat {
        let age = now.duration_since(self.begun_at);
        if age >= KEPT {
            return Repeat::Begin;
        }
        if self.request != request {
            return Repeat::OtherRequest;
        }
        if self.is_done {
            return Repeat::Answered;
        }
        if age >= ABANDONED {
            return Repeat::Begin;
        }
        let left = ABANDONED.saturating_sub(age).as_secs();
        Repeat::UnderWay(u64::try_from(left).unwrap_or_default().clamp(1, 5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(is_done: bool) -> Record {
        let begun_at = Timestamp::from_second(1_795_392_000).unwrap();
        Record { request: "a".to_owned(), begun_at, is_done }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + seconds).unwrap()
    }

    #[test]
    fn a_repeat_gets_the_answer_and_another_request_a_conflict_for_two_days() {
        for seconds in [0, 60, 48 * 3600 - 1] {
            assert_eq!(record(true).repeat("a", after(seconds)), Repeat::Answered);
            assert_eq!(record(true).repeat("b", after(seconds)), Repeat::OtherRequest);
        }
        for request in ["a", "b"] {
            assert_eq!(record(true).repeat(request, after(48 * 3600)), Repeat::Begin);
        }
    }

    #[test]
    fn a_request_that_died_may_be_repeated_after_a_minute_and_not_before() {
        assert_eq!(record(false).repeat("a", after(0)), Repeat::UnderWay(5));
        assert_eq!(record(false).repeat("a", after(59)), Repeat::UnderWay(1));
        assert_eq!(record(false).repeat("a", after(60)), Repeat::Begin);
        assert_eq!(record(false).repeat("b", after(60)), Repeat::OtherRequest);
    }
}

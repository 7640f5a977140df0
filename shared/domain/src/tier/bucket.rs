//! A quarter of an hour, in which slots are taken together.

use jiff::{SignedDuration, Timestamp};

/// Length of a bucket.
pub const BUCKET: SignedDuration = SignedDuration::from_mins(15);

/// The day that Meta counts in: it rolls.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A message that arrives later than this is counted again from its delivery. What arrives sooner is covered by its
/// bucket, which counts for so much longer.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// How much longer a bucket counts because clocks differ, or step back by a minute, and a request is on its way for a
/// few seconds.
pub const CLOCKS: SignedDuration = SignedDuration::from_mins(2);

/// Nothing is sent on a bucket's account in its last seconds: the request has to arrive, and clocks differ.
pub const FENCE: SignedDuration = SignedDuration::from_secs(10);

const SECONDS: i64 = BUCKET.as_secs();

/// The bucket of 2026-01-01, from which codes count.
const FIRST: i64 = 1_767_225_600 / SECONDS;

/// A quarter of an hour since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(i64);

impl Bucket {
    /// The one that this time is in.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(now.as_second().div_euclid(SECONDS))
    }

    /// The one of this number.
    #[must_use]
    pub fn numbered(number: i64) -> Self {
        Self(number)
    }

    /// How many quarters of an hour it is after 1970 began.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// When it closes.
    #[must_use]
    pub fn ends_at(self) -> Timestamp {
        Timestamp::from_second((self.0 + 1).saturating_mul(SECONDS)).unwrap_or(Timestamp::MAX)
    }

    /// When what was taken in it is free again. That is rounded up: a day after the last message that could be sent on
    /// its account, and as long as a delivery may take without being counted again.
    #[must_use]
    pub fn counts_until(self) -> Timestamp {
        self.ends_at().saturating_add(DAY + LATE_AFTER + CLOCKS).unwrap_or(Timestamp::MAX)
    }

    /// Whether what was taken in it still counts.
    #[must_use]
    pub fn counts_at(self, now: Timestamp) -> bool {
        now < self.counts_until()
    }

    /// The oldest one that counts at this time; every later one does, too.
    #[must_use]
    pub fn oldest_counting_at(now: Timestamp) -> Self {
        Self::at(now.saturating_sub(DAY + LATE_AFTER + CLOCKS).unwrap_or(Timestamp::MIN))
    }

    /// The fence: whether a message may still be sent on its account. Asked before every single request, since a worker
    /// can have been asleep since the last one. Before it begins is fine: it counts the longer.
    #[must_use]
    pub fn takes_sends_at(self, now: Timestamp) -> bool {
        now < self.ends_at().saturating_sub(FENCE).unwrap_or(Timestamp::MIN)
    }

    /// The one in which slots are taken now: the present one, unless its fence stands before us.
    #[must_use]
    pub fn open_at(now: Timestamp) -> Self {
        let present = Self::at(now);
        if present.takes_sends_at(now) { present } else { present.next() }
    }

    /// Its number as four characters, in order: the ledger has a hundred of them in its names and has to stay under a
    /// kilobyte. Good from 2026 to 2073.
    #[must_use]
    pub fn code(self) -> String {
        let mut rest = u32::try_from(self.0 - FIRST).unwrap_or_default();
        let mut code = [b'0'; 4];
        for place in code.iter_mut().rev() {
            *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize];
            rest /= 36;
        }
        code.into_iter().map(char::from).collect()
    }

    /// Reads the code back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let after = u32::from_str_radix(code, 36).ok().filter(|_| code.len() == 4)?;
        Some(Self(FIRST + i64::from(after)))
    }
}

/// Whether a message came so late that it counts again from its delivery. A *read* without a *delivered* before it says
/// the same.
#[must_use]
pub fn is_late(sent_at: Timestamp, delivered_at: Timestamp) -> bool {
    delivered_at.duration_since(sent_at) > LATE_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_is_closed_ten_seconds_before_its_end_and_counts_a_day_after_it() {
        let bucket = Bucket::at(at("2026-11-23T10:07:00Z"));
        assert_eq!(bucket.ends_at(), at("2026-11-23T10:15:00Z"));
        assert!(bucket.takes_sends_at(at("2026-11-23T10:14:49.999Z")));
        assert!(!bucket.takes_sends_at(at("2026-11-23T10:14:50Z")));
        assert!(bucket.counts_at(at("2026-11-24T10:31:59Z")));
        assert!(!bucket.counts_at(at("2026-11-24T10:32:00Z")));
        assert_eq!(Bucket::oldest_counting_at(at("2026-11-24T10:31:59.999Z")), bucket);
        assert_eq!(Bucket::oldest_counting_at(at("2026-11-24T10:32:00Z")), bucket.next());
        assert_eq!(Bucket::open_at(at("2026-11-23T10:14:49Z")), bucket);
        assert_eq!(Bucket::open_at(at("2026-11-23T10:14:50Z")), bucket.next());
    }

    #[test]
    fn a_code_is_read_back_and_keeps_the_order() {
        for text in ["2026-01-01T00:00:00Z", "2026-11-23T10:07:00Z", "2073-01-01T00:00:00Z"] {
            let bucket = Bucket::at(at(text));
            assert_eq!(Bucket::from_code(&bucket.code()), Some(bucket));
            assert!(bucket.code() < bucket.next().code());
            assert_eq!(bucket.code().len(), 4);
        }
        assert_eq!(Bucket::from_code("12"), None);
        assert_eq!(Bucket::from_code("-001"), None);
    }

    #[test]
    fn a_message_is_late_after_a_quarter_of_an_hour() {
        let sent = at("2026-11-23T10:00:00Z");
        assert!(!is_late(sent, at("2026-11-23T10:15:00Z")));
        assert!(is_late(sent, at("2026-11-23T10:15:01Z")));
        assert!(!is_late(sent, at("2026-11-23T09:59:59Z")));
    }
}

//! How often a password may be guessed.

use jiff::{SignedDuration, Timestamp};

/// Wrong passwords in a row before the first pause.
const FREE: u32 = 5;
/// The first pause; each wrong password after it doubles it.
const FIRST: SignedDuration = SignedDuration::from_mins(15);
/// No pause is longer, and after so long without an attempt all is forgotten.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The attempts at one name since the last right password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How many.
    pub(crate) count: u32,
    /// When the last one was.
    pub(crate) last: Timestamp,
    /// Until when nobody may try.
    pub(crate) locked_until: Timestamp,
}

impl Attempts {
    /// The attempts with one more, which is counted before its password is looked at: so many at the same time are
    /// as many as one after the other.
    ///
    /// # Errors
    /// Until when nobody may try.
    pub(crate) fn one_more(self, now: Timestamp) -> Result<Self, Timestamp> {
        if now < self.locked_until {
            return Err(self.locked_until);
        }
        let forgotten =
            now.duration_since(self.last) >= LONGEST && now.duration_since(self.locked_until) >= LONGEST;
        let count = if forgotten { 1 } else { self.count.saturating_add(1) };
        let pause = count.checked_sub(FREE).map_or(SignedDuration::ZERO, |beyond| {
            // Seven doublings are more than a day.
            FIRST.saturating_mul(1 << beyond.min(7)).min(LONGEST)
        });
        Ok(Self { count, last: now, locked_until: now + pause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + minutes * 60).unwrap()
    }

    /// Wrong passwords, each as soon as it may be tried; the minutes between them.
    fn pauses(count: usize) -> Vec<i64> {
        let (mut attempts, mut now, mut pauses) = (Attempts::default(), at(0), Vec::new());
        for _ in 0..count {
            attempts = attempts.one_more(now).unwrap();
            pauses.push((attempts.locked_until.as_second() - now.as_second()) / 60);
            now = attempts.locked_until;
        }
        pauses
    }

    #[test]
    fn five_wrong_passwords_bring_a_quarter_of_an_hour_and_each_further_one_twice_as_much_up_to_a_day() {
        assert_eq!(pauses(13), [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    }

    #[test]
    fn nobody_tries_in_a_pause_and_a_day_later_all_is_forgotten() {
        let mut attempts = Attempts::default();
        for _ in 0..5 {
            attempts = attempts.one_more(at(0)).unwrap();
        }
        assert_eq!(attempts.one_more(at(14)), Err(at(15)));
        assert_eq!(attempts.one_more(at(15)).unwrap().count, 6);
        assert_eq!(attempts.one_more(at(15 + 24 * 60)).unwrap().count, 1);
    }
}

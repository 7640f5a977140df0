//! How far a worker's clock is off, told from the answers that it gets anyway.

use jiff::{SignedDuration, Timestamp};

use super::Purpose;

/// Beyond this, a worker sends nothing for campaigns.
pub const MOST_SKEW: SignedDuration = SignedDuration::from_millis(100);

/// What a clock is trusted to be right to before anything is known: machines in a data centre are synchronised.
const TRUSTED_MICROS: i64 = 50_000;

/// How much a clock may drift, in millionths: one that nobody corrects drifts less.
const DRIFT: i64 = 50;

/// What a worker knows of its clock: how much is to be added to it lies between two bounds.
///
/// An answer's `Date` header tells whole seconds, cut off. The answer was written between the request and its arrival, so
/// each one says: at least `Date` minus the arrival, at most `Date` plus a second minus the request. A hundred answers
/// leave some milliseconds. Kept in memory, for as long as the worker lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    known: Option<Known>,
}

/// Microseconds to add, and when that was last narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    least: i64,
    most: i64,
    at: i64,
}

impl Clock {
    /// Learns from one answer. All times by this worker's own clock, but the date.
    pub fn learn(&mut self, asked: Timestamp, answered: Timestamp, date: Timestamp) {
        let date = date.as_second().saturating_mul(1_000_000);
        let told = Known {
            least: date - answered.as_microsecond(),
            most: date + 1_000_000 - asked.as_microsecond(),
            at: answered.as_microsecond(),
        };
        let known = self.known_at(answered).map_or(told, |known| Known {
            least: known.least.max(told.least),
            most: known.most.min(told.most),
            at: told.at,
        });
        // They contradict each other: the clock was set. What it was before says nothing any more.
        self.known = Some(if known.least <= known.most { known } else { told });
    }

    /// What is known now: a clock drifts.
    fn known_at(self, now: Timestamp) -> Option<Known> {
        let known = self.known?;
        let drifted = ((now.as_microsecond() - known.at).max(0) * DRIFT).div_euclid(1_000_000) + 1;
        Some(Known { least: known.least - drifted, most: known.most + drifted, at: known.at })
    }

    /// The time, corrected by the middle of what is known and trusted; by as little as is known, if the clock is off by
    /// more than it is trusted with.
    #[must_use]
    pub fn corrected(self, now: Timestamp) -> Timestamp {
        let off = self.known_at(now).map_or(0, |known| {
            let (least, most) = trusted(known);
            if least <= most { least.midpoint(most) } else { 0_i64.clamp(known.least, known.most) }
        });
        now.saturating_add(SignedDuration::from_micros(off)).unwrap_or(now)
    }

    /// How far the corrected time may still be off.
    #[must_use]
    pub fn skew(self, now: Timestamp) -> SignedDuration {
        let micros = self.known_at(now).map_or(TRUSTED_MICROS, |known| {
            let (least, most) = trusted(known);
            if least <= most { (most - least) / 2 } else { known.most - known.least }
        });
        SignedDuration::from_micros(micros)
    }

    /// When an answer would tell most, by this clock as it is: as the second turns, by the middle of what is known. Each
    /// such answer halves it. A worker that waits anyway, and is not sure of its clock, reads something then.
    #[must_use]
    pub fn next_turn(self, now: Timestamp) -> Timestamp {
        let into = self.corrected(now).as_microsecond().rem_euclid(1_000_000);
        now.saturating_add(SignedDuration::from_micros(1_000_000 - into)).unwrap_or(now)
    }

    /// How far the clock itself is off, at least: beyond [`MOST_SKEW`] somebody has to look at the machine.
    #[must_use]
    pub fn off_by_at_least(self, now: Timestamp) -> SignedDuration {
        let micros = self.known_at(now).map_or(0, |known| known.least.max(-known.most).max(0));
        SignedDuration::from_micros(micros)
    }

    /// How far the corrected time may still be off, if a worker with this clock may send. `None`: it may not, as the clock is
    /// off by more than [`MOST_SKEW`]; an agent's message goes all the same.
    #[must_use]
    pub fn may_send(self, purpose: Purpose, now: Timestamp) -> Option<SignedDuration> {
        match purpose {
            Purpose::Campaign if self.off_by_at_least(now) > MOST_SKEW => None,
            _ => Some(self.skew(now)),
        }
    }
}

/// What is known and what is trusted, together. Empty if the clock is off by more than it is trusted with.
fn trusted(known: Known) -> (i64, i64) {
    (known.least.max(-TRUSTED_MICROS), known.most.min(TRUSTED_MICROS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn micros(at: i64) -> Timestamp {
        Timestamp::from_microsecond(1_795_392_000_000_000 + at).unwrap()
    }

    /// A worker whose clock is behind by so much asks at this time, and is answered after two milliseconds each way.
    fn ask(clock: &mut Clock, behind: i64, at: i64) {
        let date = micros(at + 2_000).as_second();
        let date = Timestamp::from_second(date).unwrap();
        clock.learn(micros(at - behind), micros(at + 4_000 - behind), date);
    }

    #[test]
    fn a_clock_of_which_nothing_is_known_is_trusted_to_fifty_milliseconds() {
        let clock = Clock::default();
        assert_eq!(clock.corrected(micros(0)), micros(0));
        let fifty = Some(SignedDuration::from_millis(50));
        assert_eq!(clock.may_send(Purpose::Campaign, micros(0)), fifty);
    }

    #[test]
    fn a_few_hundred_answers_say_how_far_a_clock_is_off_to_some_milliseconds() {
        for behind in [-50_000, -20_000, 0, 35_000, 50_000] {
            let mut clock = Clock::default();
            for step in 0..400 {
                ask(&mut clock, behind, step * 61_803);
            }
            let now = 400 * 61_803;
            let off = clock.corrected(micros(now - behind)).duration_since(micros(now));
            assert!(off.abs() < SignedDuration::from_millis(5), "{behind}: {off:?}");
            assert!(clock.skew(micros(now - behind)) < SignedDuration::from_millis(6), "{behind}");
        }
    }

    #[test]
    fn a_handful_of_answers_is_enough_at_the_turn_of_the_second() {
        let (mut clock, mut at, behind) = (Clock::default(), 123_456, 41_000);
        for _ in 0..6 {
            let turn = clock.next_turn(micros(at - behind));
            at = turn.duration_since(micros(0)).as_micros() as i64 + behind;
            ask(&mut clock, behind, at);
            at += 4_000;
        }
        assert!(clock.skew(micros(at - behind)) < SignedDuration::from_millis(5));
        assert!(
            clock.corrected(micros(at - behind)).duration_since(micros(at)).abs()
                < SignedDuration::from_millis(5)
        );
    }

    #[test]
    fn a_clock_that_is_far_off_sends_nothing_for_campaigns() {
        let mut clock = Clock::default();
        for step in 0..400 {
            ask(&mut clock, 180_000, step * 61_803);
        }
        let now = micros(400 * 61_803 - 180_000);
        assert_eq!(clock.may_send(Purpose::Campaign, now), None);
        assert!(clock.may_send(Purpose::Agent, now).is_some());
        assert!(clock.off_by_at_least(now) > SignedDuration::from_millis(170));
    }

    #[test]
    fn a_clock_that_was_set_is_learned_anew() {
        let mut clock = Clock::default();
        for step in 0..400 {
            ask(&mut clock, 180_000, step * 61_803);
        }
        for step in 400..800 {
            ask(&mut clock, 0, step * 61_803);
        }
        let now = micros(800 * 61_803);
        assert!(clock.corrected(now).duration_since(now).abs() < SignedDuration::from_millis(6));
        assert!(clock.may_send(Purpose::Campaign, now) < Some(SignedDuration::from_millis(8)));
    }

    proptest! {
        #[test]
        fn the_truth_lies_within_what_is_known(
            behind in -50_000_i64..50_000, steps in proptest::collection::vec(1_i64..3_000_000, 1..200),
        ) {
            let (mut clock, mut at) = (Clock::default(), 0);
            for step in steps {
                at += step;
                ask(&mut clock, behind, at);
                let now = micros(at + 4_000 - behind);
                let off = clock.corrected(now).duration_since(micros(at + 4_000));
                prop_assert!(off.abs() <= clock.skew(now) + SignedDuration::from_micros(1));
            }
        }
    }
}

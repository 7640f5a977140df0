//! What Meta does about the rate, of a number and of a pair.

use std::collections::{HashMap, VecDeque};

use crate::SECOND;

/// The pair rate: one in six seconds, and 45 at once.
const EVERY: i64 = 6 * SECOND;
const BORROWED: i64 = 44 * EVERY;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    /// 130429.
    TooMany,
    /// 131056.
    TooManyForThisPerson,
}

/// One number at Meta.
pub(crate) struct Number {
    pub(crate) allowed: usize,
    /// Messages of the last second, in and out.
    second: VecDeque<i64>,
    pairs: HashMap<u32, i64>,
    /// The most in any second.
    pub(crate) most: usize,
}

impl Number {
    pub(crate) fn new(allowed: u32) -> Self {
        Self { allowed: allowed as usize, second: VecDeque::new(), pairs: HashMap::new(), most: 0 }
    }

    fn count(&mut self, now: i64) -> usize {
        while self.second.front().is_some_and(|at| *at <= now - SECOND) {
            self.second.pop_front();
        }
        self.second.len()
    }

    fn passes(&mut self, now: i64) {
        self.second.push_back(now);
        self.most = self.most.max(self.count(now));
    }

    /// A person writes. Nobody refuses that.
    pub(crate) fn comes_in(&mut self, now: i64) {
        self.passes(now);
    }

    /// A message to a person. Times come in order.
    pub(crate) fn posted(&mut self, person: u32, now: i64) -> Answer {
        if self.count(now) >= self.allowed {
            return Answer::TooMany;
        }
        let owed = self.pairs.entry(person).or_insert(now);
        *owed = (*owed).max(now);
        if *owed - now > BORROWED {
            return Answer::TooManyForThisPerson;
        }
        *owed += EVERY;
        self.passes(now);
        Answer::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eighty_first_of_a_second_is_refused_whatever_the_second_begins_with() {
        let mut number = Number::new(80);
        for nth in 0..80 {
            assert_eq!(number.posted(nth, i64::from(nth) * 1_000), Answer::Accepted);
        }
        assert_eq!(number.posted(99, 900_000), Answer::TooMany);
        assert_eq!(number.posted(99, SECOND), Answer::Accepted);
        number.comes_in(SECOND + 1_000);
        assert_eq!(number.posted(99, SECOND + 1_500), Answer::TooMany);
    }

    #[test]
    fn the_forty_sixth_for_a_person_is_refused() {
        let mut number = Number::new(80);
        let accepted = (0..60).filter(|_| number.posted(1, 0) == Answer::Accepted).count();
        assert_eq!(accepted, 45);
        assert_eq!(number.posted(1, 0), Answer::TooManyForThisPerson);
        assert_eq!(number.posted(1, EVERY), Answer::Accepted);
    }
}

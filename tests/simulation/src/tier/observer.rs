//! Who counts like Meta, and knows nothing of us.

use std::collections::{HashMap, VecDeque};

use crate::{DAY, MINUTE};

/// How long after Meta lowered a limit messages may still go that were decided under the old one: until we hear of it,
/// and until the bucket of what was reserved before closes.
const GRACE: i64 = 20 * MINUTE;

/// Distinct people in the last 24 hours, each counted from their last message on.
#[derive(Clone, Debug)]
pub(crate) struct Observer {
    last: HashMap<u32, i64>,
    order: VecDeque<(i64, u32)>,
    limits: Vec<(i64, u32)>,
    /// The most people at any time.
    pub(crate) most: u32,
    /// The most beyond the limit, whenever somebody new was added.
    pub(crate) over: u32,
}

impl Observer {
    pub(crate) fn new(limit: u32) -> Self {
        let limits = vec![(i64::MIN, limit)];
        Self { last: HashMap::new(), order: VecDeque::new(), limits, most: 0, over: 0 }
    }

    pub(crate) fn limit_is(&mut self, limit: u32, now: i64) {
        self.limits.push((now, limit));
    }

    pub(crate) fn limit_changed(&self) -> bool {
        self.limits.len() > 1
    }

    /// The highest limit of the last minutes.
    fn allowed(&self, now: i64) -> u32 {
        let mut most = 0;
        for (since, limit) in self.limits.iter().rev() {
            most = most.max(*limit);
            if *since <= now - GRACE {
                break;
            }
        }
        most
    }

    pub(crate) fn count(&mut self, now: i64) -> u32 {
        while let Some((at, person)) = self.order.front().copied() {
            if at > now - DAY {
                break;
            }
            self.order.pop_front();
            if self.last.get(&person) == Some(&at) {
                self.last.remove(&person);
            }
        }
        u32::try_from(self.last.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn knows(&mut self, person: u32, now: i64) -> bool {
        self.count(now);
        self.last.contains_key(&person)
    }

    /// A message to a person. Times come in order.
    pub(crate) fn saw(&mut self, person: u32, now: i64) {
        let is_new = !self.knows(person, now);
        self.last.insert(person, now);
        self.order.push_back((now, person));
        let count = self.count(now);
        self.most = self.most.max(count);
        if is_new {
            self.over = self.over.max(count.saturating_sub(self.allowed(now)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_once_from_their_last_message_on() {
        let mut observer = Observer::new(2);
        observer.saw(1, 0);
        observer.saw(1, DAY / 2);
        observer.saw(2, DAY / 2);
        assert_eq!((observer.count(DAY), observer.over), (2, 0));
        observer.saw(3, DAY);
        assert_eq!((observer.count(DAY), observer.over), (3, 1));
        assert_eq!(observer.count(DAY + DAY / 2), 1);
    }

    #[test]
    fn a_lower_limit_counts_after_a_few_minutes_and_who_is_in_may_be_sent_to() {
        let mut observer = Observer::new(2);
        observer.saw(1, 0);
        observer.saw(2, 0);
        observer.limit_is(1, MINUTE);
        observer.saw(1, 2 * GRACE);
        assert_eq!(observer.over, 0);
        observer.saw(3, 3 * GRACE);
        assert_eq!(observer.over, 2);
    }
}

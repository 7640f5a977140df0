//! What a warm function remembers for a moment, so that not every request reads the same item.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long: what an admin changes is seen by every warm function after this.
pub(crate) const MOMENT: SignedDuration = SignedDuration::from_secs(5);
/// More are not remembered at the same time.
const MOST: usize = 10_000;

/// Values by key, each for a moment.
#[derive(Debug)]
pub(crate) struct Recent<V>(Mutex<HashMap<String, (Timestamp, V)>>);

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone> Recent<V> {
    /// What was remembered less than a moment ago.
    pub(crate) fn get(&self, key: &str, now: Timestamp) -> Option<V> {
        let entries = self.lock();
        let (at, value) = entries.get(key)?;
        (now.duration_since(*at) < MOMENT).then(|| value.clone())
    }

    pub(crate) fn put(&self, key: &str, value: V, now: Timestamp) {
        let mut entries = self.lock();
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key.to_owned(), (now, value));
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_forgotten_after_a_moment() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let recent = Recent::default();
        recent.put("a", 1, at(0));
        assert_eq!(recent.get("a", at(4)), Some(1));
        assert_eq!(recent.get("a", at(5)), None);
        assert_eq!(recent.get("b", at(0)), None);
        recent.put("a", 2, at(6));
        recent.clear();
        assert_eq!(recent.get("a", at(6)), None);
    }
}

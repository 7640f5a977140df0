//! What the calls would cost: SQS bills each call, and each started 64 KB of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

const CHUNK: usize = 64 * 1024;

/// How often one action was called on one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCount {
    /// The action, for instance `SendMessageBatch`.
    pub action: &'static str,
    /// The queue's name; empty for calls that are about no queue.
    pub queue: String,
    /// Calls.
    pub calls: u64,
    /// Requests as billed: started chunks of 64 KB.
    pub billed: u64,
}

/// Calls and billed requests, by action and queue.
type Counts = BTreeMap<(&'static str, String), (u64, u64)>;

/// Counts calls.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<Counts>);

impl Calls {
    /// Counts one call that carried `bytes`.
    pub(super) fn count(&self, action: &'static str, queue: &str, bytes: usize) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (calls, billed) = counts.entry((action, queue.to_owned())).or_default();
        *calls += 1;
        *billed += bytes.div_ceil(CHUNK).max(1) as u64;
    }

    /// All counts, by action and queue.
    pub(super) fn list(&self) -> Vec<CallCount> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |((action, queue), (calls, billed)): (&(&'static str, String), &(u64, u64))| CallCount {
            action,
            queue: queue.clone(),
            calls: *calls,
            billed: *billed,
        };
        counts.iter().map(entry).collect()
    }

    /// Starts again at nothing.
    pub(super) fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

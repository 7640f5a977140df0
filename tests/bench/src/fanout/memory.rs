//! How much memory a process comes to use, from what Linux says of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Looks every ten milliseconds.
pub(crate) struct Watch {
    before: u64,
    most: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

impl Watch {
    /// Begins to look.
    pub(crate) fn start() -> Self {
        let before = resident();
        let (most, is_over) = (Arc::new(AtomicU64::new(before)), Arc::new(AtomicBool::new(false)));
        let (seen, over) = (most.clone(), is_over.clone());
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                seen.fetch_max(resident(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(10));
            }
        });
        Self { before, most, is_over }
    }

    /// The most that was in use beyond what was at the start, in MB.
    pub(crate) fn most(self) -> f64 {
        self.is_over.store(true, Ordering::Relaxed);
        let more = self.most.load(Ordering::Relaxed).saturating_sub(self.before);
        more as f64 / 1024.0
    }
}

/// KB in memory. 0 where `/proc` does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok()).unwrap_or_default()
}

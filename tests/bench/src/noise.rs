//! What other programs did on this machine while a figure was taken.

use std::time::{Duration, Instant};

use crate::cpu;

/// Above this share of foreign CPU a timing is doubtful.
pub(crate) const DOUBTFUL: f64 = 0.05;
/// Linux counts CPU time for user space in these ticks, whatever the kernel's own rate.
const TICKS_PER_SECOND: f64 = 100.0;

/// Measures from its start until it is asked.
pub(crate) struct Noise {
    busy: Option<f64>,
    own: Duration,
    since: Instant,
}

impl Noise {
    /// Begins to measure.
    pub(crate) fn start() -> Self {
        Self { busy: busy_seconds(), own: cpu::of_this_process(), since: Instant::now() }
    }

    /// The share of the machine's CPU that other programs had. `None` where `/proc/stat` cannot be read.
    pub(crate) fn foreign(&self) -> Option<f64> {
        let busy = busy_seconds()? - self.busy?;
        let own = (cpu::of_this_process() - self.own).as_secs_f64();
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        Some(((busy - own) / (self.since.elapsed().as_secs_f64() * cores)).clamp(0.0, 1.0))
    }
}

/// CPU seconds that were not idle, over all cores.
fn busy_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let all = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<f64> = all.split_whitespace().filter_map(|ticks| ticks.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are counted in user already.
    let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|column| ticks.get(*column)).sum::<f64>();
    Some(busy / TICKS_PER_SECOND)
}

//! A function's process: starts it, watches it, ends it.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tests::binaries;

use super::runtime_api::RuntimeApi;
use crate::BoxError;

/// A running function. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    /// When it was started.
    started: Instant,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a start cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From the start of the process until its first `next`.
    pub(crate) wall: Duration,
    /// CPU time of all its threads until then. `None` where `/proc` does not say.
    pub(crate) cpu: Option<Duration>,
}

impl Process {
    /// Starts a function on a Runtime API.
    pub(crate) fn start(function: &str, variables: &BTreeMap<String, String>) -> Result<Self, BoxError> {
        let mut command = binaries::command(function, variables);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        let started = Instant::now();
        Ok(Self { child: command.spawn()?, started })
    }

    /// Waits until it asks for its first event.
    pub(crate) async fn ready(&self, api: &mut RuntimeApi) -> Result<Start, BoxError> {
        let wall = api.first_next().await? - self.started;
        Ok(Start { wall, cpu: self.cpu() })
    }

    fn cpu(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let of_one = |thread: fs::DirEntry| {
            let stat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
        };
        threads.map(|thread| of_one(thread.ok()?)).sum()
    }

    /// Resident memory now, and at its highest, in bytes.
    pub(crate) fn memory(&self) -> Result<(f64, f64), BoxError> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let of = |name: &str| -> Result<f64, BoxError> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no memory in /proc")?;
            let kilobytes: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse()?;
            Ok(kilobytes * 1024.0)
        };
        Ok((of("VmRSS")?, of("VmHWM")?))
    }
}

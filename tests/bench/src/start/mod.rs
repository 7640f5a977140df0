//! The deployed binaries: what they weigh, how fast they start, what they hold after a thousand events.

mod events;
mod process;
mod runtime_api;
mod size;

use std::collections::BTreeMap;

use clap::Args;
use local::world::{World, WorldOptions};
use tests::binaries;

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, Table, percentile, rounded};
use events::Events;
use process::{Process, Start};
use runtime_api::RuntimeApi;

/// Milliseconds from process start to the first `next`, for the function that Meta waits for and for any.
const INIT_OF_WEBHOOK: f64 = 15.0;
const INIT: f64 = 25.0;
/// Megabytes (10^6 bytes, as Lambda's console counts a ZIP).
const ZIP: f64 = 3.5;
/// Megabytes of resident memory.
const MEMORY: f64 = 25.0;

/// Options of `start`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Starts of each function.
    #[arg(long, default_value_t = 20)]
    starts: usize,
    /// Events that each function serves before its memory is read.
    #[arg(long, default_value_t = 1_000)]
    events: usize,
    /// Only this function.
    #[arg(long)]
    function: Option<String>,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(options))
}

async fn measure(options: &Options) -> Result<Report, BoxError> {
    let mut report = Report::new("start");
    let noise = Noise::start();
    let world = World::start(WorldOptions::default()).await?;
    events::meet_people(&world).await?;
    let mut table = Table::new(&[
        "function",
        "binary MB",
        "ZIP MB",
        "init ms p50",
        "max",
        "CPU ms p50",
        "RSS MB",
        "highest",
        "events",
        "failed",
    ]);
    let all = world.template.functions.iter().map(|function| function.binary.clone());
    for function in all.filter(|name| options.function.as_ref().is_none_or(|only| only == name)) {
        let (binary, zip) = size::of(&function)?;
        let own = binaries::own_variables(&world, &function);
        let deployed = Deployed { function: &function, own, endpoint: world.admin_url() };
        let starts = deployed.starts(options.starts).await?;
        let (rss, highest, failed) = deployed.serve(options.events).await?;
        let wall: Vec<f64> = starts.iter().map(|start| start.wall.as_secs_f64() * 1e3).collect();
        let cpu: Vec<f64> = starts.iter().filter_map(|start| Some(start.cpu?.as_secs_f64() * 1e3)).collect();
        let [p50, max] = [0.5, 1.0].map(|share| percentile(&wall, share));
        let megabytes = |bytes: f64| bytes / 1e6;
        table.row(&[
            function.clone(),
            format!("{:.2}", megabytes(binary as f64)),
            format!("{:.2}", megabytes(zip as f64)),
            format!("{p50:.1}"),
            format!("{max:.1}"),
            format!("{:.1}", percentile(&cpu, 0.5)),
            format!("{:.1}", megabytes(rss)),
            format!("{:.1}", megabytes(highest)),
            options.events.to_string(),
            failed.to_string(),
        ]);
        let init = if function == "webhook" { INIT_OF_WEBHOOK } else { INIT };
        report.at_most(&format!("{function}_init_ms"), p50, init);
        report.figure(&format!("{function}_init_max_ms"), rounded(max));
        report.figure(&format!("{function}_init_cpu_ms"), rounded(percentile(&cpu, 0.5)));
        report.figure(&format!("{function}_binary_mb"), rounded(megabytes(binary as f64)));
        report.at_most(&format!("{function}_zip_mb"), megabytes(zip as f64), ZIP);
        report.at_most(&format!("{function}_memory_mb"), megabytes(highest), MEMORY);
        report.at_most(&format!("{function}_failed"), failed as f64, 0.0);
    }
    println!(
        "Release binaries of target/lambda under a Runtime API, on the embedded world's AWS endpoints\n"
    );
    table.print();
    report.foreign_cpu(noise.foreign());
    Ok(report)
}

/// A function as it is to be started.
struct Deployed<'a> {
    function: &'a str,
    /// Its own variables.
    own: BTreeMap<String, String>,
    /// Where AWS answers.
    endpoint: String,
}

impl Deployed<'_> {
    async fn start(&self) -> Result<(RuntimeApi, Process, Start), BoxError> {
        let mut api = RuntimeApi::start().await?;
        let mut variables = binaries::lambda_variables(self.function, &api.address(), &self.endpoint);
        variables.extend(self.own.clone());
        let process = Process::start(self.function, &variables)?;
        let start = process.ready(&mut api).await.map_err(|why| format!("{}: {why}", self.function))?;
        Ok((api, process, start))
    }

    /// Starts it again and again, each time until it asks for its first event.
    async fn starts(&self, count: usize) -> Result<Vec<Start>, BoxError> {
        // The first one brings the file into the machine's cache and does not count.
        self.start().await?;
        let mut starts = Vec::with_capacity(count);
        for _ in 0..count {
            starts.push(self.start().await?.2);
        }
        Ok(starts)
    }

    /// Resident memory after so many events, now and at its highest, and how many of the events failed.
    async fn serve(&self, count: usize) -> Result<(f64, f64, usize), BoxError> {
        let events = Events::of(self.function)?;
        let (mut api, process, _) = self.start().await?;
        let mut failed = 0;
        for n in 0..count {
            let answer =
                api.invoke(events.nth(n)?).await.map_err(|why| format!("{}: {why}", self.function))?;
            if !events::succeeded(self.function, &answer)? {
                if failed == 0 {
                    let said = String::from_utf8_lossy(&answer);
                    eprintln!("{}: the first answer that tells of a failure: {said}", self.function);
                }
                failed += 1;
            }
        }
        let (rss, highest) = process.memory()?;
        Ok((rss, highest, failed))
    }
}

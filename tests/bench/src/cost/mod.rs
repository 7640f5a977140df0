//! Write units, queue requests and dollars of inbound messages, counted in the embedded world.

mod model;
pub(crate) mod prices;
mod print;
mod town;

use std::time::Duration;

use clap::Args;

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, percentile, rounded};
use model::Design;
use town::{Spent, Town};

/// Write units per message: 1,000 known people, one number, 50 a second.
const BUSY: f64 = 3.0;
/// Write units per message: each person once an hour.
const QUIET: f64 = 5.0;
/// Write units per message: each from somebody new.
const NEW: f64 = 14.0;
/// SQS requests per message with a backlog.
const SQS_BACKLOG: f64 = 1.25;
/// Dollars of a million messages to the table.
const DOLLARS: f64 = 3.00;
/// The largest STATE that is written for one unit.
const STATE_BYTES: f64 = 1024.0;
/// What 20 labels, an assignee and a department add to a STATE: ids of 26 characters.
const LABELLED: f64 = (20.0 * 26.0 + 3.0) + 2.0 * (26.0 + 3.0);
/// What a preview of 80 characters outside ASCII adds to one of 80 letters, at most.
const EMOJI: f64 = 80.0 * 3.0;
/// Messages a second.
const RATE: f64 = 50.0;

/// Options of `cost`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Messages of each workload.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// People who are known.
    #[arg(long, default_value_t = 1_000)]
    people: usize,
}

/// A workload with what it cost.
struct Run {
    name: &'static str,
    spent: Spent,
    design: Design,
    /// Messages a second, for the agent who watches.
    rate: f64,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let noise = Noise::start();
    let runs = runtime.block_on(async {
        let mut runs = Vec::new();
        for (name, rate) in
            [("busy", RATE), ("quiet", options.people as f64 / 3600.0), ("new", RATE), ("backlog", RATE)]
        {
            eprintln!("{name}: {} messages …", options.messages);
            let mut town = Town::start(name == "backlog").await?;
            let spent = match name {
                "busy" => busy(&mut town, options).await?,
                "quiet" => quiet(&mut town, options).await?,
                "new" => new_people(&mut town, options).await?,
                _ => backlog(&mut town, options).await?,
            };
            let design = design_of(&town, &spent);
            runs.push(Run { name, spent, design, rate });
        }
        Ok::<_, BoxError>(runs)
    })?;
    let mut report = Report::new("cost");
    report.foreign_cpu(noise.foreign());
    enter(&mut report, &runs);
    print::all(&runs);
    Ok(report)
}

/// 50 a second, each from one of the known people by chance.
async fn busy(town: &mut Town, options: &Options) -> Result<Spent, BoxError> {
    town.is_known_to(options.people).await?;
    town.begin().await;
    for n in 0..options.messages {
        let person = town.roll(options.people);
        town.writes(person, Duration::from_secs_f64(n as f64 / RATE)).await?;
    }
    town.spent(options.messages).await
}

/// Each of the known people once an hour, answered before the hour is over.
async fn quiet(town: &mut Town, options: &Options) -> Result<Spent, BoxError> {
    town.is_known_to(options.people).await?;
    town.begin().await;
    let gap = 3600.0 / options.people as f64;
    for n in 0..options.messages {
        let person = n % options.people;
        if person == 0 && n > 0 {
            town.answer_all().await?;
        }
        town.writes(person, Duration::from_secs_f64(n as f64 * gap)).await?;
    }
    town.spent(options.messages).await
}

/// 50 a second, each from somebody new.
async fn new_people(town: &mut Town, options: &Options) -> Result<Spent, BoxError> {
    town.begin().await;
    for n in 0..options.messages {
        town.writes(n, Duration::from_secs_f64(n as f64 / RATE)).await?;
    }
    town.spent(options.messages).await
}

/// All are on the queue before the worker starts.
async fn backlog(town: &mut Town, options: &Options) -> Result<Spent, BoxError> {
    town.is_known_to(options.people).await?;
    town.begin().await;
    for n in 0..options.messages {
        let person = town.roll(options.people);
        town.writes(person, Duration::from_secs_f64(n as f64 / RATE)).await?;
    }
    town.release().await?;
    town.spent(options.messages).await
}

/// The measured design. Memory is the template's; milliseconds of Lambda are assumed.
fn design_of(town: &Town, spent: &Spent) -> Design {
    let memory = |binary| f64::from(town.memory(binary));
    let batch = spent.batch();
    Design {
        webhook: (memory("webhook"), print::WEBHOOK_MS),
        sqs: spent.sqs(),
        batch,
        worker: (memory("inbound"), print::WORKER_MS + print::WORKER_MS_PER_MESSAGE * batch),
        writes: spent.writes(),
        reads: spent.reads(),
        ..model::BEST
    }
}

fn enter(report: &mut Report, runs: &[Run]) {
    for run in runs {
        let name = run.name;
        let writes = run.spent.writes();
        match name {
            "busy" => report.at_most("busy_write_units", writes, BUSY),
            "quiet" => report.at_most("quiet_write_units", writes, QUIET),
            "new" => report.at_most("new_write_units", writes, NEW),
            _ => report.figure("backlog_write_units", rounded(writes)),
        }
        match name {
            "backlog" => report.at_most("backlog_sqs_requests", run.spent.sqs(), SQS_BACKLOG),
            _ => report.figure(&format!("{name}_sqs_requests"), rounded(run.spent.sqs())),
        }
        report.figure(&format!("{name}_read_units"), rounded(run.spent.reads()));
        let dollars = run.design.cost_to_the_table().total();
        match name {
            "backlog" => report.at_most("backlog_dollars_to_the_table", dollars, DOLLARS),
            _ => report.figure(&format!("{name}_dollars_to_the_table"), rounded(dollars)),
        }
        let events = dollars + model::events();
        report.figure(&format!("{name}_dollars_with_events"), rounded(events));
        let watched = events + model::one_agent(run.rate);
        report.figure(&format!("{name}_dollars_with_one_agent"), rounded(watched));
        let by_kind = run.spent.units.written.iter();
        let by_kind = by_kind.map(|(kind, units)| (kind.clone(), rounded(units / run.spent.messages as f64)));
        report.figure(&format!("{name}_write_units_by_kind"), by_kind.collect::<serde_json::Map<_, _>>());
    }
    if let Some(busy) = runs.iter().find(|run| run.name == "busy") {
        for (kind, bytes) in [("message", &busy.spent.message_bytes), ("state", &busy.spent.state_bytes)] {
            report.figure(&format!("{kind}_bytes_p50"), percentile(bytes, 0.5));
            report.figure(&format!("{kind}_bytes_p95"), percentile(bytes, 0.95));
        }
        let largest = percentile(&busy.spent.state_bytes, 1.0);
        report.at_most("state_bytes_with_20_labels", largest + LABELLED, STATE_BYTES);
        report.figure("state_bytes_with_20_labels_and_80_emoji", largest + LABELLED + EMOJI);
    }
}

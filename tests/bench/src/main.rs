#![doc = include_str!("../README.md")]

mod campaign;
mod console;
mod cost;
mod cpu;
mod directory;
mod e2e;
mod fanout;
mod ingest;
mod limits;
mod meter;
mod noise;
mod people;
mod report;
mod stage;
mod start;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use report::Report;

/// An error that ends a bench before it has its figures.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Benchmarks with targets.
#[derive(Debug, Parser)]
#[command(about)]
struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// CPU time of the webhook path beside a bare server, and whether every signed item is accounted for.
    Ingest(ingest::Options),
    /// Write units, queue requests and dollars of inbound messages.
    Cost(cost::Options),
    /// Lists, searches and imports of a hundred thousand contacts: time, and units of the database.
    People(directory::Options),
    /// A campaign's audience into its log: time, memory, and whether anybody is lost or doubled when it is killed.
    Fanout(fanout::Options),
    /// Write units for each recipient of a campaign, by the real functions, and the time of its report.
    Campaign(campaign::Options),
    /// The messaging limit, simulated: nobody beyond it, whatever goes wrong, and wrong designs caught.
    Tier(limits::TierOptions),
    /// A number's throughput, simulated: nearly all of it used, nothing refused.
    Pace(limits::PaceOptions),
    /// Messages per second through the local program, and how long each takes to become visible.
    E2e(e2e::Options),
    /// The console in headless Chromium: first load, opening, live messages, scrolling, memory, accessibility.
    Console(console::Options),
    /// Size, time to start and memory of the release binaries; `infra/build` makes them.
    Start(start::Options),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let report: Result<Report, BoxError> = match options.bench {
        Bench::Ingest(options) => ingest::run(&options),
        Bench::Cost(options) => cost::run(&options),
        Bench::People(options) => directory::run(&options),
        Bench::Fanout(options) => fanout::run(&options),
        Bench::Campaign(options) => campaign::run(&options),
        Bench::Tier(options) => limits::tier(&options),
        Bench::Pace(options) => limits::pace(&options),
        Bench::E2e(options) => e2e::run(&options),
        Bench::Start(options) => start::run(&options),
        // It prints its report itself.
        Bench::Console(options) => {
            return console::run(&options).unwrap_or_else(|error| {
                eprintln!("The bench could not be run: {error}");
                ExitCode::FAILURE
            });
        }
    };
    match report {
        Ok(report) => report.print(),
        Err(error) => {
            eprintln!("The bench could not be run: {error}");
            ExitCode::FAILURE
        }
    }
}

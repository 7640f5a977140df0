//! CPU time of the webhook path, and what becomes of each signed item.

mod accounting;
mod bodies;
mod floor;
mod ours;
mod timing;

use clap::Args;

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, Table, percentile, rounded};
use bodies::Body;
use timing::Rounds;

/// The webhook path takes at most this many times the floor's CPU.
const TARGET: f64 = 2.0;

/// Options of `ingest`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Rounds: in each, our path and both floors take turns.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// Bytes of bodies that each takes in a round: more is slower and steadier.
    #[arg(long, default_value_t = 4_000_000)]
    bytes: usize,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let mut report = Report::new("ingest");
    let noise = Noise::start();
    let mut table =
        Table::new(&["body", "bytes", "µs ours", "µs axum", "µs axum over HTTP", "ours/axum", "ours/HTTP"]);
    for body in Body::timed()? {
        let rounds = Rounds::measure(&body, options.rounds, options.bytes)?;
        let [ours, axum, http] =
            [&rounds.ours, &rounds.axum, &rounds.http].map(|times| percentile(times, 0.5));
        let (to_axum, to_http) = (rounds.ratio_to_axum(), rounds.ratio_to_http());
        table.row(&[
            body.name.to_owned(),
            body.bytes.len().to_string(),
            format!("{ours:.2}"),
            format!("{axum:.2}"),
            format!("{http:.2}"),
            format!("{to_axum:.2}"),
            format!("{to_http:.2}"),
        ]);
        for (what, value) in [("ours", ours), ("axum", axum), ("axum_http", http)] {
            report.figure(&format!("{}_us_{what}", body.name), rounded(value));
        }
        report.figure(&format!("{}_ours_to_axum_http", body.name), rounded(to_http));
        report.at_most(&format!("{}_ours_to_axum", body.name), to_axum, TARGET);
    }
    println!(
        "CPU time of one request, median of {} rounds. Ours begins with the Function URL's event and ends \
         with the jobs' bytes;\nthe floor is axum + HMAC + serde_json, in process (no socket, no HTTP parser) \
         and over loopback HTTP.\n",
        options.rounds
    );
    table.print();
    report.foreign_cpu(noise.foreign());
    account(&mut report)?;
    Ok(report)
}

/// Says of each body what share of its signed items is in a job or in the bucket, each exactly once.
fn account(report: &mut Report) -> Result<(), BoxError> {
    println!(
        "\nAccounting: items in jobs or in the bucket, each exactly once, of the items that were signed"
    );
    let mut table = Table::new(&["body", "bytes", "signed", "in jobs", "in the bucket", "accounted"]);
    for body in Body::accounted()? {
        let account = accounting::of(&body)?;
        table.row(&[
            body.name.to_owned(),
            body.bytes.len().to_string(),
            account.signed.to_string(),
            account.in_jobs.to_string(),
            account.in_bucket.to_string(),
            format!("{:.3}", account.share()),
        ]);
        report.at_least(&format!("{}_accounted", body.name), account.share(), 1.0);
    }
    table.print();
    Ok(())
}

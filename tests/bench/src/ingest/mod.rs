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
    let mut table = Table::new(&[
        "body",
        "bytes",
        "µs ours",
        "µs axum with HTTP",
        "µs axum's handler",
        "ours/axum with HTTP",
        "ours/handler",
    ]);
    for body in Body::timed()? {
        let rounds = Rounds::measure(&body, options.rounds, options.bytes)?;
        let [ours, http, handler] =
            [&rounds.ours, &rounds.http, &rounds.handler].map(|times| percentile(times, 0.5));
        let (to_http, to_handler) = (rounds.ratio_to_http(), rounds.ratio_to_handler());
        let cells = [ours, http, handler, to_http, to_handler].map(|value| format!("{value:.2}"));
        let name = [body.name.to_owned(), body.bytes.len().to_string()];
        table.row(&[name.as_slice(), &cells].concat());
        for (what, value) in [("ours", ours), ("axum_http", http), ("axum_handler", handler)] {
            report.figure(&format!("{}_us_{what}", body.name), rounded(value));
        }
        report.figure(&format!("{}_ours_to_handler", body.name), rounded(to_handler));
        let name = format!("{}_ours_to_floor", body.name);
        report.at_most(&name, to_http, TARGET);
    }
    println!(
        "CPU time of one request, median of {} rounds. Ours begins with the Function URL's event, which is the \
         HTTP request as JSON,\nand ends with the jobs' bytes. The floor is axum + HMAC + serde_json with its HTTP \
         parser, over a pipe in memory; its handler\nalone, without anything of HTTP, stands beside it.\n",
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

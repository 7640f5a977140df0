//! The tables.

use super::model::{self, Design};
use super::{EMOJI, LABELLED, Run};
use crate::report::{Table, percentile};

/// How long a call of the webhook is billed, in ms: assumed. The call of SQS is most of it.
pub(crate) const WEBHOOK_MS: f64 = 6.0;
/// How long a call of the worker is billed, in ms: assumed. Its calls of DynamoDB wait for each other.
pub(crate) const WORKER_MS: f64 = 18.0;
/// How much longer for each message in it: assumed. Messages of a batch are worked on side by side.
pub(crate) const WORKER_MS_PER_MESSAGE: f64 = 2.0;

/// Prints all of them.
pub(crate) fn all(runs: &[Run]) {
    units(runs);
    requests(runs);
    sizes(runs);
    dollars(runs);
}

fn heads<'a>(first: &'a str, runs: &[Run]) -> Vec<&'a str> {
    std::iter::once(first).chain(runs.iter().map(|run| run.name)).collect()
}

fn units(runs: &[Run]) {
    println!("Write units per message by kind of item, and read units");
    let mut table = Table::new(&heads("kind", runs));
    let mut kinds: Vec<&String> = runs.iter().flat_map(|run| run.spent.units.written.keys()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let row = |name: &str, value: &dyn Fn(&Run) -> f64| {
        let cells = runs.iter().map(|run| format!("{:.3}", value(run)));
        std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()
    };
    for kind in kinds {
        let of_kind = |run: &Run| run.spent.units.written.get(kind).copied().unwrap_or_default();
        table.row(&row(kind, &|run| of_kind(run) / run.spent.messages as f64));
    }
    table.row(&row("all writes", &|run| run.spent.writes()));
    table.row(&row("of these refused", &|run| run.spent.units.refused / run.spent.messages as f64));
    table.row(&row("read units", &|run| run.spent.reads()));
    table.print();
}

fn requests(runs: &[Run]) {
    println!("\nSQS requests per message as billed, by action");
    let mut table = Table::new(&heads("action", runs));
    let mut actions: Vec<&str> =
        runs.iter().flat_map(|run| run.spent.requests.iter().map(|(action, _)| *action)).collect();
    actions.sort_unstable();
    actions.dedup();
    for action in actions {
        let of =
            |run: &Run| run.spent.requests.iter().find(|(name, _)| *name == action).map_or(0, |(_, n)| *n);
        let cells = runs.iter().map(|run| format!("{:.3}", of(run) as f64 / run.spent.messages as f64));
        table.row(&std::iter::once(action.to_owned()).chain(cells).collect::<Vec<_>>());
    }
    let cells = runs.iter().map(|run| format!("{:.3}", run.spent.sqs()));
    table.row(&std::iter::once("all".to_owned()).chain(cells).collect::<Vec<_>>());
    table.print();
}

fn sizes(runs: &[Run]) {
    println!("\nBytes of items, by DynamoDB's rules");
    let mut table = Table::new(&[
        "workload",
        "message p50",
        "p95",
        "max",
        "STATE p50",
        "p95",
        "max",
        "with 20 labels",
        "and 80 emoji",
    ]);
    for run in runs {
        let mut row = vec![run.name.to_owned()];
        for bytes in [&run.spent.message_bytes, &run.spent.state_bytes] {
            row.extend([0.5, 0.95, 1.0].map(|share| format!("{:.0}", percentile(bytes, share))));
        }
        let labelled = percentile(&run.spent.state_bytes, 1.0) + LABELLED;
        row.extend([labelled, labelled + EMOJI].map(|bytes| format!("{bytes:.0}")));
        table.row(&row);
    }
    table.print();
}

fn dollars(runs: &[Run]) {
    println!(
        "\nDollars per million inbound. Units and requests are measured; assumed are the billed milliseconds of\n\
         Lambda ({WEBHOOK_MS} for the webhook, {WORKER_MS} + {WORKER_MS_PER_MESSAGE} per message for the worker), \
         {} KB of logs, one event and one push per message,\nand a stream function of {} MB, {} ms, batches of {}.",
        model::BEST.log_kb,
        model::STREAM.0.0,
        model::STREAM.0.1,
        model::STREAM.1,
    );
    let mut table = Table::new(&[
        "design",
        "webhook",
        "SQS",
        "worker",
        "writes",
        "reads",
        "logs",
        "to the table",
        "with events",
        "one agent",
    ]);
    let mut row = |name: &str, design: &Design, rate: f64| {
        let dollars = design.cost_to_the_table();
        let table_total = dollars.total();
        let events = table_total + model::events();
        let cells = [
            dollars.webhook,
            dollars.queue,
            dollars.worker,
            dollars.writes,
            dollars.reads,
            dollars.logs,
            table_total,
            events,
            events + model::one_agent(rate),
        ];
        let cells = cells.iter().map(|dollars| format!("{dollars:.2}"));
        table.row(&std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>());
    };
    for run in runs {
        row(run.name, &run.design, run.rate);
    }
    for (name, design) in
        [("model: naive", model::NAIVE), ("model: best", model::BEST), ("model: floor", model::FLOOR)]
    {
        row(name, &design, super::RATE);
    }
    table.print();
}

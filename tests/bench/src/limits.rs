//! The limits that Meta sets, held against an outside observer in virtual time: `tests/simulation` plays, this counts.

use std::thread;

use clap::Args;
use domain::pace::Level;
use simulation::{pace, tier};

use crate::BoxError;
use crate::report::{Report, Table, rounded};

/// Options of `tier`.
#[derive(Debug, Args)]
pub(crate) struct TierOptions {
    /// How many times the built design is played. Wrong ones are played a twentieth as often.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
}

/// Options of `pace`.
#[derive(Debug, Args)]
pub(crate) struct PaceOptions {
    /// Seconds that each campaign lasts.
    #[arg(long, default_value_t = 300)]
    seconds: i64,
    /// How many times each is played.
    #[arg(long, default_value_t = 10)]
    seeds: u64,
}

/// Plays the messaging limit: nobody beyond it, whatever goes wrong, and every wrong design caught.
pub(crate) fn tier(options: &TierOptions) -> Result<Report, BoxError> {
    let mut report = Report::new("tier");
    println!(
        "Portfolios of 250 people a day, 7 workers, with crashes, sleeps, repeats, wrong clocks, changed limits"
    );
    let mut table =
        Table::new(&["design", "seeds", "over", "most over", "posted", "used", "crashes", "ledger writes"]);
    let mut tell = |name: &str, seeds: u64, played: &tier::Report| {
        let all = &played.all;
        let cells = [played.seeds_over, u64::from(all.over), all.posted];
        let mut row = vec![name.to_owned(), seeds.to_string()];
        row.extend(cells.map(|cell| cell.to_string()));
        row.push(format!("{:.3}", played.utilisation()));
        row.extend([all.crashes, all.ledger_writes].map(|cell| cell.to_string()));
        table.row(&row);
    };
    for design in [tier::Design::MoveSlot, tier::Design::EveryMessage] {
        let played = spread(tier::Setup::of(design), options.seeds)?;
        tell(&format!("{design:?}"), options.seeds, &played);
        let name = if design == tier::Design::MoveSlot { "move_slot" } else { "every_message" };
        report.at_most(&format!("{name}_people_beyond_the_limit"), f64::from(played.all.over), 0.0);
        report.at_most(&format!("{name}_people_who_heard_twice"), played.all.twice as f64, 0.0);
        report.at_most(&format!("{name}_chunks_left_over"), played.all.unfinished as f64, 0.0);
        report.figure(&format!("{name}_utilisation"), rounded(played.utilisation()));
    }
    let few = (options.seeds / 20).max(100);
    let mut caught = 0;
    for design in tier::Design::WRONG {
        let played = spread(tier::Setup::sharp(design), few)?;
        tell(&format!("{design:?} (wrong)"), few, &played);
        caught += u32::from(played.seeds_over > 0);
    }
    table.print();
    report.at_least("wrong_designs_caught", f64::from(caught), tier::Design::WRONG.len() as f64);
    Ok(report)
}

/// The seeds, on all cores.
fn spread(setup: tier::Setup, seeds: u64) -> Result<tier::Report, BoxError> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let share = seeds.div_ceil(cores);
    let threads: Vec<_> = (0..cores)
        .map(|core| thread::spawn(move || tier::play(setup, core * share..(core * share + share).min(seeds))))
        .collect();
    let mut all = tier::Report::default();
    for played in threads {
        all.join(played.join().map_err(|_| "a simulation ended in a panic")?);
    }
    Ok(all)
}

/// Plays a number's throughput: nearly all of it used, nothing refused, agents not kept waiting.
pub(crate) fn pace(options: &PaceOptions) -> Result<Report, BoxError> {
    let mut report = Report::new("pace");
    println!("8 workers whose clocks are off by up to 50 ms, requests that differ by 20 ms");
    let mut table = Table::new(&[
        "messages a second",
        "agents, inbound in 100 s",
        "used, least",
        "refused",
        "most in a second",
        "longest wait, ms",
        "lease writes a message",
    ]);
    for (level, name) in [(Level::Standard, "80"), (Level::High, "1000")] {
        for (agents, inbound) in [(0, 0), (100, 0), (0, 500), (100, 500)] {
            let setup = pace::Setup { agents, inbound, seconds: options.seconds, ..pace::Setup::of(level) };
            let played: Vec<_> = (0..options.seeds).map(|seed| pace::play(setup, seed)).collect();
            let used = played.iter().map(|it| it.utilisation).fold(f64::INFINITY, f64::min);
            let refused: u64 = played.iter().map(|it| it.refused + it.refused_pair).sum();
            let wait = played.iter().map(|it| it.longest_wait_ms).max().unwrap_or_default();
            let most = played.iter().map(|it| it.most).max().unwrap_or_default();
            let (writes, sent) = played.iter().fold((0, 0), |(w, s), it| (w + it.lease_writes, s + it.sent));
            table.row(&[
                name.to_owned(),
                format!("{agents}, {inbound}"),
                format!("{used:.3}"),
                refused.to_string(),
                most.to_string(),
                wait.to_string(),
                format!("{:.4}", writes as f64 / sent.max(1) as f64),
            ]);
            let key = format!("at_{name}_agents_{agents}_inbound_{inbound}");
            report.at_least(&format!("{key}_utilisation"), used, 0.95);
            report.at_most(&format!("{key}_refused"), refused as f64, 0.0);
            if agents > 0 {
                report.at_most(&format!("{key}_agent_waits_ms"), wait as f64, 500.0);
            }
        }
    }
    table.print();
    Ok(report)
}

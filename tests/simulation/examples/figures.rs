//! Prints what the simulations find: `cargo run --profile measure -p simulation --example figures -- 1000`.

use std::time::Instant;

use domain::pace::Level;
use simulation::{pace, tier};

fn main() {
    let seeds = std::env::args().nth(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(1_000);
    for design in [tier::Design::MoveSlot, tier::Design::EveryMessage] {
        tell(tier::Setup::of(design), seeds);
    }
    for design in [tier::Design::MoveSlot].into_iter().chain(tier::Design::WRONG) {
        tell(tier::Setup::sharp(design), seeds / 10);
    }
    for level in [Level::Coexistence, Level::Standard, Level::High] {
        for (agents, inbound) in [(0, 0), (100, 0), (400, 0), (0, 500), (0, 2_000), (100, 500)] {
            let setup = pace::Setup { agents, inbound, ..pace::Setup::of(level) };
            if inbound < i64::from(level.per_second()) * 100 {
                println!("{level:?}, agents {agents}, inbound {inbound}: {:?}", pace::play(setup, 1));
            }
        }
    }
}

fn tell(setup: tier::Setup, seeds: u64) {
    let begun = Instant::now();
    let report = tier::play(setup, 0..seeds);
    println!(
        "{:?}, {seeds} seeds in {:?}, {:.3} used: {report:?}",
        setup.design,
        begun.elapsed(),
        report.utilisation()
    );
}

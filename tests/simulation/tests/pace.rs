//! The throughput of a number.

use domain::pace::Level;
use simulation::pace::{Setup, play};

#[test]
#[ignore = "prints"]
fn figures() {
    for level in [Level::Standard, Level::High, Level::Coexistence] {
        let s = Setup { seconds: if level == Level::High { 20 } else { 120 }, ..Setup::of(level) };
        for (name, setup) in [
            ("plain", s),
            ("blind", Setup { learns: false, ..s }),
            ("no skew", Setup { skew_ms: 0, ..s }),
            ("agents", Setup { agents: 200, ..s }),
            ("inbound", Setup { inbound: 500, ..s }),
            ("many agents", Setup { agents: 800, ..s }),
            ("few people", Setup { people: 2000, ..s }),
        ] {
            let begun = std::time::Instant::now();
            println!("{level:?} {name} {:?} {:?}", play(setup, 1), begun.elapsed());
        }
    }
}

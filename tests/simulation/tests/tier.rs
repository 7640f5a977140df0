//! The messaging limit, a thousand times with everything that goes wrong.

use simulation::tier::{Design, Setup, play};

#[test]
#[ignore = "prints"]
fn figures() {
    for design in [Design::MoveSlot, Design::EveryMessage].into_iter().chain(Design::WRONG) {
        let begun = std::time::Instant::now();
        let report = play(Setup::sharp(design), 0..100);
        println!("{design:?} {:?} util {:.3} {:?}\n", begun.elapsed(), report.utilisation(), report);
    }
}

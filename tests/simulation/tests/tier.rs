//! The messaging limit, a thousand times with everything that goes wrong.

use simulation::tier::{Design, Report, Setup, play, play_one};

/// Nobody beyond the limit, nobody twice, nothing left over.
fn holds(report: Report) {
    assert_eq!((report.seeds_over, report.all.over), (0, 0), "{report:?}");
    assert_eq!(report.all.twice, 0, "a person of a chunk heard twice: {report:?}");
    assert_eq!(report.all.unfinished, 0, "{report:?}");
    assert_eq!(report.all.over_delivered, 0, "{report:?}");
    assert!(report.all.crashes > report.seeds && report.all.sleeps > 0 && report.all.conflicts > 0);
}

// A thousand seeds in four tests, so that they run side by side.

#[test]
fn nobody_is_sent_to_beyond_the_limit_first_quarter() {
    holds(play(Setup::of(Design::MoveSlot), 0..200));
}

#[test]
fn nobody_is_sent_to_beyond_the_limit_second_quarter() {
    holds(play(Setup::of(Design::MoveSlot), 200..400));
}

#[test]
fn nobody_is_sent_to_beyond_the_limit_when_the_same_people_hear_often() {
    holds(play(Setup { crashes: 5, ..Setup::sharp(Design::MoveSlot) }, 400..700));
}

#[test]
fn nobody_is_sent_to_beyond_the_limit_when_nothing_leaves_room_for_mistakes() {
    let report = play(Setup::sharp(Design::MoveSlot), 700..1_000);
    assert_eq!((report.seeds_over, report.all.twice, report.all.unfinished), (0, 0, 0), "{report:?}");
    assert!(report.utilisation() > 0.8, "{report:?}");
}

#[test]
fn nobody_is_sent_to_beyond_the_limit_when_every_message_counts() {
    holds(play(Setup::of(Design::EveryMessage), 0..100));
}

#[test]
fn moving_slots_sends_more_where_the_same_people_hear_often() {
    let sent = |design| play(Setup { crashes: 1, ..Setup::sharp(design) }, 0..20).all.sent;
    let (moved, every) = (sent(Design::MoveSlot), sent(Design::EveryMessage));
    assert!(moved * 100 > every * 110, "{moved} and {every}");
}

#[test]
fn the_observer_catches_every_wrong_design() {
    for design in Design::WRONG {
        let caught = (0..300).any(|seed| play_one(Setup::sharp(design), seed).over > 0);
        assert!(caught, "{design:?} is not caught");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let setup = Setup::of(Design::MoveSlot);
    assert_eq!(play_one(setup, 42), play_one(setup, 42));
}

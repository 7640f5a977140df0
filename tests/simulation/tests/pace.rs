//! The throughput of a number: all of it, and nothing refused.

use domain::pace::Level;
use simulation::pace::{Report, Setup, play};

const LEVELS: [Level; 2] = [Level::Standard, Level::High];

fn nothing_is_refused(report: Report) {
    assert_eq!((report.refused, report.refused_pair), (0, 0), "{report:?}");
}

#[test]
fn nearly_all_of_a_number_s_throughput_is_used_and_nothing_is_refused() {
    for (level, seed) in LEVELS.into_iter().flat_map(|level| (0..3).map(move |seed| (level, seed))) {
        let report = play(Setup::of(level), seed);
        nothing_is_refused(report);
        assert!(report.utilisation >= 0.95, "{level:?} {seed}: {report:?}");
    }
}

#[test]
fn a_number_with_the_app_on_a_phone_is_not_refused_either() {
    let report = play(Setup { workers: 2, ..Setup::of(Level::Coexistence) }, 1);
    nothing_is_refused(report);
    assert!(report.utilisation >= 0.88, "{report:?}");
}

#[test]
fn an_agent_s_message_leaves_within_half_a_second_of_a_running_campaign() {
    for (level, seed) in LEVELS.into_iter().flat_map(|level| (0..3).map(move |seed| (level, seed))) {
        let report = play(Setup { agents: 100, ..Setup::of(level) }, seed);
        nothing_is_refused(report);
        assert!(report.agents > 40 && report.longest_wait_ms <= 500, "{level:?} {seed}: {report:?}");
        assert!(report.utilisation >= 0.95, "{level:?} {seed}: {report:?}");
    }
}

#[test]
fn who_writes_to_us_takes_from_what_a_campaign_may_send() {
    let quiet = play(Setup::of(Level::Standard), 1);
    let busy = play(Setup { inbound: 2_000, ..Setup::of(Level::Standard) }, 1);
    nothing_is_refused(busy);
    assert!(busy.sent < quiet.sent * 4 / 5, "{busy:?}");
    assert!(busy.utilisation >= 0.93, "{busy:?}");
}

#[test]
fn people_who_write_and_agents_who_answer_leave_nothing_to_refuse() {
    for (level, seed) in LEVELS.into_iter().flat_map(|level| (0..6).map(move |seed| (level, seed))) {
        let report = play(Setup { inbound: 500, agents: 50, ..Setup::of(level) }, seed);
        nothing_is_refused(report);
        assert!(report.utilisation >= 0.95, "{level:?} {seed}: {report:?}");
    }
}

#[test]
fn nobody_hears_more_often_than_the_pair_rate_allows() {
    let report = play(Setup { people: 1_000, ..Setup::of(Level::Standard) }, 1);
    nothing_is_refused(report);
    assert!(report.put_off > 1_000, "{report:?}");
}

#[test]
fn workers_that_learn_nothing_of_their_clocks_go_slower_and_are_not_refused() {
    let report = play(Setup { learns: false, ..Setup::of(Level::Standard) }, 1);
    nothing_is_refused(report);
    assert!(report.utilisation < 0.9, "{report:?}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let short = Setup { seconds: 20, agents: 100, inbound: 500, ..Setup::of(Level::Standard) };
    assert_eq!(format!("{:?}", play(short, 7)), format!("{:?}", play(short, 7)));
}

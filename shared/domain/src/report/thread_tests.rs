use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::DeliveryEvent;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_428_000 + second).unwrap()
}

fn line(second: i64, what: What) -> Line {
    Line { id: format!("{second}"), at: at(second), known_at: at(second), what }
}

fn written(second: i64) -> Line {
    line(second, What::Received)
}

fn sent(second: i64, by: Author) -> Line {
    line(second, What::Sent { by, left: true, delivery: Delivery::default(), price: None })
}

fn ana() -> Author {
    Author::Agent("ana".to_owned())
}

fn closed(second: i64) -> Line {
    line(second, What::Handled(Handled { closes: true, ..Handled::default() }))
}

fn given(second: i64, from: Option<&str>, to: Option<&str>) -> Line {
    let assignee = Some((from.map(str::to_owned), to.map(str::to_owned)));
    line(second, What::Handled(Handled { assignee, ..Handled::default() }))
}

/// Everything in one cell, long after.
fn sum(lines: &[Line]) -> Cell {
    let mut all = Cell::default();
    for fact in facts(lines, &Seat::default(), None).values() {
        fact.at(at(10_000_000)).0.0.values().for_each(|cell| all.join(cell));
    }
    all
}

fn by(lines: &[Line], agent: Option<&str>) -> Cell {
    let mut all = Cell::default();
    for fact in facts(lines, &Seat::default(), None).values() {
        let (sheet, _) = fact.at(at(10_000_000));
        sheet.0.iter().filter(|(key, _)| key.agent.as_deref() == agent).for_each(|(_, cell)| all.join(cell));
    }
    all
}

#[test]
fn a_first_response_is_counted_from_the_first_message_and_repeats_do_not_move_it() {
    let all = sum(&[written(0), written(60), written(240), sent(300, ana())]);
    assert_eq!((all.counts.received, all.counts.conversations, all.counts.on_time), (3, 1, 1));
    assert_eq!(all.first_response, Histogram::of(300));
}

#[test]
fn a_welcome_ends_no_wait_and_a_program_is_heard_as_nobodys_answer() {
    let lines = [written(0), sent(1, Author::Automatic), sent(900, Author::Program)];
    let all = sum(&lines);
    assert_eq!((all.sent.automatic, all.sent.programs, all.counts.on_time), (1, 1, 0));
    assert_eq!(all.first_response, Histogram::of(900));
    assert_eq!(by(&lines, None).first_response.count(), 1);
}

#[test]
fn who_calls_and_finds_nobody_waits_as_one_who_writes_does() {
    let all = sum(&[line(0, What::Missed), written(60), sent(300, ana())]);
    assert_eq!((all.counts.received, all.counts.conversations), (1, 1));
    assert_eq!(all.first_response, Histogram::of(300));
}

#[test]
fn who_answers_has_the_wait_and_who_has_the_conversation_has_what_nobody_answered() {
    let lines = [given(0, None, Some("bo")), written(10), sent(20, ana()), written(30)];
    assert_eq!(by(&lines, Some("ana")).first_response.count(), 1);
    assert_eq!((by(&lines, Some("bo")).counts.unanswered, by(&lines, Some("ana")).counts.unanswered), (1, 0));
    assert_eq!(by(&lines, Some("ana")).counts.conversations, 1, "the second wait begins no conversation");
}

#[test]
fn a_resolution_runs_from_the_first_message_since_the_last_closing() {
    let lines =
        [written(0), sent(5, ana()), written(50), closed(100), closed(110), written(200), closed(260)];
    let mut both = Histogram::of(100);
    both.join(&Histogram::of(60));
    let all = sum(&lines);
    assert_eq!(all.resolution, both);
    assert_eq!((all.counts.conversations, all.counts.unanswered), (2, 0), "nobody waits in what is closed");
}

#[test]
fn a_wait_is_unanswered_once_the_window_of_its_last_message_has_closed() {
    let day = 86_400;
    let all = sum(&[written(0), written(day / 2), sent(day + 3_600, ana())]);
    assert_eq!((all.counts.unanswered, all.first_response.count()), (0, 1));
    let all = sum(&[written(0), sent(day + 3_600, ana()), written(day + 7_200)]);
    assert_eq!((all.counts.unanswered, all.counts.conversations, all.first_response.count()), (2, 2, 0));
    let waits = facts(&[written(0)], &Seat::default(), None);
    let fact = waits.values().next().unwrap();
    let before = fact.at(at(day - 1));
    let cell = before.0.0.values().next().unwrap();
    assert_eq!((cell.counts.waiting, before.1), (1, Some(at(day).as_second())));
    assert_eq!(fact.at(at(day)).0.0.values().next().unwrap().counts.unanswered, 1);
}

#[test]
fn whose_it_was_is_told_backwards_from_whose_it_is() {
    let seat = Seat { assignee: Some("bo".to_owned()), department: Some("sales".to_owned()) };
    let all = facts(&[written(0)], &seat, Some("service"));
    let open = all.values().next().unwrap().open.clone().unwrap();
    assert_eq!((open.agent.as_deref(), open.department.as_deref()), (Some("bo"), Some("sales")));
    let all = facts(&[written(0), given(90_000, Some("eva"), Some("bo"))], &Seat::default(), Some("service"));
    let key =
        Key { hour: Hour::of(at(0)), agent: Some("eva".to_owned()), department: Some("service".to_owned()) };
    assert_eq!(all.values().next().unwrap().sheet.0[&key].counts.unanswered, 1);
}

#[test]
fn what_arrived_is_charged_or_free_and_what_did_not_is_neither() {
    let charged = Charged::from("MX:u".to_owned());
    let message = |second, event: Option<DeliveryEvent>, price| {
        let delivery = event.map(|event| Delivery::of(event, at(second))).unwrap_or_default();
        line(second, What::Sent { by: ana(), left: true, delivery, price })
    };
    let all = sum(&[
        message(1, Some(DeliveryEvent::Read), Some(Some(charged.clone()))),
        message(2, Some(DeliveryEvent::Delivered), Some(None)),
        message(3, Some(DeliveryEvent::Sent), Some(Some(charged.clone()))),
        message(4, Some(DeliveryEvent::Failed), None),
    ]);
    let delivery = all.delivery;
    assert_eq!((delivery.accepted, delivery.delivered, delivery.read, delivery.failed), (4, 2, 1, 1));
    assert_eq!((all.charged.get(&charged), all.counts.free), (Some(&1), 1));
}

#[test]
fn an_answer_of_the_next_day_belongs_to_the_day_on_which_the_customer_began_to_wait() {
    let midnight = 86_400 - (1_795_428_000 % 86_400);
    let all = facts(&[written(midnight - 60), sent(midnight + 60, ana())], &Seat::default(), None);
    assert_eq!(all.len(), 2);
    let first = all.values().next().unwrap();
    assert_eq!(first.sheet.0.values().map(|cell| cell.first_response.count()).sum::<u64>(), 1);
    assert!(all.keys().all(|day| *day > date(2026, 11, 1)));
}

fn any_line() -> impl Strategy<Value = What> {
    let author = prop_oneof![3 => Just(ana()), 1 => Just(Author::Program), 1 => Just(Author::Automatic)];
    let sent =
        author.prop_map(|by| What::Sent { by, left: true, delivery: Delivery::default(), price: None });
    prop_oneof![
        4 => Just(What::Received),
        1 => Just(What::Missed),
        3 => sent,
        1 => Just(What::Handled(Handled { closes: true, ..Handled::default() })),
        1 => any::<bool>().prop_map(|no| What::Chose { no }),
    ]
}

proptest! {
    #[test]
    fn the_order_and_repeats_of_lines_make_no_difference_and_nothing_is_counted_twice(
        (lines, shuffled) in prop::collection::btree_map(0_i64..400_000, any_line(), 0..30).prop_flat_map(|all| {
            let all: Vec<_> = all.into_iter().map(|(second, what)| line(second, what)).collect();
            let twice = [all.clone(), all.clone()].concat();
            (Just(all), Just(twice).prop_shuffle())
        })
    ) {
        let told = facts(&lines, &Seat::default(), None);
        prop_assert_eq!(&facts(&shuffled, &Seat::default(), None), &told);
        let all = sum(&lines);
        let received = lines.iter().filter(|line| line.what == What::Received).count();
        prop_assert_eq!(all.counts.received, u64::try_from(received).unwrap());
        let missed = lines.iter().filter(|line| line.what == What::Missed).count();
        prop_assert!(all.counts.conversations <= all.counts.received + u64::try_from(missed).unwrap());
        prop_assert!(all.counts.on_time <= all.first_response.count());
        prop_assert_eq!(all.counts.waiting, 0);
        let json = serde_json::to_string(&told).unwrap();
        prop_assert_eq!(serde_json::from_str::<BTreeMap<Date, Fact>>(&json).unwrap(), told);
    }

    /// Days that are told from what came since the last closing are the same as those told from everything.
    #[test]
    fn nothing_before_a_closing_matters_after_it(
        lines in prop::collection::btree_map(0_i64..400_000, any_line(), 1..30),
        cut in 0_i64..400_000,
    ) {
        let mut lines: Vec<_> = lines.into_iter().map(|(second, what)| line(second, what)).collect();
        lines.retain(|line| line.known_at != at(cut));
        lines.push(closed(cut));
        let since: Vec<_> = lines.iter().filter(|line| line.known_at > at(cut)).cloned().collect();
        let all = facts(&lines, &Seat::default(), None);
        for (day, fact) in facts(&since, &Seat::default(), None) {
            if day > day_of(at(cut)) {
                prop_assert_eq!(all.get(&day), Some(&fact));
            }
        }
    }
}

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::tier::{BUCKET, DAY};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + minutes * 60).unwrap()
}

fn ledger(limit: u32) -> Ledger {
    Ledger::new(Allowance { limit: Limit::People(limit), head_room: 0, others: 0 })
}

fn campaign(people: u32) -> Demand {
    Demand { people, at_least: people, purpose: Purpose::Campaign }
}

fn took(ledger: &Ledger, people: u32, now: Timestamp) -> Ledger {
    match ledger.reserve(campaign(people), now) {
        Reserved::Slots { change, .. } => ledger.after(&change).unwrap(),
        Reserved::Full { .. } => panic!("full"),
    }
}

#[test]
fn a_full_portfolio_says_when_enough_is_free_again() {
    let ledger = took(&took(&ledger(250), 100, at(0)), 150, at(60));
    let Reserved::Full { free_at } = ledger.reserve(campaign(100), at(90)) else { panic!("room") };
    assert_eq!(free_at, Some(Bucket::at(at(0)).counts_until()));
    assert_eq!(ledger.free_at(101, Purpose::Campaign, at(90)), Some(Bucket::at(at(60)).counts_until()));
    assert_eq!(ledger.free_at(251, Purpose::Campaign, at(90)), None, "never under this limit");
    let later = Bucket::at(at(0)).counts_until();
    let again = took(&ledger, 100, later);
    assert_eq!(
        (again.used(later), again.total(), again.buckets.len()),
        (250, 250, 2),
        "the old bucket is gone"
    );
}

#[test]
fn the_head_room_is_for_single_messages_and_nobody_takes_what_others_send() {
    let allowance = Allowance { limit: Limit::People(250), head_room: 30, others: 20 };
    let ledger = took(&Ledger::new(allowance), 200, at(0));
    assert!(matches!(ledger.reserve(campaign(1), at(1)), Reserved::Full { .. }));
    let single = Demand { people: 50, at_least: 1, purpose: Purpose::Single };
    let Reserved::Slots { people, .. } = ledger.reserve(single, at(1)) else {
        panic!("no room for an agent")
    };
    assert_eq!(people, 30, "what there is, if that is enough to begin with");
    assert_eq!(Allowance::usual(Limit::People(2000)).up_to(Purpose::Campaign), Some(1800));
}

#[test]
fn a_lower_limit_counts_at_once_and_a_higher_one_too() {
    let mut ledger = took(&ledger(2000), 1500, at(0));
    let Reserved::Slots { change, .. } = ledger.reserve(campaign(100), at(1)) else { panic!("room") };
    ledger.allowance.limit = Limit::People(250);
    assert_eq!(ledger.after(&change), None, "decided under the old limit");
    assert!(matches!(ledger.reserve(campaign(1), at(2)), Reserved::Full { free_at: Some(_) }));
    ledger.allowance.limit = Limit::Unlimited;
    assert_eq!(ledger.used(at(2)), 1500);
    assert_eq!(took(&ledger, 1_000_000, at(2)).used(at(2)), 1_001_500, "counted all the same");
}

#[test]
fn two_who_take_at_the_same_time_both_get_theirs_while_there_is_room_and_only_then() {
    let start = ledger(250);
    let Reserved::Slots { change, .. } = start.reserve(campaign(100), at(0)) else { panic!("room") };
    let twice = start.after(&change).unwrap().after(&change).unwrap();
    assert_eq!(twice.used(at(0)), 200);
    assert_eq!(twice.after(&change), None);
}

#[test]
fn two_who_remove_the_same_old_bucket_do_not_count_it_twice() {
    let old = took(&ledger(250), 200, at(0));
    let now = at(3 * 24 * 60);
    let Reserved::Slots { change, .. } = old.reserve(campaign(100), now) else { panic!("room") };
    let first = old.after(&change).unwrap();
    assert_eq!((first.total(), change.total), (100, -100));
    assert_eq!(first.after(&change), None, "reads again first");
}

#[test]
fn what_is_given_back_is_free_unless_it_stopped_counting_or_was_never_taken() {
    let ledger = took(&ledger(250), 100, at(0));
    let slots =
        BTreeMap::from([(Bucket::at(at(0)), 40), (Bucket::at(at(-3 * 24 * 60)), 7), (Bucket::at(at(60)), 5)]);
    let change = ledger.give_back(&slots, at(1));
    assert_eq!(change.add, BTreeMap::from([(Bucket::at(at(0)), -40)]));
    let after = ledger.after(&change).unwrap();
    assert_eq!((after.used(at(1)), after.total()), (60, 60));
    assert_eq!(after.after(&change).unwrap().used(at(1)), 20);
    let too_many = Change { add: BTreeMap::from([(Bucket::at(at(0)), -101)]), ..change };
    assert_eq!(ledger.after(&too_many), None, "a bucket never holds less than nothing");
}

#[test]
fn what_is_delivered_late_counts_again_and_may_pass_the_limit() {
    let full = took(&ledger(250), 250, at(0));
    let late = full.after(&Ledger::delivered_late(10, at(600))).unwrap();
    assert_eq!(late.used(at(600)), 260);
    let Reserved::Full { free_at } = late.reserve(campaign(240), at(601)) else { panic!("room") };
    assert_eq!(free_at, Some(Bucket::at(at(0)).counts_until()));
    assert_eq!(late.free_at(241, Purpose::Campaign, at(601)), Some(Bucket::at(at(600)).counts_until()));
}

#[test]
fn a_limit_that_nobody_told_is_the_lowest() {
    assert_eq!(Limit::from(&MessagingLimit::from("TIER_2K")), Limit::People(2000));
    assert_eq!(Limit::from(&MessagingLimit::from("-1")), Limit::Unlimited);
    assert_eq!(Limit::from(&MessagingLimit::from("TIER_NOT_SET")), Limit::LOWEST);
    assert_eq!(Limit::from(&MessagingLimit::from("TIER_X")), Limit::LOWEST);
}

#[test]
fn a_ledger_that_is_written_all_day_stays_under_a_kilobyte() {
    let mut ledger = ledger(100_000);
    for quarter in 0..300 {
        ledger = took(&ledger, 900, at(quarter * 15));
    }
    // A number of five digits takes four bytes, and one to say its kind is counted with the name.
    let buckets: usize = ledger.buckets.keys().map(|bucket| bucket.code().len() + 5).sum();
    assert!(ledger.buckets.len() <= 99);
    assert!(
        buckets + "PK".len() + "PF#123456789012345678".len() + "SK".len() + "TIER".len() + 60 < 1024,
        "{buckets}"
    );
}

proptest! {
    /// Takers, givers and late deliveries in any order, their writes decided on what was read some steps before.
    #[test]
    fn nobody_takes_more_than_is_left_whatever_the_order(
        steps in proptest::collection::vec((0_i64..200, 1_u32..60, 0_u8..4), 1..120),
    ) {
        let mut stored = ledger(250);
        let (mut read, mut now) = (stored.clone(), 0);
        let mut taken: Vec<(Timestamp, u32)> = Vec::new();
        for (minutes, people, kind) in steps {
            now += minutes;
            if kind == 0 { read = stored.clone(); }
            if let Reserved::Slots { change, bucket, .. } = read.reserve(campaign(people), at(now))
                && let Some(after) = stored.after(&change)
            {
                stored = after;
                // The last that may be sent on its account, and still counts a day from then.
                taken.push((bucket.ends_at(), people));
            }
            if kind == 1 && let Some((ends_at, people)) = taken.pop() {
                let slots = BTreeMap::from([(Bucket::at(ends_at - BUCKET), people)]);
                stored = stored.after(&stored.give_back(&slots, at(now))).expect("it was taken");
            }
            let day_ago = at(now).saturating_sub(DAY).unwrap();
            let sum: u32 = taken.iter().filter(|(until, _)| *until > day_ago).map(|(_, people)| people).sum();
            prop_assert!(sum <= 250);
            prop_assert_eq!(stored.total(), stored.buckets.values().map(|slots| i64::from(*slots)).sum::<i64>());
        }
    }

    /// Its promise of a time is true, and no earlier bucket would do.
    #[test]
    fn the_time_when_it_is_free_is_the_first_such_time(
        taken in proptest::collection::vec((0_i64..1600, 1_u32..50), 1..30), people in 1_u32..250,
    ) {
        let mut full = ledger(250);
        for (minutes, people) in taken {
            let bucket = Bucket::at(at(minutes));
            *full.buckets.entry(bucket).or_default() += people;
        }
        let free_at = full.free_at(people, Purpose::Campaign, at(1600)).expect("below the limit");
        prop_assert!(full.free(Purpose::Campaign, free_at) >= Some(people));
        if free_at > at(1600) {
            let before = free_at.saturating_sub(SignedDuration::from_secs(1)).unwrap();
            prop_assert!(full.free(Purpose::Campaign, before) < Some(people));
        }
    }
}

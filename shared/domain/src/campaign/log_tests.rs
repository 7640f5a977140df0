use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

/// A chunk as it stands in the log: its members, and where the walk goes on.
type Written = (Vec<u32>, Option<u32>);

/// One worker's next side effect: it reads a page of people after its key, and puts a chunk if it is absent.
fn step(walk: &Walk<u32>, people: &BTreeSet<u32>, log: &mut BTreeMap<u64, Written>) -> Walk<u32> {
    let Walk::At { chunk, after } = walk else { return walk.clone() };
    let later = people.iter().filter(|key| after.is_none_or(|after| **key > after));
    let page: Vec<u32> = later.copied().take(CHUNK + 1).collect();
    let members: Vec<u32> = page.iter().copied().take(CHUNK).collect();
    let next = if page.len() > CHUNK { members.last().copied() } else { None };
    let there = log.entry(*chunk).or_insert((members, next));
    walk.adopt(*chunk, there.1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_person_is_in_exactly_one_chunk_whoever_crashes_when(
        first in prop::collection::btree_set(0..100_000_u32, 0..700),
        // Who takes the next step, and whether somebody is added, removed or a worker forgets all it knew.
        steps in prop::collection::vec((0..3_usize, 0..12_u8, 0..100_000_u32), 0..80),
    ) {
        let mut people = first.clone();
        let mut changed = BTreeSet::new();
        let mut log: BTreeMap<u64, Written> = BTreeMap::new();
        let mut workers = [Walk::new(), Walk::new(), Walk::new()];
        let last = |log: &BTreeMap<u64, Written>| log.last_key_value().map(|(n, (_, next))| (*n, *next));
        for (worker, what, person) in steps {
            match what {
                0 => { people.insert(person); changed.insert(person); }
                1 => { people.remove(&person); changed.insert(person); }
                2 => workers[worker] = Walk::resume(last(&log)),
                _ => workers[worker] = step(&workers[worker], &people, &mut log),
            }
        }
        // Whoever takes over ends it.
        let mut walk = Walk::resume(last(&log));
        while matches!(walk, Walk::At { .. }) {
            walk = step(&walk, &people, &mut log);
        }
        let frozen = u64::try_from(log.len()).unwrap();
        prop_assert_eq!(walk, Walk::Frozen { chunks: frozen });
        for worker in &mut workers {
            while matches!(worker, Walk::At { .. }) {
                *worker = step(worker, &people, &mut log);
            }
            prop_assert_eq!(&*worker, &Walk::Frozen { chunks: frozen });
        }
        let all: Vec<u32> = log.values().flat_map(|(members, _)| members.clone()).collect();
        let once: BTreeSet<u32> = all.iter().copied().collect();
        prop_assert_eq!(all.len(), once.len(), "somebody is in two chunks");
        // Whoever was there all the time is in; nobody is in who never was there.
        prop_assert!(first.difference(&changed).all(|person| once.contains(person)));
        prop_assert!(once.iter().all(|person| first.contains(person) || changed.contains(person)));
        prop_assert!(log.values().all(|(members, _)| members.len() <= CHUNK));
    }

    #[test]
    fn every_order_has_every_chunk_once(chunks in 1..1_500_u64, id in "[A-Z0-9]{4,26}") {
        let campaign = CampaignId::new(id).unwrap();
        for order in [SendOrder::Audience, SendOrder::Reversed, SendOrder::Shuffled] {
            let seen: BTreeSet<u64> = (0..chunks).map(|place| chunk_at(order, &campaign, chunks, place)).collect();
            prop_assert_eq!(u64::try_from(seen.len()).unwrap(), chunks);
            prop_assert!(seen.iter().all(|chunk| *chunk < chunks));
            let back = |place| place_of(order, &campaign, chunks, chunk_at(order, &campaign, chunks, place));
            prop_assert!((0..chunks).all(|place| back(place) == place));
        }
    }

    #[test]
    fn a_chunks_name_reads_back_and_sorts_by_its_number(a in 0..1_000_000_000_u64, b in 0..1_000_000_000_u64, hour in 0..9_999_999_u64) {
        for chunk in [Chunk::Walked(a), Chunk::Deferred { hour, n: a }] {
            prop_assert_eq!(chunk.to_string().parse(), Ok(chunk));
        }
        prop_assert_eq!(a.cmp(&b), Chunk::Walked(a).to_string().cmp(&Chunk::Walked(b).to_string()));
        let deferred = Chunk::Deferred { hour, n: b };
        prop_assert!(Chunk::Walked(a).to_string() < deferred.to_string());
        prop_assert!(Chunk::Walked(a).partition() < PARTITIONS);
    }

    #[test]
    fn nobody_is_taken_up_again_before_their_time(until in 0..4_000_000_000_i64) {
        let until = Timestamp::from_second(until).unwrap();
        let due = Chunk::Deferred { hour: Chunk::hour_of(until), n: 0 }.due_at();
        prop_assert!(due >= until && due.as_second() - until.as_second() < 3_600);
    }

    #[test]
    fn what_was_released_stays_so_and_no_more_is_open_than_can_be_worked_on(
        released in 0..500_u64, done in 0..500_u64, open in 0..500_u64, chunks in 1..500_u64, rate in 0..1_000_u64,
        allowed in prop::option::of(0..50_000_u64),
    ) {
        let (released, done) = (released.min(chunks), done.min(released).min(chunks));
        let open = open.min(released - done);
        let upto = release_upto(Progress { released, done, open }, chunks, rate, allowed);
        prop_assert!(upto >= released && upto <= chunks);
        if upto > released {
            prop_assert!(upto - released + open <= side_by_side(rate));
            prop_assert!((upto - done) * 100 <= (rate * AHEAD_SECONDS).max(200));
            prop_assert!(allowed.is_none_or(|allowed| (upto - 1) * 100 < allowed));
        }
    }
}

#[test]
fn at_eighty_a_second_four_chunks_are_worked_on_and_one_that_hangs_holds_the_others_up_only_after_two_minutes()
 {
    let upto = |released, done, open| release_upto(Progress { released, done, open }, 1_000, 80, None);
    assert_eq!(upto(0, 0, 0), 4);
    assert_eq!((upto(4, 0, 4), upto(4, 0, 3), upto(4, 2, 2)), (4, 5, 6));
    assert_eq!((upto(95, 0, 1), upto(96, 0, 1)), (96, 96));
    let nothing = Progress::default();
    assert_eq!(release_upto(nothing, 1_000, 0, None), 2, "nothing stands still");
    assert_eq!(release_upto(nothing, 1_000, 80, Some(250)), 3);
    assert_eq!(release_upto(nothing, 1_000, 1_000, None), 50);
}

#[test]
fn a_hint_is_sent_again_only_when_it_is_long_overdue() {
    let after = |seconds| NOW + jiff::SignedDuration::from_secs(seconds);
    assert!(!is_stale(NOW, None, 80, after(360)));
    assert!(is_stale(NOW, None, 80, after(361)));
    assert!(!is_stale(NOW, Some(after(300)), 80, after(361)));
}

#[test]
fn a_campaign_is_through_when_nobody_is_left_or_its_end_has_come() {
    let none = Left { frozen: true, ..Left::default() };
    assert!(is_through(none, None, NOW));
    assert!(!is_through(Left { frozen: false, ..none }, None, NOW));
    assert!(!is_through(Left { deferred: 1, ..none }, None, NOW));
    assert!(!is_through(Left { held: 1, ..none }, None, NOW));
    assert!(is_through(Left { chunks: 7, ..none }, Some(NOW), NOW));
}

#[test]
fn a_chunk_has_four_blocks_of_twenty_five() {
    assert_eq!((block_of(0), block_of(24), block_of(25), block_of(99)), ((0, 0), (0, 24), (1, 0), (3, 24)));
}

#[test]
fn a_shuffled_campaigns_first_chunks_are_from_everywhere() {
    let campaign = CampaignId::new("01KCAMPAIGN").unwrap();
    let first = (0..100).map(|place| chunk_at(SendOrder::Shuffled, &campaign, 10_000, place));
    let mut tenths = [0; 10];
    first.for_each(|chunk| tenths[usize::try_from(chunk / 1_000).unwrap()] += 1);
    assert!(tenths.iter().all(|n| (1..=25).contains(n)), "{tenths:?}");
}

use proptest::prelude::*;

use super::super::outcome::{Put, Skip};
use super::*;

/// What keys, names of keys and the version of a block take, with a campaign's id of 26 letters.
const KEY: usize = "pkCAMP#01KCAMPAIGN000000000000000#15skR#D0498720#000000001#3".len();

fn full(placed: &str, seconds: u32) -> Entry {
    Entry {
        outcome: Placed::read(placed),
        sent: Some(seconds),
        delivered: Some(seconds),
        read: Some(seconds),
        price: Some(Price::Marketing),
        ..Entry::default()
    }
}

#[test]
fn twenty_five_people_who_read_it_are_under_a_kilobyte() {
    let mut block = Block::default();
    // Eleven days after the start.
    (0..BLOCK).for_each(|place| block.note(place, full("a1MX", 999_999)));
    assert!(KEY + block.size() <= 1_024, "{} bytes", KEY + block.size());
}

#[test]
fn there_is_room_for_every_third_to_tap_and_to_opt_out_and_more_cost_a_second_unit() {
    let answered = |people: usize| {
        let mut block = Block::default();
        (0..BLOCK).for_each(|place| block.note(place, full("a1MX", 999_999)));
        (0..people).for_each(|place| {
            let reply = Some((Method::Button, 999_999));
            block.note(place, Entry { reply, button: Some(1), opted_out: Some(999_999), ..Entry::default() });
        });
        KEY + block.size()
    };
    assert!(answered(BLOCK / 3) <= 1_024, "{} bytes", answered(BLOCK / 3));
    // Template and market as attributes of their own, with names and a number, would take that room away.
    assert!(answered(BLOCK / 3) + BLOCK * (3 + 3 + 1) > 1_024);
    assert!(answered(BLOCK) > 1_024);
}

#[test]
fn a_status_resolves_what_nobody_knew() {
    assert!(!Entry::default().is_accepted());
    assert!(Entry { sent: Some(4), ..Entry::default() }.is_accepted());
    let read = Entry { read: Some(9), failed: Some(12), ..Entry::default() };
    assert!(read.is_delivered() && !read.is_failed());
}

fn entry() -> impl Strategy<Value = Entry> {
    let second = || prop::option::of(0..2_000_000_u32);
    let outcome = prop::option::of(prop_oneof![
        Just(Outcome::Accepted),
        Just(Outcome::Refused),
        Just(Outcome::Held),
        Just(Outcome::Skipped(Skip::FrequencyCap)),
        Just(Outcome::PutOff(Put::QuietHours)),
    ]);
    let placed = (outcome, 0..4_u8, "[A-Z]{0,3}")
        .prop_map(|(outcome, variant, market)| outcome.map(|outcome| Placed { outcome, variant, market }));
    let price = prop::option::of(prop::sample::select(Price::LETTERS.map(|(price, _)| price).to_vec()));
    let method = prop_oneof![Just(Method::Button), Just(Method::Quote), Just(Method::Window)];
    let reply = prop::option::of((method, 0..2_000_000_u32));
    let times = (second(), second(), second(), second());
    let error = prop::option::of(0..999_999_u32);
    (placed, times, error, price, reply, prop::option::of(0..10_u8), second()).prop_map(
        |(outcome, (sent, delivered, read, failed), error, price, reply, button, opted_out)| Entry {
            outcome,
            sent,
            delivered,
            read,
            failed,
            error,
            price,
            reply,
            button,
            opted_out,
        },
    )
}

proptest! {
    #[test]
    fn facts_in_any_order_and_with_repeats_end_the_same(
        told in prop::collection::vec((0..BLOCK, entry()), 1..20).prop_flat_map(|told| {
            let again = prop::collection::vec(0..told.len(), 0..8);
            (Just(told.clone()), Just(told).prop_shuffle(), again)
        })
    ) {
        let (told, mut shuffled, again) = told;
        shuffled.extend(again.iter().map(|index| told[*index].clone()).collect::<Vec<_>>());
        let fold = |told: &[(usize, Entry)]| {
            let mut block = Block::default();
            told.iter().for_each(|(place, entry)| block.note(*place, entry.clone()));
            block
        };
        prop_assert_eq!(fold(&told), fold(&shuffled));
    }

    #[test]
    fn a_block_reads_as_it_was_written(told in prop::collection::btree_map(0..BLOCK, entry(), 0..BLOCK)) {
        let mut block = Block { entries: told };
        let attributes: Vec<_> =
            block.entries.iter().flat_map(|(place, entry)| entry.attributes(*place)).collect();
        let read = Block::read(attributes.iter().map(|(name, value)| (name.as_str(), value.clone())));
        block.entries.retain(|_, entry| *entry != Entry::default());
        prop_assert_eq!(read, block);
    }

    #[test]
    fn attributes_of_a_later_build_are_passed_over(name in "[a-zé]{0,3}[0-9]{0,3}", text in ".{0,9}") {
        let _ = Block::read([(name.as_str(), Value::Text(text)), (name.as_str(), Value::Number(7))]);
    }
}

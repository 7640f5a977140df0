use proptest::prelude::*;

use super::super::log::BLOCK;
use super::super::result::Placed;
use super::*;

fn placed(outcome: Outcome, variant: u8) -> Option<Placed> {
    Some(Placed { outcome, variant, market: "MX".to_owned() })
}

fn entry() -> impl Strategy<Value = Entry> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Accepted),
        1 => Just(Outcome::Refused),
        1 => Just(Outcome::Held),
        1 => Just(Outcome::Skipped(Skip::NoConsent)),
        1 => Just(Outcome::PutOff(Put::QuietHours)),
    ];
    let seconds = || prop::option::of(0..90_000_u32);
    (
        prop::option::of((outcome, 0..3_u8)),
        seconds(),
        seconds(),
        seconds(),
        seconds(),
        prop::option::of(0..4_u32),
    )
        .prop_map(|(outcome, sent, delivered, read, failed, error)| Entry {
            outcome: outcome.and_then(|(outcome, variant)| placed(outcome, variant)),
            sent,
            delivered,
            read,
            failed,
            error: error.map(|n| 131_000 + n),
            price: delivered.map(|_| Price::Marketing),
            ..Entry::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_report_equals_a_recount_and_its_parts_add_up(
        blocks in prop::collection::vec(prop::collection::btree_map(0..BLOCK, entry(), 0..BLOCK), 0..12),
        cut in 0..12_usize,
    ) {
        let blocks: Vec<Block> = blocks.into_iter().map(|entries| Block { entries }).collect();
        let fold = |blocks: &[Block]| {
            let mut report = Report::default();
            blocks.iter().for_each(|block| report.add(block, BLOCK, true));
            report
        };
        let whole = fold(&blocks);
        let (one, other) = blocks.split_at(cut.min(blocks.len()));
        prop_assert_eq!(&fold(one).join(fold(other)), &whole);
        prop_assert_eq!(&fold(other).join(fold(one)), &whole);

        let all: Vec<&Entry> = blocks.iter().flat_map(|block| block.entries.values()).collect();
        let count = |test: fn(&Entry) -> bool| u64::try_from(all.iter().filter(|entry| test(entry)).count()).unwrap();
        prop_assert_eq!(whole.total.accepted, count(Entry::is_accepted));
        prop_assert_eq!(whole.total.delivered, count(Entry::is_delivered));
        prop_assert_eq!(whole.total.failed, count(Entry::is_failed));
        // Everybody has one place in the report.
        let skipped: u64 = whole.skipped.values().chain(whole.put_off.values()).sum();
        let refused = count(|entry| !entry.is_accepted() && entry.is_failed());
        let places = whole.total.accepted + refused + skipped + whole.held + whole.unknown;
        prop_assert_eq!(places, u64::try_from(blocks.len() * BLOCK).unwrap());
        let put_off: u64 = whole.put_off.values().sum();
        prop_assert_eq!((whole.placed(), whole.refused), (places - put_off, refused));
        let by_template_and_market: u64 = whole.accepted_by.values().sum();
        prop_assert_eq!(by_template_and_market, count(|entry| entry.outcome.is_some() && entry.is_accepted()));
        let hours: u64 = whole.by_hour.values().map(|counts| counts.delivered).sum();
        prop_assert_eq!(hours, count(|entry| entry.sent.is_some() && entry.is_delivered()));
    }
}

#[test]
fn a_thousand_messages_to_mexico_cost_what_the_card_says() {
    let mut report = Report::default();
    let told =
        Entry { outcome: placed(Outcome::Accepted, 0), price: Some(Price::Marketing), ..Entry::default() };
    for _ in 0..40 {
        let entries = (0..BLOCK).map(|place| (place, told.clone())).collect();
        report.add(&Block { entries }, BLOCK, true);
    }
    let cost = report.cost(|price, market| (price == Price::Marketing && market == "MX").then_some(43_600));
    assert_eq!(cost, Cost { micros: 43_600_000, unpriced: 0 });
    assert_eq!(report.cost(|_, _| None), Cost { micros: 0, unpriced: 1_000 });
}

#[test]
fn who_has_not_begun_waits_and_who_began_without_a_word_is_unknown() {
    let mut report = Report::default();
    report.add(&Block::default(), 25, false);
    report.add(&Block::default(), 10, true);
    assert_eq!((report.waiting, report.unknown), (25, 10));
}

#[test]
fn who_was_to_get_it_is_counted_as_drawn_whatever_came_after() {
    let mut report = Report::default();
    let outcomes = [
        Outcome::Accepted,
        Outcome::Refused,
        Outcome::Skipped(Skip::BudgetSpent),
        Outcome::Skipped(Skip::HeldOut),
        Outcome::Skipped(Skip::OptedOut),
    ];
    let entry = |outcome| Entry { outcome: placed(outcome, 0), ..Entry::default() };
    let entries = outcomes.into_iter().map(entry).enumerate().collect();
    report.add(&Block { entries }, 6, true);
    assert_eq!((report.drawn(), report.placed()), (4, 6));
}

use proptest::prelude::*;

use super::*;

fn pricing(json: &str) -> Pricing {
    serde_json::from_str(json).unwrap()
}

const WORST: Micros = Micros(39_700);

/// What can be charged for a person: never more than the worst that was kept.
fn price(category: Category) -> Option<Micros> {
    match category {
        Category::Marketing => Some(WORST),
        Category::Utility => Some(Micros(8_500)),
        _ => None,
    }
}

/// Something that is written about a person.
#[derive(Clone, Copy, Debug)]
enum Word {
    Posted(Posted),
    Delivered,
    Failed(u32),
    Price(PriceClass),
}

/// Writes as the store does: each part is set if it is not set yet.
fn write(spot: &mut Spot, word: Word) {
    match word {
        Word::Posted(posted) if spot.posted == Posted::Ahead => spot.posted = posted,
        Word::Posted(_) => {}
        Word::Delivered => spot.delivered = true,
        Word::Failed(at) => spot.failed_at = Some(spot.failed_at.unwrap_or(at)),
        Word::Price(class) => spot.price = Some(spot.price.unwrap_or(class)),
    }
}

#[test]
fn what_meta_charges_is_read_from_type_and_category() {
    for (json, class) in [
        (
            r#"{"billable":false,"type":"regular","category":"marketing"}"#,
            PriceClass::Charged(Category::Marketing),
        ),
        (r#"{"type":"regular","category":"marketing_lite"}"#, PriceClass::Charged(Category::Marketing)),
        (r#"{"type":"free_entry_point","category":"marketing"}"#, PriceClass::Free),
        (r#"{"type":"free_customer_service","category":"service"}"#, PriceClass::Free),
        (
            r#"{"type":"regular","category":"authentication-international"}"#,
            PriceClass::Charged(Category::AuthenticationInternational),
        ),
        (
            r#"{"billable":true,"pricing_model":"CBP","category":"utility"}"#,
            PriceClass::Charged(Category::Utility),
        ),
        (r#"{"type":"regular","category":"something_new"}"#, PriceClass::Unknown),
        (r#"{"type":"regular"}"#, PriceClass::Unknown),
    ] {
        assert_eq!(PriceClass::of(&pricing(json)), class, "{json}");
        assert_eq!(PriceClass::from_letter(class.letter()), class);
    }
    assert_eq!(PriceClass::from_letter("?"), PriceClass::Unknown);
}

#[test]
fn a_message_costs_at_delivery_and_until_then_the_worst_is_kept() {
    let kept = Spot { kept: WORST, posted: Posted::Perhaps, ..Spot::default() };
    let cost = |spot: Spot, now| spot.cost(now, price);
    assert_eq!(cost(Spot { posted: Posted::Ahead, ..kept }, 0), Cost::Kept(WORST));
    assert_eq!(cost(kept, 9_999_999), Cost::Kept(WORST), "a phone may be off for a month");
    assert_eq!(cost(Spot { posted: Posted::Never, ..kept }, 0), Cost::Charged(Micros(0)));
    let priced = Spot { price: Some(PriceClass::Charged(Category::Utility)), ..kept };
    assert_eq!(cost(priced, 0), Cost::Kept(WORST), "a price on `sent` is no charge yet");
    assert_eq!(cost(Spot { delivered: true, ..priced }, 0), Cost::Charged(Micros(8_500)));
    assert_eq!(cost(Spot { delivered: true, ..kept }, 0), Cost::Unpriced(WORST));
    let failed = Spot { failed_at: Some(100), ..kept };
    assert_eq!(cost(failed, 100 + FAILED_SETTLES_AFTER - 1), Cost::Kept(WORST));
    assert_eq!(cost(failed, 100 + FAILED_SETTLES_AFTER), Cost::Charged(Micros(0)));
    let both = Spot { delivered: true, ..failed };
    assert_eq!(cost(both, 9_999), Cost::Unpriced(WORST), "delivered evidence wins");
}

#[test]
fn a_budget_that_is_held_lets_nothing_more_go_and_says_what_is_missing() {
    let budget = Budget::new(Micros(100_000));
    let (budget, hold) = budget.reserve(None, Micros(80_000)).unwrap();
    assert_eq!(budget.reserve(Some(hold), Micros(80_000)), Ok((budget, hold)), "asked again after a crash");
    let refused = budget.reserve(None, Micros(30_000)).unwrap_err();
    assert_eq!(refused, Exhausted { left: Micros(20_000), wanted: Micros(30_000) });
    assert_eq!(refused.to_string(), "the budget has 0.02 left, and 0.03 may be needed");
    let (budget, hold) = budget.settle(hold, Sums { charged: Micros(60_000), ..Sums::default() });
    assert_eq!((budget.left(), hold), (Micros(40_000), Hold(Micros(60_000))));
    assert!(budget.reserve(None, Micros(30_000)).is_ok());
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        // The price of a message is the same in all its statuses.
        Just(Word::Price(PriceClass::Charged(Category::Utility))),
        Just(Word::Delivered),
        Just(Word::Failed(50)),
        Just(Word::Posted(Posted::Perhaps)),
    ]
}

proptest! {
    #[test]
    fn statuses_that_come_twice_and_in_any_order_cost_the_same(
        words in proptest::collection::vec(word(), 0..8).prop_flat_map(|words| (Just(words.clone()), Just(words).prop_shuffle())),
        again in 0_usize..8,
    ) {
        let (first, shuffled) = words;
        let told = |words: &[Word]| {
            let mut spot = Spot { kept: WORST, ..Spot::default() };
            words.iter().for_each(|word| write(&mut spot, *word));
            spot
        };
        let mut repeated = shuffled.clone();
        repeated.extend(shuffled.iter().take(again));
        prop_assert_eq!(told(&first), told(&repeated));
        for now in [0, 10_000] {
            prop_assert!(told(&first).cost(now, price).amount() <= WORST);
        }
    }

    /// Chunks reserve, people are posted and told of, chunks settle, crash and begin again, in any order: what is spent and
    /// what may still be never passes the limit.
    #[test]
    fn a_budget_is_never_passed(
        limit in 0_u64..600_000,
        steps in proptest::collection::vec((0_usize..6, 0_usize..4, 0_usize..5, 0_u8..8), 0..120),
    ) {
        let mut budget = Budget::new(Micros(limit));
        let mut chunks = [[Spot { kept: WORST, ..Spot::default() }; 4]; 6];
        let mut holds: [Option<Hold>; 6] = [None; 6];
        let sums = |spots: &[Spot; 4]| spots.iter().map(|spot| spot.cost(0, price)).collect::<Sums>();
        for (chunk, person, kind, what) in steps {
            match (kind, holds[chunk]) {
                (0, hold) => {
                    if let Ok((after, hold)) = budget.reserve(hold, WORST.times(4)) {
                        (budget, holds[chunk]) = (after, Some(hold));
                    }
                }
                // Nothing is posted, and so nothing told, before the money is held.
                (_, None) => {}
                (1, Some(hold)) => {
                    let (after, hold) = budget.settle(hold, sums(&chunks[chunk]));
                    (budget, holds[chunk]) = (after, Some(hold));
                }
                (_, Some(_)) => {
                    let spot = &mut chunks[chunk][person];
                    let accepted = spot.posted == Posted::Perhaps;
                    match what {
                        0 => write(spot, Word::Posted(Posted::Perhaps)),
                        1 => write(spot, Word::Posted(Posted::Never)),
                        2 | 3 if accepted => write(spot, Word::Delivered),
                        4 if accepted => write(spot, Word::Failed(0)),
                        5 if accepted => write(spot, Word::Price(PriceClass::Charged(Category::Utility))),
                        6 if accepted => write(spot, Word::Price(PriceClass::Free)),
                        7 if accepted => write(spot, Word::Price(PriceClass::Charged(Category::Marketing))),
                        _ => {}
                    }
                }
            }
            let owed: Micros = (0..6).filter(|n| holds[*n].is_some()).map(|n| sums(&chunks[n]).all()).sum();
            let held: Micros = holds.iter().flatten().map(|hold| hold.0).sum();
            prop_assert_eq!(held, budget.held, "the budget holds what its chunks hold");
            prop_assert!(budget.held <= budget.limit);
            prop_assert!(owed <= budget.limit, "{} of {}", owed, budget.limit);
            prop_assert_eq!(budget.overrun(), Micros(0));
        }
    }
}

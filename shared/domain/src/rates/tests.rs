use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn micros(text: &str) -> Micros {
    text.parse().unwrap()
}

fn head(id: &str, model: Model) -> CardHead {
    CardHead { id: id.to_owned(), from: date(2026, 10, 1), model, currency: None }
}

fn counts(of: &[(&str, Category, u64)]) -> BTreeMap<(Market, Category), u64> {
    of.iter().map(|(market, category, count)| ((Market::new(*market), *category), *count)).collect()
}

#[test]
fn a_thousand_marketing_messages_to_mexico_cost_43_60_on_the_conversation_card_of_a_provider() {
    let file = b"Country,Currency,Marketing,Utility,Authentication,Service\nMexico,USD,0.0436,n/a,n/a,n/a\n";
    let card = read_card(head("provider-2024", Model::PerConversation), file).unwrap();
    let told = estimate(&card, &counts(&[("Mexico", Category::Marketing, 1_000)]), |_, _| 0);
    assert_eq!((told.low.to_string(), told.high.to_string()), ("43.60".to_owned(), "43.60".to_owned()));
    assert_eq!((told.currency.as_str(), told.card.as_str(), told.unpriced), ("USD", "provider-2024", 0));
    let unknown = estimate(&card, &counts(&[("Mexico", Category::Utility, 7)]), |_, _| 0);
    assert_eq!((unknown.unpriced, unknown.lines[0].high), (7, None), "without a price nothing is guessed");
}

#[test]
fn the_built_in_card_is_that_of_october_2026() {
    let card = october_2026();
    assert_eq!((card.currency.as_str(), card.rates.len()), ("USD", 47));
    let price = |market: &str, category| card.list_price(&Market::new(market), category);
    assert_eq!(price("Mexico", Category::Marketing), Some(micros("0.0397")));
    assert_eq!(price("Mexico", Category::Service), Some(micros("0.0085")));
    assert_eq!(price("Rest of Latin America", Category::Marketing), Some(micros("0.0740")));
    assert_eq!(price("India", Category::AuthenticationInternational), Some(micros("0.0304")));
    assert_eq!(price("Mexico", Category::AuthenticationInternational), None);
    assert_eq!(price("Turkey", Category::Utility), Some(micros("0.0009")));
}

#[test]
fn a_number_belongs_to_the_market_of_its_country() {
    for (phone, market) in [
        ("5215512345678", "Mexico"),
        ("+15550100177", "North America"),
        ("18095550100", "Rest of Latin America"),
        ("17875550100", "Rest of Latin America"),
        ("18765550100", "Rest of Latin America"),
        ("12465550100", "Other"),
        ("77015550100", "Kazakhstan"),
        ("79015550100", "Russia"),
        ("4915112345678", "Germany"),
        ("4312345678", "Rest of Western Europe"),
        ("8210123456", "Other"),
        ("243123456", "Other"),
        ("85212345678", "Hong Kong"),
        ("85512345678", "Rest of Asia Pacific"),
        ("", "Other"),
    ] {
        assert_eq!(Market::of_phone(phone).as_str(), market, "{phone}");
    }
    for (country, market) in [
        ("MX", "Mexico"),
        ("CA", "North America"),
        ("KZ", "Kazakhstan"),
        ("KR", "Other"),
        ("PR", "Rest of Latin America"),
    ] {
        assert_eq!(Market::of_country(country).as_str(), market, "{country}");
    }
}

#[test]
fn markets_by_phone_and_by_country_agree_with_the_worlds_numbering_plans() {
    use phonenumber::country::Id;
    use phonenumber::metadata::DATABASE;
    let mut compared = 0;
    for country in
        ["MX", "US", "CA", "DO", "JM", "PR", "BS", "TT", "KZ", "RU", "DE", "BD", "UA", "KR", "CD", "TW", "VN"]
    {
        let metadata = DATABASE.by_id(country).unwrap();
        let Some(example) =
            metadata.descriptors().mobile().and_then(|mobile| mobile.example().map(str::to_owned))
        else {
            continue;
        };
        let id: Id = country.parse().unwrap();
        let number = phonenumber::parse(Some(id), &example).unwrap();
        let phone = format!("{}{}", number.code().value(), number.national().value());
        assert_eq!(Market::of_phone(&phone), Market::of_country(country), "{country} {phone}");
        compared += 1;
    }
    assert!(compared > 10);
}

#[test]
fn every_market_of_a_country_is_on_the_built_in_card_and_the_other_way_round() {
    let card = october_2026();
    let countries = [
        "AR", "BD", "BR", "EG", "IQ", "KW", "MA", "NP", "OM", "LK", "UA", "US", "DZ", "AU", "AL", "AT", "BO",
        "BH", "XX",
    ];
    for country in countries {
        assert!(card.rates.contains_key(&Market::of_country(country)), "{country}");
    }
}

#[test]
fn a_card_from_before_a_market_left_its_region_has_the_regions_price() {
    let file = b"Market,Currency,Marketing\nRest of Asia Pacific,USD,0.0732\nOther,USD,0.0604\nRest of Middle East,USD,n/a\n";
    let card = read_card(head("july", Model::PerMessage), file).unwrap();
    assert_eq!(card.list_price(&Market::new("Bangladesh"), Category::Marketing), Some(micros("0.0732")));
    assert_eq!(card.list_price(&Market::new("Mexico"), Category::Marketing), Some(micros("0.0604")));
    assert_eq!(
        card.list_price(&Market::new("Oman"), Category::Marketing),
        None,
        "n/a is no other market's price"
    );
}

#[test]
fn a_card_counts_from_its_first_day_on() {
    let card = |id: &str, month| RateCard {
        id: id.to_owned(),
        from: date(2026, month, 1),
        ..october_2026().clone()
    };
    let cards = [card("july", 7), card("october", 10)];
    let on = |month, day| {
        in_force(&cards, "USD", Model::PerMessage, date(2026, month, day)).map(|card| card.id.as_str())
    };
    assert_eq!(
        (on(6, 30), on(7, 1), on(9, 30), on(10, 1)),
        (None, Some("july"), Some("july"), Some("october"))
    );
    assert_eq!(in_force(&cards, "EUR", Model::PerMessage, date(2026, 12, 1)), None);
}

#[test]
fn mistakes_in_a_file_are_told_by_their_line_and_nothing_of_it_is_taken() {
    let file = "Cost per message,,,\nMarket,Currency,Marketing,\"Authentication-\nInternational\"\nMexico,$US,\"0,04\",n/a\n\nPeru,EUR,0.07,x\nMexico,$US,1.5,\nChile,dollars,1,\n,$US,1,\n\"Note: for people\",,,\n";
    let faults = read_card(head("x", Model::PerMessage), file.as_bytes()).unwrap_err();
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    let amount = "must be an amount with a point and at most 6 digits behind it, such as 0.0618, or n/a";
    assert_eq!(
        faults,
        [
            format!("line 4: marketing {amount}"),
            "line 6: Currency is another than above".to_owned(),
            format!("line 6: authenticationinternational {amount}"),
            "line 7: Market stands in the file twice".to_owned(),
            "line 8: Currency must have three letters, such as USD".to_owned(),
            "line 9: Market is empty".to_owned(),
        ]
    );
    for (file, message) in [
        (&b"PK\x03\x04rest"[..], "line 1: file is a workbook: save it as CSV"),
        (b"a,b\n", "line 1: Market is not there: no line has the names of the columns"),
        (b"Market,Price\nMexico,1\n", "line 1: Marketing is not there: no column has prices"),
        (b"Market,Marketing\nMexico,1\n", "line 1: Currency is not there"),
        (b"Market,Currency,Marketing\n", "line 1: Market has no lines below"),
    ] {
        assert_eq!(read_card(head("x", Model::PerMessage), file).unwrap_err()[0].to_string(), message);
    }
}

#[test]
fn volume_tiers_make_only_what_lies_above_a_threshold_cheaper() {
    let mut card = october_2026().clone();
    let tiers = b"market,category,tier_start,tier_end,unit_rate\nMexico,utility,1001,2000,0.0080\nMexico,UTILITY,2001,,0.0070\n";
    add_tiers(&mut card, tiers).unwrap();
    let cost = |counted, messages| {
        let told = estimate(&card, &counts(&[("Mexico", Category::Utility, messages)]), |_, _| counted);
        (told.low.to_string(), told.high.to_string())
    };
    assert_eq!(cost(0, 1_000), ("8.50".to_owned(), "8.50".to_owned()));
    assert_eq!(cost(0, 2_500), ("20.00".to_owned(), "21.25".to_owned()), "8.50 + 8.00 + 3.50");
    assert_eq!(cost(1_990, 20), ("0.15".to_owned(), "0.17".to_owned()), "10 at 0.0080, 10 at 0.0070");
    let unknown = b"market,category,tier_start,tier_end,unit_rate\nPeru,marketing,x,,1\nAtlantis,utility,1,,1\nPeru,gold,1,,1\n";
    let faults = add_tiers(&mut card, unknown).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn where_a_tier_begins_whose_price_nobody_knows_the_estimate_says_so() {
    let told = estimate(october_2026(), &counts(&[("Brazil", Category::Utility, 250_001)]), |_, _| 0);
    assert!(told.lines[0].has_unknown_tier);
    assert_eq!(told.low, told.high);
    let below = estimate(october_2026(), &counts(&[("Brazil", Category::Utility, 250_000)]), |_, _| 0);
    assert!(!below.lines[0].has_unknown_tier);
}

#[test]
fn what_is_kept_from_a_budget_is_the_most_that_a_message_can_be_charged_as() {
    let (card, mexico) = (october_2026(), Market::new("Mexico"));
    assert_eq!(worst_case(card, &mexico, &[Category::Utility]), Some(micros("0.0085")));
    assert_eq!(worst_case(card, &mexico, &[Category::Utility, Category::Marketing]), Some(micros("0.0397")));
    assert_eq!(worst_case(card, &mexico, &[Category::AuthenticationInternational]), None);
    assert_eq!(worst_case(card, &mexico, &[]), None);
}

#[test]
fn since_october_2026_answers_are_free_up_to_a_thousand_and_utility_costs_in_the_window_too() {
    let occasion = |category, service_messages| Occasion {
        category,
        in_window: true,
        in_free_entry_point: false,
        service_messages,
    };
    let now = terms(Model::PerMessage, date(2026, 10, 1));
    assert_eq!(now.charge(&occasion(Category::Service, 999)), Charge::Free);
    assert_eq!(now.charge(&occasion(Category::Service, 1_000)), Charge::At(Category::Service));
    assert_eq!(now.charge(&occasion(Category::Utility, 0)), Charge::At(Category::Utility));
    let ad = Occasion { in_free_entry_point: true, ..occasion(Category::Marketing, 0) };
    assert_eq!(now.charge(&ad), Charge::Free);
    let before = terms(Model::PerMessage, date(2026, 9, 30));
    assert_eq!(before.charge(&occasion(Category::Service, 5_000)), Charge::Free);
    assert_eq!(before.charge(&occasion(Category::Utility, 0)), Charge::Free);
    assert_eq!(before.charge(&occasion(Category::Marketing, 0)), Charge::At(Category::Marketing));
    assert_eq!(service_messages(&now, 900, 300), (100, 200));
    assert_eq!(service_messages(&before, 900, 300), (300, 0));
}

#[test]
fn money_is_exact() {
    for (text, shown) in [
        ("0.0618", "0.0618"),
        ("43.6", "43.60"),
        ("7", "7.00"),
        ("0.0000010000", "0.000001"),
        ("12.00", "12.00"),
    ] {
        assert_eq!(micros(text).to_string(), shown);
    }
    for text in ["", ".", "-1", "1e3", "0,04", "0.0000001", "1234567890", "1.2.3", " 1", "٣"] {
        assert_eq!(text.parse::<Micros>(), Err(NotAnAmount), "{text}");
    }
    assert_eq!(Micros(u64::MAX) + Micros(1), Micros(u64::MAX));
}

proptest! {
    #[test]
    fn money_is_read_back_as_it_is_shown(amount in 0_u64..999_999_999_000_000) {
        prop_assert_eq!(Micros(amount).to_string().parse(), Ok(Micros(amount)));
    }

    #[test]
    fn the_least_is_never_more_than_the_most_and_parts_sum_to_the_whole(
        counted in 0_u64..5_000, first in 0_u64..5_000, second in 0_u64..5_000,
        tiers in proptest::collection::btree_map(1_u64..6_000, 1_u64..8_500, 0..5),
    ) {
        let mut card = october_2026().clone();
        let mut price = 8_500;
        let mut bands = vec![Band { above: 0, price: Some(Micros(price)) }];
        for (above, lower) in tiers {
            price = price.min(lower);
            bands.push(Band { above, price: Some(Micros(price)) });
        }
        card.rates.get_mut(&Market::new("Mexico")).unwrap().insert(Category::Utility, bands);
        let cost = |counted: u64, messages: u64| {
            estimate(&card, &counts(&[("Mexico", Category::Utility, messages)]), |_, _| counted)
        };
        let whole = cost(counted, first + second);
        prop_assert!(whole.low <= whole.high);
        prop_assert_eq!(whole.low, cost(counted, first).low + cost(counted + first, second).low);
    }

    #[test]
    fn reading_a_file_never_panics(file in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = read_card(head("x", Model::PerMessage), &file);
        let mut text = b"Market,Currency,Marketing\n".to_vec();
        text.extend(file);
        let _ = read_card(head("x", Model::PerMessage), &text);
    }
}

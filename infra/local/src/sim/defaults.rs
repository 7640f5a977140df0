//! The world that a newcomer finds: one portfolio, two accounts, three numbers, a dozen people.

use std::collections::BTreeSet;

use serde_json::json;

use super::ids;
use super::model::{Behaviour, Number, Onboarding, Person, Portfolio, Waba};

pub(crate) const PORTFOLIO: &str = "900000000000301";

pub(crate) fn portfolio() -> Portfolio {
    Portfolio { id: PORTFOLIO.into(), name: "Fixture Kettles Group".into(), limit: Some(2_000) }
}

pub(crate) fn wabas() -> Vec<Waba> {
    [("900000000000101", "Fixture Kettles"), ("900000000000102", "Fixture Kettles Vendors")]
        .into_iter()
        .map(|(id, name)| Waba {
            id: id.into(),
            name: name.into(),
            portfolio: PORTFOLIO.into(),
            subscribed: true,
            override_uri: None,
        })
        .collect()
}

pub(crate) fn numbers() -> Vec<Number> {
    [
        ("900000000000201", "900000000000101", "15550100200", "Fixture Kettles Sales"),
        ("900000000000202", "900000000000101", "15550100201", "Fixture Kettles Support"),
        ("900000000000299", "900000000000102", "15550100299", "Fixture Kettles Vendors"),
    ]
    .into_iter()
    .map(|(id, waba, digits, name)| number(id, waba, digits, name))
    .collect()
}

pub(crate) fn number(id: &str, waba: &str, digits: &str, name: &str) -> Number {
    Number {
        id: id.into(),
        waba: waba.into(),
        digits: digits.into(),
        display: display(digits),
        verified_name: name.into(),
        quality_rating: "GREEN".into(),
        status: "CONNECTED".into(),
        mps: 80,
        profile: json!({
            "about": "We answer within the hour.",
            "address": "1 Example Road, Sampletown",
            "description": "Kettles and tea.",
            "email": "hello@kettles.example",
            "messaging_product": "whatsapp",
            "vertical": "RETAIL",
            "websites": ["https://kettles.example/"],
        }),
        onboarding: Onboarding::default(),
    }
}

pub(crate) fn display(digits: &str) -> String {
    match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => format!("+1 {}-{}-{}", &rest[..3], &rest[3..6], &rest[6..]),
        _ => format!("+{digits}"),
    }
}

/// Id, name, phone, username, whether the phone is visible. Numbers are from ranges kept for fiction,
/// or cannot exist.
type Row = (&'static str, &'static str, &'static str, Option<&'static str>, bool);

const PEOPLE: &[Row] = &[
    ("amara", "Amara Fern", "15550100177", None, true),
    ("noor", "Noor Sample", "15550100188", None, true),
    ("liam", "Liam O’Connell", "447700900123", None, true),
    ("camille", "Camille Lefèvre", "33639980012", None, true),
    ("jonas", "Jonas Müller", "4915200000101", Some("jonas.m"), true),
    ("priya", "Priya Raghunathan", "910000000101", None, true),
    ("leila", "ليلى حسن", "200000000101", None, true),
    ("aoi", "佐藤 葵", "810000000101", Some("aoi_sato"), false),
    ("chidi", "Chidi Okafor", "2340000000101", None, true),
    ("joao", "João Pereira", "551100000101", None, true),
    ("sofia", "Sofía 🌻", "520000000101", Some("sofia.flores"), false),
    ("hugo", "H.", "61491570156", Some("hugo_1"), false),
];

pub(crate) fn people(seed: u64) -> Vec<Person> {
    let mut people: Vec<Person> = PEOPLE.iter().zip(0..).map(|(row, i)| person(row, seed, i)).collect();
    // Brazil's mobile numbers are dialled with a nine that the wa_id may lack.
    for person in people.iter_mut().filter(|person| person.id == "joao") {
        person.dialled = vec!["5511900000101".into()];
    }
    people
}

fn person((id, name, phone, username, visible): &Row, seed: u64, i: u64) -> Person {
    let user_id = match *id {
        "amara" => "US.77001122334455".to_owned(),
        _ => ids::user_id(ids::country(phone), seed, i),
    };
    Person {
        id: (*id).into(),
        name: (*name).into(),
        phone: (*phone).into(),
        dialled: Vec::new(),
        username: username.map(String::from),
        phone_visible: *visible,
        user_id,
        parent_user_id: None,
        on_whatsapp: true,
        stopped_marketing: false,
        blocks: BTreeSet::new(),
        behaviour: Behaviour::default(),
    }
}

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::agent::AgentId;
use crate::record::term::{Term, terms_of};
use crate::record::{FieldDef, FieldInput, FieldKind, FieldValue};
use crate::{Contact, ContactId, Source, SourceKind};

fn fields() -> Vec<FieldDef> {
    let def = |id: &str, kind| FieldDef {
        id: FieldId::new(id).unwrap(),
        label: id.to_owned(),
        kind,
        of: Vec::new(),
    };
    let options = || vec!["Lima".to_owned(), "Cusco".to_owned()];
    vec![
        def("city", FieldKind::Choice { options: options() }),
        def("visited", FieldKind::MultiChoice { options: options() }),
        def("score", FieldKind::Number),
        def("since", FieldKind::Date),
        def("spent", FieldKind::Money),
        def("wholesale", FieldKind::Boolean),
        def("remark", FieldKind::Text),
    ]
}

fn read(text: &str) -> Filter {
    Filter::parse(text, &fields()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn set(contact: &mut Contact, id: &str, text: &str) {
    let def = fields().into_iter().find(|def| def.id.as_str() == id).unwrap();
    contact.fields.insert(def.id.clone(), def.read(FieldInput::Text(text.to_owned())).unwrap());
}

fn ana() -> Contact {
    let created = Timestamp::from_second(1_795_392_000).unwrap();
    let mut ana = Contact::new(ContactId::new("01ANA").unwrap(), created);
    ana.kind = ContactKind::Lead;
    ana.name = Some("Ana María Núñez".to_owned());
    ana.profile_name = Some("anita 🌷".to_owned());
    ana.username = Some("ana.nunez".to_owned());
    ana.phone = Some("51987654321".to_owned());
    ana.email = Some("Ana@Example.org".to_owned());
    ana.owner = AgentId::new("agent-1");
    ana.labels = ["vip".to_owned(), "new".to_owned()].into();
    ana.source = Some(Source::of(SourceKind::Ad));
    ana.active_month = Some("2026-10".to_owned());
    for (id, text) in [
        ("city", "Lima"),
        ("visited", "Cusco"),
        ("score", "10"),
        ("since", "2025-01-31"),
        ("spent", "99.90 EUR"),
    ] {
        set(&mut ana, id, text);
    }
    ana.fields.insert(FieldId::new("wholesale").unwrap(), FieldValue::Boolean(true));
    ana
}

#[test]
fn a_filter_finds_whom_it_describes() {
    let ana = ana();
    for text in [
        "",
        "ana",
        "nun",
        "\"maria nunez\"",
        "anita",
        "@ana.nunez",
        "ana@example.org",
        "\"+51 987 654 321\"",
        "987654321",
        "phone:\"0 987 654 321\"",
        "kind:lead",
        "kind:contact,lead",
        "label:vip",
        "label:gold,vip",
        "-label:gold",
        "owner:agent-1",
        "-owner:none",
        "source:ad",
        "important:false",
        "has:email",
        "-has:organization",
        "active:2026-10",
        "active>=2026-09-15",
        "created:2026-11-23",
        "created<2026-12-01",
        "field.city:lima",
        "field.visited:CUSCO",
        "field.score>=9.5",
        "field.score:10.0",
        "field.since<2025-02-01",
        "field.spent>\"99.89 EUR\"",
        "field.wholesale:yes",
        "kind:lead label:vip ana field.score>9",
    ] {
        assert!(read(text).matches(&ana), "{text}");
    }
    for text in [
        "-ana",
        "bob",
        "maria@example.org",
        "51987654322",
        "kind:vendor",
        "label:none",
        "owner:none",
        "important:true",
        "has:organization",
        "active:2026-11",
        "created>2026-11-23",
        "field.city:cusco",
        "field.score<10",
        "field.spent>\"1 USD\"",
        "field.remark:x",
        "kind:lead -label:vip",
    ] {
        assert!(!read(text).matches(&ana), "{text}");
    }
}

#[test]
fn what_is_typed_into_a_search_box_is_taken_as_it_is_meant() {
    for text in
        ["Ana", "nuñez ana", "+51 987 654 321", "(987) 654-321", "@Ana.Nunez", "ANA@example.org", "  "]
    {
        assert!(Filter::search(text).matches(&ana()), "{text}");
    }
    for text in ["ana gomez", "kind:vendor", "987 654 322"] {
        assert!(!Filter::search(text).matches(&ana()), "{text}");
    }
}

#[test]
fn what_is_no_filter_says_what_is_wrong_and_where() {
    for (text, what, at) in [
        ("kind:friend", "kind is unknown, lead, contact, organization or vendor", 6),
        ("ana colour:red", "colour is not known", 5),
        ("field.size:4", "there is no field size", 1),
        ("field.city>Lima", "field.city is compared with : only", 1),
        ("field.city:Quito", "field.city must be one of Lima, Cusco", 12),
        ("field.score>=many", "field.score must be a number", 14),
        ("label>=3", "label is compared with : only", 1),
        ("label:\"vip", "a quote is not closed", 7),
        ("label:", "something is missing here", 7),
        ("phone:12345", "phone needs at least 7 digits", 7),
        ("active>soon", "a month is written as 2026-11", 8),
        ("---", "a word needs a letter or a digit", 2),
        (":x", "something is missing here", 1),
    ] {
        let error = Filter::parse(text, &fields()).unwrap_err();
        assert!(error.what.starts_with(what), "{text}: {error}");
        assert_eq!(error.at, at, "{text}: {error}");
    }
    assert!(Filter::parse(&"a ".repeat(21), &[]).is_err());
    assert!(Filter::parse(&"a".repeat(1001), &[]).is_err());
}

#[test]
fn a_filter_is_read_by_the_condition_that_finds_fewest() {
    let exact = |kind, value: &str| vec![Term::Exact(kind, value.to_owned())];
    assert_eq!(read("kind:lead label:vip").terms(), Some(exact("label", "vip")));
    assert_eq!(read("label:vip ana@example.org").terms(), Some(exact("email", "ana@example.org")));
    assert_eq!(read("kind:lead 51987654321").terms(), Some(exact("tail", "7654321")));
    assert_eq!(read("-label:vip field.score>3").terms(), None);
    assert_eq!(read("").terms(), None);
}

fn text() -> impl Strategy<Value = String> {
    let value = prop_oneof!["[a-zé\" ,:\\\\-]{1,8}", "none", "vip"];
    let quoted = value.prop_map(|value: String| quoted(&value));
    let clause = (
        prop_oneof![
            Just("label"),
            Just("owner"),
            Just("name"),
            Just("email"),
            Just("organization"),
            Just("source"),
        ],
        proptest::collection::vec(quoted, 1..3),
        any::<bool>(),
    );
    let clause = clause.prop_map(|(key, values, negated)| {
        let values =
            if matches!(key, "label" | "owner" | "source") { values.join(",") } else { values[0].clone() };
        format!("{}{key}:{values}", if negated { "-" } else { "" })
    });
    let other = prop_oneof![
        Just("kind:lead,vendor".to_owned()),
        Just("field.city:lima,CUSCO".to_owned()),
        Just("field.score>=10.50".to_owned()),
        Just("field.spent<=\"5 EUR\"".to_owned()),
        Just("active>2026-05-03".to_owned()),
        Just("-has:phone".to_owned()),
        Just("\"ana maria\"".to_owned()),
    ];
    proptest::collection::vec(prop_oneof![clause, other], 0..5).prop_map(|clauses| clauses.join("  "))
}

proptest! {
    #[test]
    fn a_filter_that_is_written_down_is_read_as_the_same(text in text()) {
        if let Ok(filter) = Filter::parse(&text, &fields()) {
            prop_assert_eq!(Filter::parse(&filter.to_string(), &fields()), Ok(filter), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = Filter::parse(&text, &fields());
    }

    /// Otherwise a search would miss somebody.
    #[test]
    fn whoever_is_found_by_a_filter_stands_under_one_of_its_entries(text in text()) {
        if let Ok(filter) = Filter::parse(&text, &fields())
            && filter.matches(&ana())
            && let Some(wanted) = filter.terms()
        {
            let own = terms_of(&ana());
            let found = wanted.iter().any(|wanted| match wanted {
                Term::Name(prefix) => own.iter().any(|own| matches!(own, Term::Name(word) if word.starts_with(prefix.as_str()))),
                whole => own.contains(whole),
            });
            prop_assert!(found, "{}: {:?}", text, wanted);
        }
    }
}

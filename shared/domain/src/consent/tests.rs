use proptest::prelude::*;

use super::*;
use crate::CustomerServiceWindow;

const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

fn number() -> PhoneNumberId {
    PhoneNumberId::new("900")
}

fn entry(seconds: i64, purpose: Option<Purpose>, choice: Choice, only: Option<&str>) -> Entry {
    Entry {
        at: Timestamp::from_second(1_795_000_000 + seconds).unwrap(),
        purpose,
        choice,
        portfolio: PortfolioId::new("main"),
        number: only.map(PhoneNumberId::new),
        source: Source::Api,
        by: None,
        wording: None,
        proof: None,
    }
}

fn facts<'a>(consent: &'a Consent, number: &'a PhoneNumberId, sending: Sending) -> Facts<'a> {
    let (erased_at, blocked_at, window) = (None, None, None);
    Facts { number, sending, consent, erased_at, blocked_at, window, strict: false, now: NOW }
}

fn of(entries: &[Entry]) -> Consent {
    Consent::of(&PortfolioId::new("main"), entries)
}

fn reason(entries: &[Entry], sending: Sending) -> Reason {
    decide(&facts(&of(entries), &number(), sending)).reason
}

const MARKETING: Sending = Sending::Template(Some(Purpose::Marketing));
const UTILITY: Sending = Sending::Template(Some(Purpose::Utility));

#[test]
fn marketing_needs_an_opt_in_and_utility_does_not() {
    assert_eq!(reason(&[], MARKETING), Reason::NoConsent);
    assert_eq!(reason(&[], UTILITY), Reason::NotOptedOut);
    let yes = entry(1, Some(Purpose::Marketing), Choice::OptIn, None);
    assert!(matches!(reason(std::slice::from_ref(&yes), MARKETING), Reason::OptedIn { .. }));
    let no = entry(2, Some(Purpose::Marketing), Choice::OptOut, None);
    assert!(matches!(reason(&[yes.clone(), no.clone()], MARKETING), Reason::OptedOut { .. }));
    assert_eq!(reason(&[yes, no], UTILITY), Reason::NotOptedOut);
}

#[test]
fn an_opt_out_of_everything_ends_utility_too_and_a_later_opt_in_gives_back_only_what_it_names() {
    let all = entry(1, None, Choice::OptOut, None);
    let yes = entry(2, Some(Purpose::Marketing), Choice::OptIn, None);
    assert!(matches!(reason(&[all.clone(), yes.clone()], MARKETING), Reason::OptedIn { .. }));
    assert!(matches!(reason(&[all, yes], UTILITY), Reason::OptedOut { .. }));
}

#[test]
fn a_portfolios_opt_out_beats_a_numbers_older_opt_in_and_another_numbers_word_does_not_count() {
    let here = entry(1, Some(Purpose::Marketing), Choice::OptIn, Some("900"));
    let everywhere = entry(2, Some(Purpose::Marketing), Choice::OptOut, None);
    assert!(matches!(reason(&[here.clone(), everywhere.clone()], MARKETING), Reason::OptedOut { .. }));
    let elsewhere = entry(3, Some(Purpose::Marketing), Choice::OptIn, Some("901"));
    assert!(matches!(reason(&[here, everywhere, elsewhere], MARKETING), Reason::OptedOut { .. }));
}

#[test]
fn a_template_of_unknown_category_respects_every_no_and_needs_a_yes_only_where_the_company_is_strict() {
    let unknown = Sending::Template(None);
    assert_eq!(reason(&[], unknown), Reason::NotOptedOut);
    let no = entry(1, Some(Purpose::Marketing), Choice::OptOut, None);
    assert!(matches!(reason(&[no], unknown), Reason::OptedOut { purpose: Purpose::Marketing, .. }));
    let (consent, number) = (Consent::default(), number());
    let strict = Facts { strict: true, ..facts(&consent, &number, unknown) };
    assert_eq!(decide(&strict).reason, Reason::NoConsent);
}

#[test]
fn free_form_needs_an_open_window_and_one_that_was_opened_after_a_no_to_everything() {
    let (number, no) = (number(), entry(0, None, Choice::OptOut, None));
    let consent = of(std::slice::from_ref(&no));
    let with = |opened: Timestamp| {
        let window = Some(CustomerServiceWindow::opened_by(opened));
        let facts = facts(&consent, &number, Sending::FreeForm);
        decide(&Facts { window, now: opened, ..facts }).reason
    };
    assert!(matches!(with(no.at), Reason::OptedOut { .. }));
    assert_eq!(with(NOW), Reason::WindowOpen);
    let closed = decide(&facts(&Consent::default(), &number, Sending::FreeForm));
    assert_eq!(closed.reason, Reason::WindowClosed { at: None });
}

#[test]
fn the_erased_and_the_blocked_get_nothing() {
    let (consent, number) = (of(&[entry(1, None, Choice::OptIn, None)]), number());
    let plain = facts(&consent, &number, MARKETING);
    assert!(decide(&plain).is_allowed());
    let blocked = Facts { blocked_at: Some(NOW), ..plain.clone() };
    assert_eq!(decide(&blocked).reason, Reason::Blocked { at: NOW });
    let erased = Facts { erased_at: Some(NOW), ..blocked };
    assert_eq!(decide(&erased).reason, Reason::Erased { at: NOW });
}

#[test]
fn a_word_counts_as_a_whole_message_in_any_case_and_with_any_accent() {
    let keywords = Keywords::default();
    for no in ["BAJA", " baja. ", "Stop!!", "¡ALTO!", "arret", "ARRÊT", "Opt-out", "cancelar inscricao"] {
        let chosen = keywords.in_text(no).unwrap_or_else(|| panic!("{no}"));
        assert_eq!(chosen, Choices { choice: Choice::OptOut, purpose: Some(Purpose::Marketing) });
    }
    assert_eq!(keywords.in_text("Alta").unwrap().choice, Choice::OptIn);
    for neither in ["Soy alto", "Please stop by tomorrow", "bajada", "", "🙂"] {
        assert_eq!(keywords.in_text(neither), None, "{neither}");
    }
    let anywhere = Keywords { matching: Matching::Word, ..Keywords::default() };
    assert_eq!(anywhere.in_text("Quiero la baja, gracias").unwrap().choice, Choice::OptOut);
    assert_eq!(anywhere.in_text("bajada"), None);
}

#[test]
fn a_button_counts_by_what_stands_behind_it() {
    let keywords = Keywords::default();
    assert_eq!(keywords.on_button("OPT_OUT").unwrap().choice, Choice::OptOut);
    assert_eq!(keywords.on_button("opt out"), None);
}

#[test]
fn a_decision_survives_its_words() {
    let all = [
        Reason::Erased { at: NOW },
        Reason::Blocked { at: NOW },
        Reason::OptedOut { purpose: Purpose::Marketing, at: NOW, source: Source::Keyword },
        Reason::NoConsent,
        Reason::WindowClosed { at: None },
        Reason::OptedIn { at: NOW, source: Source::Import },
        Reason::WindowOpen,
        Reason::NotOptedOut,
    ];
    for reason in all {
        let source = reason.source().map(Source::as_str);
        let read = Decision::from_words("marketing", reason.as_str(), reason.at(), source);
        assert_eq!(read, Some(Decision { purpose: Purpose::Marketing, reason }));
    }
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let purpose = proptest::option::of(proptest::sample::select(Purpose::ALL));
    let choice = proptest::sample::select(Choice::ALL);
    let only = proptest::option::of(prop_oneof![Just("900"), Just("901")]);
    (0..20_i64, purpose, choice, only)
        .prop_map(|(seconds, purpose, choice, only)| entry(seconds, purpose, choice, only))
}

proptest! {
    #[test]
    fn the_order_of_entries_does_not_matter(
        entries in proptest::collection::vec(any_entry(), 0..12).prop_shuffle()
    ) {
        let mut sorted = entries.clone();
        sorted.sort_by_key(|entry| (entry.at, entry.hash()));
        prop_assert_eq!(of(&entries), of(&sorted));
    }

    #[test]
    fn nothing_is_allowed_after_an_opt_out_that_is_newer_than_every_opt_in(
        mut entries in proptest::collection::vec(any_entry(), 0..12),
        purpose in proptest::sample::select(&[Purpose::Marketing, Purpose::Utility, Purpose::Authentication][..]),
        all in any::<bool>(),
    ) {
        entries.push(entry(20, if all { None } else { Some(purpose) }, Choice::OptOut, None));
        let reason = reason(&entries, Sending::Template(Some(purpose)));
        prop_assert!(matches!(reason, Reason::OptedOut { .. }), "{reason:?}");
    }

    #[test]
    fn marketing_is_allowed_only_by_an_opt_in(entries in proptest::collection::vec(any_entry(), 0..12)) {
        let consent = of(&entries);
        let number = number();
        let decision = decide(&facts(&consent, &number, MARKETING));
        let yes = matches!(decision.reason, Reason::OptedIn { .. });
        prop_assert_eq!(decision.is_allowed(), yes);
    }
}

use cloud_api::{PhoneNumberId, PortfolioId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::super::CampaignId;
use super::super::decide::{Decision, Limits, Person, Plan, SlotAnswer, decide, follow};
use super::super::definition::Definition;
use super::super::gate::{Gate, Progress};
use super::super::outcome::{Put, Skip};
use super::definition;
use crate::ContactId;
use crate::consent::{Choice, Consent, Entry, Purpose, Source};

/// Noon in Lima.
const NOW: Timestamp = Timestamp::constant(1_795_453_200, 0);

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn said(choice: Choice, at: Timestamp) -> Entry {
    Entry {
        at,
        purpose: Some(Purpose::Marketing),
        choice,
        portfolio: PortfolioId::new("1"),
        number: None,
        source: Source::Keyword,
        by: None,
        wording: None,
        proof: None,
    }
}

fn consenting() -> Gate {
    let consent = Consent::of(&PortfolioId::new("1"), &[said(Choice::OptIn, NOW - hours(99))]);
    Gate { consent, ..Gate::default() }
}

fn somebody() -> Person<'static> {
    Person {
        reachable: true,
        phone: Some("51987654321"),
        has_language: true,
        market_open: true,
        ..Person::default()
    }
}

const ROOM: Limits = Limits { slot: SlotAnswer::Reserved, affordable: true };

struct Case {
    definition: Definition,
    gate: Gate,
    person: Person<'static>,
    limits: Limits,
    purpose: Option<Purpose>,
}

impl Case {
    fn new() -> Self {
        let (definition, purpose) = (definition(json!({})), Some(Purpose::Marketing));
        Self { definition, gate: consenting(), person: somebody(), limits: ROOM, purpose }
    }

    fn decided(&self) -> Decision {
        let (id, number) = (campaign(), PhoneNumberId::new("100000000000001"));
        let plan = Plan {
            id: &id,
            definition: &self.definition,
            purpose: self.purpose,
            strict: true,
            number: &number,
        };
        let contact = ContactId::new("01KPERSON").unwrap();
        decide(&plan, &contact, &self.gate, (&self.person, self.limits, NOW))
    }
}

fn campaign() -> CampaignId {
    CampaignId::new("01KCAMPAIGN").unwrap()
}

const GO: Decision = Decision::Go { attempt: 1, variant: 0, marketing: true };

#[test]
fn who_agreed_and_has_room_gets_it() {
    assert_eq!(Case::new().decided(), GO);
}

#[test]
fn every_reason_to_skip_somebody_is_told() {
    type Change = fn(&mut Case);
    let cases: [(Skip, Change); 15] = [
        (Skip::NoConsent, |case| case.gate.consent = Consent::default()),
        (Skip::OptedOut, |case| case.gate.consent.add(&said(Choice::OptOut, NOW))),
        (Skip::Blocked, |case| case.gate.blocked_at = Some(NOW)),
        (Skip::Erased, |case| case.gate.erased_at = Some(NOW)),
        (Skip::Merged, |case| case.gate.alias_of = ContactId::new("01KOTHER")),
        (Skip::Excluded, |case| case.person.excluded = true),
        (Skip::Duplicate, |case| case.person.duplicate = true),
        (Skip::InvalidNumber, |case| case.person.reachable = false),
        (Skip::MarketClosed, |case| case.person.market_open = false),
        (Skip::NoLanguage, |case| case.person.has_language = false),
        (Skip::MissingParameter, |case| case.person.missing = 1),
        (Skip::FrequencyCap, |case| case.gate.marketing = vec![NOW - hours(100), NOW - hours(2)]),
        (Skip::HeldOut, |case| case.definition.hold_out = super::super::percent::Percent::ALL),
        (Skip::BudgetSpent, |case| case.limits.affordable = false),
        (Skip::Ended, |case| case.definition.ends_at = Some(NOW)),
    ];
    for (why, change) in cases {
        let mut case = Case::new();
        change(&mut case);
        assert_eq!(case.decided(), Decision::Skip(why));
    }
}

#[test]
fn a_utility_template_needs_no_opt_in_and_no_cap_counts_it() {
    let mut case = Case::new();
    case.purpose = Some(Purpose::Utility);
    case.gate.consent = Consent::default();
    case.gate.marketing = vec![NOW; 8];
    assert_eq!(case.decided(), Decision::Go { attempt: 1, variant: 0, marketing: false });
    // A template of unknown category counts as marketing where the company is strict.
    case.purpose = None;
    assert_eq!(case.decided(), Decision::Skip(Skip::NoConsent));
}

#[test]
fn a_cap_forgets_what_is_older_than_its_days() {
    let mut case = Case::new();
    case.gate.marketing = vec![NOW - hours(24 * 7), NOW - hours(2)];
    assert_eq!(case.decided(), GO);
    case.gate.marketing = vec![NOW - hours(24 * 7 - 1), NOW - hours(2)];
    assert_eq!(case.decided(), Decision::Skip(Skip::FrequencyCap));
    case.definition.frequency_cap = None;
    assert_eq!(case.decided(), GO);
}

#[test]
fn every_reason_to_wait_says_until_when() {
    let later = NOW + hours(5);
    let mut night = Case::new();
    night.definition =
        definition(json!({"quiet_hours": {"from": "10:00", "to": "15:00", "otherwise": "UTC"}}));
    assert_eq!(night.decided(), Decision::Defer { until: NOW + hours(3), why: Put::QuietHours });
    let mut pair = Case::new();
    pair.gate.tat.insert(PhoneNumberId::new("100000000000001"), later);
    assert_eq!(pair.decided(), Decision::Defer { until: later, why: Put::PairRate });
    let mut tier = Case::new();
    tier.limits.slot = SlotAnswer::Full(later);
    assert_eq!(tier.decided(), Decision::Defer { until: later, why: Put::Tier });
    tier.limits.slot = SlotAnswer::Over(later);
    assert_eq!(tier.decided(), Decision::Defer { until: later, why: Put::Reservation });
    tier.definition.ends_at = Some(later);
    assert_eq!(tier.decided(), Decision::Skip(Skip::Ended));
    tier.limits.slot = SlotAnswer::NotCounted;
    assert_eq!(tier.decided(), GO);
}

#[test]
fn a_country_that_never_is_awake_as_a_whole_is_told_and_not_put_off_for_ever() {
    let mut case = Case::new();
    case.person.phone = Some("79161234567");
    case.definition =
        definition(json!({"quiet_hours": {"from": "14:00", "to": "12:00", "otherwise": "UTC"}}));
    assert_eq!(case.decided(), Decision::Skip(Skip::NeverAwake));
}

#[test]
fn who_was_taken_before_is_never_taken_again_unless_nothing_was_sent() {
    for (progress, expected) in [
        (Progress::Taken, Decision::Before(Progress::Taken)),
        (Progress::Accepted, Decision::Before(Progress::Accepted)),
        (Progress::Refused, Decision::Before(Progress::Refused)),
        (Progress::Again, Decision::Go { attempt: 2, variant: 0, marketing: true }),
    ] {
        let mut case = Case::new();
        case.gate.take(&campaign(), 1, None);
        case.gate.answered(&campaign(), 1, progress, (None, None));
        assert_eq!(case.decided(), expected, "{progress:?}");
    }
}

#[test]
fn a_merged_record_is_decided_by_the_gate_of_the_other() {
    let mut gate = consenting();
    gate.alias_of = ContactId::new("01KOTHER");
    assert_eq!(follow(&gate), ContactId::new("01KOTHER").as_ref());
    gate.erased_at = Some(NOW);
    assert_eq!(follow(&gate), None);
}

/// Two workers and any number of repeats, with a crash after any step: the gate is written upon its version.
fn posted(steps: &[(usize, u8)]) -> usize {
    let (id, number, contact) = (campaign(), PhoneNumberId::new("1"), ContactId::new("01KPERSON").unwrap());
    let plain = definition(json!({}));
    let plan = Plan {
        id: &id,
        definition: &plain,
        purpose: Some(Purpose::Marketing),
        strict: true,
        number: &number,
    };
    let (mut gate, mut version) = (consenting(), 0_u32);
    let mut read: [Option<(Gate, u32)>; 2] = [None, None];
    let mut taken: [Option<u32>; 2] = [None, None];
    let mut may_have_been_accepted = 0;
    for (worker, what) in steps.iter().copied() {
        match what {
            // Reads.
            0 => read[worker] = Some((gate.clone(), version)),
            // Decides and writes, if the gate is as it was read.
            1 => {
                let Some((seen, at)) = read[worker].take() else { continue };
                let Decision::Go { attempt, marketing, .. } =
                    decide(&plan, &contact, &seen, (&somebody(), ROOM, NOW))
                else {
                    continue;
                };
                if at == version {
                    gate.take(&id, attempt, marketing.then_some(NOW));
                    version += 1;
                    taken[worker] = Some(attempt);
                }
            }
            // Posts, and Meta takes it; the answer may be lost.
            2 => may_have_been_accepted += usize::from(taken[worker].take().is_some()),
            // Posts, and Meta refuses it with a limit.
            3 => {
                let Some(attempt) = taken[worker].take() else { continue };
                gate.answered(&id, attempt, Progress::Again, (None, Some(NOW)));
                version += 1;
            }
            // Crashes.
            _ => (read[worker], taken[worker]) = (None, None),
        }
    }
    may_have_been_accepted
}

proptest! {
    #[test]
    fn nobody_gets_a_campaign_twice_whoever_crashes_when(
        steps in prop::collection::vec((0..2_usize, 0..5_u8), 0..60)
    ) {
        prop_assert!(posted(&steps) <= 1);
    }
}

#[test]
fn two_workers_can_get_so_far_that_somebody_is_posted_to() {
    assert_eq!(
        posted(&[(0, 0), (1, 0), (0, 1), (1, 1), (0, 3), (1, 0), (1, 1), (1, 2), (0, 0), (0, 1), (0, 2)]),
        1
    );
}

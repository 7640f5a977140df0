//! From what Meta says to words about facts.

use cloud_api::WabaId;
use cloud_api::manage::NumberNode;
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::account::{AccountEvent, AccountUpdate};
use cloud_api::webhook::event::numbers::{
    BusinessCapability, Decision, MessagingLimit, NumberEvent, PhoneNumberName, PhoneNumberQuality,
};
use jiff::Timestamp;

use super::facts::{Fact, Source, Update};

/// Whom a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The number of the WABA that people read so. Compare with [`same_number`].
    Number(String),
    /// The WABA itself.
    Waba,
    /// Another WABA than the entry's, which is a portfolio then.
    NamedWaba(WabaId),
    /// The WABA, and with it each of its numbers.
    WabaAndNumbers,
}

/// What a webhook says of numbers and WABAs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// About whom.
    pub about: About,
    /// What.
    pub updates: Vec<Update>,
}

/// Whether two ways to write a number mean the same one: webhooks write digits, answers write `+`, spaces and dashes.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let one = digits(one);
    !one.is_empty() && one == digits(other)
}

/// Reads an event that came at a time of Meta's. `None`: it says nothing of numbers.
#[must_use]
pub fn told_by(event: &Event, at: Timestamp) -> Option<Told> {
    let (about, words) = match event {
        Event::PhoneNumberQuality(told) => (number(told.display_phone_number.as_ref())?, quality(told)),
        Event::PhoneNumberName(told) => (number(told.display_phone_number.as_ref())?, name(told)),
        Event::BusinessCapability(told) => (About::WabaAndNumbers, capability(told)),
        Event::AccountUpdate(told) => {
            let named = told.waba_info.as_ref().and_then(|info| info.waba_id.clone());
            let of_waba = named.map_or(About::Waba, About::NamedWaba);
            (number(told.phone_number.as_ref()).unwrap_or(of_waba), account(told))
        }
        _ => return None,
    };
    let update = |(fact, value)| Update { fact, value, at, source: Source::Webhook };
    let updates: Vec<_> = words.into_iter().map(update).collect();
    (!updates.is_empty()).then_some(Told { about, updates })
}

/// Reads a number, as an answer shows it that was asked for at a time.
#[must_use]
pub fn seen_in(node: &NumberNode, asked_at: Timestamp) -> Vec<Update> {
    let at = asked_at;
    let throughput = node.throughput.as_ref().and_then(|throughput| throughput.level.clone());
    let limit = node.whatsapp_business_manager_messaging_limit.as_ref().map(tier);
    let words = [
        (Fact::DisplayName, node.verified_name.clone()),
        (Fact::NameStatus, node.name_status.clone()),
        (Fact::RequestedNameStatus, node.new_name_status.clone()),
        (Fact::Quality, node.quality_rating.clone()),
        (Fact::Limit, limit),
        (Fact::Health, node.health_status.as_ref().and_then(|health| health.can_send_message.clone())),
        (Fact::Throughput, throughput),
        (Fact::Status, node.status.clone()),
        (Fact::Official, node.is_official_business_account.map(|official| official.to_string())),
        (Fact::CodeVerification, node.code_verification_status.clone()),
        (Fact::AccountMode, node.account_mode.clone()),
    ];
    let update = |(fact, value): (Fact, Option<String>)| {
        value.map(|value| Update { fact, value, at, source: Source::Sync })
    };
    words.into_iter().filter_map(update).collect()
}

type Words = Vec<(Fact, String)>;

fn number(display: Option<&cloud_api::DisplayPhoneNumber>) -> Option<About> {
    display.map(|display| About::Number(display.as_str().to_owned()))
}

/// One limit, one text: Meta writes `TIER_2K`, `2000` and `"2000"`.
fn tier(limit: &MessagingLimit) -> String {
    match limit {
        MessagingLimit::People(people) if *people >= 1_000 && people % 1_000 == 0 => {
            format!("TIER_{}K", people / 1_000)
        }
        MessagingLimit::People(people) => format!("TIER_{people}"),
        other => other.to_string(),
    }
}

/// Meta stopped to push the rating itself in February 2026; `FLAGGED` meant that it is low.
fn quality(told: &PhoneNumberQuality) -> Words {
    let limit = told.max_daily_conversations_per_business.as_ref().or(told.current_limit.as_ref());
    let mut words: Words = limit.map(|limit| (Fact::Limit, tier(limit))).into_iter().collect();
    let mut say = |fact, value: &str| words.push((fact, value.to_owned()));
    match told.event {
        NumberEvent::ThroughputUpgrade => say(Fact::Throughput, "HIGH"),
        NumberEvent::Flagged => {
            say(Fact::Quality, "RED");
            say(Fact::Status, "FLAGGED");
        }
        NumberEvent::Unflagged => {
            // Whether it is yellow or green is not told: whoever looks next will see.
            say(Fact::Quality, "UNKNOWN");
            say(Fact::Status, "CONNECTED");
        }
        _ => {}
    }
    words
}

fn name(told: &PhoneNumberName) -> Words {
    let mut words: Words = vec![(Fact::RequestedNameStatus, told.decision.as_str().to_owned())];
    words.extend(told.requested_verified_name.clone().map(|name| (Fact::RequestedName, name)));
    words.push((Fact::RequestedNameReason, told.rejection_reason.clone().unwrap_or_default()));
    if told.decision == Decision::Approved {
        words.extend(told.requested_verified_name.clone().map(|name| (Fact::DisplayName, name)));
        words.push((Fact::NameStatus, "APPROVED".to_owned()));
    }
    words
}

fn capability(told: &BusinessCapability) -> Words {
    let limit =
        told.max_daily_conversations_per_business.as_ref().or(told.max_daily_conversation_per_phone.as_ref());
    let numbers = told.max_phone_numbers_per_waba.or(told.max_phone_numbers_per_business);
    let limit = limit.map(|limit| (Fact::Limit, tier(limit)));
    limit.into_iter().chain(numbers.map(|most| (Fact::NumbersAllowed, most.to_string()))).collect()
}

fn account(told: &AccountUpdate) -> Words {
    match told.event {
        AccountEvent::AccountViolation => {
            let kind = told.violation_info.as_ref().and_then(|info| info.violation_type.clone());
            kind.map(|kind| (Fact::Violation, kind)).into_iter().collect()
        }
        AccountEvent::AccountRestriction => {
            let word = |restriction: &cloud_api::webhook::event::account::Restriction| {
                let kind = restriction.restriction_type.as_ref()?.as_str().to_owned();
                let until = restriction.expiration.map(|until| until.to_string());
                Some((Fact::Restriction(kind), until.unwrap_or_default()))
            };
            told.restriction_info.iter().filter_map(word).collect()
        }
        AccountEvent::DisabledUpdate => {
            let state = told.ban_info.as_ref().and_then(|ban| ban.waba_ban_state.as_ref());
            state.map(|state| (Fact::Ban, state.as_str().to_owned())).into_iter().collect()
        }
        AccountEvent::AccountDeleted | AccountEvent::AccountOffboarded | AccountEvent::AccountReconnected => {
            vec![(Fact::Account, told.event.as_str().to_owned())]
        }
        AccountEvent::PartnerAdded
        | AccountEvent::PartnerRemoved
        | AccountEvent::PartnerAppInstalled
        | AccountEvent::PartnerAppUninstalled => {
            vec![(Fact::Partner, told.event.as_str().to_owned())]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(field: &str, raw: &str) -> Option<(About, Vec<(String, String)>)> {
        let at = Timestamp::from_second(1_795_392_000).unwrap();
        let told = told_by(&Event::parse(field, raw).unwrap(), at)?;
        assert!(told.updates.iter().all(|it| it.at == at && it.source == Source::Webhook));
        let words = told.updates.into_iter().map(|it| (it.fact.to_string(), it.value));
        Some((told.about, words.collect()))
    }

    fn words(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(fact, value)| ((*fact).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_a_webhook_says_of_a_number_becomes_facts_of_that_number() {
        let this = About::Number("15550100200".to_owned());
        let quality = |more: &str| {
            told(
                "phone_number_quality_update",
                &format!(r#"{{"display_phone_number":"15550100200",{more}}}"#),
            )
        };
        assert_eq!(
            quality(
                r#""event":"THROUGHPUT_UPGRADE","max_daily_conversations_per_business":"TIER_UNLIMITED""#
            ),
            Some((this.clone(), words(&[("limit", "TIER_UNLIMITED"), ("throughput", "HIGH")])))
        );
        assert_eq!(
            quality(r#""event":"FLAGGED","current_limit":"TIER_10K""#),
            Some((this.clone(), words(&[("limit", "TIER_10K"), ("quality", "RED"), ("status", "FLAGGED")])))
        );
        assert_eq!(quality(r#""event":"SOMETHING_NEW""#), None);
        let name = |decision: &str, reason: &str| {
            let raw = format!(
                r#"{{"display_phone_number":"15550100200","decision":"{decision}","requested_verified_name":"Kettles","rejection_reason":{reason}}}"#
            );
            told("phone_number_name_update", &raw).unwrap().1
        };
        assert!(name("APPROVED", "null").contains(&("display_name".to_owned(), "Kettles".to_owned())));
        let refused = name("REJECTED", r#""NAME_FORMAT_UNACCEPTABLE""#);
        assert!(!refused.iter().any(|(fact, _)| fact == "display_name"), "it keeps the name that it has");
        assert!(
            refused.contains(&("requested_name_reason".to_owned(), "NAME_FORMAT_UNACCEPTABLE".to_owned()))
        );
    }

    #[test]
    fn what_a_webhook_says_of_an_account_becomes_facts_of_the_waba_or_of_the_number_that_it_names() {
        let restriction = r#""event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES","expiration":1795996800},{"expiration":1}]"#;
        let expected = words(&[("restriction.RESTRICTED_UTILITY_TEMPLATES", "1795996800")]);
        assert_eq!(
            told("account_update", &format!("{{{restriction}}}")),
            Some((About::Waba, expected.clone()))
        );
        let of_number = format!(r#"{{"phone_number":"15550100200",{restriction}}}"#);
        assert_eq!(
            told("account_update", &of_number),
            Some((About::Number("15550100200".to_owned()), expected))
        );
        let ban = r#"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE","waba_ban_date":"November 23, 2026"}}"#;
        assert_eq!(told("account_update", ban), Some((About::Waba, words(&[("ban", "DISABLE")]))));
        let left = r#"{"event":"PARTNER_REMOVED","waba_info":{"waba_id":"900000000000101"}}"#;
        let named = About::NamedWaba(WabaId::new("900000000000101"));
        assert_eq!(
            told("account_update", left),
            Some((named, words(&[("partner", "PARTNER_REMOVED")]))),
            "the entry is a portfolio then"
        );
        assert_eq!(told("account_update", r#"{"event":"MM_LITE_TERMS_SIGNED"}"#), None);
        assert_eq!(
            told(
                "business_capability_update",
                r#"{"max_daily_conversations_per_business":2000,"max_phone_numbers_per_waba":20}"#
            ),
            Some((About::WabaAndNumbers, words(&[("limit", "TIER_2K"), ("numbers_allowed", "20")])))
        );
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        assert!(same_number("15550100200", "+1 555-010-0200"));
        assert!(!same_number("15550100200", "15550100201") && !same_number("", ""));
    }
}

//! Rules by which people become known or important without anybody's hand.

use cloud_api::PhoneNumberId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Contact, ContactKind, SourceKind};

/// The most rules for people who are new.
pub const MOST_RULES: usize = 20;
/// The most messages that a rule can ask for.
pub const MOST_MESSAGES: u16 = 500;
/// The most days that a rule can look back.
pub const MOST_DAYS: u16 = 90;

/// What a company decided about people whom nobody has touched yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleRules {
    /// Who writes that much is important. `None`: nobody is by rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub important: Option<MostActive>,
    /// What an unknown person becomes who writes for the first time. The first rule that fits counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<KnownRule>,
}

/// So many messages of a person in so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MostActive {
    /// Messages, 1 to [`MOST_MESSAGES`].
    pub messages: u16,
    /// Days, 1 to [`MOST_DAYS`].
    pub days: u16,
}

/// What an unknown person becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownRule {
    /// Only who writes to this number. `None`: to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Only who comes from there, such as from an ad. `None`: from anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The word of what they become: never `unknown`.
    pub kind: String,
}

impl MostActive {
    /// Since when messages count.
    #[must_use]
    pub fn since(self, now: Timestamp) -> Timestamp {
        let back = SignedDuration::from_hours(24 * i64::from(self.days));
        now.checked_sub(back).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Whether so many messages are enough.
    #[must_use]
    pub fn is_met(self, messages: usize) -> bool {
        messages >= usize::from(self.messages)
    }
}

impl KnownRule {
    fn fits(&self, number: &PhoneNumberId, source: Option<SourceKind>) -> bool {
        self.number.as_deref().is_none_or(|wanted| wanted == number.as_str())
            && self.source.as_deref().is_none_or(|wanted| source.is_some_and(|kind| kind.as_str() == wanted))
    }
}

impl PeopleRules {
    /// Whether there is nothing to decide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.important.is_none() && self.known.is_empty()
    }

    /// What a record becomes whose person writes to a number for the first time; `None` if it stays what it is.
    /// Whoever is known already is never changed.
    #[must_use]
    pub fn becomes(&self, contact: &Contact, number: &PhoneNumberId) -> Option<ContactKind> {
        if contact.kind != ContactKind::Unknown || contact.erased || contact.alias_of.is_some() {
            return None;
        }
        let source = contact.source.as_ref().map(|source| source.kind);
        let rule = self.known.iter().find(|rule| rule.fits(number, source))?;
        Some(ContactKind::from_word(&rule.kind)).filter(|kind| *kind != ContactKind::Unknown)
    }

    /// Whether a person is to be marked. Whom the rule marked once, and somebody unmarked by hand, stays unmarked.
    #[must_use]
    pub fn marks(&self, contact: &Contact, messages: usize) -> bool {
        self.important.is_some_and(|rule| rule.is_met(messages)) && can_be_marked(contact)
    }
}

/// Whether the rule of importance has anything to say of a record.
#[must_use]
pub fn can_be_marked(contact: &Contact) -> bool {
    !contact.important && !contact.important_by_rule && !contact.erased && contact.alias_of.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactId, Source};

    fn contact(source: Option<SourceKind>) -> Contact {
        let mut contact = Contact::new(ContactId::new("c1").unwrap(), Timestamp::UNIX_EPOCH);
        contact.source = source.map(Source::of);
        contact
    }

    fn rule(number: Option<&str>, source: Option<&str>, kind: &str) -> KnownRule {
        KnownRule {
            number: number.map(str::to_owned),
            source: source.map(str::to_owned),
            kind: kind.to_owned(),
        }
    }

    #[test]
    fn the_first_rule_that_fits_says_what_an_unknown_person_becomes() {
        let (sales, other) = (PhoneNumberId::new("1"), PhoneNumberId::new("2"));
        let rules = PeopleRules {
            known: vec![rule(Some("1"), Some("ad"), "lead"), rule(Some("1"), None, "contact")],
            important: None,
        };
        assert_eq!(rules.becomes(&contact(Some(SourceKind::Ad)), &sales), Some(ContactKind::Lead));
        assert_eq!(rules.becomes(&contact(None), &sales), Some(ContactKind::Contact));
        assert_eq!(rules.becomes(&contact(Some(SourceKind::Ad)), &other), None);
        let mut vendor = contact(None);
        vendor.kind = ContactKind::Vendor;
        assert_eq!(rules.becomes(&vendor, &sales), None, "who is known is left alone");
    }

    #[test]
    fn who_writes_often_enough_is_marked_once() {
        let rules = PeopleRules { important: Some(MostActive { messages: 3, days: 7 }), known: Vec::new() };
        let mut person = contact(None);
        assert!(!rules.marks(&person, 2));
        assert!(rules.marks(&person, 3));
        person.important_by_rule = true;
        assert!(!rules.marks(&person, 99), "somebody took the mark away");
    }

    #[test]
    fn days_are_counted_back_from_now_to_the_second() {
        let now: Timestamp = "2026-11-26T10:00:00Z".parse().unwrap();
        let rule = MostActive { messages: 1, days: 2 };
        assert_eq!(rule.since(now).to_string(), "2026-11-24T10:00:00Z");
    }
}

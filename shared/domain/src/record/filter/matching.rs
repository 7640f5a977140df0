//! Whether a record is what a filter asks for.

use jiff::tz::TimeZone;

use super::{Attribute, Clause, Comparison, Filter, Test};
use crate::Contact;
use crate::record::fold::{fold, words};
use crate::record::{Decimal, FieldValue, term};

/// How many last digits of two phones must agree: national and international forms share them.
const AGREE: usize = 9;

impl Filter {
    /// Whether a record is found. Whoever was merged or erased never is.
    #[must_use]
    pub fn matches(&self, contact: &Contact) -> bool {
        contact.alias_of.is_none()
            && !contact.erased
            && self.clauses.iter().all(|clause| clause.holds(contact))
    }
}

impl Clause {
    fn holds(&self, contact: &Contact) -> bool {
        self.test.holds(contact) != self.negated
    }
}

impl Test {
    fn holds(&self, contact: &Contact) -> bool {
        let among = |values: &[String], value: Option<&str>| match value {
            Some(value) => values.iter().any(|wanted| wanted == value),
            None => values.is_empty(),
        };
        match self {
            Self::Word(word) => has_word(contact, word),
            Self::Phone(digits) => contact.phone.as_deref().is_some_and(|phone| same_line(phone, digits)),
            Self::Email(email) => contact.email.as_deref().map(fold).as_ref() == Some(email),
            Self::Username(name) => contact.username.as_deref().map(term::username).as_ref() == Some(name),
            Self::Kind(kinds) => kinds.contains(&contact.kind),
            Self::Label(labels) if labels.is_empty() => contact.labels.is_empty(),
            Self::Label(labels) => labels.iter().any(|label| contact.labels.contains(label)),
            Self::Owner(owners) => among(owners, contact.owner.as_ref().map(crate::agent::AgentId::as_str)),
            Self::Organization(id) => contact.organization.as_ref().is_some_and(|org| org.as_str() == id),
            Self::Source(sources) => contact
                .source
                .as_ref()
                .is_some_and(|source| sources.iter().any(|word| word == source.kind.as_str())),
            Self::Important(yes) => contact.important == *yes,
            Self::Has(attribute) => has(contact, *attribute),
            Self::Active(comparison, month) => {
                contact.active_month.as_ref().is_some_and(|active| comparison.holds(active, month))
            }
            Self::Created(comparison, day) => {
                comparison.holds(&contact.created_at.to_zoned(TimeZone::UTC).date(), day)
            }
            Self::Field(id, comparison, values, _) => contact
                .fields
                .get(id)
                .is_some_and(|value| values.iter().any(|wanted| compares(value, *comparison, wanted))),
        }
    }
}

fn has_word(contact: &Contact, word: &str) -> bool {
    let names = [&contact.name, &contact.profile_name].into_iter().flatten();
    // Several words in quotes: each begins a word of the same name.
    let wanted = words(word);
    let in_name = |name: &String| {
        let words = words(name);
        if wanted.is_empty() {
            return words.iter().any(|one| one.starts_with(word));
        }
        wanted.iter().all(|wanted| words.iter().any(|one| one.starts_with(wanted.as_str())))
    };
    names.into_iter().any(in_name)
        || contact.username.as_deref().is_some_and(|name| term::username(name) == word)
}

fn same_line(phone: &str, digits: &str) -> bool {
    let agree = AGREE.min(digits.len()).min(phone.len());
    agree >= term::TAIL && phone[phone.len() - agree..] == digits[digits.len() - agree..]
}

fn has(contact: &Contact, attribute: Attribute) -> bool {
    match attribute {
        Attribute::Phone => contact.phone.is_some(),
        Attribute::UserId => contact.user_id.is_some(),
        Attribute::Email => contact.email.is_some(),
        Attribute::Username => contact.username.is_some(),
        Attribute::Name => contact.name.is_some(),
        Attribute::Organization => contact.organization.is_some(),
    }
}

/// A typed value beside the text that the parser wrote of a typed value.
fn compares(value: &FieldValue, comparison: Comparison, wanted: &str) -> bool {
    match value {
        FieldValue::Number(number) => {
            wanted.parse::<Decimal>().is_ok_and(|wanted| comparison.holds(number, &wanted))
        }
        FieldValue::Date(day) => wanted.parse().is_ok_and(|wanted| comparison.holds(day, &wanted)),
        // Amounts of different currencies are not compared.
        FieldValue::Money { amount, currency } => wanted.split_once(' ').is_some_and(|(wanted, of)| {
            of == currency && wanted.parse::<Decimal>().is_ok_and(|wanted| comparison.holds(amount, &wanted))
        }),
        FieldValue::MultiChoice(chosen) => chosen.iter().any(|option| fold(option) == fold(wanted)),
        FieldValue::Text(text) | FieldValue::Choice(text) => fold(text) == fold(wanted),
        FieldValue::Boolean(yes) => wanted == yes.to_string(),
    }
}

//! Under which words a record is found. The store keeps one entry for each, so that a search reads what it finds and
//! nothing else.

use std::collections::BTreeSet;

use super::FieldValue;
use super::fold::{fold, words};
use crate::Contact;

/// How many last digits of a phone are an entry: they are the same however a number is written.
pub const TAIL: usize = 7;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// A word of a name, found by its beginning.
    Name(String),
    /// A value, found whole: `label`, `vip`.
    Exact(&'static str, String),
    /// The value of a field of the company's own.
    Field(String, String),
}

/// The entries of a record. None if it was merged into another or erased: the other one is found.
#[must_use]
pub fn terms_of(contact: &Contact) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    if contact.alias_of.is_some() || contact.erased {
        return terms;
    }
    for name in [&contact.name, &contact.profile_name].into_iter().flatten() {
        terms.extend(words(name).into_iter().map(Term::Name));
    }
    let mut exact = |kind, value: Option<String>| terms.extend(value.map(|value| Term::Exact(kind, value)));
    exact("kind", Some(contact.kind.as_str().to_owned()));
    exact("tail", contact.phone.as_deref().and_then(tail));
    exact("email", contact.email.as_deref().map(fold));
    exact("username", contact.username.as_deref().map(username));
    exact("owner", contact.owner.as_ref().map(ToString::to_string));
    exact("org", contact.organization.as_ref().map(ToString::to_string));
    let source = contact.source.as_ref().filter(|source| source.kind.has_entries());
    exact("source", source.map(|source| source.kind.as_str().to_owned()));
    exact("important", contact.important.then(|| "true".to_owned()));
    for label in &contact.labels {
        exact("label", Some(label.clone()));
    }
    for (id, value) in &contact.fields {
        let chosen = |option: &str| Term::Field(id.to_string(), fold(option));
        match value {
            FieldValue::Choice(option) => terms.extend([chosen(option)]),
            FieldValue::MultiChoice(options) => terms.extend(options.iter().map(|option| chosen(option))),
            FieldValue::Boolean(yes) => terms.extend([chosen(&yes.to_string())]),
            FieldValue::Text(_) | FieldValue::Number(_) | FieldValue::Date(_) | FieldValue::Money { .. } => {}
        }
    }
    terms
}

/// The last digits of a phone.
#[must_use]
pub fn tail(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= TAIL).then(|| digits[digits.len() - TAIL..].iter().collect())
}

/// A username as it is searched.
#[must_use]
pub fn username(name: &str) -> String {
    fold(name.trim_start_matches('@'))
}

//! The filter language: what a list, a segment or an audience asks for.
//!
//! Words and conditions, all of which must hold: `kind:lead label:vip,new -owner:none field.score>=10 ana`. A value with
//! spaces stands in quotes; several values of one condition are alternatives; `-` before a condition turns it round.

mod matching;
mod parse;
mod plan;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::Date;

use super::FieldId;
use crate::ContactKind;

/// The longest filter, in bytes.
pub const LONGEST: usize = 1_000;
/// The most conditions of a filter.
pub const MOST: usize = 20;

/// A filter that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub(crate) clauses: Vec<Clause>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) negated: bool,
    pub(crate) test: Test,
}

/// What a condition asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// A word of the name, or a username, begins with this.
    Word(String),
    /// The phone ends with these digits.
    Phone(String),
    Email(String),
    Username(String),
    Kind(Vec<ContactKind>),
    /// Labels; empty means none at all.
    Label(Vec<String>),
    /// Owners; empty means nobody.
    Owner(Vec<String>),
    Organization(String),
    Source(Vec<String>),
    Important(bool),
    Has(Attribute),
    /// Month of the last activity, as `2026-11`.
    Active(Comparison, String),
    Created(Comparison, Date),
    /// A field of the company's own; the last says whether its values are entries.
    Field(FieldId, Comparison, Vec<String>, bool),
}

/// What a record may have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Phone,
    UserId,
    Email,
    Username,
    Name,
    Organization,
}

impl Attribute {
    const ALL: [(&'static str, Self); 6] = [
        ("phone", Self::Phone),
        ("user_id", Self::UserId),
        ("email", Self::Email),
        ("username", Self::Username),
        ("name", Self::Name),
        ("organization", Self::Organization),
    ];
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Is,
    AtLeast,
    AtMost,
    More,
    Less,
}

impl Comparison {
    fn sign(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::Less => "<",
        }
    }

    pub(crate) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Is => left == right,
            Self::AtLeast => left >= right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::Less => left < right,
        }
    }
}

/// The text is not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (at character {at})")]
pub struct FilterError {
    /// What is wrong, for people.
    pub what: String,
    /// Where, counted in characters from 1.
    pub at: usize,
}

impl Filter {
    /// Whether it asks for nothing, and so finds everybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// This and that together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.clauses.extend(other.clauses);
        self
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clauses: Vec<_> = self.clauses.iter().map(ToString::to_string).collect();
        f.write_str(&clauses.join(" "))
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negated { "-" } else { "" };
        let or_none = |values: &[String]| if values.is_empty() { "none".to_owned() } else { list(values) };
        match &self.test {
            Test::Word(word) => write!(f, "{sign}{}", quoted(word)),
            Test::Phone(digits) => write!(f, "{sign}phone:{digits}"),
            Test::Email(email) => write!(f, "{sign}email:{}", quoted(email)),
            Test::Username(name) => write!(f, "{sign}username:{}", quoted(name)),
            Test::Kind(kinds) => {
                let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
                write!(f, "{sign}kind:{}", kinds.join(","))
            }
            Test::Label(labels) => write!(f, "{sign}label:{}", or_none(labels)),
            Test::Owner(owners) => write!(f, "{sign}owner:{}", or_none(owners)),
            Test::Organization(id) => write!(f, "{sign}organization:{}", quoted(id)),
            Test::Source(sources) => write!(f, "{sign}source:{}", list(sources)),
            Test::Important(yes) => write!(f, "{sign}important:{yes}"),
            Test::Has(attribute) => {
                let word =
                    Attribute::ALL.iter().find(|(_, other)| other == attribute).map_or("", |(word, _)| word);
                write!(f, "{sign}has:{word}")
            }
            Test::Active(comparison, month) => write!(f, "{sign}active{}{month}", comparison.sign()),
            Test::Created(comparison, day) => write!(f, "{sign}created{}{day}", comparison.sign()),
            Test::Field(id, comparison, values, _) => {
                write!(f, "{sign}field.{id}{}{}", comparison.sign(), list(values))
            }
        }
    }
}

fn list(values: &[String]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",")
}

/// A value as it is written: in quotes where it could be taken for something else.
fn quoted(value: &str) -> String {
    let is_plain = !value.is_empty()
        && !value.starts_with('-')
        && !value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | ':' | '<' | '>' | '\\'));
    if is_plain && value != "none" {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

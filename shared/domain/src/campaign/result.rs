//! The result block: what became of at most 25 people, in one item under 1 KB.
//!
//! Each fact of a person is an attribute of its own, set if it is not there, so that facts may come in any order and
//! more than once. Totals are read from blocks and never counted up. `o17` has the outcome with template and market,
//! because the sender knows them in the same moment: two attributes less for each of 25 people leave the room for their
//! answers.

use std::collections::BTreeMap;

use super::attribution::Method;
use super::log::BLOCK;
use super::outcome::Outcome;
use crate::rates::Category;

/// What is known of one person. Seconds count from the campaign's start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// `o17`: the outcome, with the template's index and the market: `a1MX`.
    pub outcome: Option<Placed>,
    /// `s17`: when Meta handed it on.
    pub sent: Option<u32>,
    /// `d17`: when it reached a device.
    pub delivered: Option<u32>,
    /// `r17`: when it was shown.
    pub read: Option<u32>,
    /// `f17`: when it failed after it was accepted.
    pub failed: Option<u32>,
    /// `e17`: Meta's code, of a refusal or a later failure.
    pub error: Option<u32>,
    /// `p17`: what Meta charges.
    pub price: Option<Price>,
    /// `q17`: when the person answered, and how that is known.
    pub reply: Option<(Method, u32)>,
    /// `b17`: which button was tapped first.
    pub button: Option<u8>,
    /// `n17`: when the person opted out after it.
    pub opted_out: Option<u32>,
}

/// An outcome with the template and the market it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Placed {
    /// The outcome.
    pub outcome: Outcome,
    /// Which of the templates.
    pub variant: u8,
    /// The market, as the rate card calls it: at most 3 letters; empty if nobody knows.
    pub market: String,
}

/// What Meta charges for a message, from the `pricing` of a status. The amount comes from the rate card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Price {
    /// Marketing.
    Marketing,
    /// Utility.
    Utility,
    /// Authentication.
    Authentication,
    /// Authentication to another country.
    AuthenticationInternational,
    /// Nothing: a free entry point, or an open window.
    Free,
    /// A class that this build does not know: its price is not known either.
    Other,
}

impl Price {
    const LETTERS: [(Self, char); 6] = [
        (Self::Marketing, 'm'),
        (Self::Utility, 'u'),
        (Self::Authentication, 'a'),
        (Self::AuthenticationInternational, 'i'),
        (Self::Free, 'f'),
        (Self::Other, 'x'),
    ];

    /// The rate of a rate card. `None`: it is free, or nobody knows.
    #[must_use]
    pub fn category(self) -> Option<Category> {
        match self {
            Self::Marketing => Some(Category::Marketing),
            Self::Utility => Some(Category::Utility),
            Self::Authentication => Some(Category::Authentication),
            Self::AuthenticationInternational => Some(Category::AuthenticationInternational),
            Self::Free | Self::Other => None,
        }
    }
}

/// An attribute's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(u32),
}

impl Value {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn number(&self) -> Option<u32> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// What DynamoDB counts for it, in bytes: a text its length, a number half its digits and one.
    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(number) => number.to_string().len().div_ceil(2) + 1,
        }
    }
}

/// Whether a fact is written over what is there: whoever posted knows better than whoever put the person off, because
/// the one who posts seemed to be gone. Of these two the order does not matter then, as in [`Entry::join`].
#[must_use]
pub fn stands(name: &str, value: &Value) -> bool {
    let outcome = value.text().filter(|_| name.starts_with('o')).and_then(Placed::read);
    outcome.is_some_and(|placed| matches!(placed.outcome, Outcome::Accepted | Outcome::Pacing))
}

impl Placed {
    fn write(&self) -> String {
        format!("{}{}{}", self.outcome.code(), self.variant, self.market)
    }

    fn read(text: &str) -> Option<Self> {
        let (outcome, rest) = Outcome::read(text)?;
        let mut letters = rest.chars();
        let variant = u8::try_from(letters.next()?.to_digit(10)?).ok()?;
        Some(Self { outcome, variant, market: letters.as_str().to_owned() })
    }
}

impl Entry {
    /// The attributes of the person with this place in the block, each set if it is not there, or over what is
    /// ([`stands`]).
    #[must_use]
    pub fn attributes(&self, place: usize) -> Vec<(String, Value)> {
        let number = |value: Option<u32>| value.map(Value::Number);
        let text = |value: Option<String>| value.map(Value::Text);
        let price = self.price.and_then(|price| Price::LETTERS.iter().find(|(it, _)| *it == price));
        [
            ('o', text(self.outcome.as_ref().map(Placed::write))),
            ('s', number(self.sent)),
            ('d', number(self.delivered)),
            ('r', number(self.read)),
            ('f', number(self.failed)),
            ('e', number(self.error)),
            ('p', text(price.map(|(_, letter)| letter.to_string()))),
            ('q', text(self.reply.map(|(method, at)| format!("{}{at}", method.letter())))),
            ('b', number(self.button.map(u32::from))),
            ('n', number(self.opted_out)),
        ]
        .into_iter()
        .filter_map(|(letter, value)| Some((format!("{letter}{place}"), value?)))
        .collect()
    }

    fn set(&mut self, letter: char, value: &Value) -> Option<()> {
        match letter {
            'o' => self.outcome = Some(Placed::read(value.text()?)?),
            's' => self.sent = Some(value.number()?),
            'd' => self.delivered = Some(value.number()?),
            'r' => self.read = Some(value.number()?),
            'f' => self.failed = Some(value.number()?),
            'e' => self.error = Some(value.number()?),
            'p' => {
                let price =
                    Price::LETTERS.iter().find(|(_, it)| value.text().is_some_and(|t| t.chars().eq([*it])));
                self.price = Some(price.map_or(Price::Other, |(price, _)| *price));
            }
            'q' => {
                let (method, at) = value.text()?.split_at_checked(1)?;
                self.reply = Some((Method::from_letter(method.chars().next()?)?, at.parse().ok()?));
            }
            'b' => self.button = Some(u8::try_from(value.number()?).ok()?),
            'n' => self.opted_out = Some(value.number()?),
            _ => {}
        }
        Some(())
    }

    /// Both together: of each fact the one that is there, of two the earlier or smaller. Commutes, associates, and
    /// repeats change nothing.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }
        }
        Self {
            outcome: least(self.outcome, other.outcome),
            sent: least(self.sent, other.sent),
            delivered: least(self.delivered, other.delivered),
            read: least(self.read, other.read),
            failed: least(self.failed, other.failed),
            error: least(self.error, other.error),
            price: least(self.price, other.price),
            reply: least(self.reply, other.reply),
            button: least(self.button, other.button),
            opted_out: least(self.opted_out, other.opted_out),
        }
    }

    /// Whether Meta has it: it said so, or a status came for it. A status resolves what nobody knew.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let told = [self.sent, self.delivered, self.read].iter().any(Option::is_some);
        let taken =
            self.outcome.as_ref().is_some_and(|it| matches!(it.outcome, Outcome::Accepted | Outcome::Pacing));
        told || taken || self.failed.is_some()
    }

    /// Whether it reached the person. `delivered` may be skipped when `read` comes.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.delivered.is_some() || self.read.is_some()
    }

    /// Whether it failed: refused at once, or later and never delivered.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        let refused = self.outcome.as_ref().is_some_and(|it| it.outcome == Outcome::Refused);
        (refused || self.failed.is_some()) && !self.is_delivered()
    }
}

/// At most 25 people, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// What is known of each person; who is not there is not begun, or nobody knows.
    pub entries: BTreeMap<usize, Entry>,
}

impl Block {
    /// Reads a block from its attributes. What this build does not know is passed over.
    #[must_use]
    pub fn read<'a>(attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        let mut block = Self::default();
        for (name, value) in attributes {
            let Some((letter, place)) = name.split_at_checked(1) else { continue };
            let (letter, place) = (letter.chars().next(), place.parse().ok());
            let (Some(letter), Some(place)) = (letter, place.filter(|place| *place < BLOCK)) else {
                continue;
            };
            block.entries.entry(place).or_default().set(letter, &value);
        }
        block.entries.retain(|_, entry| *entry != Entry::default());
        block
    }

    /// Adds what is told of a person.
    pub fn note(&mut self, place: usize, told: Entry) {
        let there = self.entries.entry(place).or_default();
        *there = std::mem::take(there).join(told);
    }

    /// What its attributes count in the database, in bytes, without the key.
    #[must_use]
    pub fn size(&self) -> usize {
        let entries = self.entries.iter().flat_map(|(place, entry)| entry.attributes(*place));
        entries.map(|(name, value)| name.len() + value.size()).sum()
    }
}

#[cfg(test)]
#[path = "result_tests.rs"]
mod tests;

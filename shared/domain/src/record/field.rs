//! Fields of the company's own choosing: typed, and defined for the kinds of record that have them.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::Decimal;
use crate::ContactKind;

/// The longest text in a field, in characters.
pub const LONGEST_TEXT: usize = 500;

/// A field's id: what filters and imports call it. Lower case, for good.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(String);

impl FieldId {
    /// Wraps an id: 1 to 32 of `a` to `z`, `0` to `9` and `_`, beginning with a letter.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let is_plain = (1..=32).contains(&id.len())
            && id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        is_plain.then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// An exact number.
    Number,
    /// A day of the calendar.
    Date,
    /// One of the options.
    Choice {
        /// What may be chosen.
        options: Vec<String>,
    },
    /// Any of the options.
    MultiChoice {
        /// What may be chosen.
        options: Vec<String>,
    },
    /// An amount in a currency.
    Money,
    /// Yes or no.
    Boolean,
}

impl FieldKind {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Choice { .. } => "choice",
            Self::MultiChoice { .. } => "multi_choice",
            Self::Money => "money",
            Self::Boolean => "boolean",
        }
    }

    /// Reads the word back; options are of use to choices only.
    #[must_use]
    pub fn from_word(word: &str, options: Vec<String>) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "number" => Self::Number,
            "date" => Self::Date,
            "choice" => Self::Choice { options },
            "multi_choice" => Self::MultiChoice { options },
            "money" => Self::Money,
            "boolean" => Self::Boolean,
            _ => return None,
        })
    }

    /// What may be chosen, of a choice.
    #[must_use]
    pub fn options(&self) -> &[String] {
        match self {
            Self::Choice { options } | Self::MultiChoice { options } => options,
            _ => &[],
        }
    }
}

/// A field that the company defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDef {
    /// Its id.
    pub id: FieldId,
    /// What people read.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The kinds of record that have it; empty is all.
    pub of: Vec<ContactKind>,
}

impl FieldDef {
    /// Whether records of a kind have this field.
    #[must_use]
    pub fn belongs_to(&self, kind: ContactKind) -> bool {
        self.of.is_empty() || self.of.contains(&kind)
    }
}

/// What somebody wants to write into a field, before it is known to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldInput {
    /// A text, a date, a choice; or anything as it stands in a file.
    Text(String),
    /// A number as it was written.
    Number(String),
    /// Yes or no.
    Boolean(bool),
    /// Several choices.
    List(Vec<String>),
    /// An amount in a currency.
    Money {
        /// The amount, as it was written.
        amount: String,
        /// The currency, three capitals.
        currency: String,
    },
}

/// What a field holds, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// The chosen option.
    Choice(String),
    /// The chosen options.
    MultiChoice(BTreeSet<String>),
    /// An amount.
    Money {
        /// How much.
        amount: Decimal,
        /// The currency by its three letters. See ISO 4217.
        currency: String,
    },
    /// Yes or no.
    Boolean(bool),
}

impl FieldDef {
    /// Types what somebody wants to write.
    ///
    /// # Errors
    /// Says what the field takes, for people; never what was sent.
    pub fn read(&self, input: FieldInput) -> Result<FieldValue, String> {
        match (&self.kind, input) {
            (FieldKind::Text, FieldInput::Text(text)) => read_text(&text),
            (FieldKind::Number, FieldInput::Number(text) | FieldInput::Text(text)) => {
                Ok(FieldValue::Number(read_decimal(&text)?))
            }
            (FieldKind::Date, FieldInput::Text(text)) => {
                let day = text
                    .trim()
                    .parse::<Date>()
                    .map_err(|_| "must be a date such as 2026-11-26".to_owned())?;
                Ok(FieldValue::Date(day))
            }
            (FieldKind::Choice { options }, FieldInput::Text(text)) => {
                Ok(FieldValue::Choice(option_of(options, &text)?))
            }
            (FieldKind::MultiChoice { options }, FieldInput::List(list)) => {
                let chosen: Result<_, _> = list.iter().map(|text| option_of(options, text)).collect();
                Ok(FieldValue::MultiChoice(chosen?))
            }
            // As it stands in a file.
            (FieldKind::MultiChoice { options }, FieldInput::Text(text)) => {
                let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
                let chosen: Result<_, _> = parts.map(|text| option_of(options, text)).collect();
                Ok(FieldValue::MultiChoice(chosen?))
            }
            (FieldKind::Money, FieldInput::Money { amount, currency }) => read_money(&amount, &currency),
            (FieldKind::Money, FieldInput::Text(text)) => {
                let (amount, currency) = text.trim().split_once(' ').ok_or(MONEY)?;
                read_money(amount, currency.trim())
            }
            (FieldKind::Boolean, FieldInput::Boolean(yes)) => Ok(FieldValue::Boolean(yes)),
            (FieldKind::Boolean, FieldInput::Text(text)) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "1" | "sí" | "si" => Ok(FieldValue::Boolean(true)),
                "false" | "no" | "0" => Ok(FieldValue::Boolean(false)),
                _ => Err("must be true or false".to_owned()),
            },
            (kind, _) => Err(expected(kind)),
        }
    }
}

const MONEY: &str = "must be an amount and a currency of three capitals, such as 12.50 EUR";

fn expected(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => "must be a text",
        FieldKind::Number => "must be a number",
        FieldKind::Date => "must be a date such as 2026-11-26",
        FieldKind::Choice { .. } => "must be one of its options",
        FieldKind::MultiChoice { .. } => "must be a list of its options",
        FieldKind::Money => MONEY,
        FieldKind::Boolean => "must be true or false",
    }
    .to_owned()
}

fn read_text(text: &str) -> Result<FieldValue, String> {
    let text = text.trim();
    let clean = !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    if (1..=LONGEST_TEXT).contains(&text.chars().count()) && clean {
        Ok(FieldValue::Text(text.to_owned()))
    } else {
        Err(format!("must be a text of 1 to {LONGEST_TEXT} characters"))
    }
}

fn read_decimal(text: &str) -> Result<Decimal, String> {
    text.trim().parse().map_err(|error: super::decimal::NotADecimal| error.to_string())
}

fn read_money(amount: &str, currency: &str) -> Result<FieldValue, String> {
    let is_currency = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    if !is_currency {
        return Err(MONEY.to_owned());
    }
    Ok(FieldValue::Money { amount: read_decimal(amount)?, currency: currency.to_owned() })
}

fn option_of(options: &[String], text: &str) -> Result<String, String> {
    let folded = super::fold::fold(text.trim());
    let found = options.iter().find(|option| super::fold::fold(option) == folded);
    found.cloned().ok_or_else(|| {
        let shown: Vec<_> = options.iter().take(20).map(String::as_str).collect();
        format!("must be one of {}", shown.join(", "))
    })
}

impl fmt::Display for FieldValue {
    /// As it stands in a file or a template's parameter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Choice(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Date(day) => day.fmt(f),
            Self::MultiChoice(chosen) => {
                f.write_str(&chosen.iter().map(String::as_str).collect::<Vec<_>>().join("; "))
            }
            Self::Money { amount, currency } => write!(f, "{amount} {currency}"),
            Self::Boolean(yes) => yes.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn def(kind: FieldKind) -> FieldDef {
        FieldDef { id: FieldId::new("x").unwrap(), label: "X".to_owned(), kind, of: Vec::new() }
    }

    fn text(text: &str) -> FieldInput {
        FieldInput::Text(text.to_owned())
    }

    #[test]
    fn what_is_written_to_a_field_is_typed_and_what_stands_in_a_file_too() {
        let options = || vec!["Perú".to_owned(), "México".to_owned()];
        let choice = def(FieldKind::Choice { options: options() });
        assert_eq!(choice.read(text("peru")).unwrap(), FieldValue::Choice("Perú".to_owned()));
        assert_eq!(choice.read(text("Chile")).unwrap_err(), "must be one of Perú, México");
        let several = def(FieldKind::MultiChoice { options: options() });
        assert_eq!(several.read(text("Perú; MEXICO;")).unwrap().to_string(), "México; Perú");
        let money = def(FieldKind::Money);
        assert_eq!(money.read(text("12.50 EUR")).unwrap().to_string(), "12.5 EUR");
        for wrong in ["12.50", "EUR 12", "12,50 EUR", "12 eur", "12 EURO"] {
            assert!(money.read(text(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(def(FieldKind::Date).read(text("2024-02-29")).unwrap().to_string(), "2024-02-29");
        assert!(def(FieldKind::Date).read(text("2026-02-29")).is_err());
        assert_eq!(def(FieldKind::Boolean).read(text("Sí")).unwrap(), FieldValue::Boolean(true));
        assert!(def(FieldKind::Number).read(FieldInput::Boolean(true)).is_err());
        assert!(def(FieldKind::Text).read(text(&"x".repeat(501))).is_err());
        assert!(def(FieldKind::Text).read(text("a\u{0}b")).is_err());
    }

    #[test]
    fn a_field_is_called_by_a_plain_name_for_good() {
        for id in ["city", "score_2"] {
            assert!(FieldId::new(id).is_some());
        }
        for id in ["", "City", "2x", "a-b", "a.b", "ñ", &"x".repeat(33)] {
            assert!(FieldId::new(id).is_none(), "{id}");
        }
    }
}

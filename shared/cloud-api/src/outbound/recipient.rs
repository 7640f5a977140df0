//! Whom a message goes to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{Bsuid, GroupId};

/// A phone number as dialled: country code and number, digits only.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct PhoneNumber(String);

/// Why a text addresses nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// Holds a letter or another sign that phone numbers do not have. Never stripped: what is left could
    /// be another person's number.
    #[error("is not a phone number: only digits, spaces, +, -, ( and ) are possible")]
    NotAPhoneNumber,
    /// Not 8 to 15 digits.
    #[error("is not a phone number: 8 to 15 digits with the country code are needed")]
    WrongLength,
    /// Not of the form `US.…`.
    #[error("is not a business-scoped user id")]
    NotABsuid,
}

impl PhoneNumber {
    /// Takes `+1 (555) 010-0177` and the like.
    ///
    /// # Errors
    /// [`RecipientError`] when it is no phone number.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let mut digits = String::with_capacity(rest.len());
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '(' | ')' | '\u{a0}' => {}
                _ => return Err(RecipientError::NotAPhoneNumber),
            }
        }
        if (8..=15).contains(&digits.len()) { Ok(Self(digits)) } else { Err(RecipientError::WrongLength) }
    }

    /// Digits only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Whom a message goes to. Someone with a username may have no phone number for us.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// By phone number.
    Phone(PhoneNumber),
    /// By business-scoped user id, or parent id.
    #[serde(rename = "user_id")]
    User(Bsuid),
    /// A group.
    Group(GroupId),
}

impl Recipient {
    /// Tells a user id from a phone number.
    ///
    /// # Errors
    /// [`RecipientError`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        if is_bsuid(text.trim()) {
            return Ok(Self::User(Bsuid::new(text.trim())));
        }
        PhoneNumber::parse(text).map(Self::Phone)
    }
}

/// Two capitals, a dot, and something behind it: `US.77001122334455`, `US.ENT.990011223344`.
/// See [Cloud API/Business-scoped user IDs], read 2026-11.
#[must_use]
pub fn is_bsuid(text: &str) -> bool {
    match text.as_bytes() {
        [a, b, b'.', _, ..] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_understood_as_people_write_it() {
        for text in ["+15550100177", "15550100177", "+1 555-010-0177", " +1 (555) 010 0177 "] {
            assert_eq!(PhoneNumber::parse(text).unwrap().as_str(), "15550100177", "{text}");
        }
    }

    #[test]
    fn an_id_with_a_letter_or_a_dot_is_never_stripped_to_somebody_elses_number() {
        for text in ["US.77001122334455", "wamid.15550100177", "1555.0100177", "1555010o177", "1+5550100177"]
        {
            assert_eq!(PhoneNumber::parse(text), Err(RecipientError::NotAPhoneNumber), "{text}");
        }
    }

    #[test]
    fn numbers_too_short_or_too_long_to_be_dialled_are_refused() {
        for text in ["", "+", "1234567", "1234567890123456"] {
            assert_eq!(PhoneNumber::parse(text), Err(RecipientError::WrongLength), "{text}");
        }
    }

    #[test]
    fn a_user_id_is_told_from_a_phone_number_by_its_prefix() {
        assert_eq!(Recipient::parse("US.77001122334455"), Ok(Recipient::User("US.77001122334455".into())));
        assert_eq!(Recipient::parse("US.ENT.99"), Ok(Recipient::User("US.ENT.99".into())));
        assert!(matches!(Recipient::parse("+15550100177"), Ok(Recipient::Phone(_))));
        for text in ["us.77001122334455", "USA.77", "US.", "U.S"] {
            assert!(Recipient::parse(text).is_err(), "{text}");
        }
    }
}

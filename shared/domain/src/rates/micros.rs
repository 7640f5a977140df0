//! Exact money: millionths of a currency's unit.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const ONE: u64 = 1_000_000;

/// An amount in millionths of the currency's unit. Sums stop at the largest amount instead of overflowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// So many times.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// What is left, at least nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

/// The text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount with a point and at most 6 digits behind it, such as 0.0618")]
pub struct NotAnAmount;

impl FromStr for Micros {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        // Sheets write more zeros than anybody needs.
        let part = if part.len() > 6 { part.trim_end_matches('0') } else { part };
        let part = if part.is_empty() { "0" } else { part };
        if !is_digits(whole, 9) || !is_digits(part, 6) {
            return Err(NotAnAmount);
        }
        let whole: u64 = whole.parse().map_err(|_| NotAnAmount)?;
        let part: u64 = format!("{part:0<6}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self(whole * ONE + part))
    }
}

impl fmt::Display for Micros {
    /// With two digits behind the point at least.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:06}", self.0 % ONE);
        let shown = part.trim_end_matches('0').len().max(2);
        write!(f, "{}.{}", self.0 / ONE, &part[..shown])
    }
}

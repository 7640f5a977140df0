//! Shares of a hundred, exact.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A share in hundredths of a percent, written as percent: `2.5`. From 0 to 100.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64)]
pub struct Percent(u16);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All.
    pub const ALL: Self = Self(10_000);

    /// Whole percents; more than 100 are 100.
    #[must_use]
    pub const fn whole(percent: u16) -> Self {
        if percent >= 100 { Self::ALL } else { Self(percent * 100) }
    }

    /// Hundredths of a percent.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// Whether `part` of `whole` is more than this share. No part of nothing is more.
    #[must_use]
    pub fn is_passed_by(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 10_000 > u128::from(whole) * u128::from(self.0)
    }

    /// This share of a number, rounded up.
    #[must_use]
    pub fn of(self, number: u64) -> u64 {
        let share = (u128::from(number) * u128::from(self.0)).div_ceil(10_000);
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

impl TryFrom<f64> for Percent {
    type Error = &'static str;

    fn try_from(percent: f64) -> Result<Self, Self::Error> {
        const SHAPE: &str = "must be a percentage from 0 to 100 with at most two decimals";
        if !(0.0..=100.0).contains(&percent) {
            return Err(SHAPE);
        }
        let hundredths = (percent * 100.0).round();
        if (hundredths - percent * 100.0).abs() > 1e-6 {
            return Err(SHAPE);
        }
        // The range was checked: at most 10,000.
        Ok(Self(hundredths as u16))
    }
}

impl From<Percent> for f64 {
    fn from(percent: Percent) -> Self {
        Self::from(percent.0) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_exact_to_two_decimals() {
        assert_eq!(serde_json::from_str::<Percent>("2.55").unwrap().hundredths(), 255);
        assert_eq!(serde_json::to_string(&Percent::whole(5)).unwrap(), "5.0");
        for wrong in ["-1", "100.01", "1.234", "\"5\""] {
            assert!(serde_json::from_str::<Percent>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_is_passed_only_by_more_than_it() {
        let five = Percent::whole(5);
        assert!(!five.is_passed_by(5, 100) && five.is_passed_by(6, 100));
        assert!(!five.is_passed_by(0, 0) && Percent::ZERO.is_passed_by(1, 1_000_000));
        assert_eq!(five.of(101), 6);
    }
}

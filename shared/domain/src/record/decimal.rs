//! Exact decimal numbers, for fields of the company's own.

use std::fmt;
use std::str::FromStr;

/// Digits after the point.
const SCALE: u32 = 4;
const ONE: i64 = 10_i64.pow(SCALE);

/// A number with at most four digits after the point and fourteen before it. Exact: money is compared and summed in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decimal(i64);

impl Decimal {
    /// Its ten-thousandths.
    #[must_use]
    pub fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// How many digits stand after the point.
    #[must_use]
    pub fn places(self) -> u32 {
        let (mut rest, mut places) = (self.0.unsigned_abs() % ONE.unsigned_abs(), SCALE);
        if rest == 0 {
            return 0;
        }
        while rest % 10 == 0 {
            rest /= 10;
            places -= 1;
        }
        places
    }
}

/// The text is not such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a number with at most 14 digits before and 4 after the point, such as 1250.5")]
pub struct NotADecimal;

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        if !is_digits(whole, 14) || !is_digits(part, 4) {
            return Err(NotADecimal);
        }
        let whole: i64 = whole.parse().map_err(|_| NotADecimal)?;
        let part: i64 = format!("{part:0<4}").parse().map_err(|_| NotADecimal)?;
        let value = whole * ONE + part;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, part) = (value / ONE.unsigned_abs(), value % ONE.unsigned_abs());
        let part = format!("{part:04}");
        let part = part.trim_end_matches('0');
        if part.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in -999_999_999_999_999_999_i64..=999_999_999_999_999_999) {
            let decimal = Decimal(value);
            prop_assert_eq!(decimal.to_string().parse(), Ok(decimal));
        }
    }

    #[test]
    fn only_plain_numbers_are_numbers() {
        for (text, shown) in
            [("7", "7"), ("-0.50", "-0.5"), ("1250.5", "1250.5"), ("0.0001", "0.0001"), ("-0", "0")]
        {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), shown);
        }
        for text in
            ["", "-", ".5", "5.", "1e3", "0x1", " 1", "1,5", "1.00001", "123456789012345", "--1", "+1", "٣"]
        {
            assert_eq!(text.parse::<Decimal>(), Err(NotADecimal), "{text}");
        }
        assert!("2".parse::<Decimal>().unwrap() < "10".parse().unwrap());
        assert_eq!("12.30".parse::<Decimal>().unwrap().places(), 1);
    }
}

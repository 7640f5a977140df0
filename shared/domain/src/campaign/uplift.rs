//! What a campaign brought beyond what would have happened anyway: who converted among those who got it, against those
//! who were held out.

use serde::Serialize;
use utoipa::ToSchema;

/// The standard normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// People, and those of them who did what was hoped for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// People.
    pub people: u64,
    /// Those who converted. Never more than people.
    pub converted: u64,
}

/// The difference of two shares, with an interval that has the true one in 95 of 100 campaigns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = CampaignUplift)]
pub struct Uplift {
    /// The share of the people who were meant to get it.
    pub share: f64,
    /// The share of the people who were held out.
    pub held_out_share: f64,
    /// The difference.
    pub difference: f64,
    /// The lower end of the interval.
    pub from: f64,
    /// The upper end of the interval.
    pub to: f64,
    /// Whether the interval leaves out 0: the campaign changed something.
    pub is_significant: bool,
}

/// Wilson's score interval of a share: E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", J. Am. Stat. Assoc. 22 (1927), 209-212. Unlike the textbook's, it holds for few people and for shares
/// near 0, which conversions have.
#[must_use]
pub fn wilson(group: Group) -> (f64, f64) {
    if group.people == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (as_float(group.people), share(group));
    let (square, denominator) = (Z * Z, 1.0 + Z * Z / n);
    let middle = (share + square / (2.0 * n)) / denominator;
    let half = Z / denominator * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The uplift; `None` if one of the groups is empty. The groups are compared as they were drawn: who was to get the
/// message, whether it arrived or not.
///
/// The interval is Newcombe's hybrid score interval (method 10): R. G. Newcombe, "Interval estimation for the difference
/// between independent proportions", Statistics in Medicine 17 (1998), 873-890.
#[must_use]
pub fn uplift(got: Group, held_out: Group) -> Option<Uplift> {
    if got.people == 0 || held_out.people == 0 {
        return None;
    }
    let (one, other) = (share(got), share(held_out));
    let ((low, high), (other_low, other_high)) = (wilson(got), wilson(held_out));
    let difference = one - other;
    let from = difference - ((one - low).powi(2) + (other_high - other).powi(2)).sqrt();
    let to = difference + ((high - one).powi(2) + (other - other_low).powi(2)).sqrt();
    let is_significant = from > 0.0 || to < 0.0;
    Some(Uplift { share: one, held_out_share: other, difference, from, to, is_significant })
}

fn share(group: Group) -> f64 {
    as_float(group.converted.min(group.people)) / as_float(group.people)
}

/// Exact up to 2^53 people.
fn as_float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(converted: u64, people: u64) -> Group {
        Group { people, converted }
    }

    #[test]
    fn the_intervals_are_those_of_newcombes_examples() {
        // Table II of Newcombe (1998), method 10.
        for (got, held_out, from, to) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 10), 0.6075, 1.0000),
        ] {
            let uplift = uplift(group(got.0, got.1), group(held_out.0, held_out.1)).unwrap();
            assert!((uplift.from - from).abs() < 6e-5 && (uplift.to - to).abs() < 6e-5, "{got:?} {uplift:?}");
        }
    }

    #[test]
    fn nothing_is_said_without_a_hold_out() {
        assert_eq!(uplift(group(5, 100), group(0, 0)), None);
    }

    proptest! {
        #[test]
        fn the_difference_lies_in_its_interval_and_turns_round_with_the_groups(
            a in (1..5_000_u64).prop_flat_map(|n| (0..=n, Just(n))),
            b in (1..5_000_u64).prop_flat_map(|n| (0..=n, Just(n))),
        ) {
            let one = uplift(group(a.0, a.1), group(b.0, b.1)).unwrap();
            let other = uplift(group(b.0, b.1), group(a.0, a.1)).unwrap();
            prop_assert!(one.from <= one.difference + 1e-12 && one.difference <= one.to + 1e-12);
            prop_assert!(one.from >= -1.0 - 1e-9 && one.to <= 1.0 + 1e-9);
            prop_assert!((one.from + other.to).abs() < 1e-9 && (one.to + other.from).abs() < 1e-9);
        }
    }
}

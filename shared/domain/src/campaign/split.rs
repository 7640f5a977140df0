//! Who gets which template, who is held out, and who comes first: by a hash of campaign and person, so that every
//! worker says the same at any time.

use sha2::{Digest, Sha256};

use super::CampaignId;
use super::percent::Percent;
use crate::ContactId;

/// The most templates that a campaign compares.
pub const MOST_VARIANTS: usize = 4;

/// A number from 0 to 2^64 that is as good as random, and always the same. Each question has its own, so that who is
/// held out says nothing about which template the others get.
fn lot(campaign: &CampaignId, contact: &ContactId, question: &str) -> u64 {
    let digest = Sha256::digest(format!("{question}|{campaign}|{contact}").as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A lot as a place from 0 up to `of`, each as likely as another (to 2^-32 and less).
fn place(lot: u64, of: u64) -> u64 {
    let place = (u128::from(lot) * u128::from(of)) >> 64;
    u64::try_from(place).unwrap_or_default()
}

/// Whether a person is held out: gets nothing, so that the campaign's effect can be told.
#[must_use]
pub fn is_held_out(campaign: &CampaignId, contact: &ContactId, share: Percent) -> bool {
    place(lot(campaign, contact, "held out"), 10_000) < u64::from(share.hundredths())
}

/// Which template a person gets, by weights. Without any weight above nothing it is the first.
#[must_use]
pub fn variant(campaign: &CampaignId, contact: &ContactId, weights: &[u32]) -> usize {
    let total = weights.iter().map(|weight| u64::from(*weight)).sum();
    let mut place = place(lot(campaign, contact, "variant"), total);
    for (index, weight) in weights.iter().enumerate() {
        match place.checked_sub(u64::from(*weight)) {
            Some(rest) => place = rest,
            None => return index,
        }
    }
    0
}

/// Which of several numbers writes to a person, if the person has no thread with one of them.
#[must_use]
pub fn number(campaign: &CampaignId, contact: &ContactId, numbers: usize) -> usize {
    let place = place(lot(campaign, contact, "number"), u64::try_from(numbers).unwrap_or(1));
    usize::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign() -> CampaignId {
        CampaignId::new("01KCAMPAIGN").unwrap()
    }

    fn people(n: u32) -> impl Iterator<Item = ContactId> {
        (0..n).map(|i| ContactId::new(format!("01K{i:023}")).unwrap())
    }

    /// Pearson's chi-squared for observed counts against expected shares.
    fn chi_squared(counts: &[f64], shares: &[f64]) -> f64 {
        let total: f64 = counts.iter().sum();
        counts
            .iter()
            .zip(shares)
            .map(|(count, share)| (count - total * share).powi(2) / (total * share))
            .sum()
    }

    #[test]
    fn templates_are_spread_by_their_weights() {
        let weights = [1, 2, 3, 4];
        let mut counts = [0.0; 4];
        people(40_000).for_each(|person| counts[variant(&campaign(), &person, &weights)] += 1.0);
        // 99.9 % of fair splits are below 16.27 (three degrees of freedom).
        assert!(chi_squared(&counts, &[0.1, 0.2, 0.3, 0.4]) < 16.27, "{counts:?}");
    }

    #[test]
    fn the_hold_out_is_as_large_as_its_share_and_says_nothing_about_the_template() {
        let share = Percent::whole(10);
        let mut cells = [0.0; 4];
        for person in people(40_000) {
            let held = is_held_out(&campaign(), &person, share);
            cells[variant(&campaign(), &person, &[1, 1]) + 2 * usize::from(held)] += 1.0;
        }
        assert!(chi_squared(&cells, &[0.45, 0.45, 0.05, 0.05]) < 16.27, "{cells:?}");
    }

    #[test]
    fn another_campaign_draws_anew() {
        let other = CampaignId::new("01KOTHER").unwrap();
        let same = people(4_000)
            .filter(|person| variant(&campaign(), person, &[1, 1]) == variant(&other, person, &[1, 1]));
        assert!((1_850..2_150).contains(&same.count()));
    }

    #[test]
    fn nobody_is_held_out_of_nothing_and_everybody_of_all() {
        let mut everybody = people(2_000);
        assert!(everybody.all(|person| {
            !is_held_out(&campaign(), &person, Percent::ZERO)
                && is_held_out(&campaign(), &person, Percent::ALL)
        }));
        let person = people(1).next().unwrap();
        assert_eq!((variant(&campaign(), &person, &[]), variant(&campaign(), &person, &[0, 0])), (0, 0));
        assert_eq!(variant(&campaign(), &person, &[0, 1]), 1);
    }
}

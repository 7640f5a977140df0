//! What people did that a campaign was meant for, as other systems tell it: counted once for each person, among those who
//! were to get it and those who were held out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::outcome::{Outcome, Skip};
use super::report::AFTER_THE_DRAW;
use super::result::Entry;
use super::{CampaignId, split};
use crate::ContactId;
use crate::rates::Micros;

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Who.
    pub contact: ContactId,
    /// All records that were the person when it was told: any of them may stand in the audience.
    pub records: BTreeSet<ContactId>,
    /// What, in a word of the system that told it, such as `purchase`.
    pub kind: String,
    /// What it was worth.
    pub value: Option<Worth>,
    /// When.
    pub at: Timestamp,
}

/// What something was worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// How much.
    pub amount: Micros,
    /// The currency, as ISO 4217 has it.
    pub currency: String,
}

/// Where somebody stands in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Was to get it, with this template.
    Drawn(u8),
    /// Was held out.
    HeldOut,
    /// Is neither: not in the audience, left out for another reason, or has had no turn yet.
    Neither,
}

/// Where a person stands, from their turns, oldest first. `begun`: a worker has begun with the newest.
#[must_use]
pub fn standing(
    (campaign, contact): (&CampaignId, &ContactId),
    entries: &[Entry],
    begun: bool,
    weights: &[u32],
) -> Standing {
    let drawn = |variant: Option<u8>| {
        let split = || u8::try_from(split::variant(campaign, contact, weights)).unwrap_or_default();
        Standing::Drawn(variant.unwrap_or_else(split))
    };
    let newest = entries.last().cloned().unwrap_or_default();
    let variant = newest.outcome.as_ref().map(|placed| placed.variant);
    if newest.is_accepted() {
        return drawn(variant);
    }
    match newest.outcome.as_ref().map(|placed| placed.outcome) {
        Some(Outcome::Skipped(Skip::HeldOut)) => Standing::HeldOut,
        Some(Outcome::Skipped(why)) if !AFTER_THE_DRAW.contains(&why) => Standing::Neither,
        Some(Outcome::PutOff(_)) => Standing::Neither,
        None if !begun => Standing::Neither,
        _ => drawn(variant),
    }
}

/// What was told, of one kind or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often something was told.
    pub conversions: u64,
    /// People who were to get the campaign and converted, by template.
    pub by_variant: BTreeMap<u8, u64>,
    /// People who were held out and converted all the same.
    pub held_out: u64,
    /// People who are neither.
    pub neither: u64,
    /// What it was worth with those who were to get it, by currency.
    pub worth: BTreeMap<String, Micros>,
}

impl Tally {
    /// People who were to get the campaign and converted.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.by_variant.values().sum()
    }
}

/// Counts what was told: all of it, and by kind. A person counts once in each.
#[must_use]
pub fn tally(
    conversions: &[Conversion],
    standing: impl Fn(&Conversion) -> Standing,
) -> (Tally, BTreeMap<String, Tally>) {
    let (mut all, mut kinds) = (Tally::default(), BTreeMap::<String, Tally>::new());
    let mut seen = BTreeSet::new();
    for conversion in conversions {
        let stands = standing(conversion);
        let of_kind = kinds.entry(conversion.kind.clone()).or_default();
        for (tally, kind) in [(&mut all, None), (of_kind, Some(conversion.kind.as_str()))] {
            let is_new = seen.insert((kind, &conversion.contact));
            note(tally, conversion, (stands, is_new));
        }
    }
    (all, kinds)
}

fn note(tally: &mut Tally, conversion: &Conversion, (standing, is_new): (Standing, bool)) {
    tally.conversions += 1;
    let people = u64::from(is_new);
    match standing {
        Standing::Drawn(variant) => {
            *tally.by_variant.entry(variant).or_default() += people;
            if let Some(worth) = &conversion.value {
                let sum = tally.worth.entry(worth.currency.clone()).or_default();
                *sum = *sum + worth.amount;
            }
        }
        Standing::HeldOut => tally.held_out += people,
        Standing::Neither => tally.neither += people,
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Put;
    use super::super::result::Placed;
    use super::*;

    fn conversion(contact: &str, kind: &str, micros: u64) -> Conversion {
        let contact = ContactId::new(contact).unwrap();
        Conversion {
            records: [contact.clone()].into(),
            contact,
            kind: kind.to_owned(),
            value: Some(Worth { amount: Micros(micros), currency: "EUR".to_owned() }),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_person_counts_once_in_all_and_once_in_each_kind() {
        let told = [
            conversion("ana", "visit", 1),
            conversion("ana", "purchase", 10),
            conversion("ana", "purchase", 20),
            conversion("bob", "purchase", 5),
            conversion("eve", "purchase", 7),
        ];
        let (all, kinds) = tally(&told, |conversion| match conversion.contact.as_str() {
            "ana" => Standing::Drawn(1),
            "bob" => Standing::HeldOut,
            _ => Standing::Neither,
        });
        assert_eq!((all.conversions, all.drawn(), all.held_out, all.neither), (5, 1, 1, 1));
        assert_eq!(all.worth["EUR"], Micros(31), "what others bought is no merit of the campaign");
        assert_eq!((kinds["purchase"].drawn(), kinds["visit"].drawn()), (1, 1));
        assert_eq!(kinds["purchase"].by_variant[&1], 1);
    }

    #[test]
    fn where_somebody_stands_is_told_by_the_newest_turn() {
        let (campaign, contact) = (CampaignId::new("01K").unwrap(), ContactId::new("ana").unwrap());
        let entry = |outcome| Entry {
            outcome: Some(Placed { outcome, variant: 2, market: String::new() }),
            ..Entry::default()
        };
        let stands = |entries: &[Entry], begun| standing((&campaign, &contact), entries, begun, &[1]);
        assert_eq!(stands(&[entry(Outcome::Accepted)], true), Standing::Drawn(2));
        assert_eq!(stands(&[entry(Outcome::Refused)], true), Standing::Drawn(2));
        assert_eq!(stands(&[entry(Outcome::Skipped(Skip::BudgetSpent))], true), Standing::Drawn(2));
        assert_eq!(stands(&[entry(Outcome::Skipped(Skip::HeldOut))], true), Standing::HeldOut);
        assert_eq!(stands(&[entry(Outcome::Skipped(Skip::OptedOut))], true), Standing::Neither);
        let night = entry(Outcome::PutOff(Put::QuietHours));
        assert_eq!(stands(std::slice::from_ref(&night), true), Standing::Neither);
        assert_eq!(stands(&[night, entry(Outcome::Accepted)], true), Standing::Drawn(2));
        assert_eq!(stands(&[Entry::default()], true), Standing::Drawn(0), "unknown, by the split");
        assert_eq!(
            (stands(&[Entry::default()], false), stands(&[], false)),
            (Standing::Neither, Standing::Neither)
        );
    }
}

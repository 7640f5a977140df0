//! What a campaign did, by the hour, from its result blocks.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Cell, Charged, Class, Hour, Key, Sheet};
use crate::campaign::report::Counts;
use crate::campaign::result::{Block, Entry, Price};

/// A campaign in reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignSheet {
    /// What became of everybody.
    pub total: Counts,
    /// All messages that Meta charges, whenever that was.
    pub charged: BTreeMap<Charged, u64>,
    /// Messages, arrivals and charges, by the hour in which Meta handed each message on.
    pub hours: Sheet,
}

impl CampaignSheet {
    /// Adds what is known of some people. Seconds in it count from the campaign's start.
    pub fn add(&mut self, block: &Block, started_at: Timestamp) {
        block.entries.values().for_each(|entry| self.add_entry(entry, started_at));
    }

    fn add_entry(&mut self, entry: &Entry, started_at: Timestamp) {
        if !entry.is_accepted() && !entry.is_failed() {
            return;
        }
        self.total.add(entry);
        let seconds = entry.sent.or(entry.delivered).or(entry.read).or(entry.failed).unwrap_or_default();
        let at = started_at.saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(started_at);
        let mut cell = Cell::default();
        let count = |is: bool| u64::from(is);
        cell.sent.campaigns = count(entry.is_accepted());
        cell.delivery.accepted = count(entry.is_accepted());
        cell.delivery.delivered = count(entry.is_delivered());
        cell.delivery.read = count(entry.read.is_some());
        cell.delivery.failed = count(entry.is_failed());
        match entry.price {
            None => {}
            Some(Price::Free) => cell.counts.free = 1,
            Some(price) => {
                let country = entry.outcome.as_ref().map(|placed| placed.market.clone()).unwrap_or_default();
                let charged = Charged { country, class: price.category().map_or(Class::Other, Class::Of) };
                *self.charged.entry(charged.clone()).or_default() += 1;
                cell.charged.insert(charged, 1);
            }
        }
        self.hours.at(Key::hour(Hour::of(at))).join(&cell);
    }

    /// Both together: parts of a campaign add up in any order.
    pub fn join(&mut self, other: &Self) {
        self.total.join(other.total);
        self.hours.join(&other.hours);
        for (charged, count) in &other.charged {
            *self.charged.entry(charged.clone()).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::outcome::Outcome;
    use crate::campaign::result::Placed;

    #[test]
    fn a_campaign_counts_everybody_once_in_the_hour_in_which_meta_handed_it_on() {
        let outcome = |outcome| Some(Placed { outcome, variant: 0, market: "MX".to_owned() });
        let told = Entry {
            outcome: outcome(Outcome::Accepted),
            sent: Some(3_700),
            read: Some(3_800),
            price: Some(Price::Marketing),
            ..Entry::default()
        };
        let refused = Entry { outcome: outcome(Outcome::Refused), ..Entry::default() };
        let block = Block { entries: [(0, told), (1, refused), (2, Entry::default())].into() };
        let start: Timestamp = "2026-11-23T09:30:00Z".parse().unwrap();
        let mut sheet = CampaignSheet::default();
        sheet.add(&block, start);
        assert_eq!((sheet.total.accepted, sheet.total.delivered, sheet.total.failed), (1, 1, 1));
        let hours: Vec<_> =
            sheet.hours.0.iter().map(|(key, cell)| (key.hour.start().to_string(), cell)).collect();
        assert_eq!(hours.len(), 2);
        assert_eq!((hours[0].0.as_str(), hours[0].1.delivery.failed), ("2026-11-23T09:00:00Z", 1));
        assert_eq!((hours[1].0.as_str(), hours[1].1.delivery.read), ("2026-11-23T10:00:00Z", 1));
        assert_eq!(hours[1].1.charged.values().sum::<u64>(), 1);
        let mut twice = sheet.clone();
        twice.join(&sheet);
        assert_eq!((twice.total.accepted, twice.hours.0.len()), (2, 2));
        let json = serde_json::to_string(&sheet).unwrap();
        assert_eq!(serde_json::from_str::<CampaignSheet>(&json).unwrap(), sheet);
    }
}

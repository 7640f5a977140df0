//! A campaign's report: read from its result blocks, never counted up, so that no crash can skew it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attribution::Method;
use super::outcome::{Outcome, Put, Skip};
use super::result::{Block, Entry, Price};

/// Counts of one part of a campaign: all of it, a template's people, a market's, an hour's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignCounts)]
pub struct Counts {
    /// Meta took the message.
    pub accepted: u64,
    /// It reached the person. Read implies it, also where `delivered` was skipped.
    pub delivered: u64,
    /// It was shown, as far as read receipts tell.
    pub read: u64,
    /// The person answered.
    pub replied: u64,
    /// The person tapped a button.
    pub clicked: u64,
    /// The person opted out after it.
    pub opted_out: u64,
    /// Refused at once, or failed later and never delivered.
    pub failed: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, entry: &Entry) {
        let fits = |is: bool| u64::from(is);
        self.accepted += fits(entry.is_accepted());
        self.delivered += fits(entry.is_delivered());
        self.read += fits(entry.read.is_some());
        self.replied += fits(entry.reply.is_some());
        self.clicked += fits(entry.button.is_some());
        self.opted_out += fits(entry.opted_out.is_some());
        self.failed += fits(entry.is_failed());
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.read += other.read;
        self.replied += other.replied;
        self.clicked += other.clicked;
        self.opted_out += other.opted_out;
        self.failed += other.failed;
    }
}

/// What became of everybody. People who were put off count where their turn came, and not twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// All of it.
    pub total: Counts,
    /// Nothing was tried, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Turns that were put off, by reason. Not people: each of them counts elsewhere.
    pub put_off: BTreeMap<Put, u64>,
    /// Held for somebody to decide.
    pub held: u64,
    /// Held by Meta until the template's quality is known; part of *accepted*.
    pub pacing: u64,
    /// Begun, and nobody knows whether it went.
    pub unknown: u64,
    /// Refused at once, and nothing says that it went all the same; part of *failed*.
    pub refused: u64,
    /// Not begun.
    pub waiting: u64,
    /// Accepted and handed on, but neither delivered nor failed.
    pub only_sent: u64,
    /// Failures by Meta's code.
    pub failed_by_code: BTreeMap<u32, u64>,
    /// Answers by how they are known.
    pub replied_by: BTreeMap<Method, u64>,
    /// First taps by button.
    pub clicked_by: BTreeMap<u8, u64>,
    /// Charged messages by class and market, as statuses told.
    pub charged: BTreeMap<(Price, String), u64>,
    /// Accepted messages by template and market: what all of them would cost is told from it.
    pub accepted_by: BTreeMap<(u8, String), u64>,
    /// By template.
    pub by_variant: BTreeMap<u8, Counts>,
    /// By market.
    pub by_market: BTreeMap<String, Counts>,
    /// By the hour after the start in which Meta handed it on.
    pub by_hour: BTreeMap<u32, Counts>,
}

/// What is asked only of those who were not held out.
pub const AFTER_THE_DRAW: [Skip; 3] = [Skip::BudgetSpent, Skip::NeverAwake, Skip::MarketingLimit];

/// What a campaign cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Millionths of the currency's unit.
    pub micros: u64,
    /// Messages whose price nobody knows. They are not in the sum.
    pub unpriced: u64,
}

impl Report {
    /// Adds a block of so many members. `begun`: a worker wrote ahead that it starts with the block.
    pub fn add(&mut self, block: &Block, members: usize, begun: bool) {
        block.entries.values().for_each(|entry| self.add_entry(entry));
        let silent = members.saturating_sub(block.entries.len());
        let silent = u64::try_from(silent).unwrap_or_default();
        if begun {
            self.unknown += silent;
        } else {
            self.waiting += silent;
        }
    }

    fn add_entry(&mut self, entry: &Entry) {
        let outcome = entry.outcome.as_ref().map(|placed| placed.outcome);
        match outcome {
            Some(Outcome::PutOff(why)) if !entry.is_accepted() => {
                *self.put_off.entry(why).or_default() += 1;
                return;
            }
            Some(Outcome::Skipped(why)) if !entry.is_accepted() => {
                *self.skipped.entry(why).or_default() += 1;
                return;
            }
            Some(Outcome::Held) if !entry.is_accepted() => {
                self.held += 1;
                return;
            }
            None if !entry.is_accepted() => self.unknown += 1,
            _ => {}
        }
        self.pacing +=
            u64::from(outcome == Some(Outcome::Pacing) && entry.sent.is_none() && !entry.is_delivered());
        self.only_sent += u64::from(entry.is_accepted() && !entry.is_delivered() && !entry.is_failed());
        self.refused += u64::from(!entry.is_accepted() && entry.is_failed());
        self.total.add(entry);
        if let Some(code) = entry.error.filter(|_| entry.is_failed()) {
            *self.failed_by_code.entry(code).or_default() += 1;
        }
        if let Some((method, _)) = entry.reply {
            *self.replied_by.entry(method).or_default() += 1;
        }
        if let Some(button) = entry.button {
            *self.clicked_by.entry(button).or_default() += 1;
        }
        let market = entry.outcome.as_ref().map(|placed| placed.market.clone()).unwrap_or_default();
        if let Some(placed) = &entry.outcome {
            self.by_variant.entry(placed.variant).or_default().add(entry);
            if entry.is_accepted() {
                *self.accepted_by.entry((placed.variant, market.clone())).or_default() += 1;
            }
        }
        if let Some(price) = entry.price {
            *self.charged.entry((price, market.clone())).or_default() += 1;
        }
        self.by_market.entry(market).or_default().add(entry);
        if let Some(sent) = entry.sent {
            self.by_hour.entry(sent / 3_600).or_default().add(entry);
        }
    }

    /// Both together: reports of parts of a campaign add up in any order.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        fn sum<K: Ord>(into: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
            from.into_iter().for_each(|(key, n)| *into.entry(key).or_default() += n);
        }
        fn counts<K: Ord>(into: &mut BTreeMap<K, Counts>, from: BTreeMap<K, Counts>) {
            from.into_iter().for_each(|(key, n)| into.entry(key).or_default().join(n));
        }
        self.total.join(other.total);
        self.held += other.held;
        self.pacing += other.pacing;
        self.unknown += other.unknown;
        self.refused += other.refused;
        self.waiting += other.waiting;
        self.only_sent += other.only_sent;
        sum(&mut self.skipped, other.skipped);
        sum(&mut self.put_off, other.put_off);
        sum(&mut self.failed_by_code, other.failed_by_code);
        sum(&mut self.replied_by, other.replied_by);
        sum(&mut self.clicked_by, other.clicked_by);
        sum(&mut self.charged, other.charged);
        sum(&mut self.accepted_by, other.accepted_by);
        counts(&mut self.by_variant, other.by_variant);
        counts(&mut self.by_market, other.by_market);
        counts(&mut self.by_hour, other.by_hour);
        self
    }

    /// People who have a place: whoever is not among them waits, whether they were put off or had no turn yet.
    #[must_use]
    pub fn placed(&self) -> u64 {
        self.total.accepted + self.refused + self.held + self.unknown + self.skipped.values().sum::<u64>()
    }

    /// People who were to get it, as they were drawn: whatever kept it from them after that is part of the effect. Those
    /// who were held out are the others of the same draw.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        let after = AFTER_THE_DRAW.iter().filter_map(|why| self.skipped.get(why)).sum::<u64>();
        self.total.accepted + self.refused + self.held + self.unknown + after
    }

    /// What it cost, by the rates of a rate card: millionths for a class in a market, `None` if the card has no price.
    #[must_use]
    pub fn cost(&self, rate: impl Fn(Price, &str) -> Option<u64>) -> Cost {
        let mut cost = Cost::default();
        for ((price, market), n) in &self.charged {
            match (price, rate(*price, market)) {
                (Price::Free, _) => {}
                (_, Some(micros)) => cost.micros = cost.micros.saturating_add(micros.saturating_mul(*n)),
                (_, None) => cost.unpriced += n,
            }
        }
        cost
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;

//! A rate card: prices by market, category and volume, valid from a day on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Category, Market, Micros};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Each delivered message, since July 2025.
    PerMessage,
    /// Each day in which messages of a category were delivered to a person; some providers still charge so.
    PerConversation,
}

/// A price for the messages of a month beyond a number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// How many messages of the month come before.
    pub above: u64,
    /// What each costs; `None` if it is known that the price changes here, and not to what.
    pub price: Option<Micros>,
}

/// A rate card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateCard {
    /// Its name; it stands on every estimate.
    pub id: String,
    /// The first day on which it counts, in the time zone of the WABA.
    pub from: Date,
    /// The currency, as ISO 4217 has it.
    pub currency: String,
    /// What is counted.
    pub model: Model,
    /// Prices, in bands of rising volume. The first begins at 0.
    pub rates: BTreeMap<Market, BTreeMap<Category, Vec<Band>>>,
}

impl RateCard {
    /// The prices that count for a market: its own line, or that of its region where the card does not have it.
    #[must_use]
    pub fn bands(&self, market: &Market, category: Category) -> &[Band] {
        let mut market = Some(market.clone());
        while let Some(at) = market {
            if let Some(line) = self.rates.get(&at) {
                return line.get(&category).map_or(&[], Vec::as_slice);
            }
            market = at.region();
        }
        &[]
    }

    /// The price without volume. `None` if the card has none.
    #[must_use]
    pub fn list_price(&self, market: &Market, category: Category) -> Option<Micros> {
        self.bands(market, category).first().and_then(|band| band.price)
    }

    /// The highest price of any volume. `None` if the card has none.
    #[must_use]
    pub fn highest(&self, market: &Market, category: Category) -> Option<Micros> {
        self.bands(market, category).iter().filter_map(|band| band.price).max()
    }
}

/// The card that counts on a day: the newest that has begun.
#[must_use]
pub fn in_force<'a>(cards: &'a [RateCard], currency: &str, model: Model, on: Date) -> Option<&'a RateCard> {
    let possible = cards.iter().filter(|card| card.currency == currency && card.model == model);
    possible.filter(|card| card.from <= on).max_by_key(|card| card.from)
}

//! What messages will cost: between the least and the most, by market and category.

use std::collections::BTreeMap;

use super::{Band, Category, Market, Micros, RateCard};

/// The messages of one market and category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where the people are.
    pub market: Market,
    /// As what it is charged.
    pub category: Category,
    /// How many messages.
    pub messages: u64,
    /// The least, if all are delivered: with the volume of the month. `None` if the card has no price.
    pub low: Option<Micros>,
    /// The most: as if there were no volume. `None` if the card has no price.
    pub high: Option<Micros>,
    /// Whether some of them are in a volume tier whose price is unknown; the least counts them at the tier before.
    pub has_unknown_tier: bool,
}

/// What messages will cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The card that it was made with.
    pub card: String,
    /// The card's currency.
    pub currency: String,
    /// By market and category.
    pub lines: Vec<Line>,
    /// The least for all that have a price.
    pub low: Micros,
    /// The most for all that have a price.
    pub high: Micros,
    /// How many messages have no price.
    pub unpriced: u64,
}

/// Estimates messages that are charged. `counted` says how many of a market and category the portfolio has had delivered
/// this month: tiers count from the first of the month, and only what lies above a threshold has the lower price.
#[must_use]
pub fn estimate(
    card: &RateCard,
    messages: &BTreeMap<(Market, Category), u64>,
    counted: impl Fn(&Market, Category) -> u64,
) -> Estimate {
    let lines: Vec<Line> = messages
        .iter()
        .filter(|(_, messages)| **messages > 0)
        .map(|((market, category), messages)| {
            let bands = card.bands(market, *category);
            let (low, has_unknown_tier) = with_volume(bands, counted(market, *category), *messages);
            Line {
                market: market.clone(),
                category: *category,
                messages: *messages,
                low,
                high: card.highest(market, *category).map(|price| price.times(*messages)),
                has_unknown_tier,
            }
        })
        .collect();
    Estimate {
        card: card.id.clone(),
        currency: card.currency.clone(),
        low: lines.iter().filter_map(|line| line.low).sum(),
        high: lines.iter().filter_map(|line| line.high).sum(),
        unpriced: lines.iter().filter(|line| line.high.is_none()).map(|line| line.messages).sum(),
        lines,
    }
}

/// The price of messages number `counted + 1` to `counted + messages`, each in its band, and whether a price was unknown.
fn with_volume(bands: &[Band], counted: u64, messages: u64) -> (Option<Micros>, bool) {
    let (mut sum, mut known, mut has_unknown) = (Micros(0), None, false);
    let end = counted.saturating_add(messages);
    for (n, band) in bands.iter().enumerate() {
        let next = bands.get(n + 1).map_or(u64::MAX, |next| next.above);
        let inside = next.min(end).saturating_sub(band.above.max(counted));
        has_unknown |= inside > 0 && band.price.is_none() && known.is_some();
        known = band.price.or(known);
        match known {
            Some(price) => sum = sum + price.times(inside),
            None => return (None, false),
        }
    }
    (known.map(|_| sum), has_unknown)
}

/// The most that one message can cost, whichever of these categories it is charged as: what is kept from a budget before
/// it is sent. `None` if one of them has no price: then nobody knows.
#[must_use]
pub fn worst_case(card: &RateCard, market: &Market, categories: &[Category]) -> Option<Micros> {
    let prices: Option<Vec<_>> = categories.iter().map(|category| card.highest(market, *category)).collect();
    prices?.into_iter().max()
}

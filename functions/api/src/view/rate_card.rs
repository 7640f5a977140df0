//! Rate cards and estimates. Money is a decimal text: a number would be rounded by whoever reads it.

use domain::rates::{Band, Estimate, Line, Model, RateCard, october_2026};
use serde::Serialize;
use utoipa::ToSchema;

/// The word of a model.
pub(crate) fn model_word(model: Model) -> &'static str {
    match model {
        Model::PerMessage => "per_message",
        Model::PerConversation => "per_conversation",
    }
}

/// A rate card, without its prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RateCard)]
pub(crate) struct RateCardView {
    /// Its id; it stands on every estimate.
    id: String,
    /// The first day on which it counts.
    #[schema(value_type = String, format = Date)]
    from: String,
    /// ISO 4217.
    currency: String,
    /// `per_message` or `per_conversation`.
    model: &'static str,
    /// Whether it came with the program.
    built_in: bool,
    /// How many markets have prices.
    markets: usize,
}

impl From<&RateCard> for RateCardView {
    fn from(card: &RateCard) -> Self {
        Self {
            id: card.id.clone(),
            from: card.from.to_string(),
            currency: card.currency.clone(),
            model: model_word(card.model),
            built_in: card == october_2026(),
            markets: card.rates.len(),
        }
    }
}

/// A price for the messages of a month beyond a number of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceBand)]
pub(crate) struct BandView {
    /// How many messages of the month come before.
    above: u64,
    /// What each costs; `null` if nobody knows.
    price: Option<String>,
}

impl From<&Band> for BandView {
    fn from(band: &Band) -> Self {
        Self { above: band.above, price: band.price.map(|price| price.to_string()) }
    }
}

/// The prices of a market and category.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MarketRate)]
pub(crate) struct MarketRateView {
    /// The market, as Meta's cards have it.
    market: String,
    /// `marketing`, `utility`, `authentication`, `authentication_international` or `service`.
    category: &'static str,
    /// By rising volume; the first begins at 0.
    bands: Vec<BandView>,
}

/// A rate card with its prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RateCardDetail {
    /// The card.
    #[serde(flatten)]
    card: RateCardView,
    /// The prices.
    rates: Vec<MarketRateView>,
}

impl From<&RateCard> for RateCardDetail {
    fn from(card: &RateCard) -> Self {
        let rates = card.rates.iter().flat_map(|(market, prices)| {
            prices.iter().map(|(category, bands)| MarketRateView {
                market: market.to_string(),
                category: category.as_str(),
                bands: bands.iter().map(BandView::from).collect(),
            })
        });
        Self { card: card.into(), rates: rates.collect() }
    }
}

/// What messages of a market and category will cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CostLine)]
pub(crate) struct CostLineView {
    /// The market.
    market: String,
    /// The category.
    category: &'static str,
    /// How many messages.
    messages: u64,
    /// The least, with the volume of the month; `null` if the card has no price.
    low: Option<String>,
    /// The most, as if there were no volume; `null` if the card has no price.
    high: Option<String>,
    /// Whether some are in a volume tier whose price nobody knows.
    has_unknown_tier: bool,
}

impl From<&Line> for CostLineView {
    fn from(line: &Line) -> Self {
        Self {
            market: line.market.to_string(),
            category: line.category.as_str(),
            messages: line.messages,
            low: line.low.map(|amount| amount.to_string()),
            high: line.high.map(|amount| amount.to_string()),
            has_unknown_tier: line.has_unknown_tier,
        }
    }
}

/// What messages will cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CostEstimate)]
pub(crate) struct EstimateView {
    /// The card that it was made with.
    card: String,
    /// ISO 4217.
    currency: String,
    /// The least for all that have a price.
    low: String,
    /// The most for all that have a price.
    high: String,
    /// How many messages have no price.
    unpriced: u64,
    /// By market and category.
    lines: Vec<CostLineView>,
}

impl From<Estimate> for EstimateView {
    fn from(estimate: Estimate) -> Self {
        Self {
            low: estimate.low.to_string(),
            high: estimate.high.to_string(),
            unpriced: estimate.unpriced,
            lines: estimate.lines.iter().map(CostLineView::from).collect(),
            card: estimate.card,
            currency: estimate.currency,
        }
    }
}

//! What messages cost: rate cards with a date, markets, and sums in exact money.
//!
//! Webhooks tell no amounts: a cost is an estimate from the card that is in force. A card is data, read from a file in
//! Meta's layout; [`october_2026`] is built in. What has no price is told as unknown, never guessed.

mod card;
mod estimate;
mod market;
mod micros;
mod read;
mod terms;

use std::sync::LazyLock;

pub use card::{Band, Model, RateCard, in_force};
pub use estimate::{Estimate, Line, estimate, worst_case};
pub use market::Market;
pub use micros::{Micros, NotAnAmount};
pub use read::{CardHead, LineFault, add_tiers, read_card};
pub use terms::{Charge, Occasion, Terms, service_messages, terms};

use cloud_api::webhook::event::templates::TemplateCategoryName;
use cloud_api::webhook::pricing::PricingCategory;
use jiff::civil::date;
use serde::{Deserialize, Serialize};

/// What a rate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Marketing templates.
    Marketing,
    /// Utility templates.
    Utility,
    /// Authentication templates.
    Authentication,
    /// Authentication templates of a business that is in another country.
    AuthenticationInternational,
    /// Everything that is no template.
    Service,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Marketing,
        Self::Utility,
        Self::Authentication,
        Self::AuthenticationInternational,
        Self::Service,
    ];

    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::AuthenticationInternational => "authentication_international",
            Self::Service => "service",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }

    /// The rate of a template.
    #[must_use]
    pub fn of_template(category: &TemplateCategoryName) -> Option<Self> {
        match category {
            TemplateCategoryName::Marketing => Some(Self::Marketing),
            TemplateCategoryName::Utility => Some(Self::Utility),
            TemplateCategoryName::Authentication => Some(Self::Authentication),
            _ => None,
        }
    }

    /// The rate that a status names. `None`: it has none on a rate card.
    #[must_use]
    pub fn of_pricing(category: &PricingCategory) -> Option<Self> {
        match category {
            PricingCategory::Marketing | PricingCategory::MarketingLite | PricingCategory::GroupMarketing => {
                Some(Self::Marketing)
            }
            PricingCategory::Utility | PricingCategory::GroupUtility => Some(Self::Utility),
            PricingCategory::Authentication => Some(Self::Authentication),
            PricingCategory::AuthenticationInternational => Some(Self::AuthenticationInternational),
            PricingCategory::Service | PricingCategory::GroupService => Some(Self::Service),
            _ => None,
        }
    }
}

/// The card that is in force since 1 October 2026, in US dollars.
///
/// Where volume tiers begin is known for utility messages of seven markets, their prices are not: these are unknown until
/// Meta's own sheets are read. See [Cloud API/Pricing], read 2026-11.
pub fn october_2026() -> &'static RateCard {
    static CARD: LazyLock<RateCard> = LazyLock::new(|| {
        let head = CardHead {
            id: "meta-usd-2026-10-01".to_owned(),
            from: date(2026, 10, 1),
            model: Model::PerMessage,
            currency: None,
        };
        let card = read_card(head, include_bytes!("usd_2026_10_01.csv"));
        let mut card = card.expect("a test reads the built-in card");
        add_tiers(&mut card, include_bytes!("usd_2026_10_01_tiers.csv")).expect("a test reads its tiers");
        card
    });
    &CARD
}

#[cfg(test)]
mod tests;

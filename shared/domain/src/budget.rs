//! A campaign's budget: the worst is kept before anything is sent, and what was charged is known from statuses.
//!
//! A budget is never counted up: what each person costs is derived from what is stored of them (a [`Spot`]), so that a status
//! that comes twice, late or out of order, or a crash between two writes, changes nothing. Money is kept by chunk
//! ([`Budget::reserve`]) and what a chunk did not need comes back ([`Budget::settle`]).

use cloud_api::webhook::pricing::{Pricing, PricingType};
use serde::{Deserialize, Serialize};

use crate::rates::{Category, Micros};

/// After how many seconds a `failed` without a `delivered` is the end of it: statuses come out of order, and a phone that
/// refused may be one of several.
pub const FAILED_SETTLES_AFTER: u32 = 3_600;

/// As what Meta charges a message: short enough to be stored with each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PriceClass {
    /// Not charged.
    Free,
    /// Charged, at the rate of this category.
    Charged(Category),
    /// Charged, at a rate that no card has.
    Unknown,
}

const LETTERS: [(PriceClass, &str); 7] = [
    (PriceClass::Free, "f"),
    (PriceClass::Charged(Category::Marketing), "m"),
    (PriceClass::Charged(Category::Utility), "u"),
    (PriceClass::Charged(Category::Authentication), "a"),
    (PriceClass::Charged(Category::AuthenticationInternational), "i"),
    (PriceClass::Charged(Category::Service), "s"),
    (PriceClass::Unknown, "x"),
];

impl PriceClass {
    /// Reads the pricing of a status. Meta is phasing `billable` out: type and category decide. What says nothing of a
    /// type is charged.
    #[must_use]
    pub fn of(pricing: &Pricing) -> Self {
        match &pricing.kind {
            Some(
                PricingType::FreeCustomerService
                | PricingType::FreeEntryPoint
                | PricingType::FreeGroupCustomerService,
            ) => Self::Free,
            _ => match pricing.category.as_ref().map(Category::of_pricing) {
                Some(Some(category)) => Self::Charged(category),
                _ => Self::Unknown,
            },
        }
    }

    /// The letter that stands in tables.
    #[must_use]
    pub fn letter(self) -> &'static str {
        LETTERS.iter().find(|(class, _)| *class == self).map_or("x", |(_, letter)| letter)
    }

    /// Reads the letter back; one of another build is unknown.
    #[must_use]
    pub fn from_letter(letter: &str) -> Self {
        LETTERS.iter().find(|(_, known)| *known == letter).map_or(Self::Unknown, |(class, _)| *class)
    }
}

/// How far a person's message came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Posted {
    /// Not yet, but it may be at any moment.
    #[default]
    Ahead,
    /// Skipped, put off, or refused by Meta's answer: it cannot cost anything.
    Never,
    /// Accepted, or nobody knows.
    Perhaps,
}

/// What is stored of one person in a result block, as far as it is about money. Every part is set once: of two words the
/// first stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// What was kept for the person.
    pub kept: Micros,
    /// How far the message came.
    pub posted: Posted,
    /// Whether a status said `delivered`, `read` or `played`.
    pub delivered: bool,
    /// When a status said `failed`, in seconds since the campaign's start.
    pub failed_at: Option<u32>,
    /// As what Meta charges it: Meta repeats it in several statuses of a message.
    pub price: Option<PriceClass>,
}

/// What a person's message costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing is decided: as much as was kept.
    Kept(Micros),
    /// Charged.
    Charged(Micros),
    /// Delivered, and the rate is unknown: as much as was kept, for want of better.
    Unpriced(Micros),
}

impl Cost {
    /// How much of the budget it takes.
    #[must_use]
    pub fn amount(self) -> Micros {
        match self {
            Self::Kept(amount) | Self::Charged(amount) | Self::Unpriced(amount) => amount,
        }
    }
}

impl Spot {
    /// What the message costs, as far as it is known `now` (seconds since the campaign's start). `price` is the rate of a
    /// category for this person, as it counted when the money was kept; Meta charges at delivery.
    #[must_use]
    pub fn cost(&self, now: u32, price: impl Fn(Category) -> Option<Micros>) -> Cost {
        let is_over = self.failed_at.is_some_and(|at| now.saturating_sub(at) >= FAILED_SETTLES_AFTER);
        match (self.posted, self.delivered) {
            (_, true) => match self.price {
                Some(PriceClass::Free) => Cost::Charged(Micros(0)),
                Some(PriceClass::Charged(category)) => {
                    price(category).map_or(Cost::Unpriced(self.kept), Cost::Charged)
                }
                Some(PriceClass::Unknown) | None => Cost::Unpriced(self.kept),
            },
            (Posted::Never, false) => Cost::Charged(Micros(0)),
            (_, false) if is_over => Cost::Charged(Micros(0)),
            (_, false) => Cost::Kept(self.kept),
        }
    }
}

/// What several people cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Kept, and not decided.
    pub kept: Micros,
    /// Charged.
    pub charged: Micros,
    /// Delivered at a rate that nobody knows; counted as much as was kept.
    pub unpriced: Micros,
}

impl Sums {
    /// All of it.
    #[must_use]
    pub fn all(self) -> Micros {
        self.kept + self.charged + self.unpriced
    }
}

impl FromIterator<Cost> for Sums {
    fn from_iter<I: IntoIterator<Item = Cost>>(costs: I) -> Self {
        let mut sums = Self::default();
        for cost in costs {
            let of = match cost {
                Cost::Kept(_) => &mut sums.kept,
                Cost::Charged(_) => &mut sums.charged,
                Cost::Unpriced(_) => &mut sums.unpriced,
            };
            *of = *of + cost.amount();
        }
        sums
    }
}

/// The budget of a campaign, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// How much there is.
    pub limit: Micros,
    /// How much chunks hold: each what it keeps until it is settled, then what its people cost.
    pub held: Micros,
}

/// The money that a chunk holds; it stands on the chunk's run, and is written in one transaction with the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold(pub Micros);

/// There is not so much left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the budget has {left} left, and {wanted} may be needed")]
pub struct Exhausted {
    /// What is left.
    pub left: Micros,
    /// What would have to be kept.
    pub wanted: Micros,
}

impl Budget {
    /// A budget of which nothing is held.
    #[must_use]
    pub fn new(limit: Micros) -> Self {
        Self { limit, held: Micros(0) }
    }

    /// What is left.
    #[must_use]
    pub fn left(&self) -> Micros {
        self.limit.less(self.held)
    }

    /// Keeps the worst case of a chunk. A chunk that holds money already keeps that: asked again after a crash, nothing
    /// changes.
    ///
    /// # Errors
    /// [`Exhausted`]: nothing is kept, and nothing may be sent.
    pub fn reserve(self, held: Option<Hold>, worst: Micros) -> Result<(Self, Hold), Exhausted> {
        if let Some(hold) = held {
            return Ok((self, hold));
        }
        let left = self.left();
        if worst > left {
            return Err(Exhausted { left, wanted: worst });
        }
        Ok((Self { held: self.held + worst, ..self }, Hold(worst)))
    }

    /// Settles a chunk: of what it holds it keeps what its people cost, and gives the rest back. A sum of all its blocks,
    /// never a difference, so that it can be done again at any time, and with an older sum than the last.
    ///
    /// A chunk holds more than before only if a message was delivered that counted as failed, or was charged at another
    /// rate than the worst that was expected; that money is gone, whatever the budget.
    #[must_use]
    pub fn settle(self, hold: Hold, sums: Sums) -> (Self, Hold) {
        let now = sums.all();
        (Self { held: self.held.less(hold.0) + now, ..self }, Hold(now))
    }

    /// By how much it was passed.
    #[must_use]
    pub fn overrun(&self) -> Micros {
        self.held.less(self.limit)
    }
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;

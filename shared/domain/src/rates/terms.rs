//! What is charged, and what is free.
//!
//! See [Cloud API/Pricing], read 2026-11.

use jiff::civil::{Date, date};

use super::{Category, Model};
use crate::number::FREE_SERVICE_MESSAGES;

/// The rules of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many service messages a number may have delivered in a calendar month of its WABA without charge; `None` is
    /// any number.
    pub free_service_messages: Option<u32>,
    /// Whether a utility template inside an open customer service window is free.
    pub free_utility_in_window: bool,
}

/// The rules that count on a day.
#[must_use]
pub fn terms(model: Model, on: Date) -> Terms {
    match model {
        Model::PerMessage if on >= date(2026, 10, 1) => {
            Terms { free_service_messages: Some(FREE_SERVICE_MESSAGES), free_utility_in_window: false }
        }
        Model::PerMessage => Terms { free_service_messages: None, free_utility_in_window: true },
        Model::PerConversation => Terms { free_service_messages: None, free_utility_in_window: false },
    }
}

/// When and as what a message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// As what.
    pub category: Category,
    /// Whether the customer service window is open.
    pub in_window: bool,
    /// Whether the person came through an ad or a page's button, and that window is open.
    pub in_free_entry_point: bool,
    /// How many service messages of the number were delivered this month.
    pub service_messages: u64,
}

/// What a message is charged as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Nothing.
    Free,
    /// The rate of this category.
    At(Category),
}

impl Terms {
    /// What a delivered message is charged as.
    #[must_use]
    pub fn charge(&self, occasion: &Occasion) -> Charge {
        let free_service =
            self.free_service_messages.is_none_or(|free| occasion.service_messages < u64::from(free));
        match occasion.category {
            _ if occasion.in_free_entry_point => Charge::Free,
            Category::Service if free_service => Charge::Free,
            Category::Utility if self.free_utility_in_window && occasion.in_window => Charge::Free,
            category => Charge::At(category),
        }
    }
}

/// Of so many service messages more, how many are free, and how many are charged?
#[must_use]
pub fn service_messages(terms: &Terms, delivered: u64, more: u64) -> (u64, u64) {
    let free =
        terms.free_service_messages.map_or(more, |free| u64::from(free).saturating_sub(delivered).min(more));
    (free, more - free)
}

//! The lines of a thread, as reports read them.

use cloud_api::webhook::pricing::{Pricing, PricingType};
use jiff::Timestamp;

use super::{Charged, Class};
use crate::Delivery;
use crate::rates::Category;

/// A line of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its own name in the thread: a line that is told twice is one.
    pub id: String,
    /// When it was said: Meta's time of a customer's message, the asking of ours.
    pub at: Timestamp,
    /// When we knew of it, which is the order in which things followed from each other.
    pub known_at: Timestamp,
    /// What it is.
    pub what: What,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A customer's message.
    Received,
    /// A customer's call that nobody took: somebody waits, and nothing was written.
    Missed,
    /// A message of ours.
    Sent {
        /// Who wrote it.
        by: Author,
        /// Whether it left, as far as we know; otherwise it was refused.
        left: bool,
        /// What became of it.
        delivery: Delivery,
        /// What it is charged as, if Meta has said it: `None` inside is nothing.
        price: Option<Option<Charged>>,
    },
    /// The conversation was handled.
    Handled(Handled),
    /// The customer said in WhatsApp that they do not want something (`true`), or that they do.
    Chose {
        /// Whether it was a no.
        no: bool,
    },
}

/// Who wrote a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody of the team, as [`super::agent_key`] has them.
    Agent(String),
    /// A program of the company. It is heard as an answer, as in the inbox, and nobody's.
    Program,
    /// Nobody: a welcome, or that nobody is there.
    Automatic,
}

impl Author {
    /// Who asked for a message, by the source of its request.
    #[must_use]
    pub fn of(source: Option<&str>) -> Self {
        use crate::author::Author as By;
        match By::of(source) {
            By::Agent(subject) => Self::Agent(subject.to_owned()),
            By::Automatic => Self::Automatic,
            By::Client(_) | By::Service(_) | By::Campaign => Self::Program,
        }
    }
}

/// What a message is charged as by the `pricing` of its statuses, for a person of this country: `None` is nothing.
#[must_use]
pub fn price(pricing: &Pricing, country: &str) -> Option<Charged> {
    use PricingType::{FreeCustomerService, FreeEntryPoint, FreeGroupCustomerService};
    if let Some(FreeCustomerService | FreeEntryPoint | FreeGroupCustomerService) = pricing.kind {
        return None;
    }
    let category = pricing.category.as_ref().and_then(Category::of_pricing);
    Some(Charged { country: country.to_owned(), class: category.map_or(Class::Other, Class::Of) })
}

/// What somebody changed, each from what to what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handled {
    /// Who, if it was somebody.
    pub by: Option<String>,
    /// Whether the conversation was closed.
    pub closes: bool,
    /// Whose it was and is.
    pub assignee: Option<(Option<String>, Option<String>)>,
    /// The department that it was and is sent to.
    pub department: Option<(Option<String>, Option<String>)>,
}

/// Whose a conversation is, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// The agent.
    pub assignee: Option<String>,
    /// The department.
    pub department: Option<String>,
}

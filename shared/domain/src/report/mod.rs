//! What a team did: volumes, how long customers waited, how long until it was done, what arrived, what it cost.
//!
//! Nothing is counted up. [`thread::facts`] tells everything of one thread from its lines, as often as one likes;
//! [`Sheet`]s of threads, days and numbers add up in any order; [`Summary`] is what they come to in a range of local days.
//!
//! A *wait* begins with a customer's message, or a call that nobody took, while no earlier one waits, and ends with the first message of somebody: a welcome
//! and a campaign's message do not end it. The time between is the *first response*. Where the 24 hours of the window pass
//! after the customer's last message and nobody answered, it is *unanswered*. A *conversation* begins with a customer's message
//! that is the first one ever, or the first one after a closing or after the window has closed. The *resolution* is the time from
//! the first of a customer's messages since the last closing to the closing.

mod campaign;
mod cell;
mod fact;
mod histogram;
mod hour;
mod line;
mod range;
mod summary;
pub mod thread;

pub use campaign::CampaignSheet;
pub use cell::{Cell, Charged, Class, Counts, Delivered, Key, Sent, Sheet};
pub use histogram::Histogram;
pub use hour::{Hour, day_of};
pub use range::{Local, MOST_DAYS, NotARange, Range};
pub use summary::{By, DayLine, Summary, ThisHour};

/// Within so many seconds a first response is on time.
pub const TARGET_SECONDS: u64 = 600;

/// Who of the team somebody is, in sheets: as in the source of their requests to send, which messages have.
#[must_use]
pub fn agent_key(subject: &str) -> String {
    let source = crate::agent::source_of(subject);
    source.strip_prefix(crate::agent::SOURCES).unwrap_or(&source).to_owned()
}

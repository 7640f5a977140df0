//! What reports are made of: facts of conversations by day, sums of numbers by day, campaigns by hour.
//!
//! Everything is a recount: it can be done again at any time, by anybody, and comes to the same. A fact has no personal data but
//! the record's id in its key; it goes after some days, and with the person. Sums have none, and stay.

mod campaigns;
mod facts;
mod lines;
mod pass;
mod totals;

use domain::report::day_of;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

pub use campaigns::ReportedCampaign;
pub use facts::RecountPlace;
pub use pass::{Again, Pass};
pub use totals::Mark;

/// So many days back a conversation is recounted: later statuses change nothing any more.
const REACH_DAYS: i32 = 8;
/// How long facts are kept after they were written: longer than anybody recounts their day.
const FACT_DAYS: i64 = 12;
/// How long sums are kept: two ranges of the longest kind.
const SUM_DAYS: i64 = 800;

/// The first day that a recount of now looks at.
pub(crate) fn reach(now: Timestamp) -> Date {
    day_of(now).saturating_sub(REACH_DAYS.days())
}

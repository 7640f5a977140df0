//! Keys of what reports are made of.

use domain::ConversationId;
use jiff::civil::Date;

use super::{Key, shard};

/// How many partitions the facts of one day are spread over.
pub(crate) const FACT_SHARDS: u8 = 16;
/// How far the roll-up is.
pub(crate) const PASS: &str = "REPORTS#PASS";
/// Days of numbers that are to be added up again.
pub(crate) const MARKS: &str = "REPORTS#MARKS";
/// Conversations of which something is to be counted that their state does not tell.
pub(crate) const TOLD: &str = "REPORTS#TOLD";
/// What campaigns did, by the day of their start.
pub(crate) const REPORTED_CAMPAIGNS: &str = "REPORTS#CAMPAIGNS";

/// The facts of one day, in one of its partitions.
pub(crate) fn facts_of(day: Date, shard: u8) -> String {
    format!("FACTS#{day}#{shard}")
}

/// What a conversation had on a day.
pub(crate) fn fact(day: Date, id: &ConversationId) -> Key {
    let name = id.to_string();
    (facts_of(day, shard(&name, FACT_SHARDS)), format!("{}#{name}", id.number))
}

/// Reads the conversation back from the sort key of a fact.
pub(crate) fn parse_fact(sk: &str) -> Option<ConversationId> {
    sk.split_once('#')?.1.parse().ok()
}

/// What a number had, a month of days.
pub(crate) fn report_of(number: &str, day: Date) -> String {
    format!("REPORT#{number}#{}", day.strftime("%Y-%m"))
}

/// A day of a number that is to be added up again.
pub(crate) fn mark(day: Date, number: &str) -> Key {
    (MARKS.to_owned(), format!("{day}#{number}"))
}

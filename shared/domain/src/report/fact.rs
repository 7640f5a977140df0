//! What a thread had on a day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Hour, Key, Sheet};

/// One day of one thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What is settled.
    #[serde(rename = "s", default, skip_serializing_if = "Sheet::is_empty")]
    pub sheet: Sheet,
    /// A wait that began on this day and that nobody has ended.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenWait>,
}

/// A wait that nobody has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWait {
    /// The hour in which it began.
    #[serde(rename = "h")]
    pub hour: Hour,
    /// The second from which on it is unanswered.
    #[serde(rename = "e")]
    pub ends: i64,
    /// Whose the conversation is.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Where.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

impl Fact {
    /// What it says at a time, and when that changes by itself: a wait goes on until its window has closed.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> (Sheet, Option<i64>) {
        let (mut sheet, mut changes) = (self.sheet.clone(), None);
        if let Some(open) = &self.open {
            let (agent, department) = (open.agent.clone(), open.department.clone());
            let cell = sheet.at(Key { hour: open.hour, agent, department });
            if now.as_second() >= open.ends {
                cell.counts.unanswered += 1;
            } else {
                cell.counts.waiting += 1;
                changes = Some(open.ends);
            }
        }
        (sheet, changes)
    }
}

//! What was asked of the Graph API, and what an outside observer counts: kept apart from the rules.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One request to the Graph API that could change something.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LedgerEntry {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) path: String,
    /// `send`, `read`, `media`, `templates` or `other`.
    pub(crate) on: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback: Option<String>,
    pub(crate) body: Value,
    /// `accepted`, `refused`, `done`, or `fault` when nothing was carried out.
    pub(crate) outcome: String,
    pub(crate) http: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wamid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u32>,
    /// The code that its `failed` status will carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fails_with: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outside_window: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
}

/// Totals since the last reset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) seq: u64,
    pub(crate) posts_received: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) faults: u64,
    pub(crate) refused_by_code: BTreeMap<u32, u64>,
    pub(crate) people_wrote: u64,
    pub(crate) webhook_attempts: u64,
    pub(crate) webhook_delivered: u64,
    pub(crate) webhook_failed_attempts: u64,
    pub(crate) webhook_abandoned: u64,
    pub(crate) pair_violations: u64,
    pub(crate) throughput_violations: u64,
    pub(crate) tier_violations: u64,
    pub(crate) max_people_sent_to: BTreeMap<String, usize>,
    pub(crate) max_people_delivered_to: BTreeMap<String, usize>,
    pub(crate) max_per_second: BTreeMap<String, usize>,
    /// Service messages by `number|year-month`, for the free allowance.
    pub(crate) service_messages: BTreeMap<String, u64>,
}

/// Distinct people in a rolling day, each counted by the last time.
#[derive(Clone, Debug, Default)]
pub(crate) struct RollingDay {
    last: HashMap<String, Timestamp>,
    order: BTreeSet<(Timestamp, String)>,
}

impl RollingDay {
    pub(crate) fn record(&mut self, person: &str, at: Timestamp) {
        if let Some(before) = self.last.insert(person.to_owned(), at) {
            self.order.remove(&(before, person.to_owned()));
        }
        self.order.insert((at, person.to_owned()));
    }

    pub(crate) fn contains(&self, person: &str) -> bool {
        self.last.contains_key(person)
    }

    /// How many in the day that ends now. Older ones are forgotten.
    pub(crate) fn count(&mut self, now: Timestamp) -> usize {
        let edge = now - SignedDuration::from_hours(24);
        while let Some((at, person)) = self.order.first().cloned() {
            if at > edge {
                break;
            }
            self.order.pop_first();
            self.last.remove(&person);
        }
        self.order.len()
    }
}

/// Events in the second that ends now.
#[derive(Clone, Debug, Default)]
pub(crate) struct SlidingSecond(VecDeque<Timestamp>);

impl SlidingSecond {
    pub(crate) fn count(&mut self, now: Timestamp) -> usize {
        let edge = now - SignedDuration::from_secs(1);
        while self.0.front().is_some_and(|at| *at <= edge) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(crate) fn record(&mut self, at: Timestamp) -> usize {
        self.0.push_back(at);
        self.count(at)
    }
}

/// What the observer keeps by portfolio and number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) sent_to: BTreeMap<String, RollingDay>,
    pub(crate) delivered_to: BTreeMap<String, RollingDay>,
    pub(crate) seconds: BTreeMap<String, SlidingSecond>,
}

impl Oracle {
    pub(crate) fn sent(&mut self, counters: &mut Counters, portfolio: &str, person: &str, at: Timestamp) {
        record(&mut self.sent_to, &mut counters.max_people_sent_to, portfolio, person, at);
    }

    pub(crate) fn delivered(
        &mut self,
        counters: &mut Counters,
        portfolio: &str,
        person: &str,
        at: Timestamp,
    ) {
        record(&mut self.delivered_to, &mut counters.max_people_delivered_to, portfolio, person, at);
    }

    /// One message of a number, in or out.
    pub(crate) fn second(&mut self, counters: &mut Counters, number: &str, at: Timestamp) {
        let count = self.seconds.entry(number.to_owned()).or_default().record(at);
        let max = counters.max_per_second.entry(number.to_owned()).or_default();
        *max = (*max).max(count);
    }

    pub(crate) fn shown(&mut self, counters: &Counters, now: Timestamp) -> Value {
        let count = |days: &mut BTreeMap<String, RollingDay>| -> BTreeMap<String, usize> {
            days.iter_mut().map(|(id, day)| (id.clone(), day.count(now))).collect()
        };
        json!({
            "people_sent_to_last_24h": count(&mut self.sent_to),
            "people_delivered_to_last_24h": count(&mut self.delivered_to),
            "max_people_sent_to_in_24h": counters.max_people_sent_to,
            "max_people_delivered_to_in_24h": counters.max_people_delivered_to,
            "max_messages_in_a_second": counters.max_per_second,
            "pair_violations": counters.pair_violations,
            "throughput_violations": counters.throughput_violations,
            "tier_violations": counters.tier_violations,
        })
    }
}

fn record(
    days: &mut BTreeMap<String, RollingDay>,
    maxima: &mut BTreeMap<String, usize>,
    portfolio: &str,
    person: &str,
    at: Timestamp,
) {
    let day = days.entry(portfolio.to_owned()).or_default();
    day.record(person, at);
    let count = day.count(at);
    let max = maxima.entry(portfolio.to_owned()).or_default();
    *max = (*max).max(count);
}

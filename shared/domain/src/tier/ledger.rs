//! How many people of a portfolio's limit are taken, by quarter of an hour.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;

use cloud_api::webhook::event::numbers::MessagingLimit;
use jiff::Timestamp;

use super::Bucket;

/// How many people may be sent to outside open windows in any 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// That many.
    People(u32),
    /// Any number.
    Unlimited,
}

impl Limit {
    /// The lowest that Meta gives to a portfolio today.
    pub const LOWEST: Self = Self::People(250);
}

/// What is not set, or not known, is the lowest: to send less is safe.
impl From<&MessagingLimit> for Limit {
    fn from(told: &MessagingLimit) -> Self {
        match told {
            MessagingLimit::People(people) => Self::People(*people),
            MessagingLimit::Unlimited => Self::Unlimited,
            _ => Self::LOWEST,
        }
    }
}

/// What a portfolio may do, and what the company keeps of it. Three attributes of the ledger's item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Meta's limit.
    pub limit: Limit,
    /// People that campaigns leave to agents and other single messages.
    pub head_room: u32,
    /// People that other applications, partners or the phone's own app are expected to send to: nobody tells us.
    pub others: u32,
}

impl Allowance {
    /// What is kept unless the company says otherwise: one in twenty for single messages, as many for others.
    #[must_use]
    pub fn usual(limit: Limit) -> Self {
        let share = match limit {
            Limit::People(people) => people.div_ceil(20),
            Limit::Unlimited => 0,
        };
        Self { limit, head_room: share, others: share }
    }

    /// How many slots may be taken in all, for this purpose. `None` if any number.
    #[must_use]
    pub fn up_to(self, purpose: Purpose) -> Option<u32> {
        let Limit::People(people) = self.limit else { return None };
        let kept = match purpose {
            Purpose::Campaign => self.head_room,
            Purpose::Single => 0,
        };
        Some(people.saturating_sub(self.others).saturating_sub(kept))
    }
}

/// What slots are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A campaign: it leaves the head-room alone.
    Campaign,
    /// An agent's or another program's message to one person.
    Single,
}

/// How many slots somebody would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// For how many people.
    pub people: u32,
    /// With how many they would begin. Less is not worth a transaction, or the day would end in crumbs.
    pub at_least: u32,
    /// For what.
    pub purpose: Purpose,
}

/// The item `PF#<portfolio> / TIER`: what is taken of the limit.
///
/// Buckets that no longer count may still stand in it, until somebody takes slots. Its total is the sum of its buckets
/// and stands in an attribute of its own, because a condition cannot add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// What may be taken.
    pub allowance: Allowance,
    /// What was taken, by bucket.
    pub buckets: BTreeMap<Bucket, u32>,
}

/// What becomes of wanting slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// They are ours once the change is written.
    Slots {
        /// In which bucket.
        bucket: Bucket,
        /// How many: as many as wanted, or what there is.
        people: u32,
        /// What to write.
        change: Change,
    },
    /// There are not enough.
    Full {
        /// When there will be, if nobody takes any before. `None`: never, under this limit.
        free_at: Option<Timestamp>,
    },
}

/// One conditional write to a ledger. Everything is added, not set: two who take slots at the same time do not get into
/// each other's way as long as there is room for both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Buckets to remove because they no longer count. Condition: each still holds as much.
    pub gone: Vec<(Bucket, u32)>,
    /// What is added to buckets. Condition on one that is taken from: it holds at least that.
    pub add: BTreeMap<Bucket, i64>,
    /// What is added to the total, in sum.
    pub total: i64,
    /// Condition, where slots are taken under a limit: the allowance is still this one, and the total as it stands, with
    /// what no longer counts, is at most that much.
    pub within: Option<(Allowance, i64)>,
}

impl Change {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.add.is_empty()
    }
}

impl Ledger {
    /// Nobody has been sent to.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: BTreeMap::new() }
    }

    /// All that stands in it, also what no longer counts: the attribute `total`.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.buckets.values().map(|taken| i64::from(*taken)).sum()
    }

    /// Slots that count at this time.
    #[must_use]
    pub fn used(&self, now: Timestamp) -> u32 {
        self.counting(now).fold(0, |sum, (_, taken)| sum.saturating_add(*taken))
    }

    /// Buckets that count at this time, the oldest first.
    fn counting(&self, now: Timestamp) -> Range<'_, Bucket, u32> {
        self.buckets.range(Bucket::oldest_counting_at(now)..)
    }

    /// Slots that are free at this time, for this purpose. `None` if any number.
    #[must_use]
    pub fn free(&self, purpose: Purpose, now: Timestamp) -> Option<u32> {
        Some(self.allowance.up_to(purpose)?.saturating_sub(self.used(now)))
    }

    /// Takes slots: all that are wanted, or what is free if that is enough to begin with.
    #[must_use]
    pub fn reserve(&self, demand: Demand, now: Timestamp) -> Reserved {
        let free = self.free(demand.purpose, now).unwrap_or(u32::MAX);
        let people = demand.people.min(free);
        let enough = demand.at_least.clamp(1, demand.people.max(1));
        if people < enough {
            return Reserved::Full { free_at: self.free_at(enough, demand.purpose, now) };
        }
        let bucket = Bucket::open_at(now);
        let gone = self.buckets.range(..Bucket::oldest_counting_at(now));
        let gone: Vec<_> = gone.map(|(bucket, taken)| (*bucket, *taken)).collect();
        let stale: i64 = gone.iter().map(|(_, taken)| i64::from(*taken)).sum();
        let within = self.allowance.up_to(demand.purpose).map(|up_to| {
            let most = i64::from(up_to) - i64::from(people) + stale;
            (self.allowance, most)
        });
        let total = i64::from(people) - stale;
        let change = Change { gone, add: BTreeMap::from([(bucket, i64::from(people))]), total, within };
        Reserved::Slots { bucket, people, change }
    }

    /// When so many slots are free for this purpose, if nobody takes any before: now, or when enough buckets have
    /// stopped counting. `None` if the limit is lower than that.
    #[must_use]
    pub fn free_at(&self, people: u32, purpose: Purpose, now: Timestamp) -> Option<Timestamp> {
        let Some(up_to) = self.allowance.up_to(purpose) else { return Some(now) };
        let most = up_to.checked_sub(people)?;
        let mut used = self.used(now);
        if used <= most {
            return Some(now);
        }
        for (bucket, taken) in self.counting(now) {
            used = used.saturating_sub(*taken);
            if used <= most {
                return Some(bucket.counts_until());
            }
        }
        None
    }

    /// Gives slots back. What no longer counts is left out: it is free already.
    ///
    /// Only ever in one transaction with the mark that they were given back ([`Run`](super::Run)): twice would be
    /// too many.
    #[must_use]
    pub fn give_back(&self, slots: &BTreeMap<Bucket, u32>, now: Timestamp) -> Change {
        let counting = slots.iter().filter(|(bucket, _)| bucket.counts_at(now));
        let add: BTreeMap<_, _> = counting
            .filter_map(|(bucket, slots)| {
                let held = self.buckets.get(bucket).copied().unwrap_or_default();
                let back = i64::from((*slots).min(held));
                (back > 0).then_some((*bucket, -back))
            })
            .collect();
        Change { gone: Vec::new(), total: add.values().sum(), add, within: None }
    }

    /// Counts people again whose message arrived late ([`is_late`](super::is_late)). This may pass the limit: then
    /// nobody takes a slot until enough have stopped counting. Told twice, it counts twice, which is safe.
    #[must_use]
    pub fn delivered_late(people: u32, now: Timestamp) -> Change {
        let slots = i64::from(people);
        let add = BTreeMap::from([(Bucket::open_at(now), slots)]);
        Change { gone: Vec::new(), add, total: slots, within: None }
    }

    /// What the table does with a change: `None` if its condition does not hold.
    #[must_use]
    pub fn after(&self, change: &Change) -> Option<Self> {
        if change.within.is_some_and(|(allowance, most)| allowance != self.allowance || self.total() > most) {
            return None;
        }
        let mut next = self.clone();
        for (bucket, held) in &change.gone {
            if next.buckets.remove(bucket) != Some(*held) {
                return None;
            }
        }
        for (bucket, slots) in &change.add {
            let held = i64::from(next.buckets.get(bucket).copied().unwrap_or_default());
            next.buckets.insert(*bucket, u32::try_from(held + slots).ok()?);
        }
        Some(next)
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;

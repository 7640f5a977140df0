//! The units of a workload, by kind of item.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity};

/// Units by kind of item.
pub(crate) type Units = BTreeMap<String, f64>;

/// What was consumed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// Write units. An index is a kind of its own.
    pub(crate) written: Units,
    /// Write units of writes that a condition refused; they are in `written` as well.
    pub(crate) refused: f64,
    /// Read units.
    pub(crate) read: Units,
}

impl Totals {
    /// Write units of all kinds.
    pub(crate) fn writes(&self) -> f64 {
        self.written.values().sum()
    }

    /// Read units of all kinds.
    pub(crate) fn reads(&self) -> f64 {
        self.read.values().sum()
    }
}

/// Where interceptors enter what was consumed. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bill(Arc<Mutex<Totals>>);

/// A part of a request: what kind of item it is about, and its units if nothing tells better.
pub(crate) type Part = (String, f64);

impl Bill {
    /// What was consumed since the last time.
    pub(crate) fn take(&self) -> Totals {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Enters an accepted write. What the table took is shared among the parts by their own units.
    pub(crate) fn wrote(&self, parts: &[Part], consumed: &[ConsumedCapacity]) {
        let mut totals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: f64 = parts.iter().map(|(_, units)| units).sum();
        for capacity in consumed {
            if all == 0.0 {
                continue;
            }
            let table = capacity.table().and_then(|table| table.capacity_units()).unwrap_or_default();
            for (kind, units) in parts {
                // Requests of several tables do not occur on the paths that are counted here.
                *totals.written.entry(kind.clone()).or_default() += table * units / all;
            }
            for (index, capacity) in capacity.global_secondary_indexes().into_iter().flatten() {
                let units = capacity.capacity_units().unwrap_or_default();
                *totals.written.entry(format!("{index} index")).or_default() += units;
            }
        }
    }

    /// Enters a write that a condition refused: DynamoDB bills it by what stood there.
    pub(crate) fn refused(&self, parts: &[Part]) {
        let mut totals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, units) in parts {
            *totals.written.entry(kind.clone()).or_default() += units;
            totals.refused += units;
        }
    }

    /// Enters a read.
    pub(crate) fn read(&self, kind: &str, consumed: &[ConsumedCapacity]) {
        let mut totals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let units: f64 = consumed.iter().filter_map(ConsumedCapacity::capacity_units).sum();
        *totals.read.entry(kind.to_owned()).or_default() += units;
    }
}

/// What kind of item a key is of.
pub(crate) fn kind_of(key: &HashMap<String, AttributeValue>) -> &'static str {
    let text = |name: &str| key.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str);
    let (pk, sk) = (text("pk"), text("sk"));
    match (pk.split('#').next().unwrap_or_default(), sk.split('#').next().unwrap_or_default()) {
        ("CONV", "STATE") => "state",
        ("CONV", "MSG" | "REL") => "message",
        ("IDENTITY", _) => "identity",
        ("CONTACT", "CONSENT") => "consent",
        ("CONTACT", _) => "profile",
        ("TERM" | "NAME", _) => "entry",
        ("NUMBERS" | "WABAS", _) => "directory",
        ("IMPORTS" | "IMPORTED", _) => "import",
        ("GATE", _) => "gate",
        ("CAMP", "R") => "result block",
        ("CAMP", "CHUNK") if sk.ends_with("#RUN") => "run",
        ("CAMP", "CHUNK") => "chunk",
        ("CAMP" | "CAMPAIGNS" | "ACTIVE", _) => "campaign",
        ("PF", _) => "ledger",
        ("LEASE" | "SLOTS", _) => "lease",
        _ => "other",
    }
}

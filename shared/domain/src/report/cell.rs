//! The smallest part of a report: what one hour of UTC had for one agent and one department.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Histogram, Hour};
use crate::rates::Category;

/// Which part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The hour.
    pub hour: Hour,
    /// The agent, as [`super::agent_key`] has them; `None` is nobody.
    pub agent: Option<String>,
    /// The department.
    pub department: Option<String>,
}

impl Key {
    /// An hour of nobody.
    #[must_use]
    pub fn hour(hour: Hour) -> Self {
        Self { hour, agent: None, department: None }
    }
}

/// As what a message was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A rate of a rate card.
    Of(Category),
    /// A rate that this build does not know.
    Other,
}

/// A market and a class, which a rate card has a price for: `MX:m`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Charged {
    /// The person's country by its two letters; empty if nobody knows.
    pub country: String,
    /// As what.
    pub class: Class,
}

const CLASSES: [(Class, &str); 6] = [
    (Class::Of(Category::Marketing), "m"),
    (Class::Of(Category::Utility), "u"),
    (Class::Of(Category::Authentication), "a"),
    (Class::Of(Category::AuthenticationInternational), "i"),
    (Class::Of(Category::Service), "s"),
    (Class::Other, "x"),
];

impl From<Charged> for String {
    fn from(charged: Charged) -> Self {
        let letter =
            CLASSES.iter().find(|(class, _)| *class == charged.class).map_or("x", |(_, letter)| letter);
        format!("{}:{letter}", charged.country)
    }
}

impl From<String> for Charged {
    fn from(text: String) -> Self {
        let (country, letter) = text.split_once(':').unwrap_or((&text, "x"));
        let class =
            CLASSES.iter().find(|(_, known)| *known == letter).map_or(Class::Other, |(class, _)| *class);
        Self { country: country.to_owned(), class }
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

macro_rules! counts {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $short:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(rename = $short, default, skip_serializing_if = "is_zero")] pub $field: u64,)*
        }

        impl $name {
            /// Adds another.
            pub fn join(&mut self, other: Self) {
                $(self.$field += other.$field;)*
            }
        }
    };
}

counts! {
    /// Messages of ours, by who wrote them.
    Sent {
        /// Somebody of the team.
        agents = "s",
        /// A program of the company.
        programs = "p",
        /// A welcome, or that nobody is there.
        automatic = "a",
        /// A campaign.
        campaigns = "k",
    }
}

counts! {
    /// What became of messages of ours.
    Delivered {
        /// Meta took them.
        accepted = "ac",
        /// They reached a device.
        delivered = "dl",
        /// They were shown, as far as read receipts tell.
        read = "rd",
        /// Refused, or failed later and never delivered.
        failed = "fl",
    }
}

counts! {
    /// What is only counted.
    Counts {
        /// Conversations that began.
        conversations = "n",
        /// Messages of customers.
        received = "i",
        /// First responses within [`super::TARGET_SECONDS`].
        on_time = "t",
        /// Waits that nobody ended within the window.
        unanswered = "u",
        /// Waits that go on.
        waiting = "w",
        /// People who said no, in WhatsApp.
        opted_out = "x",
        /// People who said yes, in WhatsApp.
        opted_in = "y",
        /// Delivered messages that are not charged.
        free = "fr",
    }
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Plain counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Messages of ours.
    #[serde(flatten)]
    pub sent: Sent,
    /// What became of them.
    #[serde(flatten)]
    pub delivery: Delivered,
    /// First responses to waits that began in this hour.
    #[serde(rename = "f", default, skip_serializing_if = "Histogram::is_empty")]
    pub first_response: Histogram,
    /// Resolutions in this hour.
    #[serde(rename = "r", default, skip_serializing_if = "Histogram::is_empty")]
    pub resolution: Histogram,
    /// Delivered messages that are charged.
    #[serde(rename = "c", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub charged: BTreeMap<Charged, u64>,
}

impl Cell {
    /// Adds another.
    pub fn join(&mut self, other: &Self) {
        self.counts.join(other.counts);
        self.sent.join(other.sent);
        self.delivery.join(other.delivery);
        self.first_response.join(&other.first_response);
        self.resolution.join(&other.resolution);
        for (charged, count) in &other.charged {
            *self.charged.entry(charged.clone()).or_default() += count;
        }
    }
}

/// Cells of a thread, a day, a number: they add up in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Wire", from = "Wire")]
pub struct Sheet(pub BTreeMap<Key, Cell>);

impl Sheet {
    /// The cell of a key, which is made if it is not there.
    pub fn at(&mut self, key: Key) -> &mut Cell {
        self.0.entry(key).or_default()
    }

    /// Adds another.
    pub fn join(&mut self, other: &Self) {
        for (key, cell) in &other.0 {
            self.at(key.clone()).join(cell);
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A sheet as it is stored: each name once, and cells that point to it.
#[derive(Serialize, Deserialize)]
struct Wire {
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    agents: Vec<String>,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    departments: Vec<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    cells: Vec<(Hour, Option<usize>, Option<usize>, Cell)>,
}

impl From<Sheet> for Wire {
    fn from(sheet: Sheet) -> Self {
        fn place(names: &mut Vec<String>, name: Option<String>) -> Option<usize> {
            let name = name?;
            let known = names.iter().position(|known| *known == name);
            Some(known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }))
        }
        let (mut agents, mut departments) = (Vec::new(), Vec::new());
        let cells = sheet.0.into_iter().map(|(key, cell)| {
            let agent = place(&mut agents, key.agent);
            (key.hour, agent, place(&mut departments, key.department), cell)
        });
        let cells = cells.collect();
        Self { agents, departments, cells }
    }
}

impl From<Wire> for Sheet {
    fn from(wire: Wire) -> Self {
        let name = |names: &[String], place: Option<usize>| place.and_then(|place| names.get(place).cloned());
        let mut sheet = Self::default();
        for (hour, agent, department, cell) in wire.cells {
            let (agent, department) = (name(&wire.agents, agent), name(&wire.departments, department));
            sheet.at(Key { hour, agent, department }).join(&cell);
        }
        sheet
    }
}

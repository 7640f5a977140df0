//! Work: conversations by whose they are and what they are, from sparse indexes.
//!
//! - `queue` has those in which a customer waits: `A#<agent>` or `U#<number>`, by the second since when.
//! - `mine` has those that an agent has, waiting or not: `A#<agent>`, by the second since when.
//! - `important` has those that are marked so, by number.
//!
//! A page asks each of a few partitions for as many entries as it needs, and joins them. Counts come from the same
//! entries as lists, so the two always agree.

use domain::agent::{AgentId, DepartmentId};
use domain::inbox::Status;
use domain::label::LabelId;
use domain::sight::{OfDepartment, Sight};
use domain::{ContactKind, ConversationId};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::handling::{read_labels, read_status};
use crate::inbox::ConversationRow;
use crate::item::{Get, Item, s};
use crate::threads::{contact_of, read_state};
use crate::{Store, StoreError, keys};

/// Counts are exact up to this.
pub const MOST_COUNTED: u16 = 999;
/// The most entries of one partition that one page looks at. Then it is short, and says where to go on.
const MOST_SEEN: usize = 2_000;
/// How often a page of strangers goes on when most of those who wait are on record.
const ROUNDS: usize = 8;

/// Which work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// What an agent has.
    Mine(AgentId),
    /// Where a customer of these numbers waits, and nobody has taken it.
    Unassigned(Vec<String>),
    /// Where a customer waits: of these numbers, or with one of these agents.
    Waiting {
        /// Numbers, for what nobody has.
        numbers: Vec<String>,
        /// Agents, for what they have.
        agents: Vec<AgentId>,
    },
    /// What is important, of these numbers.
    Important(Vec<String>),
}

/// What of it.
#[derive(Clone, Debug)]
pub struct WorkFilter {
    /// Now: what was put aside until then is open.
    pub now: Timestamp,
    /// Only where the work stands so, by its word. Without it, everything that is not closed; and where somebody waits,
    /// nothing that is put aside.
    pub status: Option<String>,
    /// Only of these numbers.
    pub numbers: Option<Vec<String>>,
    /// Only with this label.
    pub label: Option<LabelId>,
    /// Only a department's.
    pub department: Option<OfDepartment>,
    /// Only with this assignee.
    pub assignee: Option<AgentId>,
    /// Only what somebody sees who does not see everything.
    pub sight: Option<Sight>,
    /// Only where nobody has answered since it was opened.
    pub only_new: bool,
    /// Only of people whom nobody has put on record.
    pub only_unknown: bool,
}

impl WorkFilter {
    /// Everything.
    #[must_use]
    pub fn all(now: Timestamp) -> Self {
        Self {
            now,
            status: None,
            numbers: None,
            label: None,
            department: None,
            assignee: None,
            sight: None,
            only_new: false,
            only_unknown: false,
        }
    }
}

/// A place in a list of work: since when, and which.
pub type WorkPlace = (String, String);

/// A page of work, longest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkPage {
    /// The conversations.
    pub rows: Vec<ConversationRow>,
    /// Where the next page begins.
    pub next: Option<WorkPlace>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Exact up to 999.
    pub count: u16,
    /// Whether there are more.
    pub more: bool,
}

/// A partition of an index.
#[derive(Clone, Debug)]
struct Partition {
    index: &'static str,
    hash: &'static str,
    range: &'static str,
    key: String,
}

/// An entry of an index.
#[derive(Clone, Debug)]
struct Entry {
    place: WorkPlace,
    id: ConversationId,
}

impl Work {
    fn partitions(&self) -> Vec<Partition> {
        let queue = |key| Partition { index: "queue", hash: "qk", range: "qs", key };
        let nobodys = |number: &String| queue(keys::unassigned(&number.as_str().into()));
        match self {
            Self::Mine(agent) => {
                vec![Partition { index: "mine", hash: "qk", range: "qo", key: keys::assigned(agent) }]
            }
            Self::Unassigned(numbers) => numbers.iter().map(nobodys).collect(),
            Self::Waiting { numbers, agents } => {
                let theirs = agents.iter().map(|agent| queue(keys::assigned(agent)));
                numbers.iter().map(nobodys).chain(theirs).collect()
            }
            Self::Important(numbers) => {
                let of = |number: &String| Partition {
                    index: "important",
                    hash: "ik",
                    range: "ii",
                    key: number.clone(),
                };
                numbers.iter().map(of).collect()
            }
        }
    }

    fn is_queue(&self) -> bool {
        matches!(self, Self::Unassigned(_) | Self::Waiting { .. })
    }
}

impl Store {
    /// A page of work, from after a place on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn work(
        &self,
        work: &Work,
        filter: &WorkFilter,
        after: Option<&WorkPlace>,
        limit: u16,
    ) -> Result<WorkPage, StoreError> {
        let mut page = WorkPage { rows: Vec::new(), next: after.cloned() };
        for _ in 0..ROUNDS {
            let room = usize::from(limit) - page.rows.len();
            let (entries, next) = self.entries(work, filter, page.next.as_ref(), room).await?;
            page.rows.extend(self.rows(entries, filter).await?);
            page.next = next;
            if page.next.is_none() || page.rows.len() >= usize::from(limit) {
                break;
            }
        }
        Ok(page)
    }

    /// How much work there is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn count_work(&self, work: &Work, filter: &WorkFilter) -> Result<Count, StoreError> {
        let (mut count, mut after) = (0, None);
        loop {
            let room = usize::from(MOST_COUNTED) + 1;
            let (entries, next) = self.entries(work, filter, after.as_ref(), room).await?;
            count += self.of_kind(&entries, filter).await?;
            after = next;
            if count > usize::from(MOST_COUNTED) || after.is_none() {
                let more = count > usize::from(MOST_COUNTED);
                let count = u16::try_from(count).unwrap_or(MOST_COUNTED).min(MOST_COUNTED);
                return Ok(Count { count, more });
            }
        }
    }

    /// How many conversations an agent has that are not closed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn load_of(&self, agent: &AgentId, now: Timestamp) -> Result<u32, StoreError> {
        let count = self.count_work(&Work::Mine(agent.clone()), &WorkFilter::all(now)).await?;
        Ok(count.count.into())
    }

    /// Entries of all partitions in one order, and the place to go on from.
    async fn entries(
        &self,
        work: &Work,
        filter: &WorkFilter,
        after: Option<&WorkPlace>,
        room: usize,
    ) -> Result<(Vec<Entry>, Option<WorkPlace>), StoreError> {
        let partitions = work.partitions();
        let waits = work.is_queue();
        let parts = partitions.iter().map(|partition| self.part(partition, filter, waits, after, room));
        let parts = try_join_all(parts).await?;
        // Beyond the place at which one partition was left, others may not be shown yet.
        let horizon = parts.iter().filter_map(|(_, left_at)| left_at.clone()).min();
        let mut entries: Vec<Entry> = parts.into_iter().flat_map(|(entries, _)| entries).collect();
        entries.retain(|entry| horizon.as_ref().is_none_or(|horizon| entry.place <= *horizon));
        entries.sort_by(|a, b| a.place.cmp(&b.place));
        entries.dedup_by(|a, b| a.id == b.id);
        let more = entries.len() > room;
        entries.truncate(room);
        let next = if more { entries.last().map(|entry| entry.place.clone()) } else { horizon };
        Ok((entries, next))
    }

    /// One partition's entries after a place that pass the filter; and where it was left, if it has more.
    async fn part(
        &self,
        partition: &Partition,
        filter: &WorkFilter,
        waits: bool,
        after: Option<&WorkPlace>,
        room: usize,
    ) -> Result<(Vec<Entry>, Option<WorkPlace>), StoreError> {
        let from = after.map_or("", |(since, _)| since.as_str());
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name(partition.index)
            .key_condition_expression("#hash = :key AND #range >= :from")
            .expression_attribute_names("#hash", partition.hash)
            .expression_attribute_names("#range", partition.range)
            .expression_attribute_values(":key", s(&partition.key))
            .expression_attribute_values(":from", s(if from.is_empty() { "0" } else { from }))
            .into_paginator()
            .page_size(i32::try_from(room + 1).unwrap_or(i32::MAX).min(250))
            .send();
        let (mut found, mut seen, mut last) = (Vec::new(), 0, None);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            for item in page.items() {
                let Some(entry) = read_entry(item, partition.range) else { continue };
                // Entries of one second come in no order of ours: all of them are read, and those before are left out.
                let is_after = after.is_none_or(|after| entry.place > *after);
                seen += 1;
                last = Some(entry.place.0.clone());
                if is_after && passes(item, &entry.id, filter, waits) {
                    found.push(entry);
                }
            }
            let more = page.last_evaluated_key().is_some();
            if more && (found.len() > room || seen >= MOST_SEEN) {
                // Entries of the last second may be missing: that second is not done.
                let second = last.unwrap_or_default();
                if let Some(left_at) = left_at(&found, &second, after) {
                    return Ok((found, Some(left_at)));
                }
                last = Some(second);
            }
        }
        Ok((found, None))
    }

    async fn rows(
        &self,
        entries: Vec<Entry>,
        filter: &WorkFilter,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let states = entries.iter().map(|entry| (keys::conversation(&entry.id), keys::STATE.to_owned()));
        let states = self.batch_get(&self.tables.conversations, states.collect()).await?;
        let people =
            self.contacts_of(entries.iter().filter_map(|entry| contact_of(&entry.id)).collect()).await?;
        let state_of = |id: &ConversationId| {
            let pk = keys::conversation(id);
            states.iter().find(|item| item.text("pk") == Some(&pk)).map(read_state)
        };
        let rows = entries.into_iter().filter_map(|entry| {
            let contact = contact_of(&entry.id).and_then(|contact| people.get(&contact).cloned());
            let unknown = contact.as_ref().is_some_and(|contact| contact.kind == ContactKind::Unknown);
            let state = state_of(&entry.id)?;
            (unknown || !filter.only_unknown).then_some(ConversationRow { id: entry.id, state, contact })
        });
        Ok(rows.collect())
    }

    /// How many of these are of the kind that is asked for.
    async fn of_kind(&self, entries: &[Entry], filter: &WorkFilter) -> Result<usize, StoreError> {
        if !filter.only_unknown {
            return Ok(entries.len());
        }
        let people = entries.iter().filter_map(|entry| contact_of(&entry.id));
        let people = self.contacts_of(people.collect()).await?;
        let is_unknown = |entry: &&Entry| {
            let contact = contact_of(&entry.id).and_then(|contact| people.get(&contact));
            contact.is_some_and(|contact| contact.kind == ContactKind::Unknown)
        };
        Ok(entries.iter().filter(is_unknown).count())
    }
}

/// The last place of which everything before is known, if there is one after `after`: the end of the second before the
/// one in which the reading stopped.
fn left_at(found: &[Entry], second: &str, after: Option<&WorkPlace>) -> Option<WorkPlace> {
    let before = second.parse::<i64>().ok().map(|second| format!("{:010}", (second - 1).max(0)))?;
    // `~` is after every id.
    let place = (before, "~".to_owned());
    let moves_on = after.is_none_or(|after| place > *after);
    let shows = found.iter().any(|entry| entry.place <= place);
    (moves_on && (shows || found.is_empty())).then_some(place)
}

fn read_entry(item: &Item, range: &str) -> Option<Entry> {
    let id = keys::parse_conversation(item.text("pk")?)?;
    Some(Entry { place: (item.text(range)?.to_owned(), id.to_string()), id })
}

fn passes(item: &Item, id: &ConversationId, filter: &WorkFilter, waits: bool) -> bool {
    let status = read_status(item).at(filter.now);
    let stands = match &filter.status {
        Some(word) if word == "any" => true,
        Some(word) => status.word() == word,
        None => status != Status::Closed && !(waits && matches!(status, Status::Snoozed { .. })),
    };
    let assignee = || item.text("qk").and_then(keys::parse_assigned);
    let sent_to = || item.text("dp").and_then(DepartmentId::new);
    let is_seen = |sight: &Sight| sight.shows(&id.number, assignee().as_ref(), sent_to().as_ref());
    stands
        && filter.numbers.as_ref().is_none_or(|numbers| numbers.iter().any(|it| it == id.number.as_str()))
        && filter.label.as_ref().is_none_or(|label| read_labels(item).any(|it| it == *label))
        && filter.department.as_ref().is_none_or(|it| it.takes(&id.number, sent_to().as_ref()))
        && filter.assignee.as_ref().is_none_or(|agent| assignee().as_ref() == Some(agent))
        && filter.sight.as_ref().is_none_or(is_seen)
        && !(filter.only_new && item.is_set("an"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: &str) -> Entry {
        let id: ConversationId = "900.01K".parse().expect("an id");
        Entry { place: (second.to_owned(), id.to_string()), id }
    }

    #[test]
    fn a_partition_is_left_only_between_two_seconds_and_never_where_nothing_is_shown() {
        let found = [entry("0000000010"), entry("0000000012")];
        let place = |second: &str| Some((second.to_owned(), "~".to_owned()));
        assert_eq!(left_at(&found, "0000000012", None), place("0000000011"));
        assert_eq!(left_at(&found, "0000000010", None), None, "all of one second");
        assert_eq!(
            left_at(&found, "0000000012", place("0000000011").as_ref()),
            None,
            "no further than before"
        );
        assert_eq!(left_at(&[], "0000000012", None), place("0000000011"), "nothing passes the filter");
    }
}

//! Everybody's line of a campaign, in the order of its log, with what is known from each of their turns.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::log::{Chunk, PARTITIONS};
use domain::campaign::outcome::Outcome;
use domain::campaign::result::Entry;
use futures::future::try_join_all;
use futures::lock::Mutex;

use super::chunks::read_members;
use crate::item::{Get, s};
use crate::{Store, StoreError, keys};

/// A person's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignLine {
    /// The person, as they stand in the audience.
    pub contact: ContactId,
    /// What is known from each turn, oldest first: more than one of who was put off.
    pub entries: Vec<Entry>,
    /// Whether a worker has begun with the newest turn.
    pub begun: bool,
}

/// Where people have their later turns: chunks, and the places in them.
type Turns = HashMap<ContactId, Vec<(Chunk, usize)>>;

/// Reads the lines of a campaign, chunk by chunk. Where people who were put off have their later turns is looked for once,
/// when it is first asked.
#[derive(Debug)]
pub struct CampaignLines {
    store: Store,
    campaign: CampaignId,
    turns: Mutex<Option<Arc<Turns>>>,
}

/// A chunk, as far as it has come.
#[derive(Debug, Default)]
struct Progress {
    told: BTreeMap<usize, Entry>,
    started: usize,
}

impl Progress {
    fn turn(&self, member: usize) -> Turn {
        Turn { entry: self.told.get(&member).cloned().unwrap_or_default(), begun: member < self.started }
    }
}

/// One turn of a person.
#[derive(Debug)]
struct Turn {
    entry: Entry,
    begun: bool,
}

impl Turn {
    fn is_put_off(&self) -> bool {
        let outcome = self.entry.outcome.as_ref().map(|placed| placed.outcome);
        matches!(outcome, Some(Outcome::PutOff(_))) && !self.entry.is_accepted()
    }
}

impl Store {
    /// A reader of a campaign's lines.
    #[must_use]
    pub fn campaign_lines(&self, campaign: &CampaignId) -> CampaignLines {
        CampaignLines { store: self.clone(), campaign: campaign.clone(), turns: Mutex::default() }
    }

    async fn progress(&self, campaign: &CampaignId, chunk: Chunk) -> Result<Progress, StoreError> {
        let (told, run) =
            futures::future::try_join(self.results(campaign, chunk), self.run(campaign, chunk)).await?;
        Ok(Progress { told, started: usize::try_from(run.started).unwrap_or_default() })
    }

    /// Everybody who was put off, by chunk. It reads all chunks of such people.
    async fn later_turns(&self, campaign: &CampaignId) -> Result<Turns, StoreError> {
        let parts = (0..PARTITIONS).map(|partition| self.later_turns_of(campaign, partition));
        let mut turns = Turns::new();
        for (chunk, members) in try_join_all(parts).await?.into_iter().flatten() {
            for (place, contact) in members.into_iter().enumerate() {
                turns.entry(contact).or_default().push((chunk, place));
            }
        }
        Ok(turns)
    }

    async fn later_turns_of(
        &self,
        campaign: &CampaignId,
        partition: u64,
    ) -> Result<Vec<(Chunk, Vec<ContactId>)>, StoreError> {
        let (first, last) = keys::DEFERRED_CHUNKS;
        let query = self.client.query().table_name(&self.tables.campaigns).projection_expression("sk, mb");
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(keys::results(campaign, partition)));
        let query = query.expression_attribute_values(":first", s(first));
        let mut pages = query.expression_attribute_values(":last", s(last)).into_paginator().send();
        let mut chunks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            // Runs stand beside their chunks, under longer keys.
            let names =
                page.items().iter().filter(|item| item.text("sk").is_some_and(|sk| !sk.ends_with(keys::RUN)));
            chunks.extend(names.filter_map(|item| {
                let members = read_members(item.text("mb")?)?;
                let chunk = item.text("sk").and_then(keys::parse_chunk)?;
                Some((chunk, members.into_iter().map(|member| member.contact).collect()))
            }));
        }
        Ok(chunks)
    }
}

impl CampaignLines {
    /// The lines of a chunk of the audience, in its order; none if there is no such chunk.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn of_chunk(&self, number: u64) -> Result<Vec<CampaignLine>, StoreError> {
        let (store, own) = (&self.store, Chunk::Walked(number));
        let Some(stored) = store.chunk(&self.campaign, own).await? else { return Ok(Vec::new()) };
        let progress = store.progress(&self.campaign, own).await?;
        let first: Vec<_> = (0..stored.members.len()).map(|member| progress.turn(member)).collect();
        let is_put_off = first.iter().any(Turn::is_put_off);
        let later = if is_put_off { self.turns().await? } else { Arc::default() };
        let contacts = stored.members.into_iter().map(|member| member.contact);
        let lines: Vec<(ContactId, Turn)> = contacts.zip(first).collect();
        let of = |contact: &ContactId| later.get(contact).map(Vec::as_slice).unwrap_or_default();
        let put_off = lines.iter().filter(|(_, turn)| turn.is_put_off());
        let chunks: BTreeSet<_> =
            put_off.flat_map(|(contact, _)| of(contact)).map(|(chunk, _)| *chunk).collect();
        let reads = chunks
            .into_iter()
            .map(async |chunk| Ok::<_, StoreError>((chunk, store.progress(&self.campaign, chunk).await?)));
        let others: HashMap<_, _> = try_join_all(reads).await?.into_iter().collect();
        let whole = lines.into_iter().map(|(contact, first)| {
            let mut turns: Vec<(Chunk, Turn)> = Vec::new();
            if first.is_put_off() {
                let later = of(&contact)
                    .iter()
                    .filter_map(|(chunk, place)| Some((*chunk, others.get(chunk)?.turn(*place))));
                turns.extend(later);
            }
            // Of several turns in one hour those that put the person off came first.
            turns.sort_by_key(|(chunk, turn)| (chunk.due_at(), !turn.is_put_off()));
            turns.insert(0, (own, first));
            let begun = turns.last().is_some_and(|(_, newest)| newest.begun);
            let entries = turns.into_iter().map(|(_, turn)| turn.entry).collect();
            CampaignLine { contact, entries, begun }
        });
        Ok(whole.collect())
    }

    async fn turns(&self) -> Result<Arc<Turns>, StoreError> {
        let mut turns = self.turns.lock().await;
        if let Some(known) = &*turns {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(self.store.later_turns(&self.campaign).await?);
        *turns = Some(Arc::clone(&read));
        Ok(read)
    }
}

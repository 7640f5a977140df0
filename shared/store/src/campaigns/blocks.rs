//! Result blocks: what became of everybody, 25 people in an item, and the report that is read from them.
//!
//! Each fact is set if it is not there: facts may come in any order and more than once, and nothing is ever counted up.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::campaign::CampaignId;
use domain::campaign::log::{BLOCK, CHUNK, Chunk, PARTITIONS, block_of, chunk_at};
use domain::campaign::report::Report;
use domain::campaign::result::{Block, Entry, Value, stands};
use futures::future::try_join_all;

use super::definition::Campaign;
use super::run::read_run;
use crate::item::{Get, Item, n, s};
use crate::{Store, StoreError, keys};

/// So many facts go into one write: an expression of DynamoDB has 4 KB at most.
const FACTS: usize = 100;

/// What is told of a member of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The member's place in the chunk.
    pub member: usize,
    /// What.
    pub entry: Entry,
}

/// What became of everybody, with the totals that a block cannot know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignReport {
    /// The counts.
    pub report: Report,
    /// How many people the frozen audience has.
    pub people: u64,
}

impl Store {
    /// Writes what is told of members of a chunk, with one write for all of a block. What is there stays, but
    /// that somebody was put off does not stay against an acceptance.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn record_results(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
        told: &[Told],
    ) -> Result<(), StoreError> {
        let mut blocks: BTreeMap<usize, Block> = BTreeMap::new();
        for told in told {
            let (block, place) = block_of(told.member);
            blocks.entry(block).or_default().note(place, told.entry.clone());
        }
        let writes = blocks.iter().flat_map(|(block, told)| {
            let facts = told.entries.iter().flat_map(|(place, entry)| entry.attributes(*place));
            let facts: Vec<_> = facts.collect();
            let pieces: Vec<_> = facts.chunks(FACTS).map(<[_]>::to_vec).collect();
            pieces.into_iter().map(move |piece| (*block, piece))
        });
        let writes = writes.map(|(block, facts)| self.write_facts(campaign, chunk, block, facts));
        try_join_all(writes).await.map(drop)
    }

    async fn write_facts(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
        block: usize,
        facts: Vec<(String, Value)>,
    ) -> Result<(), StoreError> {
        let (pk, sk) = keys::result_block(campaign, chunk, block);
        let mut update = self.client.update_item().table_name(&self.tables.campaigns);
        update = update.key("pk", s(pk)).key("sk", s(sk));
        let mut parts = Vec::new();
        for (name, value) in facts {
            parts.push(match stands(&name, &value) {
                true => format!("{name}=:{name}"),
                false => format!("{name}=if_not_exists({name},:{name})"),
            });
            let value = match value {
                Value::Text(text) => s(text),
                Value::Number(number) => n(number.into()),
            };
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        if parts.is_empty() {
            return Ok(());
        }
        let update = update.update_expression(format!("SET {}", parts.join(",")));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// What is known of a chunk's members, by their places, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn results(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
    ) -> Result<BTreeMap<usize, Entry>, StoreError> {
        let keys = (0..CHUNK / BLOCK).map(|block| keys::result_block(campaign, chunk, block)).collect();
        let items = self.batch_get_consistent(&self.tables.campaigns, keys).await?;
        let mut entries = BTreeMap::new();
        for item in &items {
            let Some((_, block)) = item.text("sk").and_then(keys::parse_result_block) else { continue };
            let read = read_block(item).entries.into_iter();
            entries.extend(read.map(|(place, entry)| (block * BLOCK + place, entry)));
        }
        Ok(entries)
    }

    /// What became of everybody: sixteen partitions of result blocks, side by side, and the runs of what is under way.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_report(&self, campaign: &Campaign) -> Result<CampaignReport, StoreError> {
        let parts = (0..PARTITIONS).map(|partition| self.blocks_of(&campaign.id, partition));
        let blocks: Vec<_> = try_join_all(parts).await?.into_iter().flatten().collect();
        let begun = self.begun(campaign, blocks.iter().map(|(chunk, _)| *chunk)).await?;
        let mut report = Report::default();
        let mut silent = begun.clone();
        for (chunk, block) in &blocks {
            let there = u64::try_from(block.entries.len()).unwrap_or_default();
            report.add(block, block.entries.len(), true);
            if let Some(left) = silent.get_mut(chunk) {
                *left = left.saturating_sub(there);
            }
        }
        report.unknown += silent.values().sum::<u64>();
        let walked = begun.iter().filter(|(chunk, _)| matches!(chunk, Chunk::Walked(_)));
        let walked: u64 = walked.map(|(_, begun)| begun).sum();
        let people = campaign.log.people;
        report.waiting += people.saturating_sub(walked);
        Ok(CampaignReport { report, people })
    }

    async fn blocks_of(
        &self,
        campaign: &CampaignId,
        partition: u64,
    ) -> Result<Vec<(Chunk, Block)>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.campaigns)
            .key_condition_expression("pk = :pk AND begins_with(sk, :results)")
            .expression_attribute_values(":pk", s(keys::results(campaign, partition)))
            .expression_attribute_values(":results", s(keys::RESULTS))
            .into_paginator()
            .send();
        let mut blocks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            blocks.extend(page.items().iter().filter_map(|item| {
                let (chunk, _) = keys::parse_result_block(item.text("sk")?)?;
                Some((chunk, read_block(item)))
            }));
        }
        Ok(blocks)
    }

    /// How many people of each chunk were begun with: all of those that are through; of the others their runs tell.
    async fn begun(
        &self,
        campaign: &Campaign,
        seen: impl Iterator<Item = Chunk>,
    ) -> Result<HashMap<Chunk, u64>, StoreError> {
        let log = &campaign.log;
        let whole = u64::try_from(CHUNK).unwrap_or_default();
        let place = |place| chunk_at(campaign.definition.order, &campaign.id, log.chunks, place);
        let size = |number: u64| {
            let is_last = log.frozen_at.is_some() && number + 1 == log.chunks;
            if is_last { log.people.saturating_sub(number * whole) } else { whole }
        };
        let through = (0..log.done_upto).map(place);
        let mut begun: HashMap<_, _> = through.map(|number| (Chunk::Walked(number), size(number))).collect();
        let open = (log.done_upto..log.released_upto).map(|at| Chunk::Walked(place(at)));
        let mut open: Vec<_> = open.chain(seen.filter(|chunk| !begun.contains_key(chunk))).collect();
        open.sort_unstable();
        open.dedup();
        let runs = open.iter().map(|chunk| keys::run(&campaign.id, *chunk)).collect();
        for run in self.batch_get(&self.tables.campaigns, runs).await? {
            let chunk = run.text("sk").and_then(keys::parse_chunk);
            let started = run.text("rn").and_then(read_run).map(|run| run.started);
            if let (Some(chunk), Some(started)) = (chunk, started) {
                begun.insert(chunk, started.into());
            }
        }
        Ok(begun)
    }
}

fn read_block(item: &Item) -> Block {
    Block::read(item.iter().filter_map(|(name, value)| {
        let value = match value {
            AttributeValue::S(text) => Value::Text(text.clone()),
            AttributeValue::N(number) => Value::Number(number.parse().ok()?),
            _ => return None,
        };
        Some((name.as_str(), value))
    }))
}

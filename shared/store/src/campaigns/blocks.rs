//! Result blocks: what became of everybody, 25 people in an item.
//!
//! Each fact is set if it is not there: facts may come in any order and more than once, and nothing is ever counted up.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::campaign::CampaignId;
use domain::campaign::log::{BLOCK, CHUNK, Chunk, block_of};
use domain::campaign::result::{Block, Entry, Value, stands};
use futures::future::try_join_all;

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

    /// Shows every block of a partition, a page at a time.
    pub(crate) async fn each_block(
        &self,
        campaign: &CampaignId,
        partition: u64,
        mut show: impl FnMut(Chunk, Block),
    ) -> Result<(), StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.campaigns)
            .key_condition_expression("pk = :pk AND begins_with(sk, :results)")
            .expression_attribute_values(":pk", s(keys::results(campaign, partition)))
            .expression_attribute_values(":results", s(keys::RESULTS))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            for item in page.items() {
                let named = item.text("sk").and_then(keys::parse_result_block);
                if let Some((chunk, _)) = named {
                    show(chunk, read_block(item));
                }
            }
        }
        Ok(())
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

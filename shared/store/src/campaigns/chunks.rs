//! The chunk log: who is in which chunk. A chunk is written once and never changed.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::log::{Chunk, PARTITIONS};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, n, s};
use crate::{Condition, Store, StoreError, keys};

/// A member of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub contact: ContactId,
    /// Whether the person is in an excluded group as well: gets nothing, and is told so.
    pub excluded: bool,
    /// The person's line of the audience's file, by column.
    pub line: Option<BTreeMap<String, String>>,
}

/// A chunk of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChunk {
    /// Its people, at most a hundred, in order: the place of a member is its index in the result blocks.
    pub members: Vec<Member>,
    /// Where the walk goes on; `None` after the last chunk of an audience, and for chunks of people who were put off.
    pub next: Option<String>,
    /// How many people are in this chunk and all before it. Of people who were put off, those of this chunk.
    pub upto: u64,
}

/// What came of putting a chunk into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It stands as it was given.
    Ours,
    /// Another walk was first: this chunk stands there and counts.
    Theirs(StoredChunk),
}

/// Chunks, as far as they have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenChunks {
    /// Those that are not through, in their order.
    pub open: Vec<Chunk>,
    /// When the last of the others came through.
    pub last_through: Option<Timestamp>,
}

/// The last chunk of an audience so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChunk {
    /// Its number.
    pub number: u64,
    /// Where the walk goes on after it.
    pub next: Option<String>,
    /// How many people are in it and all before it.
    pub upto: u64,
}

/// The attribute of a chunk's run that says when the chunk was through: milliseconds. Whoever finishes a run sets it.
pub(crate) const RUN_THROUGH: &str = "fin";

impl Store {
    /// A chunk of the log, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn chunk(&self, id: &CampaignId, chunk: Chunk) -> Result<Option<StoredChunk>, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::chunk(id, chunk), true).await?;
        item.as_ref().map(read_chunk).transpose()
    }

    /// Puts a chunk into the log, if there is none of its name: whoever is second adopts what the first wrote.
    ///
    /// The hour of people who were put off is noted on the campaign first, so that nobody is forgotten.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_chunk(
        &self,
        id: &CampaignId,
        chunk: Chunk,
        stored: &StoredChunk,
    ) -> Result<Kept, StoreError> {
        if let Chunk::Deferred { hour, .. } = chunk {
            self.note_deferred(id, hour).await?;
        }
        let item = chunk_item(id, chunk, stored)?;
        match self.put_if(&self.tables.campaigns, item, Condition::ChunkAbsent).await? {
            Conditional::Written => Ok(Kept::Ours),
            Conditional::Refused(there) => read_chunk(&there).map(Kept::Theirs),
        }
    }

    /// Writes chunks of the audience that follow one another, all or none, if none of them stands there. The log has no
    /// gap, whenever somebody dies. Costs twice the write units of [`Self::put_chunk`], and one wait for all of them.
    ///
    /// `false` if one of them stands there, or somebody writes them now: nothing was written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_chunks(
        &self,
        id: &CampaignId,
        first: u64,
        chunks: &[StoredChunk],
    ) -> Result<bool, StoreError> {
        let puts = (first..).zip(chunks).map(|(number, stored)| {
            let item = chunk_item(id, Chunk::Walked(number), stored)?;
            Ok(self.put_action(&self.tables.campaigns, item, Some(Condition::ChunkAbsent)))
        });
        let puts = puts.collect::<Result<Vec<_>, StoreError>>()?;
        match self.transact(puts).await {
            Ok(Conditional::Written) => Ok(true),
            Ok(Conditional::Refused(())) | Err(StoreError::Contended) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The last chunk of the audience so far: sixteen small reads, one of each partition.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn last_chunk(&self, id: &CampaignId) -> Result<Option<LastChunk>, StoreError> {
        let newest = (0..PARTITIONS).map(|partition| self.newest_of(id, partition));
        let Some(number) = try_join_all(newest).await?.into_iter().flatten().max() else { return Ok(None) };
        let chunk = self.chunk(id, Chunk::Walked(number)).await?;
        let chunk = chunk.ok_or(StoreError::Corrupt("a run without its chunk"))?;
        Ok(Some(LastChunk { number, next: chunk.next, upto: chunk.upto }))
    }

    async fn newest_of(&self, id: &CampaignId, partition: u64) -> Result<Option<u64>, StoreError> {
        let (pk, _) = keys::chunk(id, Chunk::Walked(partition));
        let (first, last) = keys::WALKED_CHUNKS;
        let page = self
            .client
            .query()
            .table_name(&self.tables.campaigns)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":first", s(first))
            .expression_attribute_values(":last", s(last))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let newest = page.items().first().and_then(|item| keys::parse_chunk(item.text("sk")?));
        Ok(match newest {
            Some(Chunk::Walked(number)) => Some(number),
            Some(Chunk::Deferred { .. }) | None => None,
        })
    }

    /// The chunks of people who were put off until an hour.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn deferred_chunks(&self, id: &CampaignId, hour: u64) -> Result<Vec<Chunk>, StoreError> {
        let of = |partition| async move {
            let (pk, prefix) = keys::deferred_chunks(id, hour, partition);
            let query = self.client.query().table_name(&self.tables.campaigns).consistent_read(true);
            let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
            let query = query.expression_attribute_values(":pk", s(pk));
            let query = query.expression_attribute_values(":prefix", s(prefix)).projection_expression("sk");
            let mut pages = query.into_paginator().send();
            let mut chunks = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::from_sdk(&error))?;
                // Runs stand beside their chunks, under longer keys.
                let names = page.items().iter().filter_map(|item| item.text("sk"));
                chunks.extend(names.filter(|sk| !sk.ends_with(keys::RUN)).filter_map(keys::parse_chunk));
            }
            Ok::<_, StoreError>(chunks)
        };
        let mut chunks: Vec<_> = try_join_all((0..PARTITIONS).map(of)).await?.into_iter().flatten().collect();
        chunks.sort_unstable();
        Ok(chunks)
    }

    /// Which of these chunks are not through, and when the last of the others came through.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn chunks_open(&self, id: &CampaignId, chunks: &[Chunk]) -> Result<OpenChunks, StoreError> {
        let keys = chunks.iter().map(|chunk| keys::run(id, *chunk)).collect();
        let runs = self.batch_get(&self.tables.campaigns, keys).await?;
        let through: BTreeMap<_, _> = runs
            .iter()
            .filter_map(|run| Some((keys::parse_chunk(run.text("sk")?)?, run.time(RUN_THROUGH)?)))
            .collect();
        Ok(OpenChunks {
            open: chunks.iter().copied().filter(|chunk| !through.contains_key(chunk)).collect(),
            last_through: through.values().copied().max(),
        })
    }

    async fn note_deferred(&self, id: &CampaignId, hour: u64) -> Result<(), StoreError> {
        let (pk, sk) = keys::campaign(id);
        let hour = AttributeValue::Ns(vec![hour.to_string()]);
        let update = self.client.update_item().table_name(&self.tables.campaigns);
        let update = update.key("pk", s(pk)).key("sk", s(sk)).update_expression("ADD dh :hour");
        let update = update.expression_attribute_values(":hour", hour);
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

/// Ids with spaces between; who is excluded has a mark behind.
fn write_members(members: &[Member]) -> String {
    let one = |member: &Member| format!("{}{}", member.contact, if member.excluded { "!" } else { "" });
    members.iter().map(one).collect::<Vec<_>>().join(" ")
}

pub(super) fn read_chunk(item: &Item) -> Result<StoredChunk, StoreError> {
    const CORRUPT: StoreError = StoreError::Corrupt("a chunk");
    let lines: Option<Vec<Option<BTreeMap<String, String>>>> =
        item.text("ln").map(serde_json::from_str).transpose().map_err(|_| CORRUPT)?;
    let mut lines = lines.unwrap_or_default().into_iter();
    let mut members = read_members(item.text("mb").unwrap_or_default()).ok_or(CORRUPT)?;
    members.iter_mut().for_each(|member| member.line = lines.next().flatten());
    let upto = item.number("pu").and_then(|upto| u64::try_from(upto).ok()).ok_or(CORRUPT)?;
    Ok(StoredChunk { members, next: item.text("nx").map(str::to_owned), upto })
}

/// The people of a chunk, without their lines of a file.
pub(super) fn read_members(text: &str) -> Option<Vec<Member>> {
    let member = |text: &str| {
        let (id, excluded) = text.strip_suffix('!').map_or((text, false), |id| (id, true));
        Some(Member { contact: ContactId::new(id)?, excluded, line: None })
    };
    text.split_whitespace().map(member).collect()
}

fn chunk_item(id: &CampaignId, chunk: Chunk, stored: &StoredChunk) -> Result<Item, StoreError> {
    let (pk, sk) = keys::chunk(id, chunk);
    let mut item = item::at(&pk, &sk);
    item.put_text("mb", Some(&write_members(&stored.members)));
    if stored.members.iter().any(|member| member.line.is_some()) {
        let lines: Vec<_> = stored.members.iter().map(|member| &member.line).collect();
        let lines = serde_json::to_string(&lines);
        item.put("ln", s(lines.map_err(|_| StoreError::Corrupt("lines that cannot be written"))?));
    }
    item.put_text("nx", stored.next.as_deref());
    item.put("pu", n(i64::try_from(stored.upto).unwrap_or(i64::MAX)));
    Ok(item)
}

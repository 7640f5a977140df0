//! A campaign's report: read from its result blocks and runs, one partition at a time, and never counted up.

use std::collections::HashMap;

use domain::campaign::CampaignId;
use domain::campaign::log::{CHUNK, Chunk, PARTITIONS, chunk_at};
use domain::campaign::report::Report;
use futures::future::try_join_all;

use super::definition::Campaign;
use super::run::read_run;
use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// What became of everybody, with the totals that a block cannot know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignReport {
    /// The counts. Whoever was put off waits, as does who had no turn yet.
    pub report: Report,
    /// How many people the frozen audience has.
    pub people: u64,
}

/// What one partition of a campaign's log tells.
#[derive(Debug, Default)]
struct Part {
    report: Report,
    /// How many people of a chunk something is told of.
    told: HashMap<Chunk, u64>,
    /// How many people of a chunk of people who were put off were begun with.
    begun: HashMap<Chunk, u64>,
}

impl Store {
    /// What became of everybody: sixteen partitions side by side. Blocks are added up as they are read, so that a large
    /// campaign needs no more memory than a small one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_report(&self, campaign: &Campaign) -> Result<CampaignReport, StoreError> {
        let parts = (0..PARTITIONS).map(|partition| self.report_part(&campaign.id, partition));
        let (mut report, mut told, mut begun) = (Report::default(), HashMap::new(), HashMap::new());
        for part in try_join_all(parts).await? {
            report = report.join(part.report);
            told.extend(part.told);
            begun.extend(part.begun);
        }
        begun.extend(self.walked(campaign).await?);
        // Who was begun with, and of whom nothing is told.
        for (chunk, begun) in begun {
            report.unknown += begun.saturating_sub(told.get(&chunk).copied().unwrap_or_default());
        }
        let people = campaign.log.people;
        report.waiting = people.saturating_sub(report.placed());
        Ok(CampaignReport { report, people })
    }

    async fn report_part(&self, campaign: &CampaignId, partition: u64) -> Result<Part, StoreError> {
        let mut part = Part::default();
        let pk = keys::results(campaign, partition);
        self.each_block(campaign, partition, |chunk, block| {
            part.report.add(&block, block.entries.len(), true);
            *part.told.entry(chunk).or_default() += u64::try_from(block.entries.len()).unwrap_or_default();
        })
        .await?;
        let (first, last) = keys::DEFERRED_CHUNKS;
        let query = self.client.query().table_name(&self.tables.campaigns).projection_expression("sk, rn");
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(&pk));
        let query = query.expression_attribute_values(":first", s(first));
        let mut pages = query.expression_attribute_values(":last", s(last)).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            part.begun.extend(page.items().iter().filter_map(begun));
        }
        Ok(part)
    }

    /// How many people of each chunk of the audience were begun with: all of those that are through; of the others their
    /// runs tell.
    async fn walked(&self, campaign: &Campaign) -> Result<HashMap<Chunk, u64>, StoreError> {
        let log = &campaign.log;
        let whole = u64::try_from(CHUNK).unwrap_or_default();
        let place = |place| chunk_at(campaign.definition.order, &campaign.id, log.chunks, place);
        let size = |number: u64| {
            let is_last = log.frozen_at.is_some() && number + 1 == log.chunks;
            if is_last { log.people.saturating_sub(number * whole) } else { whole }
        };
        let through = (0..log.done_upto).map(place);
        let mut walked: HashMap<_, _> = through.map(|number| (Chunk::Walked(number), size(number))).collect();
        let open = (log.done_upto..log.released_upto).map(|at| Chunk::Walked(place(at)));
        let runs = open.map(|chunk| keys::run(&campaign.id, chunk)).collect();
        let runs = self.batch_get(&self.tables.campaigns, runs).await?;
        walked.extend(runs.iter().filter_map(begun));
        Ok(walked)
    }
}

/// How many people a run has begun with.
fn begun(run: &Item) -> Option<(Chunk, u64)> {
    let chunk = run.text("sk").and_then(keys::parse_chunk)?;
    Some((chunk, read_run(run.text("rn")?)?.started.into()))
}

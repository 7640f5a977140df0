//! What campaigns did, by the hour: recounted from their result blocks.

use domain::campaign::CampaignId;
use domain::campaign::log::PARTITIONS;
use domain::report::CampaignSheet;
use domain::report::day_of;
use futures::future::try_join_all;
use jiff::Timestamp;
use jiff::civil::Date;

use super::SUM_DAYS;
use super::facts::{counted, read_counted};
use super::lines::looked;
use crate::item::{self, Get, Item, s};
use crate::{Campaign, Store, StoreError, keys};

/// A campaign that has started, and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedCampaign {
    /// The campaign.
    pub id: CampaignId,
    /// When it was recounted.
    pub at: Timestamp,
    /// What it did.
    pub sheet: CampaignSheet,
}

impl Store {
    /// Tells anew what a campaign did that has started.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn recount_campaign(&self, campaign: &Campaign, now: Timestamp) -> Result<(), StoreError> {
        let Some(started_at) = campaign.started_at else { return Ok(()) };
        let now = looked(now);
        let parts = (0..PARTITIONS).map(async |partition| {
            let mut sheet = CampaignSheet::default();
            self.each_block(&campaign.id, partition, |_, block| sheet.add(&block, started_at)).await?;
            Ok::<_, StoreError>(sheet)
        });
        let mut sheet = CampaignSheet::default();
        try_join_all(parts).await?.iter().for_each(|part| sheet.join(part));
        let place = format!("{}#{}", day_of(started_at), campaign.id);
        let ttl = started_at.as_second() + SUM_DAYS * 86_400;
        let item = counted(item::at(keys::REPORTED_CAMPAIGNS, &place), &sheet, now, ttl)?;
        self.put_recount(item, now).await
    }

    /// The campaigns that started on these days of UTC, in the order of their start.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn reported_campaigns(
        &self,
        (from, to): (Date, Date),
    ) -> Result<Vec<ReportedCampaign>, StoreError> {
        let query = self.client.query().table_name(&self.tables.journal);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to");
        let query = query.expression_attribute_values(":pk", s(keys::REPORTED_CAMPAIGNS));
        let query = query.expression_attribute_values(":from", s(from.to_string()));
        let mut pages =
            query.expression_attribute_values(":to", s(format!("{to}#~"))).into_paginator().send();
        let mut campaigns = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            campaigns.extend(page.items().iter().filter_map(read));
        }
        Ok(campaigns)
    }
}

fn read(item: &Item) -> Option<ReportedCampaign> {
    let id = CampaignId::new(item.text("sk")?.split_once('#')?.1)?;
    Some(ReportedCampaign { id, at: item.time("rv")?, sheet: read_counted(item)? })
}

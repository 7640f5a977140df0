//! Lists of campaigns: all of them, and those that somebody has to look at each minute.

use domain::campaign::CampaignId;

use super::definition::{Campaign, read_campaign};
use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// A page of campaigns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignPage {
    /// The campaigns, newest first.
    pub campaigns: Vec<Campaign>,
    /// Whether there may be more after the last of them.
    pub next: Option<CampaignId>,
}

impl Store {
    /// A page of all campaigns, newest first, from after one on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaigns(
        &self,
        after: Option<&CampaignId>,
        limit: u16,
    ) -> Result<CampaignPage, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.campaigns)
            .expression_attribute_values(":pk", s(keys::CAMPAIGNS))
            .scan_index_forward(false)
            .limit(i32::from(limit));
        let query = match after {
            Some(after) => query
                .key_condition_expression("pk = :pk AND sk < :after")
                .expression_attribute_values(":after", s(after.as_str())),
            None => query.key_condition_expression("pk = :pk"),
        };
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let ids: Vec<_> = page.items().iter().filter_map(listed).collect();
        let next = page.last_evaluated_key().and(ids.last().cloned());
        let mut campaigns = self.campaigns_of(&ids).await?;
        campaigns.sort_unstable_by(|a, b| b.id.cmp(&a.id));
        Ok(CampaignPage { campaigns, next })
    }

    /// Campaigns that start by themselves, or have started and are not over: those that a minute's look is for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn active_campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        let items = self.all_under(&self.tables.campaigns, keys::ACTIVE).await?;
        let ids: Vec<_> = items.iter().filter_map(listed).collect();
        let mut campaigns = self.campaigns_of(&ids).await?;
        campaigns.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(campaigns)
    }

    /// Campaigns by id. Those that do not exist are left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaigns_of(&self, ids: &[CampaignId]) -> Result<Vec<Campaign>, StoreError> {
        let items = self.batch_get(&self.tables.campaigns, ids.iter().map(keys::campaign).collect()).await?;
        items.iter().map(read_campaign).collect()
    }
}

fn listed(item: &Item) -> Option<CampaignId> {
    CampaignId::new(item.text("sk")?)
}

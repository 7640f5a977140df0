//! What guards count of a campaign's results.

use domain::campaign::CampaignId;
use domain::campaign::log::PARTITIONS;
use domain::campaign::tally::{Old, Tally};

use crate::{Store, StoreError};

impl Store {
    /// Counts the results so far, one partition after the other: a page is in memory. Of 100,000 people these are 4,000
    /// blocks of less than 1 KB, some 500 read units.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_tally(&self, campaign: &CampaignId, old: Old) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        for partition in 0..PARTITIONS {
            self.each_block(campaign, partition, |_, block| tally.add(&block, old)).await?;
        }
        Ok(tally)
    }
}

//! The canary: a first share goes out, its results are waited for, and only if they are good the rest follows.

use domain::campaign::definition::Canary;
use domain::campaign::guard::{Guard, on_canary};
use domain::campaign::log::CHUNK;
use domain::campaign::state::{Action, Waits};
use domain::campaign::tally::{Old, what};
use domain::campaign::watch::{CanaryStep, Concern};
use jiff::SignedDuration;
use lambda_kit::Failure;
use queue::CampaignTask;
use store::Campaign;
use tracing::info;

use crate::{Campaigns, failure};

/// A campaign's canary, as long as the rest may not follow.
pub(crate) fn pending(campaign: &Campaign) -> Option<Canary> {
    let canary = campaign.definition.canary?;
    // Where the first share has every chunk, nobody is left to wait.
    let is_pending =
        campaign.watch.canary != CanaryStep::Passed && places(campaign, &canary) < campaign.log.chunks;
    is_pending.then_some(canary)
}

/// How many places of the order the first share has: whole chunks.
pub(crate) fn places(campaign: &Campaign, canary: &Canary) -> u64 {
    canary.share.of(campaign.log.people).div_ceil(u64::try_from(CHUNK).unwrap_or(100))
}

impl Campaigns {
    /// The first share is out: its results are waited for, then judged.
    pub(crate) async fn after_canary(&self, mut campaign: Campaign, canary: Canary) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let since = match campaign.watch.canary {
            CanaryStep::Waits { since } => since,
            CanaryStep::Sends | CanaryStep::Passed => now,
        };
        let until = since + SignedDuration::from_mins(canary.wait_minutes.into());
        if now < until {
            campaign.watch.canary = CanaryStep::Waits { since };
            return self.change(campaign, &Action::Wait { limit: Waits::Canary, until }).await;
        }
        let tally = self.store.campaign_tally(&campaign.id, Old::All).await.map_err(failure)?;
        let (seen, code) = tally.seen();
        if let Err(guard) = on_canary(&seen, &canary) {
            return self.stop(campaign, Concern::new(Guard::Canary, what(guard, code))).await;
        }
        info!(campaign.id = %campaign.id, "The first share of {} was good", campaign.id);
        campaign.watch.canary = CanaryStep::Passed;
        self.store.change_campaign(&mut campaign, true).await.map_err(failure)?;
        self.go_on(CampaignTask::Release { campaign: campaign.id.to_string(), again: false }, None).await
    }
}

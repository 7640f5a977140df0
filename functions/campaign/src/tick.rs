//! Each minute: what something stands against is paused, what is due is started, what a crash left behind goes on, what is over ends.

use domain::campaign::log::is_stale;
use domain::campaign::state::{Action, State};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use queue::CampaignTask;
use store::{Campaign, StoreError};
use tracing::warn;

use crate::guards::is_watched;
use crate::start::applied;
use crate::{Campaigns, failure};

/// A fan-out that has said nothing for so long has died between two pieces.
const SILENT: SignedDuration = SignedDuration::from_mins(3);

impl Campaigns {
    /// Looks at every campaign that starts by itself, or has started and is not over. What fails for one is left to the
    /// next minute, and does not keep the others waiting.
    pub(crate) async fn tick(&self) -> Result<(), StoreError> {
        for campaign in self.store.active_campaigns().await? {
            let id = campaign.id.clone();
            if let Err(failed) = self.look_at(campaign).await {
                warn!(campaign.id = %id, ?failed, "Campaign {id} could not go on this minute");
            }
        }
        Ok(())
    }

    async fn look_at(&self, campaign: Campaign) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let id = campaign.id.to_string();
        let campaign = if is_watched(&campaign) {
            let Some(campaign) = self.guarded(campaign).await? else { return Ok(()) };
            campaign
        } else {
            campaign
        };
        match campaign.state {
            State::Scheduled { at } if at <= now => self.start(&id, None).await,
            State::Waiting { until, .. } if until <= now => {
                self.change(campaign, &Action::Wake).await?;
                self.release(&id, true).await
            }
            State::Waiting { .. } if is_at_end(&campaign, now) => {
                self.change(campaign, &Action::Finish).await
            }
            State::Running if campaign.log.frozen_at.is_none() => {
                let log = &campaign.log;
                let last = log.heartbeat.or(campaign.started_at).unwrap_or(campaign.updated_at);
                if now.duration_since(last) < SILENT {
                    return Ok(());
                }
                self.go_on(CampaignTask::Freeze { campaign: id }, None).await
            }
            State::Running => {
                let (log, rate) = (&campaign.log, self.rate(&campaign));
                let stale = log.released_at.is_some_and(|at| is_stale(at, log.heartbeat, rate, now));
                // The last chunk waits for the campaign's own pace: its hint goes round until then.
                let stale = stale && !Self::is_held_by_its_pace(&campaign, now);
                self.release(&id, stale).await
            }
            _ => Ok(()),
        }
    }

    /// What becomes of a campaign by itself. If somebody else changed it meanwhile, the next look sees what is right.
    pub(crate) async fn change(&self, mut campaign: Campaign, action: &Action) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let was_active = campaign.is_active();
        let next = applied(&campaign.state, action, now)?;
        if next == campaign.state {
            return Ok(());
        }
        (campaign.state, campaign.updated_at) = (next, now);
        self.store.change_campaign(&mut campaign, was_active).await.map_err(failure)
    }
}

/// Whether the campaign's end has come.
pub(crate) fn is_at_end(campaign: &Campaign, now: Timestamp) -> bool {
    campaign.definition.ends_at.is_some_and(|end| end <= now)
}

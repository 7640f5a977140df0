//! Starting a campaign whose time has come.

use domain::campaign::CampaignId;
use domain::campaign::definition::Definition;
use domain::campaign::schedule::{Recurrence, Start};
use domain::campaign::state::{Action, Refused, State, apply};
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{CampaignTask, CorrelationId};
use sha2::{Digest, Sha256};
use store::Campaign;
use tracing::info;

use crate::{Campaigns, failure};

impl Campaigns {
    /// Starts a campaign that is due; of a recurring one, its next run. One that is not due, or has started, stays as it
    /// is.
    pub(crate) async fn start(&self, id: &str, correlation: Option<CorrelationId>) -> Result<(), Failure> {
        let Some(campaign) = self.open(id).await? else { return Ok(()) };
        let State::Scheduled { at } = campaign.state else { return Ok(()) };
        let now = self.kit.clock.now();
        if at > now {
            return Ok(());
        }
        match campaign.definition.start.clone() {
            Start::Recurring(rule) => self.start_run(campaign, (&rule, at), correlation).await,
            Start::Now | Start::At(_) => self.start_itself(campaign, correlation).await,
        }
    }

    async fn start_itself(
        &self,
        mut campaign: Campaign,
        correlation: Option<CorrelationId>,
    ) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let was_active = campaign.is_active();
        campaign.snapshot = Some(self.store.snapshot(&campaign.definition).await.map_err(failure)?);
        campaign.state = applied(&campaign.state, &Action::Start, now)?;
        (campaign.started_at, campaign.updated_at) = (Some(now), now);
        // Whoever was faster started it, or took it back: both are seen when this comes again.
        self.store.change_campaign(&mut campaign, was_active).await.map_err(failure)?;
        info!(campaign.id = %campaign.id, "Campaign {} started by its schedule", campaign.id);
        self.go_on(CampaignTask::Freeze { campaign: campaign.id.to_string() }, correlation).await
    }

    /// A run of a recurring campaign is a campaign of its own, made once for each time: its id comes from the time.
    /// Times that were missed are not made up for one by one; the newest is.
    async fn start_run(
        &self,
        mut campaign: Campaign,
        (rule, at): (&Recurrence, Timestamp),
        correlation: Option<CorrelationId>,
    ) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        let definition = Definition { start: Start::Now, ..campaign.definition.clone() };
        let snapshot = self.store.snapshot(&definition).await.map_err(failure)?;
        let id = run_id(&campaign.id, at);
        let run = Campaign {
            state: State::Running,
            parent: Some(campaign.id.clone()),
            started_at: Some(now),
            snapshot: Some(snapshot),
            ..Campaign::draft(id.clone(), definition, campaign.by.clone(), now)
        };
        if self.store.create_campaign(&run).await.map_err(failure)? {
            info!(campaign.id = %id, "A run of the recurring campaign {} started", campaign.id);
        }
        self.go_on(CampaignTask::Freeze { campaign: id.to_string() }, correlation).await?;
        let next = rule.next_after(now.max(at)).map_err(|fault| Failure::Dead(fault.to_string()))?;
        let was_active = campaign.is_active();
        campaign.state = match next {
            Some(at) => applied(&campaign.state, &Action::Schedule { at }, now)?,
            None => applied(&applied(&campaign.state, &Action::Start, now)?, &Action::Finish, now)?,
        };
        campaign.updated_at = now;
        self.store.change_campaign(&mut campaign, was_active).await.map_err(failure)
    }
}

/// What was just seen to be allowed can only be refused after a change of the code.
pub(crate) fn applied(state: &State, action: &Action, now: Timestamp) -> Result<State, Failure> {
    apply(state, action, now).map_err(|refused: Refused| Failure::Dead(refused.to_string()))
}

/// The id of a run: as long as any other, in the order of its time, and the same for whoever finds it due.
fn run_id(campaign: &CampaignId, at: Timestamp) -> CampaignId {
    let digest = Sha256::digest(format!("{campaign}|{at}").as_bytes());
    let random = digest[..10].iter().fold(0_u128, |random, byte| (random << 8) | u128::from(*byte));
    let ms = u64::try_from(at.as_millisecond()).unwrap_or_default();
    let id = ulid::Ulid::from_parts(ms, random).to_string();
    // A ULID has letters and digits only.
    CampaignId::new(id).unwrap_or_else(|| unreachable!("a ULID is an id"))
}

//! What becomes of a campaign: started, scheduled, paused, resumed, cancelled. Each step is written upon what was read;
//! the same step twice changes nothing.

use axum::Json;
use axum::extract::State as Shared;
use domain::campaign::schedule::Start;
use domain::campaign::state::{Action, PausedBy, apply};
use queue::{CampaignJob, CampaignTask, CorrelationId, Entry};
use store::{Campaign, Snapshot};
use tracing::warn;

use super::view::CampaignView;
use super::{check, find, next_start, saved};
use crate::extract::Id;
use crate::identity::Identity;
use crate::request_id::Correlation;
use crate::{Api, Problem};

type Stepped = Result<Json<CampaignView>, Problem>;

/// Starts a campaign now, whenever it was to start. What it names is looked for first; its audience, its numbers and what
/// Meta says of its templates are frozen.
#[utoipa::path(post, path = "/v1/campaigns/{id}/start", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has started, or somebody changed it meanwhile")))]
pub(crate) async fn start(
    Shared(api): Shared<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Stepped {
    let mut campaign = find(&api, &id).await?;
    let (now, was_active) = (api.clock.now(), campaign.is_active());
    let next = apply(&campaign.state, &Action::Start, now).map_err(Problem::campaign_stays)?;
    if matches!(campaign.definition.start, Start::Recurring(_)) {
        return Err(Problem::field(
            "start",
            "is a rule: schedule the campaign, and each time is a run of its own",
        ));
    }
    check::references(&api, &campaign.id, &campaign.definition).await?;
    campaign.snapshot = Some(api.store.snapshot(&campaign.definition).await?);
    (campaign.state, campaign.started_at, campaign.updated_at) = (next, Some(now), now);
    saved(&api, &mut campaign, was_active).await?;
    api.tell(CampaignTask::Freeze { campaign: id }, correlation).await;
    Ok(Json(campaign.into()))
}

/// Has a campaign start by itself, as its `start` says: at a date and hour, or again and again, each time as a run of its
/// own. It starts within the minute.
#[utoipa::path(post, path = "/v1/campaigns/{id}/schedule", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has started, or somebody changed it meanwhile")))]
pub(crate) async fn schedule(Shared(api): Shared<Api>, Id(id): Id) -> Stepped {
    let campaign = find(&api, &id).await?;
    let now = api.clock.now();
    let at = next_start(&campaign.definition, now);
    // Whether it has started goes before when it would.
    let soon = Action::Schedule { at: now };
    apply(&campaign.state, &soon, now).map_err(Problem::campaign_stays)?;
    let at = at?;
    check::references(&api, &campaign.id, &campaign.definition).await?;
    step(&api, campaign, &Action::Schedule { at }).await.map(|campaign| Json(campaign.into()))
}

/// Takes a scheduled start back: the campaign is a draft again.
#[utoipa::path(post, path = "/v1/campaigns/{id}/unschedule", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It is not scheduled, or somebody changed it meanwhile")))]
pub(crate) async fn unschedule(Shared(api): Shared<Api>, Id(id): Id) -> Stepped {
    let campaign = find(&api, &id).await?;
    step(&api, campaign, &Action::Unschedule).await.map(|campaign| Json(campaign.into()))
}

/// Stops a campaign until somebody resumes it. What is with Meta already stays there; nobody else gets it.
#[utoipa::path(post, path = "/v1/campaigns/{id}/pause", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has not started or is over, or somebody changed it meanwhile")))]
pub(crate) async fn pause(Shared(api): Shared<Api>, identity: Identity, Id(id): Id) -> Stepped {
    let campaign = find(&api, &id).await?;
    let by = PausedBy::Person(identity.subject);
    step(&api, campaign, &Action::Pause { by }).await.map(|campaign| Json(campaign.into()))
}

/// Lets a paused campaign go on where it stopped. What it names is looked for as at its start, and its templates are
/// frozen as they are now: whoever resumes it has seen why it stopped, and is not stopped for the same again as long as it
/// stays as it is.
#[utoipa::path(post, path = "/v1/campaigns/{id}/resume", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It is not paused, or somebody changed it meanwhile")))]
pub(crate) async fn resume(
    Shared(api): Shared<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Stepped {
    let mut campaign = find(&api, &id).await?;
    let (now, was_active) = (api.clock.now(), campaign.is_active());
    let next = apply(&campaign.state, &Action::Resume, now).map_err(Problem::campaign_stays)?;
    if next != campaign.state {
        check::references(&api, &campaign.id, &campaign.definition).await?;
        let fresh = api.store.snapshot(&campaign.definition).await?;
        campaign.snapshot = campaign.snapshot.map(|frozen| Snapshot { templates: fresh.templates, ..frozen });
        campaign.watch.resume();
        (campaign.state, campaign.updated_at) = (next, now);
        saved(&api, &mut campaign, was_active).await?;
    }
    let task = match campaign.log.frozen_at {
        // Whoever got a hint while it was paused put it away.
        Some(_) => CampaignTask::Release { campaign: id, again: true },
        None => CampaignTask::Freeze { campaign: id },
    };
    api.tell(task, correlation).await;
    Ok(Json(campaign.into()))
}

/// Ends a campaign for good. What is with Meta already stays there.
#[utoipa::path(post, path = "/v1/campaigns/{id}/cancel", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It is over, or somebody changed it meanwhile")))]
pub(crate) async fn cancel(Shared(api): Shared<Api>, identity: Identity, Id(id): Id) -> Stepped {
    let campaign = find(&api, &id).await?;
    let action = Action::Cancel { by: identity.subject };
    step(&api, campaign, &action).await.map(|campaign| Json(campaign.into()))
}

/// Takes a step, if it changes anything.
async fn step(api: &Api, mut campaign: Campaign, action: &Action) -> Result<Campaign, Problem> {
    let (now, was_active) = (api.clock.now(), campaign.is_active());
    let next = apply(&campaign.state, action, now).map_err(Problem::campaign_stays)?;
    if next != campaign.state {
        (campaign.state, campaign.updated_at) = (next, now);
        saved(api, &mut campaign, was_active).await?;
    }
    Ok(campaign)
}

impl Api {
    /// Wakes the function that goes on with campaigns. It looks at each of them every minute as well: what the queue does
    /// not take now is done then.
    pub(super) async fn tell(&self, task: CampaignTask, correlation: Option<CorrelationId>) {
        let entry = Entry::new(CampaignJob::of(task, correlation).to_json());
        if let Err(error) = self.queue.send(&self.queues.campaigns, entry).await {
            warn!(%error, "A campaign goes on with the next minute: its queue did not answer");
        }
    }
}

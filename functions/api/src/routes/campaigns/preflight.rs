//! `/v1/campaigns/{id}/preflight`: what it would do if it started now.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use domain::campaign::state::{Action, apply};
use domain::campaign::summary::Summary;
use http::StatusCode;
use http::header::LOCATION;
use queue::{CampaignJob, CampaignTask, Entry};
use serde::Serialize;
use store::PreflightJob;
use utoipa::ToSchema;

use super::{check, find};
use crate::extract::Id;
use crate::request_id::Correlation;
use crate::view::Time;
use crate::{Api, Problem};

/// A pre-flight, and how far it has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignPreflight)]
pub(crate) struct PreflightView {
    id: String,
    /// `running`, `finished` or `failed`.
    state: String,
    /// Why it failed.
    reason: Option<String>,
    /// The version of the campaign that it counts for.
    campaign_version: i64,
    /// How many people it has looked at.
    people: u64,
    /// What it has counted so far; with the cost, once it is finished.
    summary: Summary,
    created_at: Time,
    updated_at: Time,
}

impl From<PreflightJob> for PreflightView {
    fn from(job: PreflightJob) -> Self {
        let summary = job.counts.as_deref().and_then(|counts| serde_json::from_str(counts).ok());
        Self {
            id: job.id,
            state: job.state,
            reason: job.reason,
            campaign_version: job.of_version,
            people: job.people,
            summary: summary.unwrap_or_default(),
            created_at: job.created_at.into(),
            updated_at: job.updated_at.into(),
        }
    }
}

/// Counts what a campaign would do if it started now: by the decisions of the run, without its effects. It takes the
/// place of the campaign's pre-flight before.
#[utoipa::path(post, path = "/v1/campaigns/{id}/preflight", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = ACCEPTED, body = PreflightView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has started")))]
pub(crate) async fn begin_preflight(
    Shared(api): Shared<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<Response, Problem> {
    let campaign = find(&api, &id).await?;
    let now = api.clock.now();
    apply(&campaign.state, &Action::Edit, now).map_err(Problem::campaign_stays)?;
    check::references(&api, &campaign.id, &campaign.definition).await?;
    let snapshot = api.store.snapshot(&campaign.definition).await?;
    let job = PreflightJob {
        id: lambda_kit::new_id(&api.clock),
        state: "running".to_owned(),
        reason: None,
        of_version: campaign.version,
        snapshot: serde_json::to_string(&snapshot).unwrap_or_default(),
        place: None,
        people: 0,
        counts: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    api.store.begin_preflight(&campaign.id, &job).await?;
    let task = CampaignTask::Preflight { campaign: id, preflight: job.id.clone() };
    let entry = Entry::new(CampaignJob::of(task, correlation).to_json());
    api.queue.send(&api.queues.campaigns, entry).await?;
    let location = [(LOCATION, format!("/v1/campaigns/{}/preflight", campaign.id))];
    Ok((StatusCode::ACCEPTED, location, Json(PreflightView::from(job))).into_response())
}

/// The newest pre-flight of a campaign.
#[utoipa::path(get, path = "/v1/campaigns/{id}/preflight", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = PreflightView),
        (status = NOT_FOUND, description = "No such campaign, or none was asked for")))]
pub(crate) async fn preflight(Shared(api): Shared<Api>, Id(id): Id) -> Result<Json<PreflightView>, Problem> {
    let campaign = find(&api, &id).await?;
    let job = api.store.preflight(&campaign.id).await?;
    job.map(|job| Json(job.into())).ok_or_else(|| Problem::missing("pre-flight"))
}

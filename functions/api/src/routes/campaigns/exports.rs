//! `/v1/campaigns/{id}/export` and `/v1/campaign-exports`: everybody's line, as files.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use queue::{Entry, Job, Task};
use serde_json::json;
use store::{FileJob, FileKind, FileState};

use crate::extract::Id;
use crate::identity::Identity;
use crate::request_id::Correlation;
use crate::routes::imports::{self, FileJobView};
use crate::{Api, Problem};

/// Writes everybody's line into files, 50,000 in each: the outcome, when what happened, and the story of why.
#[utoipa::path(post, path = "/v1/campaigns/{id}/export", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = ACCEPTED, body = FileJobView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such campaign")))]
pub(crate) async fn export(
    Shared(api): Shared<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<Response, Problem> {
    let campaign = super::find(&api, &id).await?;
    let plan = json!({ "campaign": campaign.id }).to_string();
    let mut job = FileJob::new(lambda_kit::new_id(&api.clock), identity.subject, plan, api.clock.now());
    job.state = FileState::Running;
    api.store.put_file_job(FileKind::CampaignExport, &mut job).await?;
    let task = Job::of(Task::ExportCampaign { export: job.id.clone() }, correlation);
    api.queue.send(&api.queues.jobs, Entry::new(task.to_json())).await?;
    let location = [(LOCATION, format!("/v1/campaign-exports/{}", job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(FileJobView::from(job))).into_response())
}

/// An export of a campaign's lines, with links to its files.
#[utoipa::path(get, path = "/v1/campaign-exports/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The export")),
    responses((status = OK, body = FileJobView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such export")))]
pub(crate) async fn exported(Shared(api): Shared<Api>, Id(id): Id) -> Result<Json<FileJobView>, Problem> {
    let job = imports::find(&api, FileKind::CampaignExport, &id).await?;
    Ok(Json(imports::shown(&api, FileKind::CampaignExport, job).await?))
}

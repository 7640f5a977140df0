//! `/v1/campaign-files`: files with audiences, a person a line.

use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use store::{FileJob, FileKind};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::view::Time;
use crate::{Api, Problem};

/// How long a link lasts.
const LINK: Duration = Duration::from_secs(15 * 60);

/// How a file is to be understood.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCampaignFile)]
pub(crate) struct FileBody {
    /// The name of the column with the phones. The other columns may fill parameters.
    phone: String,
    /// The calling code of phones that are written without one, such as `51`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calling_code: Option<String>,
}

/// A file with an audience.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignFile)]
pub(crate) struct FileView {
    id: String,
    created_by: String,
    created_at: Time,
    /// Where to `PUT` the file, for 15 minutes. A campaign that starts reads what was put there last.
    upload: String,
}

/// Begins a file with an audience: the answer says where to put it. At most 128 MB.
#[utoipa::path(post, path = "/v1/campaign-files", tag = "campaigns", request_body = FileBody,
    responses((status = CREATED, body = FileView)))]
pub(crate) async fn create_file(
    Shared(api): Shared<Api>,
    identity: Identity,
    Input(body): Input<FileBody>,
) -> Result<Response, Problem> {
    let phone = input::text("phone", &body.phone, 200)?;
    let is_code = |code: &str| {
        (1..=4).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0')
    };
    if body.calling_code.as_deref().is_some_and(|code| !is_code(code)) {
        return Err(Problem::field("calling_code", "must be 1 to 4 digits"));
    }
    let plan = serde_json::to_string(&FileBody { phone, ..body }).unwrap_or_default();
    let id = lambda_kit::new_id(&api.clock);
    let mut job = FileJob::new(id, identity.subject, plan, api.clock.now());
    api.store.put_file_job(FileKind::Audience, &mut job).await?;
    let location = [(LOCATION, format!("/v1/campaign-files/{}", job.id))];
    Ok((StatusCode::CREATED, location, Json(shown(&api, job).await?)).into_response())
}

/// A file with an audience, and a new link to put it.
#[utoipa::path(get, path = "/v1/campaign-files/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The file")),
    responses((status = OK, body = FileView), (status = NOT_FOUND, description = "No such file")))]
pub(crate) async fn file(Shared(api): Shared<Api>, Id(id): Id) -> Result<Json<FileView>, Problem> {
    let job = api.store.file_job(FileKind::Audience, &id).await?;
    let job = job.ok_or_else(|| Problem::missing("file"))?;
    Ok(Json(shown(&api, job).await?))
}

async fn shown(api: &Api, job: FileJob) -> Result<FileView, Problem> {
    let upload = api.bucket.upload_link(&place_of(&job.id), api.clock.now(), LINK).await;
    let upload = upload.map_err(|_| Problem::unavailable())?;
    Ok(FileView { id: job.id, created_by: job.by, created_at: job.created_at.into(), upload })
}

/// Where a file with an audience lies.
pub(super) fn place_of(id: &str) -> String {
    format!("audiences/{id}/file.csv")
}

//! `/v1/imports` and `/v1/contact-exports`: contacts from files, and into files.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::record::import::Target;
use http::StatusCode;
use http::header::LOCATION;
use jiff::Timestamp;
use queue::{Entry, Job, Task};
use serde::{Deserialize, Serialize};
use store::{AudienceKind, FileJob, FileKind, FileState, StoreError};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::record::{KindWord, check_labels};
use crate::request_id::Correlation;
use crate::view::Time;
use crate::{Api, Problem};

/// How long a link lasts.
const LINK: Duration = Duration::from_secs(15 * 60);

/// How a file is to be understood.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewImport)]
pub(crate) struct ImportBody {
    /// Where each column goes, by the column's name: `phone`, `name`, `email`, `kind`, `owner`, `labels`,
    /// `consent.marketing` or `field.<id>`. Columns that are not named are left out.
    columns: BTreeMap<String, String>,
    /// The kind of a new record, where no column says: `lead` without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<KindWord>,
    /// Labels that everybody gets.
    #[serde(default)]
    labels: BTreeSet<String>,
    /// The calling code of phones that are written without one, such as `51`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calling_code: Option<String>,
    /// A list that everybody comes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    /// How and when people agreed; needed where a column says that they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<Agreed>,
    /// Whether nothing is to be written: the report says what would become of each line.
    #[serde(default)]
    dry_run: bool,
}

/// How and when people agreed to be written to.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agreed {
    /// What they were told, 1 to 1,000 characters.
    wording: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
}

/// An import or export, and how far it has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FileJob)]
pub(crate) struct FileJobView {
    id: String,
    /// `waiting`, `running`, `finished` or `failed`.
    state: &'static str,
    /// Why it failed, or which import had the same file and mapping before.
    reason: Option<String>,
    dry_run: bool,
    /// How much of the file is done, in percent.
    progress: Option<u8>,
    lines: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    refused: i64,
    created_at: Time,
    updated_at: Time,
    /// Where to `PUT` the file, for 15 minutes; while it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<String>,
    /// Files to download, for 15 minutes: the report of an import, line by line, or the lines of an export.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

impl From<FileJob> for FileJobView {
    fn from(job: FileJob) -> Self {
        let progress = (job.size > 0).then(|| u8::try_from(job.done * 100 / job.size).unwrap_or(100));
        Self {
            id: job.id,
            state: job.state.as_str(),
            reason: job.reason,
            dry_run: job.dry_run,
            progress,
            lines: job.lines,
            created: job.created,
            updated: job.updated,
            unchanged: job.unchanged,
            refused: job.refused,
            created_at: job.created_at.into(),
            updated_at: job.updated_at.into(),
            upload: None,
            files: Vec::new(),
        }
    }
}

/// Begins an import: the answer says where to put the file. A million lines are fine; at most 128 MB.
#[utoipa::path(post, path = "/v1/imports", tag = "imports", request_body = ImportBody,
    responses((status = CREATED, body = FileJobView)))]
pub(crate) async fn create(
    State(api): State<Api>,
    identity: Identity,
    Input(body): Input<ImportBody>,
) -> Result<Response, Problem> {
    check(&api, &body).await?;
    // Written in one order, so that the same plan is the same text.
    let plan = serde_json::to_string(&body).unwrap_or_default();
    let id = lambda_kit::new_id(&api.clock);
    let mut job = FileJob::new(id, identity.subject, plan, api.clock.now());
    job.dry_run = body.dry_run;
    api.store.put_file_job(FileKind::Import, &mut job).await?;
    let location = [(LOCATION, format!("/v1/imports/{}", job.id))];
    let view = shown(&api, FileKind::Import, job).await?;
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn check(api: &Api, body: &ImportBody) -> Result<(), Problem> {
    if body.columns.is_empty() || body.columns.len() > 200 {
        return Err(Problem::field("columns", "must name 1 to 200 columns"));
    }
    let defs = api.store.fields().await?;
    let mut seen = BTreeSet::new();
    for (column, word) in &body.columns {
        let shown: String = column.chars().take(64).collect();
        let path = format!("columns.{shown}");
        let is_known = match Target::from_word(word) {
            Some(Target::Field(id)) => defs.iter().any(|def| def.id == id),
            Some(_) => true,
            None => false,
        };
        if !is_known {
            return Err(Problem::field(path, "is not a part of a record"));
        }
        if !seen.insert(word.as_str()) {
            return Err(Problem::field(path, "goes where another column goes"));
        }
    }
    if !["phone", "name", "email"].iter().any(|word| seen.contains(word)) {
        return Err(Problem::field("columns", "must have a phone, a name or an email"));
    }
    check_labels(&body.labels)?;
    let is_calling_code = |code: &str| {
        (1..=4).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0')
    };
    if body.calling_code.as_deref().is_some_and(|code| !is_calling_code(code)) {
        return Err(Problem::field("calling_code", "must be 1 to 4 digits"));
    }
    if let Some(list) = &body.list
        && api.store.audience(AudienceKind::List, list).await?.is_none()
    {
        return Err(Problem::field("list", "is not a list"));
    }
    match &body.consent {
        Some(agreed) => {
            input::text("consent.wording", &agreed.wording, 1_000)?;
            if agreed.given_at > api.clock.now() {
                return Err(Problem::field("consent.given_at", "must not be in the future"));
            }
        }
        None if seen.contains("consent.marketing") => {
            return Err(Problem::field(
                "consent",
                "is required with a column of consent: what people were told, and when",
            ));
        }
        None => {}
    }
    Ok(())
}

/// Starts an import, once its file is there. The same file with the same mapping is imported once, however often it is
/// started.
#[utoipa::path(post, path = "/v1/imports/{id}/start", tag = "imports",
    params(("id" = String, Path, description = "The import")),
    responses((status = ACCEPTED, body = FileJobView), (status = NOT_FOUND, description = "No such import")))]
pub(crate) async fn start(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<FileJobView>), Problem> {
    let mut job = find(&api, FileKind::Import, &id).await?;
    if job.state == FileState::Waiting {
        job.state = FileState::Running;
        job.updated_at = api.clock.now();
        match api.store.put_file_job(FileKind::Import, &mut job).await {
            // Somebody else started it at the same time.
            Ok(()) | Err(StoreError::Contended) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if job.state == FileState::Running {
        // Again, if this is a repeat: the first time may have broken off here.
        let task = Job::of(Task::Import { import: id }, correlation);
        api.queue.send(&api.queues.jobs, Entry::new(task.to_json())).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// The newest hundred imports.
#[utoipa::path(get, path = "/v1/imports", tag = "imports", responses((status = OK, body = Vec<FileJobView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Vec<FileJobView>>, Problem> {
    let jobs = api.store.file_jobs(FileKind::Import).await?;
    Ok(Json(jobs.into_iter().map(FileJobView::from).collect()))
}

/// An import, with links to its report.
#[utoipa::path(get, path = "/v1/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "The import")),
    responses((status = OK, body = FileJobView), (status = NOT_FOUND, description = "No such import")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<FileJobView>, Problem> {
    let job = find(&api, FileKind::Import, &id).await?;
    Ok(Json(shown(&api, FileKind::Import, job).await?))
}

/// Whom to write into files.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContactExport)]
pub(crate) struct ExportBody {
    /// Conditions, as in `GET /v1/contacts?filter=`; everybody without.
    #[serde(default)]
    filter: String,
    /// The filter of this segment as well.
    #[serde(default, skip_serializing)]
    segment: Option<String>,
}

/// Writes contacts into files, 50,000 in each.
#[utoipa::path(post, path = "/v1/contact-exports", tag = "imports", request_body = ExportBody,
    responses((status = ACCEPTED, body = FileJobView)))]
pub(crate) async fn export(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Input(body): Input<ExportBody>,
) -> Result<Response, Problem> {
    let mut filter = api.filter(&body.filter).await?;
    if let Some(id) = &body.segment {
        let segment = api.store.audience(AudienceKind::Segment, id).await?;
        let segment = segment.ok_or_else(|| Problem::field("segment", "is not a segment"))?;
        filter = filter.and(api.filter(&segment.filter).await?);
    }
    let body = ExportBody { filter: filter.to_string(), segment: None };
    let plan = serde_json::to_string(&body).unwrap_or_default();
    let mut job = FileJob::new(lambda_kit::new_id(&api.clock), identity.subject, plan, api.clock.now());
    job.state = FileState::Running;
    api.store.put_file_job(FileKind::Export, &mut job).await?;
    let task = Job::of(Task::ExportContacts { export: job.id.clone() }, correlation);
    api.queue.send(&api.queues.jobs, Entry::new(task.to_json())).await?;
    let location = [(LOCATION, format!("/v1/contact-exports/{}", job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(FileJobView::from(job))).into_response())
}

/// An export of contacts, with links to its files.
#[utoipa::path(get, path = "/v1/contact-exports/{id}", tag = "imports",
    params(("id" = String, Path, description = "The export")),
    responses((status = OK, body = FileJobView), (status = NOT_FOUND, description = "No such export")))]
pub(crate) async fn exported(State(api): State<Api>, Id(id): Id) -> Result<Json<FileJobView>, Problem> {
    let job = find(&api, FileKind::Export, &id).await?;
    Ok(Json(shown(&api, FileKind::Export, job).await?))
}

pub(super) async fn find(api: &Api, kind: FileKind, id: &str) -> Result<FileJob, Problem> {
    api.store.file_job(kind, id).await?.ok_or_else(|| Problem::missing("import or export"))
}

/// With the links that its state has.
pub(super) async fn shown(api: &Api, kind: FileKind, job: FileJob) -> Result<FileJobView, Problem> {
    let now = api.clock.now();
    let key = |part: i64| match kind {
        FileKind::Import => format!("imports/{}/report-{part:05}.csv", job.id),
        FileKind::CampaignExport => format!("campaign-exports/{}/people-{part:05}.csv", job.id),
        // Files with audiences are read by campaigns, and have no parts of their own.
        FileKind::Export | FileKind::Audience => format!("contact-exports/{}/contacts-{part:05}.csv", job.id),
    };
    let mut files = Vec::new();
    for part in 1..=job.parts {
        files.push(api.bucket.link(&key(part), now, LINK).await.map_err(|_| Problem::unavailable())?);
    }
    let upload = if kind == FileKind::Import && job.state == FileState::Waiting {
        let place = format!("imports/{}/file.csv", job.id);
        Some(api.bucket.upload_link(&place, now, LINK).await.map_err(|_| Problem::unavailable())?)
    } else {
        None
    };
    Ok(FileJobView { upload, files, ..FileJobView::from(job) })
}

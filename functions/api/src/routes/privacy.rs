//! A person's rights: to be left alone, to know, to be forgotten. And how long things are kept.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::privacy::Retention;
use http::StatusCode;
use queue::{CorrelationId, Entry, EraseStep, Job, Task};
use serde::{Deserialize, Serialize};
use store::Export;
use utoipa::ToSchema;

use super::consent::person;
use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{Input, text};
use crate::request_id::Correlation;
use crate::view::{BlockView, ErasureView, ExportView};
use crate::{Api, Problem};

/// How long a link to an export lasts.
const LINK: Duration = Duration::from_secs(15 * 60);
/// The longest that anything is kept, in days: a hundred years.
const LONGEST: u32 = 36_500;

/// Whether the company blocks a person, and how far Meta has followed.
#[utoipa::path(get, path = "/v1/contacts/{id}/block", tag = "privacy",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = BlockView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn block(State(api): State<Api>, Id(id): Id) -> Result<Json<BlockView>, Problem> {
    let contact = person(&api, &id).await?;
    Ok(Json(shown(&api, &contact).await?))
}

/// Blocks a person: nothing goes out to them from now on, and Meta is asked to let nothing in. Meta blocks only who
/// wrote to a number within 24 hours.
#[utoipa::path(post, path = "/v1/contacts/{id}/block", tag = "privacy",
    params(("id" = String, Path, description = "The contact")),
    responses((status = ACCEPTED, body = BlockView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn add_block(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<BlockView>), Problem> {
    set_blocked(&api, &id, true, correlation).await
}

/// Unblocks a person.
#[utoipa::path(delete, path = "/v1/contacts/{id}/block", tag = "privacy",
    params(("id" = String, Path, description = "The contact")),
    responses((status = ACCEPTED, body = BlockView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn remove_block(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<BlockView>), Problem> {
    set_blocked(&api, &id, false, correlation).await
}

async fn set_blocked(
    api: &Api,
    id: &str,
    blocked: bool,
    correlation: Option<CorrelationId>,
) -> Result<(StatusCode, Json<BlockView>), Problem> {
    let contact = person(api, id).await?;
    let at = blocked.then(|| api.clock.now());
    for (portfolio, numbers) in numbers(api).await? {
        api.store.set_blocked(&portfolio, &contact, &numbers, at).await?;
        for number in numbers {
            let task = Task::Block { contact: contact.to_string(), number: number.to_string(), blocked };
            enqueue(api, task, correlation.clone()).await?;
        }
    }
    Ok((StatusCode::ACCEPTED, Json(shown(api, &contact).await?)))
}

/// The company's numbers, by portfolio. A portfolio without numbers counts too: it has a gate.
async fn numbers(api: &Api) -> Result<Vec<(PortfolioId, Vec<PhoneNumberId>)>, Problem> {
    let mut of: Vec<(PortfolioId, Vec<PhoneNumberId>)> =
        api.store.portfolios().await?.into_iter().map(|portfolio| (portfolio, Vec::new())).collect();
    for number in api.store.numbers().await? {
        let owner = api.store.portfolio_of(number.waba.as_ref()).await?;
        if let Some((_, numbers)) = of.iter_mut().find(|(portfolio, _)| *portfolio == owner) {
            numbers.push(number.id);
        }
    }
    Ok(of)
}

async fn shown(api: &Api, contact: &ContactId) -> Result<BlockView, Problem> {
    let mut gates = Vec::new();
    for portfolio in api.store.portfolios().await? {
        gates.push(api.store.gate(&portfolio, contact).await?);
    }
    Ok(BlockView::of(&gates))
}

async fn enqueue(api: &Api, task: Task, correlation: Option<CorrelationId>) -> Result<(), Problem> {
    let job = Job::of(task, correlation);
    Ok(api.queue.send(&api.queues.jobs, Entry::new(job.to_json())).await?)
}

/// Why a person is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EraseReason {
    /// Why, at most 200 characters. It stays on the certificate: name nobody.
    reason: String,
}

/// Erases a person, for good: content, identities, media, what waits and what failed. From the answer on nothing goes
/// out to them, and nothing that is older can bring them back. Repeating it gives the same erasure.
#[utoipa::path(post, path = "/v1/contacts/{id}/erase", tag = "privacy", request_body = EraseReason,
    params(("id" = String, Path, description = "The contact")),
    responses((status = ACCEPTED, body = ErasureView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn erase(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(why): Input<EraseReason>,
) -> Result<(StatusCode, Json<ErasureView>), Problem> {
    let reason = text("reason", &why.reason, 200)?;
    let missing = || Problem::missing("contact");
    let contact = ContactId::new(id).ok_or_else(missing)?;
    let now = api.clock.now();
    let begun = api.store.begin_erasure(&contact, (&identity.subject, &reason), now).await?;
    let erasure = begun.ok_or_else(missing)?;
    if erasure.completed_at.is_none() {
        // Again, if this is a repeat: the first time may have broken off here.
        let step = EraseStep::Content;
        let task = Task::Erase { contact: contact.to_string(), round: 0, step, after: None };
        enqueue(&api, task, correlation).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(ErasureView::from(&erasure))))
}

/// An erasure; once it is completed, its certificate.
#[utoipa::path(get, path = "/v1/erasures/{id}", tag = "privacy",
    params(("id" = String, Path, description = "The erasure")),
    responses((status = OK, body = ErasureView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such erasure")))]
pub(crate) async fn erasure(State(api): State<Api>, Id(id): Id) -> Result<Json<ErasureView>, Problem> {
    let missing = || Problem::missing("erasure");
    let contact = ContactId::new(id).ok_or_else(missing)?;
    let erasure = api.store.erasure(&contact).await?.ok_or_else(missing)?;
    Ok(Json(ErasureView::from(&erasure)))
}

/// Writes down everything about a person, as JSON and as a page.
#[utoipa::path(post, path = "/v1/contacts/{id}/export", tag = "privacy",
    params(("id" = String, Path, description = "The contact")),
    responses((status = ACCEPTED, body = ExportView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn start_export(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<ExportView>), Problem> {
    let contact = person(&api, &id).await?;
    let export = Export {
        id: lambda_kit::new_id(&api.clock),
        contact: contact.to_string(),
        by: identity.subject,
        asked_at: api.clock.now(),
        ready_at: None,
    };
    api.store.put_export(&export).await?;
    enqueue(&api, Task::Export { export: export.id.clone() }, correlation).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportView::of(&export, None))))
}

/// An export; once it is ready, with links that last for 15 minutes.
#[utoipa::path(get, path = "/v1/exports/{id}", tag = "privacy",
    params(("id" = String, Path, description = "The export")),
    responses((status = OK, body = ExportView), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such export, or the person was erased")))]
pub(crate) async fn export(State(api): State<Api>, Id(id): Id) -> Result<Json<ExportView>, Problem> {
    let missing = || Problem::missing("export");
    if !domain::clean::is_plain(&id) {
        return Err(missing());
    }
    let export = api.store.export(&id).await?.ok_or_else(missing)?;
    person(&api, &export.contact).await.map_err(|_| missing())?;
    if export.ready_at.is_none() {
        return Ok(Json(ExportView::of(&export, None)));
    }
    let name = format!("exports/{}/{}", export.contact, export.id);
    let link = async |kind: &str| {
        api.bucket
            .link(&format!("{name}.{kind}"), api.clock.now(), LINK)
            .await
            .map_err(|_| Problem::unavailable())
    };
    let links = (link("json").await?, link("html").await?);
    Ok(Json(ExportView::of(&export, Some(links))))
}

/// How long things are kept, in days; `null` is for good.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionDays {
    /// Messages, and what is about them.
    messages: Option<u32>,
    /// Dead letters that were put back and did not fail again.
    dead_letters: Option<u32>,
    /// Exports of people.
    exports: Option<u32>,
}

impl From<Retention> for RetentionDays {
    fn from(retention: Retention) -> Self {
        let Retention { messages, dead_letters, exports } = retention;
        Self { messages, dead_letters, exports }
    }
}

/// How long things are kept. Webhook events are kept for 90 days, claims for 30.
#[utoipa::path(get, path = "/v1/settings/retention", tag = "privacy", responses((status = OK, body = RetentionDays)))]
pub(crate) async fn retention(State(api): State<Api>) -> Result<Json<RetentionDays>, Problem> {
    Ok(Json(api.store.retention().await?.into()))
}

/// Sets how long things are kept. What is older is deleted once a day, for good.
#[utoipa::path(put, path = "/v1/settings/retention", tag = "privacy", request_body = RetentionDays,
    responses((status = OK, body = RetentionDays), (status = FORBIDDEN, description = "For admins only")))]
pub(crate) async fn set_retention(
    State(api): State<Api>,
    Input(days): Input<RetentionDays>,
) -> Result<Json<RetentionDays>, Problem> {
    let kinds = [("messages", days.messages), ("dead_letters", days.dead_letters), ("exports", days.exports)];
    for (field, days) in kinds {
        if days.is_some_and(|days| !(1..=LONGEST).contains(&days)) {
            return Err(Problem::field(
                field,
                format!("must be a whole number from 1 to {LONGEST}, or null"),
            ));
        }
    }
    let RetentionDays { messages, dead_letters, exports } = days;
    api.store.put_retention(&Retention { messages, dead_letters, exports }).await?;
    Ok(Json(days))
}

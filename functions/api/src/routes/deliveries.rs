//! `/v1/webhook-endpoints/{id}/deliveries`: what became of events on their way.

use axum::Json;
use axum::extract::State;
use domain::DeadLetterId;
use domain::endpoint::EndpointId;
use http::StatusCode;
use queue::{DeliveryJob, Entry};
use store::{Delivered, DeliveryRow, DeliveryState};

use super::webhook_endpoints::find;
use crate::extract::{Id, Ids, Paging};
use crate::view::{DeliveryView, Page};
use crate::{Api, Problem, cursor};

/// What was posted to an endpoint, or was to be, newest event first. Kept for 30 days.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}/deliveries", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint"), Paging),
    responses((status = OK, body = Page<DeliveryView>), (status = NOT_FOUND, description = "No such endpoint")))]
pub(crate) async fn list(
    State(api): State<Api>,
    Id(id): Id,
    paging: Paging,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let limit = paging.limit()?;
    // A place is a time and an event's id, which has an underscore.
    let before = paging.after(|text| {
        let place: String = cursor::read("deliveries", text)?;
        let delivered = Delivered::parse(&place.replacen('#', "-", 1));
        delivered.map(|_| place).ok_or_else(|| Problem::field("cursor", "is not one that this list gave out"))
    })?;
    let endpoint = find(&api, &id).await?;
    let page = api.store.deliveries(&endpoint.id, before.as_deref(), limit).await?;
    let next = page.next.map(|place| cursor::write("deliveries", place));
    Ok(Json(Page { items: page.rows.into_iter().map(DeliveryView::from).collect(), next }))
}

/// Posts an event again, from the first attempt on: one that failed, or one that the receiver has lost.
///
/// A delivered event with people's words is not kept here, so it cannot be posted again.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/deliveries/{delivery}/replay", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint"), ("delivery" = String, Path, description = "The delivery")),
    responses((status = ACCEPTED, body = DeliveryView),
        (status = NOT_FOUND, description = "No such endpoint or delivery"),
        (status = CONFLICT, description = "Its body is not kept any more, or the endpoint is disabled")))]
pub(crate) async fn replay(
    State(api): State<Api>,
    Ids(id, delivery): Ids,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let missing = || Problem::missing("delivery");
    let delivered = Delivered::parse(&delivery).ok_or_else(missing)?;
    let endpoint = find(&api, &id).await?;
    if endpoint.disabled.is_some() {
        return Err(Problem::of_status(StatusCode::CONFLICT, "The endpoint is disabled."));
    }
    let row = api.store.delivery(&endpoint.id, &delivered).await?.ok_or_else(missing)?;
    let letter = DeadLetterId::of("deliveries", &DeliveryJob::identity(&id, delivered.event.as_str()));
    let job = job_of(&api, &row, &letter).await?;
    let now = api.clock.now();
    let job = job.again(now.as_millisecond());
    let row = DeliveryRow {
        state: DeliveryState::Queued,
        round: job.round,
        failed: 0,
        status: None,
        reason: None,
        next_at: None,
        changed_at: now,
        ..row
    };
    put_back(&api, &endpoint.id, (&row, &job), &letter).await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

/// The job, from beside the delivery, or from the dead letter that it became.
async fn job_of(api: &Api, row: &DeliveryRow, letter: &DeadLetterId) -> Result<DeliveryJob, Problem> {
    let kept = match &row.job {
        Some(job) => Some(job.clone()),
        None => api.store.letter(letter).await?.map(|letter| letter.job),
    };
    let job = kept.and_then(|job| DeliveryJob::parse(&job).ok());
    job.ok_or_else(|| {
        Problem::of_status(StatusCode::CONFLICT, "What was posted is not kept: it had people's words.")
    })
}

/// The row first: the job of the round before is void from then on.
async fn put_back(
    api: &Api,
    endpoint: &EndpointId,
    (row, job): (&DeliveryRow, &DeliveryJob),
    letter: &DeadLetterId,
) -> Result<(), Problem> {
    api.store.record_delivery(endpoint, row).await?;
    if api.store.letter(letter).await?.is_some_and(|letter| letter.redriven_at.is_none()) {
        api.store.note_redrive(letter, row.changed_at).await?;
    }
    Ok(api.queue.send(&api.queues.deliveries, Entry::new(job.to_json())).await?)
}

//! `/v1/webhook-endpoints`: who hears of events over HTTP, as Standard Webhooks has it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::endpoint::{Disabled, Endpoint, EndpointId, Health, SigningSecret, Wanted, check_url};
use domain::event::{Data, EndpointTest, Event, EventId, EventKind};
use http::StatusCode;
use http::header::LOCATION;
use jiff::SignedDuration;
use queue::pack::V1;
use queue::{DeliveryJob, Entry};
use serde::{Deserialize, Serialize};
use store::{Delivered, EndpointChange};
use utoipa::ToSchema;

use super::event_settings::kinds;
use crate::extract::Id;
use crate::input::{Input, Patch, text};
use crate::replay::Secret;
use crate::view::{EndpointView, NewSecret, Page, TestSent};
use crate::{Api, Problem};

/// Every event is queued once for each endpoint that wants it, so there is a limit.
const MOST_ENDPOINTS: usize = 20;
/// The longest description, in characters.
const DESCRIPTION: usize = 200;

/// An endpoint to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEndpoint {
    /// Where events are posted: `https` only, and no private network.
    url: String,
    /// What it is for.
    description: Option<String>,
    /// Which events it gets. Without, all but `message.status_changed`.
    types: Option<Vec<String>>,
    /// Whether with what people wrote, their names and phone numbers.
    #[serde(default)]
    include_content: bool,
    /// Whether it gets any at once.
    #[serde(default = "yes")]
    #[schema(default = true)]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// What changes of an endpoint. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedEndpoint {
    /// Where events are posted.
    url: Option<String>,
    /// What it is for; `null` takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
    /// Which events it gets.
    types: Option<Vec<String>>,
    /// Whether with what people wrote, their names and phone numbers.
    include_content: Option<bool>,
    /// Whether it gets any. Switched on, it starts afresh.
    enabled: Option<bool>,
}

/// An endpoint that was added, with its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedEndpoint {
    #[serde(flatten)]
    endpoint: EndpointView,
    /// The secret that events are signed with. It is shown this once.
    secret: String,
}

/// Every endpoint.
#[utoipa::path(get, path = "/v1/webhook-endpoints", tag = "webhook endpoints",
    responses((status = OK, body = Page<EndpointView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<EndpointView>>, Problem> {
    let endpoints = api.store.subscriptions().await?.endpoints;
    Ok(Json(Page { items: endpoints.into_iter().map(EndpointView::from).collect(), next: None }))
}

/// Adds an endpoint. The answer has its secret, which is shown only this once.
#[utoipa::path(post, path = "/v1/webhook-endpoints", tag = "webhook endpoints", request_body = NewEndpoint,
    responses((status = CREATED, body = CreatedEndpoint, headers(("Location" = String, description = "The endpoint"))),
        (status = BAD_REQUEST, description = "A member is missing or not what it should be; `field` names it"),
        (status = CONFLICT, description = "There are as many as there may be")))]
pub(crate) async fn create(
    State(api): State<Api>,
    Input(new): Input<NewEndpoint>,
) -> Result<Response, Problem> {
    let now = api.clock.now();
    let endpoint = Endpoint {
        id: EndpointId::new(lambda_kit::new_id(&api.clock)).ok_or_else(Problem::unavailable)?,
        url: url(&api, &new.url)?,
        description: match new.description {
            Some(value) => text("description", &value, DESCRIPTION)?,
            None => String::new(),
        },
        wanted: Wanted {
            types: new.types.as_deref().map_or_else(|| Ok(EventKind::by_default()), some_kinds)?,
            content: new.include_content,
        },
        disabled: (!new.enabled).then_some(Disabled::Asked),
        health: Health::default(),
        created_at: now,
    };
    if api.store.subscriptions().await?.endpoints.len() >= MOST_ENDPOINTS {
        let detail = format!("There are {MOST_ENDPOINTS} endpoints, as many as there may be.");
        return Err(Problem::of_status(StatusCode::CONFLICT, detail));
    }
    let secret = new_secret()?;
    api.store.add_endpoint(&endpoint, &secret).await?;
    let location = [(LOCATION, format!("/v1/webhook-endpoints/{}", endpoint.id))];
    let created = CreatedEndpoint { endpoint: endpoint.into(), secret: secret.expose() };
    Ok((StatusCode::CREATED, location, Extension(Secret), Json(created)).into_response())
}

/// One endpoint.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = OK, body = EndpointView), (status = NOT_FOUND, description = "No such endpoint")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<EndpointView>, Problem> {
    Ok(Json(find(&api, &id).await?.into()))
}

/// Changes an endpoint.
#[utoipa::path(patch, path = "/v1/webhook-endpoints/{id}", tag = "webhook endpoints", request_body = ChangedEndpoint,
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = OK, body = EndpointView), (status = NOT_FOUND, description = "No such endpoint"),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it")))]
pub(crate) async fn change(
    State(api): State<Api>,
    Id(id): Id,
    Input(changed): Input<ChangedEndpoint>,
) -> Result<Json<EndpointView>, Problem> {
    let change = EndpointChange {
        url: changed.url.map(|it| url(&api, &it)).transpose()?,
        description: match changed.description {
            Patch::Keep => None,
            Patch::Clear => Some(String::new()),
            Patch::Set(value) => Some(text("description", &value, DESCRIPTION)?),
        },
        types: changed.types.as_deref().map(some_kinds).transpose()?,
        content: changed.include_content,
        enabled: changed.enabled,
    };
    if !api.store.change_endpoint(&known(&id)?, &change).await? {
        return Err(missing());
    }
    Ok(Json(find(&api, &id).await?.into()))
}

/// Removes an endpoint. What is on its way to it is not posted any more.
#[utoipa::path(delete, path = "/v1/webhook-endpoints/{id}", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = NO_CONTENT, description = "It is removed"),
        (status = NOT_FOUND, description = "No such endpoint")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let endpoint = find(&api, &id).await?;
    api.store.remove_endpoint(&endpoint.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an endpoint a new secret, shown only this once. For 24 hours events are signed with both.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/rotate-secret", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = OK, body = NewSecret), (status = NOT_FOUND, description = "No such endpoint")))]
pub(crate) async fn rotate_secret(State(api): State<Api>, Id(id): Id) -> Result<Response, Problem> {
    let (secret, now) = (new_secret()?, api.clock.now());
    if !api.store.rotate_secret(&known(&id)?, &secret, now).await? {
        return Err(missing());
    }
    let until = now + SignedDuration::from_secs(domain::endpoint::OLD_SECRET_SECONDS);
    let answer = NewSecret { secret: secret.expose(), old_secret_until: Some(until.into()) };
    Ok((Extension(Secret), Json(answer)).into_response())
}

/// Posts a test event, once, also to an endpoint that is disabled. What came of it stands among its deliveries.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/test", tag = "webhook endpoints",
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = ACCEPTED, body = TestSent), (status = NOT_FOUND, description = "No such endpoint")))]
pub(crate) async fn test(
    State(api): State<Api>,
    Id(id): Id,
) -> Result<(StatusCode, Json<TestSent>), Problem> {
    let endpoint = find(&api, &id).await?;
    let now = api.clock.now();
    let (kind, at) = (EventKind::EndpointTest, now.as_millisecond());
    let event = Event {
        id: EventId::of("endpoints", (&id, &lambda_kit::new_id(&api.clock)), "test"),
        kind,
        at: now,
        data: Data::Test(EndpointTest { endpoint: id }),
        content: None,
    };
    let job = DeliveryJob {
        v: V1::One,
        endpoint: endpoint.id.to_string(),
        event: event.id.to_string(),
        kind: kind.to_string(),
        at,
        body: event.to_json(false),
        content: false,
        round: 0,
        failed: 0,
        not_before: 0,
    };
    api.queue.send(&api.queues.deliveries, Entry::new(job.to_json())).await?;
    let delivery = Delivered { at, event: event.id.clone() };
    Ok((StatusCode::ACCEPTED, Json(TestSent { delivery: delivery.to_string(), event: event.id.to_string() })))
}

fn missing() -> Problem {
    Problem::missing("webhook endpoint")
}

pub(super) fn known(id: &str) -> Result<EndpointId, Problem> {
    EndpointId::new(id).ok_or_else(missing)
}

pub(super) async fn find(api: &Api, id: &str) -> Result<Endpoint, Problem> {
    api.store.endpoint(&known(id)?).await?.ok_or_else(missing)
}

fn url(api: &Api, url: &str) -> Result<String, Problem> {
    check_url(url, api.reach).map_err(|error| Problem::field("url", error.to_string()))?;
    Ok(url.to_owned())
}

/// Types of events, at least one: who wants none switches the endpoint off.
fn some_kinds(words: &[String]) -> Result<Vec<EventKind>, Problem> {
    match kinds(words)? {
        kinds if kinds.is_empty() => Err(Problem::field("types", "must name at least one type of event")),
        kinds => Ok(kinds),
    }
}

fn new_secret() -> Result<SigningSecret, Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Problem::unavailable())?;
    Ok(SigningSecret::of(bytes))
}

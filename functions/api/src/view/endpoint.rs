//! Endpoints that hear of events, and what became of deliveries.

use domain::endpoint::{Disabled, Endpoint};
use serde::Serialize;
use store::DeliveryRow;
use utoipa::ToSchema;

use crate::view::Time;

/// An endpoint that events are posted to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(crate) struct EndpointView {
    /// Its id.
    id: String,
    /// Where events are posted.
    url: String,
    /// What it is for.
    description: String,
    /// Which events it gets.
    types: Vec<String>,
    /// Whether with what people wrote, their names and phone numbers.
    include_content: bool,
    /// Whether it gets any.
    enabled: bool,
    /// Why it gets none: `asked`, `gone` (it answered 410) or `failing` (every attempt failed for three days).
    disabled_because: Option<String>,
    /// Since when every attempt fails; `null` if the last one did not.
    failing_since: Option<Time>,
    /// Until when it is left alone, after several failures in a row.
    paused_until: Option<Time>,
    /// When it was added.
    created_at: Time,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url,
            description: endpoint.description,
            types: endpoint.wanted.types.iter().map(ToString::to_string).collect(),
            include_content: endpoint.wanted.content,
            enabled: endpoint.disabled.is_none(),
            disabled_because: endpoint.disabled.map(Disabled::as_str).map(str::to_owned),
            failing_since: endpoint.health.failing_since.map(Time::from),
            paused_until: endpoint.health.pauses_until.map(Time::from),
            created_at: endpoint.created_at.into(),
        }
    }
}

/// A secret. It is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSecret {
    /// The secret that events are signed with, as Standard Webhooks has it.
    pub(crate) secret: String,
    /// Until when the one before also signs.
    pub(crate) old_secret_until: Option<Time>,
}

/// An event that is on its way to try an endpoint out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TestSent {
    /// The delivery, to be found among the endpoint's.
    pub(crate) delivery: String,
    /// The event's id, as the header `webhook-id` has it.
    pub(crate) event: String,
}

/// What became of an event on its way to an endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryView {
    /// Its id.
    id: String,
    /// The event's id, as the header `webhook-id` has it.
    event: String,
    /// The event's type.
    #[serde(rename = "type")]
    kind: String,
    /// `queued`, `retrying`, `delivered` or `failed`. What failed is also a dead letter.
    state: String,
    /// Attempts that failed, since it was last asked for.
    failed_attempts: u32,
    /// The HTTP status of the last answer; `null` if there was none, or if it was a success.
    status: Option<u16>,
    /// Why the last attempt failed.
    reason: Option<String>,
    /// When it is tried next.
    next_attempt_at: Option<Time>,
    /// When this came to be.
    changed_at: Time,
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id.to_string(),
            event: row.id.event.to_string(),
            kind: row.kind,
            state: row.state.as_str().to_owned(),
            failed_attempts: row.failed,
            status: row.status,
            reason: row.reason,
            next_attempt_at: row.next_at.map(Time::from),
            changed_at: row.changed_at.into(),
        }
    }
}

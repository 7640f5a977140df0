//! `/v1/settings/events`: what is published on the event bus.

use axum::Json;
use axum::extract::State;
use domain::endpoint::Wanted;
use domain::event::EventKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::input::Input;
use crate::{Api, Problem};

/// What is published on the event bus.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSettings {
    /// Types of events, such as `message.received`. Nothing is published that is not named here.
    types: Vec<String>,
    /// Whether with what people wrote, their names and phone numbers.
    #[serde(default)]
    include_content: bool,
}

/// Reads types of events, each once.
pub(crate) fn kinds(words: &[String]) -> Result<Vec<EventKind>, Problem> {
    let mut kinds = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let kind = EventKind::from_word(word).filter(|kind| kind.is_wanted_by_choice());
        let known = || {
            let all = EventKind::ALL.iter().filter(|kind| kind.is_wanted_by_choice());
            all.map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
        };
        let refused = || Problem::field(format!("types[{index}]"), format!("must be one of {}", known()));
        kinds.push(kind.ok_or_else(refused)?);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

impl From<Wanted> for EventSettings {
    fn from(wanted: Wanted) -> Self {
        let types = wanted.types.iter().map(ToString::to_string).collect();
        Self { types, include_content: wanted.content }
    }
}

/// What is published on the event bus. At first, nothing is.
#[utoipa::path(get, path = "/v1/settings/events", tag = "settings", responses((status = OK, body = EventSettings)))]
pub(crate) async fn one(State(api): State<Api>) -> Result<Json<EventSettings>, Problem> {
    Ok(Json(api.store.subscriptions().await?.bus.into()))
}

/// Says what is published on the event bus, from now on.
#[utoipa::path(put, path = "/v1/settings/events", tag = "settings", request_body = EventSettings,
    responses((status = OK, body = EventSettings),
        (status = BAD_REQUEST, description = "A member is missing or not what it should be; `field` names it")))]
pub(crate) async fn set(
    State(api): State<Api>,
    Input(settings): Input<EventSettings>,
) -> Result<Json<EventSettings>, Problem> {
    let wanted = Wanted { types: kinds(&settings.types)?, content: settings.include_content };
    api.store.set_bus(&wanted).await?;
    Ok(Json(wanted.into()))
}

//! `/v1/numbers/{id}/profile`: what customers see of a number. It lies at Meta; here is what was read last.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloud_api::PhoneNumberId;
use cloud_api::manage::ProfileChange;
use http::StatusCode;
use queue::{CorrelationId, Job, Task};
use serde::Deserialize;
use store::Track;
use utoipa::ToSchema;

use super::numbers::found;
use crate::extract::Id;
use crate::input::{Input, Patch};
use crate::request_id::Correlation;
use crate::view::{PictureView, ProfileView, StepView};
use crate::{Api, Problem};

/// How long a link lasts.
const LINK: Duration = Duration::from_secs(15 * 60);

/// The number's business profile, as it was read last, and when. Until it was read for the first time it is `null`:
/// `POST …/profile/refresh` reads it.
#[utoipa::path(get, path = "/v1/numbers/{id}/profile", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = OK, body = ProfileView), (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<ProfileView>, Problem> {
    let (number, _) = found(&api, &id).await?;
    Ok(Json(api.store.profile_of_number(&number.id).await?.into()))
}

/// Reads the profile at Meta again.
#[utoipa::path(post, path = "/v1/numbers/{id}/profile/refresh", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "It is being read or changed")))]
pub(crate) async fn refresh(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<StepView>), Problem> {
    let (number, _) = found(&api, &id).await?;
    api.profile_job(&number.id, correlation, (None, None)).await
}

/// A change of a profile: a merge patch. `null` takes a member away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProfile {
    /// The line under the name, 1 to 139 characters; it cannot be taken away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    about: Patch<String>,
    /// The address, at most 256 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    address: Patch<String>,
    /// The description, at most 512 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
    /// The e-mail address, at most 128 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Patch<String>,
    /// At most two addresses with `https://`, each of at most 256 characters.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    websites: Patch<Vec<String>>,
    /// The industry, one of Meta's: `RETAIL`, `HOTEL`, `OTHER` and so on.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    vertical: Patch<String>,
    /// The `picture` of `POST …/profile/picture`, once the file is where its link says.
    picture: Option<String>,
}

/// Changes the profile at Meta, and reads it again. What became of it stands in the profile's `step`.
#[utoipa::path(patch, path = "/v1/numbers/{id}/profile", tag = "numbers", request_body = ChangeProfile,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView),
        (status = BAD_REQUEST, description = "Meta would refuse a member; `field` names it"),
        (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "It is being read or changed")))]
pub(crate) async fn change(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<ChangeProfile>,
) -> Result<(StatusCode, Json<StepView>), Problem> {
    let (number, _) = found(&api, &id).await?;
    let picture = asked.picture.as_deref().map(|picture| place_of(&number.id, picture)).transpose()?;
    let change = ProfileChange {
        about: text(asked.about),
        address: text(asked.address),
        description: text(asked.description),
        email: text(asked.email),
        websites: match asked.websites {
            Patch::Keep => None,
            Patch::Clear => Some(Vec::new()),
            Patch::Set(websites) => Some(websites),
        },
        vertical: match asked.vertical {
            Patch::Clear => Some("UNDEFINED".to_owned()),
            other => text(other),
        },
        profile_picture_handle: None,
    };
    change.check().map_err(|fault| Problem::field(fault.field, fault.message))?;
    api.profile_job(&number.id, correlation, (Some(change), picture)).await
}

/// A place for a picture: `PUT` a JPEG or PNG of at most 5 MB there, then name it in a change of the profile.
#[utoipa::path(post, path = "/v1/numbers/{id}/profile/picture", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = CREATED, body = PictureView), (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn picture(State(api): State<Api>, Id(id): Id) -> Result<Response, Problem> {
    let (number, _) = found(&api, &id).await?;
    let picture = lambda_kit::new_id(&api.clock);
    let place = place_of(&number.id, &picture)?;
    let upload = api.bucket.upload_link(&place, api.clock.now(), LINK).await;
    let upload = upload.map_err(|_| Problem::unavailable())?;
    Ok((StatusCode::CREATED, Json(PictureView { picture, upload })).into_response())
}

impl Api {
    async fn profile_job(
        &self,
        number: &PhoneNumberId,
        correlation: Option<CorrelationId>,
        (change, picture): (Option<ProfileChange>, Option<String>),
    ) -> Result<(StatusCode, Json<StepView>), Problem> {
        let id = lambda_kit::new_id(&self.clock);
        let word = if change.is_some() { "change" } else { "refresh" };
        let task = Task::Profile { number: number.to_string(), id: id.clone(), change, picture };
        self.begin(Track::Profile(number), (&id, word), Job::of(task, correlation)).await
    }
}

/// What is taken away is an empty text at Meta.
fn text(asked: Patch<String>) -> Option<String> {
    match asked {
        Patch::Keep => None,
        Patch::Clear => Some(String::new()),
        Patch::Set(text) => Some(text),
    }
}

fn place_of(number: &PhoneNumberId, picture: &str) -> Result<String, Problem> {
    let fits = picture.len() == 26 && picture.bytes().all(|b| b.is_ascii_alphanumeric());
    if fits {
        Ok(format!("pictures/{number}/{picture}"))
    } else {
        Err(Problem::field("picture", "must be one that /profile/picture gave out"))
    }
}

//! `/v1/labels`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::label::{Label, LabelId};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::input::{self, Input, Patch};
use crate::view::Page;
use crate::{Api, Problem};

/// The most labels of a company.
const MOST: usize = 500;

/// A label.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Label)]
pub(crate) struct LabelView {
    /// Its id, for good.
    id: String,
    /// What people read.
    name: String,
    /// Its colour, as `#rrggbb`.
    color: Option<String>,
}

impl From<Label> for LabelView {
    fn from(label: Label) -> Self {
        Self { id: label.id.to_string(), name: label.name, color: label.color }
    }
}

/// A label that is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLabel {
    /// What people read; 1 to 40 characters. No two labels have the same.
    name: String,
    /// Its colour, as `#rrggbb`.
    #[schema(nullable = false)]
    color: Option<String>,
}

/// What is to be otherwise.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeLabel {
    /// What people read.
    #[schema(nullable = false)]
    name: Option<String>,
    /// Its colour; `null` takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    color: Patch<String>,
}

/// Every label, by name.
#[utoipa::path(get, path = "/v1/labels", tag = "labels", responses((status = OK, body = Page<LabelView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<LabelView>>, Problem> {
    let mut labels = api.store.labels().await?;
    labels.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(Json(Page { items: labels.into_iter().map(LabelView::from).collect(), next: None }))
}

/// Makes a label.
#[utoipa::path(post, path = "/v1/labels", tag = "labels", request_body = NewLabel,
    responses(
        (status = CREATED, body = LabelView, headers(("Location" = String, description = "The label"))),
        (status = CONFLICT, description = "There is a label of this name")))]
pub(crate) async fn create(
    State(api): State<Api>,
    Input(asked): Input<NewLabel>,
) -> Result<Response, Problem> {
    let known = api.store.labels().await?;
    if known.len() >= MOST {
        return Err(Problem::field("name", "cannot be added: there are 500 labels"));
    }
    let name = free_name(&known, &asked.name, None)?;
    let color = asked.color.map(|color| checked_color(&color)).transpose()?;
    // Eight digits are enough for a few hundred labels, and a conversation's state has room for twenty.
    let mut id = domain::hash16(&lambda_kit::new_id(&api.clock));
    id.truncate(8);
    let id = LabelId::new(id).ok_or_else(Problem::unavailable)?;
    let label = Label { id, name, color };
    api.store.put_label(&label).await?;
    let location = [(LOCATION, format!("/v1/labels/{}", label.id))];
    Ok((StatusCode::CREATED, location, Json(LabelView::from(label))).into_response())
}

/// Changes a label.
#[utoipa::path(patch, path = "/v1/labels/{id}", tag = "labels", request_body = ChangeLabel,
    params(("id" = String, Path, description = "The label")),
    responses(
        (status = OK, body = LabelView),
        (status = NOT_FOUND, description = "No such label"),
        (status = CONFLICT, description = "There is a label of this name")))]
pub(crate) async fn change(
    State(api): State<Api>,
    Id(id): Id,
    Input(asked): Input<ChangeLabel>,
) -> Result<Json<LabelView>, Problem> {
    let mut label = found(&api, &id).await?;
    if let Some(name) = &asked.name {
        label.name = free_name(&api.store.labels().await?, name, Some(&label.id))?;
    }
    match asked.color {
        Patch::Keep => {}
        Patch::Clear => label.color = None,
        Patch::Set(color) => label.color = Some(checked_color(&color)?),
    }
    api.store.put_label(&label).await?;
    Ok(Json(label.into()))
}

/// Takes a label away. Conversations that have it keep an id that says nothing.
#[utoipa::path(delete, path = "/v1/labels/{id}", tag = "labels",
    params(("id" = String, Path, description = "The label")),
    responses((status = NO_CONTENT, description = "Done"), (status = NOT_FOUND, description = "No such label")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let label = found(&api, &id).await?;
    api.store.remove_label(&label.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn found(api: &Api, id: &str) -> Result<Label, Problem> {
    let missing = || Problem::missing("label");
    let id = LabelId::new(id).ok_or_else(missing)?;
    api.store.label(&id).await?.ok_or_else(missing)
}

/// A name that no other label has.
fn free_name(known: &[Label], name: &str, own: Option<&LabelId>) -> Result<String, Problem> {
    let name = input::text("name", name, 40)?;
    let same = |label: &&Label| label.name.to_lowercase() == name.to_lowercase() && Some(&label.id) != own;
    if known.iter().any(|label| same(&label)) {
        return Err(Problem::of_status(StatusCode::CONFLICT, "There is a label of this name."));
    }
    Ok(name)
}

fn checked_color(color: &str) -> Result<String, Problem> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6);
    let is_color = digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_color { Ok(color.to_lowercase()) } else { Err(Problem::field("color", "must be as #rrggbb")) }
}

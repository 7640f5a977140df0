//! `/v1/contacts/{id}/notes`: what colleagues should know. Customers never see it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::agent::AgentId;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::ContactNote;
use utoipa::ToSchema;

use crate::extract::{Id, Ids};
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::view::Time;
use crate::{Api, Problem};

/// A note about a contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContactNote)]
pub(crate) struct NoteView {
    id: String,
    /// The agent who wrote it.
    author: String,
    text: String,
    created_at: Time,
}

/// A note to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContactNote)]
pub(crate) struct NoteBody {
    text: String,
}

impl From<ContactNote> for NoteView {
    fn from(note: ContactNote) -> Self {
        Self { id: note.id, author: note.author.to_string(), text: note.text, created_at: note.at.into() }
    }
}

/// The newest hundred notes about a contact, newest first.
#[utoipa::path(get, path = "/v1/contacts/{id}/notes", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = Vec<NoteView>), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn list(State(api): State<Api>, Id(id): Id) -> Result<Json<Vec<NoteView>>, Problem> {
    let contact = api.record(&id).await?;
    let notes = api.store.contact_notes(&contact.id).await?;
    Ok(Json(notes.into_iter().map(NoteView::from).collect()))
}

/// Writes a note about a contact.
#[utoipa::path(post, path = "/v1/contacts/{id}/notes", tag = "contacts", request_body = NoteBody,
    params(("id" = String, Path, description = "The contact")),
    responses((status = CREATED, body = NoteView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn add(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(body): Input<NoteBody>,
) -> Result<Response, Problem> {
    let text = input::text("text", &body.text, 4_000)?;
    let contact = api.record(&id).await?;
    let author = AgentId::new(identity.subject).ok_or_else(Problem::unauthorized)?;
    let note = ContactNote { id: lambda_kit::new_id(&api.clock), author, text, at: api.clock.now() };
    api.store.put_contact_note(&contact.id, &note).await?;
    Ok((StatusCode::CREATED, Json(NoteView::from(note))).into_response())
}

/// Takes a note away: its author may, and supervisors.
#[utoipa::path(delete, path = "/v1/contacts/{id}/notes/{note}", tag = "contacts",
    params(("id" = String, Path, description = "The contact"), ("note" = String, Path, description = "The note")),
    responses((status = NO_CONTENT), (status = FORBIDDEN, description = "Somebody else wrote it")))]
pub(crate) async fn remove(
    State(api): State<Api>,
    identity: Identity,
    Ids(id, note): Ids,
) -> Result<StatusCode, Problem> {
    let contact = api.record(&id).await?;
    let notes = api.store.contact_notes(&contact.id).await?;
    let there = notes.iter().find(|other| other.id == note).ok_or_else(|| Problem::missing("note"))?;
    if there.author.as_str() != identity.subject && identity.role == crate::Role::Agent {
        return Err(Problem::forbidden("supervisor or admin"));
    }
    api.store.remove_contact_note(&contact.id, &note).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/v1/contacts/{id}/merge`, `…/unmerge`, `…/duplicates`: records that are one person.

use axum::Json;
use axum::extract::State;
use domain::ContactId;
use serde::Deserialize;
use store::{Merged, Parted};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::Input;
use crate::view::{ContactView, DuplicateView, Page};
use crate::{Api, Problem};

/// Into which record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// The contact that stays.
    into: String,
}

/// Merges a contact into another: one row in the inbox, one thread, and answers go out from there. Nothing is moved,
/// so that `unmerge` is exact.
#[utoipa::path(post, path = "/v1/contacts/{id}/merge", tag = "contacts", request_body = Merge,
    params(("id" = String, Path, description = "The contact that is merged")),
    responses((status = OK, body = ContactView, description = "The contact that stays"),
        (status = NOT_FOUND, description = "No such contact"),
        (status = CONFLICT, description = "One of them is merged into another already"),
        (status = UNPROCESSABLE_ENTITY, description = "The contact that should stay was erased; `reason` says so")))]
pub(crate) async fn merge(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(merge): Input<Merge>,
) -> Result<Json<ContactView>, Problem> {
    let loser = api.record(&id).await?.id;
    let unknown = || Problem::field("into", "is not a contact");
    let into = ContactId::new(merge.into).ok_or_else(unknown)?;
    match api.store.merge_contact(&loser, &into, &identity.subject, api.clock.now()).await? {
        Merged::Done => {
            let contact = api.store.contact(&into).await?.ok_or_else(unknown)?;
            Ok(Json(contact.into()))
        }
        Merged::Missing => Err(unknown()),
        Merged::Same => Err(Problem::field("into", "is the contact itself")),
        Merged::Elsewhere(other) | Merged::IntoMerged(other) => Err(Problem::merged(&other)),
        Merged::TooMany => Err(Problem::field("into", "would be made of more than 20 records")),
    }
}

/// Parts a merged contact again: both are as they were, and what came meanwhile stands with the one that it came for.
#[utoipa::path(post, path = "/v1/contacts/{id}/unmerge", tag = "contacts",
    params(("id" = String, Path, description = "The contact that was merged")),
    responses((status = OK, body = ContactView, description = "The contact, by itself again"),
        (status = NOT_FOUND, description = "No such contact"),
        (status = CONFLICT, description = "The contact is not merged")))]
pub(crate) async fn unmerge(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<ContactView>, Problem> {
    let id = api.record(&id).await?.id;
    match api.store.unmerge_contact(&id, None, &identity.subject, api.clock.now()).await? {
        Parted::Done(_) => {
            let contact = api.store.contact(&id).await?.ok_or_else(missing)?;
            Ok(Json(contact.into()))
        }
        Parted::Missing => Err(missing()),
        Parted::NotMerged => Err(Problem::not_merged()),
    }
}

/// Other contacts that may be the same person, with the reasons: the strongest first.
#[utoipa::path(get, path = "/v1/contacts/{id}/duplicates", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = Page<DuplicateView>), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn duplicates(
    State(api): State<Api>,
    Id(id): Id,
) -> Result<Json<Page<DuplicateView>>, Problem> {
    let contact = api.record(&id).await?;
    let found = api.store.duplicates_of(&contact).await?;
    Ok(Json(Page { items: found.into_iter().map(DuplicateView::from).collect(), next: None }))
}

fn missing() -> Problem {
    Problem::missing("contact")
}

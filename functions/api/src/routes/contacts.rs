//! `/v1/contacts`.

use axum::Json;
use axum::extract::State;
use domain::ContactId;

use crate::extract::{Id, Paging};
use crate::view::{ContactView, Page};
use crate::{Api, Problem, cursor};

/// People on record, newest first.
#[utoipa::path(get, path = "/v1/contacts", tag = "contacts", params(Paging),
    responses((status = OK, body = Page<ContactView>)))]
pub(crate) async fn list(State(api): State<Api>, paging: Paging) -> Result<Json<Page<ContactView>>, Problem> {
    let limit = paging.limit()?;
    let after = paging.after(|text| {
        let id: String = cursor::read("contacts", text)?;
        ContactId::new(id).ok_or_else(|| Problem::field("cursor", "is not one that this list gave out"))
    })?;
    let page = api.store.contacts(after.as_ref(), limit).await?;
    let next = page.next.map(|place| cursor::write("contacts", place));
    Ok(Json(Page { items: page.contacts.into_iter().map(ContactView::from).collect(), next }))
}

/// One person.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = ContactView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<ContactView>, Problem> {
    let id = ContactId::new(id).ok_or_else(|| Problem::missing("contact"))?;
    let contact = api.store.contact(&id).await?.ok_or_else(|| Problem::missing("contact"))?;
    Ok(Json(contact.into()))
}

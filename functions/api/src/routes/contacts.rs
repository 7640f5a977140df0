//! `/v1/contacts`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::agent::AgentId;
use domain::record::Filter;
use domain::{Contact, ContactId, ConversationId, Source, SourceKind};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use store::{AudienceKind, Created, Place};

use crate::extract::{Id, Paging, filter};
use crate::identity::Identity;
use crate::input::Input;
use crate::record::{ContactBody, ContactPatch};
use crate::view::{ContactView, Page};
use crate::{Api, Problem, cursor};

/// People on record: all, newest first, or those whom `q`, `filter` and `segment` together find.
///
/// `filter` is a list of conditions, such as `kind:lead label:vip -owner:none field.score>=10`. A page of several
/// conditions may be short, or empty, and have a next one.
#[utoipa::path(get, path = "/v1/contacts", tag = "contacts",
    params(("q" = Option<String>, Query, description = "What somebody types into a search box: beginnings of names, a phone, an address, a username"),
        ("filter" = Option<String>, Query, description = "Conditions that all must hold"),
        ("segment" = Option<String>, Query, description = "The filter of this segment as well"),
        Paging),
    responses((status = OK, body = Page<ContactView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<ContactView>>, Problem> {
    let limit = paging.limit()?;
    let wanted = wanted(&api, &uri).await?;
    let after = paging.after(|text| {
        let place: String = cursor::read("contacts", text)?;
        Place::from_text(&place).ok_or_else(|| Problem::field("cursor", "is not one that this list gave out"))
    })?;
    let page = api.store.find_contacts(&wanted, after.as_ref(), limit).await?;
    let next = page.next.map(|place| cursor::write("contacts", place.to_text()));
    Ok(Json(Page { items: page.contacts.into_iter().map(ContactView::from).collect(), next }))
}

/// What a list is asked for.
async fn wanted(api: &Api, uri: &Uri) -> Result<Filter, Problem> {
    let mut wanted = match filter(uri, "q")? {
        Some(text) if text.len() > 200 => return Err(Problem::field("q", "has at most 200 characters")),
        Some(text) => Filter::search(&text),
        None => Filter::default(),
    };
    if let Some(text) = filter(uri, "filter")? {
        wanted = wanted.and(api.filter(&text).await?);
    }
    if let Some(id) = filter(uri, "segment")? {
        let segment = api.store.audience(AudienceKind::Segment, &id).await?;
        let segment = segment.ok_or_else(|| Problem::field("segment", "is not a segment"))?;
        wanted = wanted.and(api.filter(&segment.filter).await?);
    }
    Ok(wanted)
}

impl Api {
    /// Reads a filter that speaks of the company's own fields.
    pub(crate) async fn filter(&self, text: &str) -> Result<Filter, Problem> {
        let fields = if text.contains("field.") { self.store.fields().await? } else { Vec::new() };
        Filter::parse(text, &fields).map_err(|error| Problem::field("filter", format!("is not one: {error}")))
    }
}

/// One person. Of one who was erased, only that.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = ContactView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<ContactView>, Problem> {
    Ok(Json(api.record_or_remains(&id).await?.into()))
}

/// Makes a record.
#[utoipa::path(post, path = "/v1/contacts", tag = "contacts", request_body = ContactBody,
    responses((status = CREATED, body = ContactView, headers(("Location" = String, description = "The contact"))),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = CONFLICT, description = "The phone is on record already; `contact` is whose")))]
pub(crate) async fn create(
    State(api): State<Api>,
    identity: Identity,
    Input(body): Input<ContactBody>,
) -> Result<Response, Problem> {
    let phone = body.phone()?;
    let patch = body.patch();
    let defs = api.store.fields().await?;
    let now = api.clock.now();
    let id = ContactId::new(lambda_kit::new_id(&api.clock)).ok_or_else(Problem::unavailable)?;
    let mut contact = Contact::new(id, now);
    contact.phone = phone;
    contact.source = Some(Source { id: Some(identity.subject), ..Source::of(SourceKind::Agent) });
    patch.apply(&mut contact, &defs)?;
    check_named(&api, &patch).await?;
    match api.store.create_contact(&contact, now).await? {
        Created::New => {
            let location = [(LOCATION, format!("/v1/contacts/{}", contact.id))];
            contact.version = 1;
            Ok((StatusCode::CREATED, location, Json(ContactView::from(contact))).into_response())
        }
        Created::PhoneTaken(owner) => Err(Problem::phone_taken(&owner)),
    }
}

/// Changes a record: a merge patch. Turning an unknown person into a lead, contact, organization or vendor is this, too.
/// A mark of importance is set on the person's conversations as well, or taken away there.
#[utoipa::path(patch, path = "/v1/contacts/{id}", tag = "contacts", request_body = ContactPatch,
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = ContactView), (status = NOT_FOUND, description = "No such contact"),
        (status = CONFLICT, description = "Somebody changed it meanwhile")))]
pub(crate) async fn change(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(patch): Input<ContactPatch>,
) -> Result<Json<ContactView>, Problem> {
    let defs = api.store.fields().await?;
    check_named(&api, &patch).await?;
    let changed = api.change(&id, patch.version, |contact| patch.apply(contact, &defs)).await?;
    // Also if the record had the mark: a request that broke in between is repeated.
    if let Some(important) = patch.important {
        mark_conversations(&api, &changed.id, important, &identity).await?;
    }
    Ok(Json(changed.into()))
}

/// Marks the person's conversation with each number, where there is one.
async fn mark_conversations(
    api: &Api,
    contact: &ContactId,
    important: bool,
    by: &Identity,
) -> Result<(), Problem> {
    let by = AgentId::new(by.subject.as_str());
    for number in api.store.numbers().await? {
        let id = ConversationId::with_contact(number.id, contact.clone());
        api.store.mark_important(&id, important, (by.as_ref(), None), api.clock.now()).await?;
    }
    Ok(())
}

/// Whoever is named has to be there.
async fn check_named(api: &Api, patch: &ContactPatch) -> Result<(), Problem> {
    let (organization, owner) = patch.named();
    if let Some(id) = organization.and_then(ContactId::new) {
        let there = api.store.contact(&id).await?;
        let is_organization = there.is_some_and(|contact| contact.kind == domain::ContactKind::Organization);
        if !is_organization {
            return Err(Problem::field("organization", "is not an organization on record"));
        }
    }
    if let Some(id) = owner.and_then(AgentId::new)
        && api.store.agent(&id).await?.is_none_or(|agent| !agent.active)
    {
        return Err(Problem::field("owner", "is not an agent who works here"));
    }
    Ok(())
}

//! `/v1/segments` and `/v1/lists`: whom the company speaks to.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::ContactId;
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use store::{Audience, AudienceKind};
use utoipa::ToSchema;

use crate::extract::{Id, Paging};
use crate::input::{self, Input};
use crate::view::{ContactView, Page, Time};
use crate::{Api, Problem, cursor};

/// The most members that one request adds or takes away.
const MOST: usize = 1000;

/// A filter with a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Segment)]
pub(crate) struct SegmentView {
    id: String,
    name: String,
    /// Conditions; evaluated anew at each use.
    filter: String,
    created_at: Time,
}

/// A list of fixed members.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = List)]
pub(crate) struct ListView {
    id: String,
    name: String,
    created_at: Time,
}

/// A segment to be made or changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSegment)]
pub(crate) struct SegmentBody {
    name: String,
    /// Conditions, as in `GET /v1/contacts?filter=`.
    filter: String,
}

/// A list to be made or changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewList)]
pub(crate) struct ListBody {
    name: String,
}

/// Who comes on a list, and who goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListChange)]
pub(crate) struct MembersBody {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

impl From<Audience> for SegmentView {
    fn from(one: Audience) -> Self {
        Self { id: one.id, name: one.name, filter: one.filter, created_at: one.created_at.into() }
    }
}

impl From<Audience> for ListView {
    fn from(one: Audience) -> Self {
        Self { id: one.id, name: one.name, created_at: one.created_at.into() }
    }
}

/// Segments.
#[utoipa::path(get, path = "/v1/segments", tag = "audiences", responses((status = OK, body = Vec<SegmentView>)))]
pub(crate) async fn segments(State(api): State<Api>) -> Result<Json<Vec<SegmentView>>, Problem> {
    let all = api.store.audiences(AudienceKind::Segment).await?;
    Ok(Json(all.into_iter().map(SegmentView::from).collect()))
}

/// Makes a segment.
#[utoipa::path(post, path = "/v1/segments", tag = "audiences", request_body = SegmentBody,
    responses((status = CREATED, body = SegmentView)))]
pub(crate) async fn add_segment(
    State(api): State<Api>,
    Input(body): Input<SegmentBody>,
) -> Result<Response, Problem> {
    let segment = segment(&api, lambda_kit::new_id(&api.clock), body).await?;
    api.store.put_audience(AudienceKind::Segment, &segment).await?;
    let location = [(LOCATION, format!("/v1/segments/{}", segment.id))];
    Ok((StatusCode::CREATED, location, Json(SegmentView::from(segment))).into_response())
}

/// Changes a segment.
#[utoipa::path(put, path = "/v1/segments/{id}", tag = "audiences", request_body = SegmentBody,
    params(("id" = String, Path, description = "The segment")),
    responses((status = OK, body = SegmentView), (status = NOT_FOUND, description = "No such segment")))]
pub(crate) async fn put_segment(
    State(api): State<Api>,
    Id(id): Id,
    Input(body): Input<SegmentBody>,
) -> Result<Json<SegmentView>, Problem> {
    let there = find(&api, AudienceKind::Segment, &id, "segment").await?;
    let changed = Audience { created_at: there.created_at, ..segment(&api, id, body).await? };
    api.store.put_audience(AudienceKind::Segment, &changed).await?;
    Ok(Json(changed.into()))
}

/// Takes a segment away.
#[utoipa::path(delete, path = "/v1/segments/{id}", tag = "audiences",
    params(("id" = String, Path, description = "The segment")), responses((status = NO_CONTENT)))]
pub(crate) async fn remove_segment(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    api.store.remove_audience(AudienceKind::Segment, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn segment(api: &Api, id: String, body: SegmentBody) -> Result<Audience, Problem> {
    let name = input::text("name", &body.name, 60)?;
    // Kept as it is understood, so that it reads the same for everybody.
    let filter = api.filter(&body.filter).await?;
    if filter.is_empty() {
        return Err(Problem::field("filter", "must have a condition"));
    }
    Ok(Audience { id, name, filter: filter.to_string(), created_at: api.clock.now() })
}

/// Lists of fixed members.
#[utoipa::path(get, path = "/v1/lists", tag = "audiences", responses((status = OK, body = Vec<ListView>)))]
pub(crate) async fn lists(State(api): State<Api>) -> Result<Json<Vec<ListView>>, Problem> {
    let all = api.store.audiences(AudienceKind::List).await?;
    Ok(Json(all.into_iter().map(ListView::from).collect()))
}

/// Makes a list.
#[utoipa::path(post, path = "/v1/lists", tag = "audiences", request_body = ListBody,
    responses((status = CREATED, body = ListView)))]
pub(crate) async fn add_list(
    State(api): State<Api>,
    Input(body): Input<ListBody>,
) -> Result<Response, Problem> {
    let (id, created_at) = (lambda_kit::new_id(&api.clock), api.clock.now());
    let list = Audience { id, name: input::text("name", &body.name, 60)?, filter: String::new(), created_at };
    api.store.put_audience(AudienceKind::List, &list).await?;
    let location = [(LOCATION, format!("/v1/lists/{}", list.id))];
    Ok((StatusCode::CREATED, location, Json(ListView::from(list))).into_response())
}

/// Takes a list away. Its members stay on record.
#[utoipa::path(delete, path = "/v1/lists/{id}", tag = "audiences",
    params(("id" = String, Path, description = "The list")), responses((status = NO_CONTENT)))]
pub(crate) async fn remove_list(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    // First of all, so that nobody uses it while its members go.
    api.store.remove_audience(AudienceKind::List, &id).await?;
    loop {
        let (members, next) = api.store.members(&id, None, MOST as u16).await?;
        api.store.change_members(&id, &members, false).await?;
        if next.is_none() {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
}

/// A list's members.
#[utoipa::path(get, path = "/v1/lists/{id}/members", tag = "audiences",
    params(("id" = String, Path, description = "The list"), Paging),
    responses((status = OK, body = Page<ContactView>), (status = NOT_FOUND, description = "No such list")))]
pub(crate) async fn members(
    State(api): State<Api>,
    Id(id): Id,
    paging: Paging,
) -> Result<Json<Page<ContactView>>, Problem> {
    let limit = paging.limit()?;
    let after = paging.after(|text| {
        let id: String = cursor::read("members", text)?;
        ContactId::new(id).ok_or_else(|| Problem::field("cursor", "is not one that this list gave out"))
    })?;
    find(&api, AudienceKind::List, &id, "list").await?;
    let (ids, next) = api.store.members(&id, after.as_ref(), limit).await?;
    let mut found = api.store.contacts_of(ids.clone()).await?;
    let members = ids.iter().filter_map(|id| found.remove(id)).filter(|contact| !contact.erased);
    let items = members.map(ContactView::from).collect();
    Ok(Json(Page { items, next: next.map(|id| cursor::write("members", id.to_string())) }))
}

/// Puts contacts on a list and takes others off: up to 1,000 of each. Repeating it changes nothing.
#[utoipa::path(post, path = "/v1/lists/{id}/members", tag = "audiences", request_body = MembersBody,
    params(("id" = String, Path, description = "The list")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, description = "No such list")))]
pub(crate) async fn change_members(
    State(api): State<Api>,
    Id(id): Id,
    Input(body): Input<MembersBody>,
) -> Result<StatusCode, Problem> {
    let (add, remove) = (ids("add", &body.add)?, ids("remove", &body.remove)?);
    find(&api, AudienceKind::List, &id, "list").await?;
    let there = api.store.contacts_of(add.clone()).await?;
    if let Some(place) = add.iter().position(|id| there.get(id).is_none_or(|contact| contact.erased)) {
        return Err(Problem::field(format!("add[{place}]"), "is not a contact on record"));
    }
    api.store.change_members(&id, &remove, false).await?;
    api.store.change_members(&id, &add, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn ids(field: &str, texts: &[String]) -> Result<Vec<ContactId>, Problem> {
    if texts.len() > MOST {
        return Err(Problem::field(field, format!("has at most {MOST} contacts")));
    }
    let read = |(place, text): (usize, &String)| {
        ContactId::new(text.as_str())
            .ok_or_else(|| Problem::field(format!("{field}[{place}]"), "is not the id of a contact"))
    };
    texts.iter().enumerate().map(read).collect()
}

async fn find(api: &Api, kind: AudienceKind, id: &str, what: &str) -> Result<Audience, Problem> {
    api.store.audience(kind, id).await?.ok_or_else(|| Problem::missing(what))
}

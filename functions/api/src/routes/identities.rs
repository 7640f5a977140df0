//! `/v1/contacts/lookup` and `/v1/contacts/{id}/identities`: what a person is known by.

use axum::Json;
use axum::extract::{Path, State};
use cloud_api::{Bsuid, PortfolioId};
use domain::ContactId;
use domain::identity::Given;
use http::{StatusCode, Uri};
use serde::Deserialize;
use store::Entered;
use utoipa::IntoParams;

use crate::extract::{Id, query};
use crate::view::{ContactView, IdentityView, Page};
use crate::{Api, Problem};

/// By what a person is looked up: one of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Lookup {
    /// A phone number, however it is written. Whoever has it now.
    phone: Option<String>,
    /// A business-scoped user id.
    user_id: Option<String>,
    /// The portfolio of the user id. The company's only one, without it.
    portfolio: Option<String>,
    /// An e-mail address. Several people may share one.
    email: Option<String>,
    /// A username that was entered. Several people may have had one.
    username: Option<String>,
    /// An id in another system, such as `shop:17`.
    external_id: Option<String>,
}

impl Lookup {
    fn given(self) -> Result<Given, Problem> {
        let portfolio = PortfolioId::new(self.portfolio.unwrap_or_else(|| "main".to_owned()));
        let named = [
            ("phone", self.phone),
            ("email", self.email),
            ("username", self.username),
            ("external_id", self.external_id),
            ("user_id", self.user_id),
        ];
        let mut named = named.into_iter().filter_map(|(kind, value)| Some((kind, value?)));
        let (Some((kind, value)), None) = (named.next(), named.next()) else {
            return Err(Problem::field(
                "query",
                "must have exactly one of phone, user_id, email, username, external_id",
            ));
        };
        if kind == "user_id" {
            if !cloud_api::outbound::is_bsuid(&value) {
                return Err(Problem::field("user_id", "is not a business-scoped user id"));
            }
            return Ok(Given::UserId(portfolio, Bsuid::new(value)));
        }
        Given::read(kind, &value).map_err(|must| Problem::field(kind, must))
    }
}

/// Who is known by an identity: nobody, one person, or several who share an address.
#[utoipa::path(get, path = "/v1/contacts/lookup", tag = "contacts", params(Lookup),
    responses((status = OK, body = Page<ContactView>)))]
pub(crate) async fn lookup(State(api): State<Api>, uri: Uri) -> Result<Json<Page<ContactView>>, Problem> {
    let lookup: Lookup = query(&uri)?;
    let found = api.store.find_by(&lookup.given()?, api.clock.now()).await?;
    Ok(Json(Page { items: found.into_iter().map(ContactView::from).collect(), next: None }))
}

/// What a person is known by, over all records that were merged into one.
#[utoipa::path(get, path = "/v1/contacts/{id}/identities", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = Page<IdentityView>), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn list(State(api): State<Api>, Id(id): Id) -> Result<Json<Page<IdentityView>>, Problem> {
    let contact = api.record(&id).await?;
    of(&api, &contact.id).await
}

async fn of(api: &Api, id: &ContactId) -> Result<Json<Page<IdentityView>>, Problem> {
    let held = api.store.identities_of(id).await?;
    Ok(Json(Page { items: held.into_iter().map(IdentityView::from).collect(), next: None }))
}

/// The parts of a path that names an identity.
type Named = Path<(String, String, String)>;

fn named(Path((id, kind, value)): Named) -> Result<(ContactId, Given), Problem> {
    let id = ContactId::new(id).ok_or_else(missing)?;
    let must_be_kind = "must be phone, email, username or external_id";
    let field = |must| Problem::field(if must == must_be_kind { "kind" } else { "value" }, must);
    Ok((id, Given::read(&kind, &value).map_err(field)?))
}

/// Enters an identity: an e-mail address, a username, an id in another system (`shop:17`), a phone number that nobody
/// has. What WhatsApp gives (`user_id`) is not entered by hand.
#[utoipa::path(put, path = "/v1/contacts/{id}/identities/{kind}/{value}", tag = "contacts",
    params(
        ("id" = String, Path, description = "The contact"),
        ("kind" = String, Path, description = "`phone`, `email`, `username` or `external_id`"),
        ("value" = String, Path, description = "The value, percent-encoded")),
    responses((status = OK, body = Page<IdentityView>), (status = NOT_FOUND, description = "No such contact"),
        (status = CONFLICT, description = "It is another contact's, or the contact is merged into another"),
        (status = UNPROCESSABLE_ENTITY, description = "It is of somebody who was erased; `reason` says so")))]
pub(crate) async fn enter(State(api): State<Api>, path: Named) -> Result<Json<Page<IdentityView>>, Problem> {
    let (id, given) = named(path)?;
    match api.store.enter_identity(&id, &given, api.clock.now()).await? {
        Entered::Done => of(&api, &id).await,
        Entered::Missing => Err(missing()),
        Entered::Merged(into) => Err(Problem::merged(&into)),
        Entered::Taken(owner) => Err(Problem::identity_taken(&owner)),
        Entered::TooMany => Err(Problem::field("value", "would be one identity too many; 50 are possible")),
    }
}

/// Takes an identity away. What WhatsApp gave stays.
#[utoipa::path(delete, path = "/v1/contacts/{id}/identities/{kind}/{value}", tag = "contacts",
    params(
        ("id" = String, Path, description = "The contact"),
        ("kind" = String, Path, description = "`phone`, `email`, `username` or `external_id`"),
        ("value" = String, Path, description = "The value, percent-encoded")),
    responses((status = NO_CONTENT, description = "It is gone"),
        (status = NOT_FOUND, description = "The contact has no such identity")))]
pub(crate) async fn remove(State(api): State<Api>, path: Named) -> Result<StatusCode, Problem> {
    let (id, given) = named(path)?;
    let removed = api.store.remove_identity(&id, &given).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing("identity")) }
}

fn missing() -> Problem {
    Problem::missing("contact")
}

//! `/v1/clients`: programs that ask under `/service/v1`, each with a token of its own.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::client::{ClientId, ServiceClient, Token};
use http::StatusCode;
use http::header::LOCATION;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{self, Input, Patch};
use crate::replay::Secret;
use crate::view::{ClientToken, ClientView, Page};
use crate::{Api, Problem, access};

/// A new service client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClient {
    /// What it is for, 1 to 100 characters.
    name: String,
    /// What it may ask for, such as `contacts:read`.
    scopes: Vec<String>,
    /// From when on its token is refused; without it, never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// What is to be changed of a service client; an absent member stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatchClient {
    /// What it is for, 1 to 100 characters.
    name: Option<String>,
    /// What it may ask for.
    scopes: Option<Vec<String>>,
    /// From when on its token is refused; `null` is never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Patch<Timestamp>,
}

/// Every service client, expired ones too.
#[utoipa::path(get, path = "/v1/clients", tag = "clients", responses((status = OK, body = Page<ClientView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<ClientView>>, Problem> {
    let clients = api.store.clients().await?;
    Ok(Json(Page { items: clients.into_iter().map(ClientView::from).collect(), next: None }))
}

/// One service client.
#[utoipa::path(get, path = "/v1/clients/{id}", tag = "clients",
    params(("id" = String, Path, description = "The client")),
    responses((status = OK, body = ClientView), (status = NOT_FOUND, description = "No such client")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<ClientView>, Problem> {
    Ok(Json(api.service_client(id).await?.into()))
}

/// Makes a service client. Its token is in this answer, and nowhere else.
#[utoipa::path(post, path = "/v1/clients", tag = "clients", request_body = NewClient,
    responses((status = CREATED, body = ClientToken, headers(("Location" = String, description = "The client")))))]
pub(crate) async fn create(
    State(api): State<Api>,
    identity: Identity,
    Input(asked): Input<NewClient>,
) -> Result<Response, Problem> {
    let now = api.clock.now();
    let id = ClientId::new(lambda_kit::new_id(&api.clock)).ok_or_else(Problem::unavailable)?;
    let (token, secret_hash) = new_token(&id)?;
    let client = ServiceClient {
        name: input::text("name", &asked.name, 100)?,
        scopes: scopes(asked.scopes)?,
        created_by: identity.subject,
        created_at: now,
        expires_at: asked.expires_at.map(|end| future(end, now)).transpose()?,
        last_used: None,
        secret_hash,
        id,
    };
    api.store.put_client(&client).await?;
    let location = [(LOCATION, format!("/v1/clients/{}", client.id))];
    let answer = ClientToken { client: client.into(), token };
    Ok((StatusCode::CREATED, location, Extension(Secret), Json(answer)).into_response())
}

/// Changes a service client's name, scopes or end, within five seconds.
#[utoipa::path(patch, path = "/v1/clients/{id}", tag = "clients", request_body = PatchClient,
    params(("id" = String, Path, description = "The client")),
    responses((status = OK, body = ClientView), (status = NOT_FOUND, description = "No such client")))]
pub(crate) async fn patch(
    State(api): State<Api>,
    Id(id): Id,
    Input(asked): Input<PatchClient>,
) -> Result<Json<ClientView>, Problem> {
    let mut client = api.service_client(id).await?;
    if let Some(name) = asked.name {
        client.name = input::text("name", &name, 100)?;
    }
    if let Some(wanted) = asked.scopes {
        client.scopes = scopes(wanted)?;
    }
    match asked.expires_at {
        Patch::Keep => {}
        Patch::Clear => client.expires_at = None,
        Patch::Set(end) => client.expires_at = Some(future(end, api.clock.now())?),
    }
    api.keep_client(&client).await?;
    Ok(Json(client.into()))
}

/// Gives a service client a new token. The old one ends within five seconds.
#[utoipa::path(post, path = "/v1/clients/{id}/token", tag = "clients",
    params(("id" = String, Path, description = "The client")),
    responses((status = OK, body = ClientToken), (status = NOT_FOUND, description = "No such client")))]
pub(crate) async fn renew(State(api): State<Api>, Id(id): Id) -> Result<Response, Problem> {
    let mut client = api.service_client(id).await?;
    let (token, secret_hash) = new_token(&client.id)?;
    client.secret_hash = secret_hash;
    api.keep_client(&client).await?;
    let answer = ClientToken { client: client.into(), token };
    Ok((Extension(Secret), Json(answer)).into_response())
}

/// Revokes a service client: its token ends within five seconds.
#[utoipa::path(delete, path = "/v1/clients/{id}", tag = "clients",
    params(("id" = String, Path, description = "The client")),
    responses((status = NO_CONTENT, description = "It is gone")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    api.store.remove_client(&ClientId::new(id).ok_or_else(missing)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Api {
    async fn service_client(&self, id: String) -> Result<ServiceClient, Problem> {
        let id = ClientId::new(id).ok_or_else(missing)?;
        self.store.client(&id).await?.ok_or_else(missing)
    }

    async fn keep_client(&self, client: &ServiceClient) -> Result<(), Problem> {
        if self.store.change_client(client).await? { Ok(()) } else { Err(missing()) }
    }
}

/// A token, and what is kept of it.
fn new_token(id: &ClientId) -> Result<(String, String), Problem> {
    let text = Token::write(id, &lambda_kit::random_bytes().map_err(|_| Problem::unavailable())?);
    let hash = Token::parse(&text).ok_or_else(Problem::unavailable)?.secret_hash();
    Ok((text, hash))
}

fn scopes(wanted: Vec<String>) -> Result<BTreeSet<String>, Problem> {
    let known = access::scopes();
    if wanted.is_empty() {
        return Err(Problem::field("scopes", "must name at least one scope"));
    }
    let read = |(place, scope): (usize, String)| {
        let there = known.get(&scope).cloned();
        there.ok_or_else(|| {
            let all = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            Problem::field(format!("scopes[{place}]"), format!("is not known; possible are {all}"))
        })
    };
    wanted.into_iter().enumerate().map(read).collect()
}

fn future(end: Timestamp, now: Timestamp) -> Result<Timestamp, Problem> {
    if end > now { Ok(end) } else { Err(Problem::field("expires_at", "must lie in the future")) }
}

fn missing() -> Problem {
    Problem::missing("client")
}

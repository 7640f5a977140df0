//! Service clients: programs of the company, each with a token of its own.
//!
//! One way in both worlds. The token is opaque and verified here, so it needs no issuer, ends at once when it is
//! revoked, and may live as long as the company wants. API Gateway's authorizer takes only an issuer's tokens,
//! so these routes stand beside it, under a prefix of their own.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::client::{ClientId, ServiceClient, Token};
use http::header::AUTHORIZATION;
use jiff::tz::TimeZone;
use tracing::warn;

use crate::Problem;
use crate::identity::Identity;
use crate::standing::Known;

/// Under this prefix stand all routes for service clients.
pub(crate) const SERVICE: &str = "/service";

/// Verifies a client's token. Whatever else somebody put into the request says nothing here.
pub(crate) async fn authenticate(State(known): State<Known>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().remove::<Identity>();
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some(token) = token.and_then(|(_, token)| Token::parse(token.trim())) else {
        return Problem::unauthorized_client().into_response();
    };
    let Some(id) = ClientId::new(token.id) else { return Problem::unauthorized_client().into_response() };
    match known.client(&id).await {
        Ok(Some(client)) if client.admits(&token, known.api().clock.now()) => {
            let identity = Identity::client(&client.id, client.scopes.clone());
            note_use(&known, client).await;
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Ok(_) => Problem::unauthorized_client().into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Notes the day, once a day.
async fn note_use(known: &Known, client: ServiceClient) {
    let today = known.api().clock.now().to_zoned(TimeZone::UTC).date();
    if client.last_used == Some(today) {
        return;
    }
    // What it asks for matters more than the note.
    if let Err(error) = known.api().store.note_client_used(&client.id, today).await {
        warn!(%error, "The last use of a service client was not noted");
    }
    known.remember(ServiceClient { last_used: Some(today), ..client });
}

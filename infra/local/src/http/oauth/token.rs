//! `POST /oauth2/token`: a code, or a refresh token, against tokens.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

use super::{CLIENT, OAuth};
use crate::tokens::{Claims, SIGNED_IN};
use crate::users::{Session, UsersError};

pub(super) async fn token(State(it): State<OAuth>, body: Bytes) -> Response {
    let asked: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let get = |name: &str| asked.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    if get("client_id") != CLIENT {
        return refused("invalid_client");
    }
    let session = match get("grant_type") {
        "authorization_code" => {
            let grant = it.0.codes.take(get("code"), get("redirect_uri"), get("code_verifier"));
            let Some(grant) = grant else { return refused("invalid_grant") };
            it.0.users.begin_session(&grant.login).await
        }
        "refresh_token" => it.0.users.refresh(get("refresh_token")).await,
        _ => return refused("unsupported_grant_type"),
    };
    match session {
        Ok(session) => it.issue(session),
        Err(UsersError::Wrong) => refused("invalid_grant"),
        Err(error) => unavailable(&error),
    }
}

impl OAuth {
    fn issue(&self, session: Session) -> Response {
        let claims = Claims { sub: session.user.sub, role: session.user.role, numbers: None };
        match self.0.tokens.issue_lasting(claims, SIGNED_IN) {
            Ok(token) => {
                let body = json!({
                    "access_token": token,
                    "refresh_token": session.refresh_token,
                    "expires_in": SIGNED_IN.as_secs(),
                    "token_type": "Bearer",
                });
                ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
            }
            Err(error) => unavailable(&error),
        }
    }
}

/// A refusal as [RFC 6749], 5.2 has it.
///
/// [RFC 6749]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
fn refused(error: &str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (StatusCode::BAD_REQUEST, headers, Json(json!({ "error": error }))).into_response()
}

fn unavailable(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "Somebody could not sign in");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

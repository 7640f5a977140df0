//! Signing in with a password, where no Cognito does it: `/auth/…` on the public listener.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::Problem;
use crate::tokens::{Claims, SIGNED_IN, Tokens};
use crate::users::{Session, Users, UsersError};

/// Names and passwords are short.
const LARGEST_BODY: usize = 16 * 1024;

/// What signs people in.
#[derive(Clone)]
pub(crate) struct SignIn {
    pub(crate) users: Users,
    pub(crate) tokens: Arc<Tokens>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    username: String,
    password: String,
    new_password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
}

impl SignIn {
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/auth/token", post(token))
            .route("/auth/refresh", post(refresh))
            .route("/auth/password", post(password))
            .route("/auth/sign-out", post(sign_out))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self)
    }

    fn answer(&self, session: Result<Session, UsersError>) -> Response {
        let session = match session {
            Ok(session) => session,
            Err(error) => return self.refused(&error),
        };
        let claims = Claims { sub: session.user.sub, role: session.user.role, numbers: None };
        match self.tokens.issue_lasting(claims, SIGNED_IN) {
            Ok(token) => {
                let body = json!({
                    "access_token": token,
                    "token_type": "Bearer",
                    "expires_in": SIGNED_IN.as_secs(),
                    "refresh_token": session.refresh_token,
                });
                ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "No token could be issued");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no token could be issued").into_response()
            }
        }
    }

    fn done(&self, done: Result<(), UsersError>) -> Response {
        match done {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => self.refused(&error),
        }
    }

    fn refused(&self, error: &UsersError) -> Response {
        let status = match error {
            UsersError::Wrong => StatusCode::UNAUTHORIZED,
            UsersError::Locked(_) => StatusCode::TOO_MANY_REQUESTS,
            UsersError::MustChange => StatusCode::FORBIDDEN,
            UsersError::WeakPassword | UsersError::BadName => StatusCode::BAD_REQUEST,
            UsersError::Taken | UsersError::Unknown => StatusCode::CONFLICT,
            UsersError::Hash(_) | UsersError::Storage(_) | UsersError::Io(_) => {
                tracing::error!(%error, "Somebody could not sign in");
                return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "please try again").into_response();
            }
        };
        let mut response = Problem::new(status, error.to_string()).into_response();
        if let UsersError::Locked(until) = error {
            let seconds = self.users.seconds_until(*until);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

async fn token(State(it): State<SignIn>, Json(asked): Json<Credentials>) -> Response {
    it.answer(it.users.sign_in(&asked.username, &asked.password).await)
}

async fn refresh(State(it): State<SignIn>, Json(asked): Json<Refresh>) -> Response {
    it.answer(it.users.refresh(&asked.refresh_token).await)
}

async fn password(State(it): State<SignIn>, Json(asked): Json<NewPassword>) -> Response {
    it.done(it.users.change_password(&asked.username, &asked.password, &asked.new_password).await)
}

async fn sign_out(State(it): State<SignIn>, Json(asked): Json<Refresh>) -> Response {
    it.done(it.users.sign_out(&asked.refresh_token).await)
}

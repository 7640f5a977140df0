//! What both listeners say of the world: whether it is ready, and, where that is allowed, a token.

use std::sync::{Arc, OnceLock};

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::tokens::{Role, Tokens};

/// The answer of `GET /health`.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    /// `simulated` or `real`.
    pub(crate) whatsapp: &'static str,
    /// `memory` or `disk`.
    pub(crate) storage: &'static str,
    /// Functions that answer, once the world is ready.
    pub(crate) functions: Arc<OnceLock<Vec<String>>>,
}

impl Health {
    pub(super) fn router(self) -> Router {
        Router::new().route("/health", get(health)).with_state(self)
    }
}

async fn health(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let functions = health.functions.get();
    let (code, status) = match functions {
        Some(_) => (StatusCode::OK, "ready"),
        None => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
    };
    let (whatsapp, storage) = (health.whatsapp, health.storage);
    let answer =
        json!({ "status": status, "whatsapp": whatsapp, "storage": storage, "functions": functions });
    (code, Json(answer))
}

#[derive(Deserialize)]
struct Asked {
    role: Option<String>,
}

/// `GET /dev/token?role=…`
pub(super) fn token_router(tokens: Arc<Tokens>) -> Router {
    Router::new().route("/dev/token", get(token)).with_state(tokens)
}

async fn token(
    State(tokens): State<Arc<Tokens>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Problem> {
    let role: Role = match asked.role {
        Some(role) => {
            role.parse().map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("{error}")))?
        }
        None => {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "role is required: admin, supervisor or agent",
            ));
        }
    };
    let token = tokens.issue(role);
    let token = token.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(json!({ "token": token })))
}

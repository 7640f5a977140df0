//! What the listeners say of the world: whether it is ready, and, where that is allowed, a token and the variables of
//! a function.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::template::{Function, REGION};
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

/// Variables by function, as lines.
type Variables = Arc<BTreeMap<String, String>>;

/// `GET /dev/variables/<function>`: what a function that runs elsewhere needs to work in this world, in the format of
/// an env-file.
pub(super) fn variables_router(functions: &[Function], endpoint: &str) -> Router {
    let lines = functions.iter().map(|function| (function.binary.clone(), lines(function, endpoint)));
    let lines: Variables = Arc::new(lines.collect());
    Router::new().route("/dev/variables/{function}", get(variables)).with_state(lines)
}

fn lines(function: &Function, endpoint: &str) -> String {
    let own = function.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let of_lambda = [
        ("AWS_REGION", REGION),
        // Who it is: its role decides what it may do.
        ("AWS_ACCESS_KEY_ID", function.binary.as_str()),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL", endpoint),
    ];
    own.chain(of_lambda).map(|(name, value)| format!("{name}={value}\n")).collect()
}

async fn variables(State(lines): State<Variables>, Path(function): Path<String>) -> Result<String, Problem> {
    let known = || lines.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let unknown = || Problem::new(StatusCode::NOT_FOUND, format!("no such function; there are {}", known()));
    lines.get(&function).cloned().ok_or_else(unknown)
}

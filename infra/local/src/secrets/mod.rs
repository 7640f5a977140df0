//! Plays Secrets Manager: `GetSecretValue`, and for tests the rotation of a secret and its refusal.
//!
//! See [Secrets Manager/GetSecretValue], read 2026-11. The protocol is AWS JSON 1.1.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use lambda_kit::Clock;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::template::{ACCOUNT, REGION};
use crate::world::Secrets;

/// Of the webhook: app secrets and verify token.
pub const WEBHOOK: &str = "local-webhook";
/// Of the sender: access tokens.
pub const GRAPH: &str = "local-graph";

/// Of every function but the webhook: the stack's own key.
pub const STACK: &str = "local-stack";

/// The ARN of a secret with this name. AWS would end it with six characters of its own.
#[must_use]
pub fn arn_of(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
}

/// The secrets of a world. Cheap to clone. They live in memory: whoever starts the world brings them.
#[derive(Clone)]
pub struct SecretsManager(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    secrets: BTreeMap<String, Stored>,
    denied: bool,
    calls: u64,
}

struct Stored {
    text: SecretString,
    version: String,
    created: f64,
}

impl fmt::Debug for SecretsManager {
    /// Names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().secrets.keys()).finish()
    }
}

/// Why a request is refused.
enum Refusal {
    AccessDenied,
    NotFound(&'static str),
    Invalid(String),
    UnknownOperation,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

impl SecretsManager {
    /// The three secrets of the template, with what the functions share with Meta.
    #[must_use]
    pub fn new(clock: Clock, shared: &Secrets) -> Self {
        let secrets = Self(Arc::new(Inner { clock, state: Mutex::default() }));
        let webhook = json!({
            "META_APP_SECRET": shared.app_secret.expose_secret(),
            "META_VERIFY_TOKEN": shared.verify_token.expose_secret(),
        });
        secrets.put(WEBHOOK, webhook.to_string());
        secrets.put(STACK, json!({ "STACK_KEY": shared.stack_key.expose_secret() }).to_string());
        let mut graph = json!({ "META_ACCESS_TOKEN": shared.access_token.expose_secret() });
        if let Some(app_id) = &shared.app_id {
            graph["META_APP_ID"] = app_id.as_str().into();
        }
        secrets.put(GRAPH, graph.to_string());
        secrets
    }

    /// Gives a secret a new current version, or makes it.
    pub fn put(&self, name: &str, text: impl Into<String>) {
        let created = self.0.clock.now().as_millisecond() as f64 / 1000.0;
        let stored = Stored {
            text: SecretString::from(text.into()),
            version: uuid::Uuid::new_v4().to_string(),
            created,
        };
        self.lock().secrets.insert(name.to_owned(), stored);
    }

    /// Takes a secret away.
    pub fn remove(&self, name: &str) {
        self.lock().secrets.remove(name);
    }

    /// Whether whoever asks may read. At first everybody may.
    pub fn deny(&self, denied: bool) {
        self.lock().denied = denied;
    }

    /// How often a secret was asked for.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Answers a request of the protocol.
    #[must_use]
    pub(crate) fn handle(&self, parts: &Parts, body: &[u8]) -> Response {
        let target = parts.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
        let answer = match target.and_then(|target| target.split_once('.')) {
            Some((_, "GetSecretValue")) => self.get_secret_value(body),
            _ => Err(Refusal::UnknownOperation),
        };
        let (status, answer) = match answer {
            Ok(answer) => (StatusCode::OK, answer),
            Err(refusal) => (StatusCode::BAD_REQUEST, refusal.answer()),
        };
        let mut response = (status, answer.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
            headers.insert("x-amzn-requestid", id);
        }
        response
    }

    fn get_secret_value(&self, body: &[u8]) -> Result<Value, Refusal> {
        let mut state = self.lock();
        state.calls += 1;
        if state.denied {
            return Err(Refusal::AccessDenied);
        }
        let request: GetSecretValue =
            serde_json::from_slice(body).map_err(|error| Refusal::Invalid(error.to_string()))?;
        // By ARN or by name.
        let name = request.secret_id.rsplit(':').next().unwrap_or_default();
        let known = name == request.secret_id || arn_of(name) == request.secret_id;
        let found = state.secrets.get(name).filter(|_| known);
        let stored = found.ok_or(Refusal::NotFound("Secrets Manager can't find the specified secret."))?;
        let is_current = request.version_stage.is_none_or(|stage| stage == "AWSCURRENT")
            && request.version_id.is_none_or(|version| version == stored.version);
        if !is_current {
            return Err(Refusal::NotFound("Secrets Manager can't find the specified secret value."));
        }
        Ok(json!({
            "ARN": arn_of(name),
            "Name": name,
            "VersionId": stored.version,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": stored.created,
            "SecretString": stored.text.expose_secret(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Refusal {
    fn answer(self) -> Value {
        let (kind, message) = match self {
            Self::AccessDenied => (
                "AccessDeniedException",
                "The caller is not authorized to perform: secretsmanager:GetSecretValue".to_owned(),
            ),
            Self::NotFound(message) => ("ResourceNotFoundException", message.to_owned()),
            Self::Invalid(message) => ("SerializationException", message),
            Self::UnknownOperation => {
                ("UnknownOperationException", "There is no such operation here.".to_owned())
            }
        };
        json!({ "__type": kind, "Message": message })
    }
}

//! What handlers take from a request; each says which part is at fault.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::request::Parts;
use http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use crate::problem::Problem;

/// The longest id in a path, in bytes. A message's is the longest of ours: number, person, time and hash.
const LONGEST: usize = 512;

fn is_possible(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
}

/// The id in a path. What cannot be an id is not found.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        // Nothing has such an id, and no table could be asked for it.
        let id = path.ok().filter(|Path(id)| is_possible(id));
        id.map(|Path(id)| Self(id)).ok_or_else(|| Problem::missing("resource"))
    }
}

/// Two ids in a path. What cannot be ids is not found.
pub(crate) struct Ids(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let ids = path.ok().filter(|Path((one, other))| is_possible(one) && is_possible(other));
        ids.map(|Path((one, other))| Self(one, other)).ok_or_else(|| Problem::missing("resource"))
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many at most.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// `next` of the page before.
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// How many.
    pub(crate) fn limit(&self) -> Result<u16, Problem> {
        let Some(text) = &self.limit else { return Ok(50) };
        let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
        limit.ok_or_else(|| Problem::field("limit", "must be a whole number from 1 to 100"))
    }

    /// Reads the cursor, if there is one.
    pub(crate) fn after<P>(
        &self,
        read: impl FnOnce(&str) -> Result<P, Problem>,
    ) -> Result<Option<P>, Problem> {
        self.cursor.as_deref().map(read).transpose()
    }
}

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        query(&parts.uri)
    }
}

/// The parameters of a query.
pub(crate) fn query<T: serde::de::DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::try_from_uri(uri).map(|Query(query)| query).map_err(|rejection| {
        // What it says names the parameter, never its value.
        let text = rejection.body_text();
        let named = |mistake: &str| Some(text.split_once(mistake)?.1.split_once('`')?.0.to_owned());
        match (named("unknown field `"), named("duplicate field `")) {
            (Some(name), _) => Problem::field(name, "is not a parameter of this route"),
            (_, Some(name)) => Problem::field(name, "is given twice"),
            _ => Problem::field("query", "cannot be read"),
        }
    })
}

/// One optional filter of a list.
pub(crate) fn filter(uri: &Uri, name: &str) -> Result<Option<String>, Problem> {
    let pairs: Vec<(String, String)> = query(uri)?;
    Ok(pairs.into_iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value))
}

/// A body that is one JSON object.
pub(crate) struct Body(pub(crate) Map<String, Value>);

impl<S: Sync + Send> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "The body must be application/json.";
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let limit = crate::MAX_BODY / 1024;
            match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::of_status(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("At most {limit} KB are possible."),
                ),
                _ => Problem::field("body", "could not be read"),
            }
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::field("body", "must be a JSON object")),
            Err(error) => {
                let place = format!("is not JSON (line {}, column {})", error.line(), error.column());
                Err(Problem::field("body", place))
            }
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

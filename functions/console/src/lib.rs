#![doc = include_str!("../README.md")]

mod config;
mod policy;
mod site;
mod types;

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};

pub use config::{Config, SignIn};
use site::Site;

/// First parts of paths that are somebody else's. What is not found there is not a page either.
const NOT_PAGES: [&str; 13] = [
    "@connections",
    "auth",
    "dev",
    "files",
    "graph",
    "health",
    "oauth2",
    "phone",
    "realtime",
    "service",
    "sim",
    "v1",
    "webhook",
];

/// The pages, and what they have to know. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Console(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    site: Site,
    policy: HeaderValue,
}

impl Console {
    /// The pages of this build.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::of(config, Site::Embedded)
    }

    /// Pages that are read from a folder each time, for whoever writes them.
    #[must_use]
    pub fn from_folder(config: Config, folder: PathBuf) -> Self {
        Self::of(config, Site::Folder(folder))
    }

    fn of(config: Config, site: Site) -> Self {
        let policy = policy::of(&config);
        Self(Arc::new(Inner { config, site, policy }))
    }
}

/// Every page, under the same strict headers.
pub fn router(console: Console) -> Router {
    Router::new()
        .route("/config.json", get(config))
        .fallback(page)
        .layer(from_fn_with_state(console.clone(), guarded))
        .with_state(console)
}

/// `GET /config.json`: where the pages find the rest. There is no secret in it.
async fn config(State(console): State<Console>) -> Response {
    let body = Json(described(&console.0.config));
    ([(header::CACHE_CONTROL, "no-cache")], body).into_response()
}

fn described(config: &Config) -> Value {
    let sign_in = match &config.sign_in {
        SignIn::Here => Some((String::new(), "/oauth2/logout")),
        // Cognito ends a session at a path of another kind.
        SignIn::At(url) => Some((url.clone(), "/logout")),
        SignIn::Off => None,
    };
    let sign_in = sign_in.map(|(base, end)| {
        json!({
            "authorize": format!("{base}/oauth2/authorize"),
            "token": format!("{base}/oauth2/token"),
            "end_session": format!("{base}{end}"),
            "client_id": config.client_id,
            "scope": "openid",
        })
    });
    json!({
        "stage": config.stage,
        "api": "",
        "realtime": config.realtime.is_some(),
        "phone": config.phone,
        "sign_in": sign_in,
    })
}

/// A file of the site; the application itself for every other path that could be a page of it.
async fn page(State(console): State<Console>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(found) = console.0.site.find(path) {
        return found.response(&method, &headers);
    }
    let first = path.split('/').next().unwrap_or_default();
    // An id in a path may have a dot; a file that is missing must not look like one that is there.
    let is_page = types::of(path).is_none() && !NOT_PAGES.contains(&first);
    match console.0.site.find("index.html").filter(|_| is_page) {
        Some(found) => found.response(&method, &headers),
        None => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
    }
}

/// The headers of every answer. What a browser may do is said with pages, and with whatever somebody might open as one; to the
/// page's own files it says nothing, eighty times.
async fn guarded(State(console): State<Console>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_part = policy::is_part(response.headers().get(header::CONTENT_TYPE));
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_part {
        return response;
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, console.0.policy.clone());
    for (name, value) in policy::HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

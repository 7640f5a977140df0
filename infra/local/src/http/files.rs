//! `/files` on the public listener: the bucket, for whoever has a link. Browsers do not reach the private listener.
//!
//! A link is an S3 request that is signed in its query. Here the signature is verified, by a secret that only this process
//! knows; whose name it was signed in must be allowed it as well. Nothing else of S3 stands here.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use secrecy::{ExposeSecret, SecretString};

use super::Problem;
use super::public::not_found;
use crate::iam::Permissions;
use crate::s3::{Verified, is_signed};

/// Where links point.
pub(crate) const PATH: &str = "/files";

/// The bucket, for links.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) s3: Router,
    pub(crate) permissions: Permissions,
    /// Host and port that links are made for; what a reverse proxy makes of them is not signed.
    pub(crate) host: String,
    /// What links are signed with.
    pub(crate) secret: SecretString,
}

impl Files {
    pub(super) fn router(self) -> Router {
        Router::new().route("/files/{*key}", axum::routing::any(answer)).with_state(self)
    }
}

fn header_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

async fn answer(State(files): State<Files>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.method == Method::OPTIONS {
        return shared(StatusCode::NO_CONTENT.into_response());
    }
    if !matches!(parts.method, Method::GET | Method::HEAD | Method::PUT)
        || !is_signed(&parts, files.secret.expose_secret(), &files.host)
    {
        return shared(not_found());
    }
    let Some(inner) = without_prefix(&parts.uri) else { return not_found() };
    parts.uri = inner;
    parts.extensions.insert(Verified);
    if files.permissions.check(&parts, &[]).is_err() {
        return shared(Problem::new(StatusCode::FORBIDDEN, "the link is not allowed this").into_response());
    }
    // Whether its time has run out, the bucket knows.
    match tower::ServiceExt::oneshot(files.s3, Request::from_parts(parts, Body::new(body))).await {
        Ok(response) => shared(tamed(response)),
        Err(never) => match never {},
    }
}

fn without_prefix(uri: &Uri) -> Option<Uri> {
    uri.path_and_query()?.as_str().strip_prefix(PATH)?.parse().ok()
}

/// What people send may be a page with a script: from this origin it must never run. Pictures, sound and films play in
/// place, all else is saved.
fn tamed(mut response: Response) -> Response {
    let kind = header_of(response.headers(), "content-type").unwrap_or_default().to_owned();
    let plays = kind.starts_with("image/") && !kind.starts_with("image/svg")
        || kind.starts_with("audio/")
        || kind.starts_with("video/")
        || kind == "application/pdf";
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    if !plays {
        let policy = HeaderValue::from_static("default-src 'none'; sandbox");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.entry(header::CONTENT_DISPOSITION).or_insert(HeaderValue::from_static("attachment"));
    }
    response
}

/// A link is its own right, so pages of any origin may use it; no cookie comes along.
fn shared(mut response: Response) -> Response {
    let all = HeaderValue::from_static("*");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, all.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, all);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
    let exposed = HeaderValue::from_static("etag, content-length, content-range");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}

//! Links: requests that are signed in their query, by whoever gave the link away. See [S3/Signature Version 4 by query
//! parameters], read 2026-11.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};

use super::errors::S3Error;
use super::object::ObjectHead;
use super::protocol;

/// Said of a request whose signature was verified before it came here, by a secret that only this process knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified;

/// What a link may change of the headers that come with an object.
const CHANGED: [(&str, &str); 4] = [
    ("response-content-type", "content-type"),
    ("response-content-disposition", "content-disposition"),
    ("response-cache-control", "cache-control"),
    ("response-content-language", "content-language"),
];

/// Whether a query's member is a part of a link.
pub(super) fn is_part(name: &str) -> bool {
    name.starts_with("X-Amz-") || CHANGED.iter().any(|(asked, _)| *asked == name)
}

/// The object's head as a link wants it.
pub(super) fn changed(mut head: ObjectHead, query: &BTreeMap<String, String>) -> ObjectHead {
    for (asked, name) in CHANGED {
        if let Some(value) = query.get(asked) {
            head.headers.insert(name.to_owned(), value.clone());
        }
    }
    head
}

/// Whether a request is the one that was signed: method, place, query and the headers that it names. So a file of another
/// length than was agreed is refused. On the private listener a key is its own secret.
pub(super) fn check(parts: &Parts, query: &BTreeMap<String, String>) -> Result<(), S3Error> {
    let key = query.get("X-Amz-Credential").and_then(|it| it.split('/').next()).unwrap_or_default();
    if is_genuine(parts, query, key, None) { Ok(()) } else { Err(S3Error::SignatureDoesNotMatch) }
}

/// The same by a secret that is known otherwise, and, where a reverse proxy may have changed it, for the host that links are
/// made for.
pub(crate) fn is_signed(parts: &Parts, secret: &str, host: &str) -> bool {
    let query = protocol::query(parts.uri.query().unwrap_or_default());
    query.is_ok_and(|query| is_genuine(parts, &query, secret, Some(host)))
}

fn is_genuine(parts: &Parts, query: &BTreeMap<String, String>, secret: &str, host: Option<&str>) -> bool {
    let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let scope: Vec<&str> = get("X-Amz-Credential").split('/').collect();
    let (&[_, date, region, service, last], "AWS4-HMAC-SHA256") = (scope.as_slice(), get("X-Amz-Algorithm"))
    else {
        return false;
    };
    let Ok(claimed) = hex::decode(get("X-Amz-Signature")) else { return false };
    let signed = get("X-Amz-SignedHeaders");
    let mut pairs: Vec<&str> = parts.uri.query().unwrap_or_default().split('&').collect();
    pairs.retain(|pair| !pair.starts_with("X-Amz-Signature="));
    pairs.sort_unstable();
    let headers = signed.split(';').map(|name| {
        let there = parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let value = if name == "host" { host.unwrap_or(there) } else { there };
        format!("{name}:{}\n", value.trim())
    });
    let headers: String = headers.collect();
    let (method, path) = (&parts.method, parts.uri.path());
    let request = format!("{method}\n{path}\n{}\n{headers}\n{signed}\nUNSIGNED-PAYLOAD", pairs.join("&"));
    let hash = hex::encode(Sha256::digest(request.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{}\n{date}/{region}/{service}/{last}\n{hash}", get("X-Amz-Date"));
    let begin = format!("AWS4{secret}").into_bytes();
    let key = [date, region, service, last]
        .iter()
        .try_fold(begin, |key, part| Some(mac(&key, part)?.finalize().into_bytes().to_vec()));
    key.and_then(|key| mac(&key, &text)).is_some_and(|mac| mac.verify_slice(&claimed).is_ok())
}

fn mac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

/// The answer to a browser that asks whether a page of another origin may follow a link: it may, as the bucket's rules in
/// `data.yaml` have it. A link is its own permission.
pub(crate) fn preflight() -> Response {
    let mut response = open(Response::new(Body::empty()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, range"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

/// Whether a request is such a question.
pub(crate) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// An answer that a page of another origin may read.
pub(super) fn open(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

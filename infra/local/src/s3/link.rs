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
/// length than was agreed is refused. In this program a key is its own secret.
pub(super) fn check(parts: &Parts, query: &BTreeMap<String, String>) -> Result<(), S3Error> {
    let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let scope: Vec<&str> = get("X-Amz-Credential").split('/').collect();
    let &[key, date, region, service, last] = scope.as_slice() else {
        return Err(S3Error::SignatureDoesNotMatch);
    };
    let signed: Vec<&str> = get("X-Amz-SignedHeaders").split(';').collect();
    let mut pairs: Vec<&str> = parts.uri.query().unwrap_or_default().split('&').collect();
    pairs.retain(|pair| !pair.starts_with("X-Amz-Signature="));
    pairs.sort_unstable();
    let headers: String = signed
        .iter()
        .map(|name| {
            let value = parts.headers.get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            format!("{name}:{}\n", value.trim())
        })
        .collect();
    let request = format!(
        "{}\n{}\n{}\n{headers}\n{}\nUNSIGNED-PAYLOAD",
        parts.method,
        parts.uri.path(),
        pairs.join("&"),
        signed.join(";")
    );
    let hash = hex::encode(Sha256::digest(request.as_bytes()));
    let scope = format!("{date}/{region}/{service}/{last}");
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", get("X-Amz-Date"));
    let key = [date, region, service, last]
        .iter()
        .fold(format!("AWS4{key}").into_bytes(), |key, part| mac(&key, part.as_bytes()));
    let genuine = hex::encode(mac(&key, text.as_bytes())) == get("X-Amz-Signature");
    if genuine { Ok(()) } else { Err(S3Error::SignatureDoesNotMatch) }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
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

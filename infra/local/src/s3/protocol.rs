//! The REST protocol, path-style: `/<bucket>/<key>`.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;

use super::errors::S3Error;
use super::listing::{self, Query};
use super::object::{Object, ObjectHead};
use super::{Put, S3, chunked, link, range};

/// The largest object; a single PUT on AWS takes more, nothing here sends more.
const LARGEST: usize = 128 * 1024 * 1024;
/// Headers that are given back as they came.
const KEPT: [&str; 5] =
    ["content-type", "content-disposition", "content-language", "cache-control", "expires"];

impl S3 {
    /// A router that serves the protocol.
    pub fn router(&self) -> Router {
        let s3 = self.clone();
        Router::new().fallback(move |request: axum::extract::Request| async move {
            let (parts, body) = request.into_parts();
            match axum::body::to_bytes(body, LARGEST).await {
                Ok(bytes) => s3.handle(parts, bytes).await,
                Err(_) => refuse(&S3Error::EntityTooLarge, parts.uri.path()),
            }
        })
    }

    /// Serves one request of the protocol.
    pub async fn handle(&self, parts: Parts, body: Bytes) -> Response {
        let answer = self.answer(&parts, body).await;
        let answer = answer.unwrap_or_else(|error| refuse(&error, parts.uri.path()));
        if parts.headers.contains_key(header::ORIGIN) { link::open(answer) } else { answer }
    }

    async fn answer(&self, parts: &Parts, body: Bytes) -> Result<Response, S3Error> {
        let path = parts.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let (bucket, key) = (decode(bucket)?, decode(key)?);
        if key.len() > 1024 {
            return Err(S3Error::KeyTooLong);
        }
        let query = query(parts.uri.query().unwrap_or_default())?;
        // `x-id` only names the action; anything else that is not known here must not pass as a plain put.
        // A link carries its signature there too.
        let is_link = query.contains_key("X-Amz-Signature");
        let plain = query.keys().all(|it| it == "x-id" || is_link && link::is_part(it));
        if is_link && !self.still_lasts(&query) {
            return Err(S3Error::Expired);
        }
        if is_link && parts.extensions.get::<link::Verified>().is_none() {
            link::check(parts, &query)?;
        }
        match (&parts.method, key.is_empty()) {
            (&Method::PUT, true) if plain => {
                self.create_bucket(&bucket)?;
                Ok(respond(StatusCode::OK, Body::empty()))
            }
            (&Method::HEAD, true) if self.has_bucket(&bucket) => Ok(respond(StatusCode::OK, Body::empty())),
            (&Method::HEAD, true) => Err(S3Error::NoSuchBucket),
            (&Method::GET, true) => self.answer_list(&bucket, &query),
            (&Method::PUT, false) if plain && !parts.headers.contains_key("x-amz-copy-source") => {
                self.answer_put(&bucket, key, &parts.headers, body).await
            }
            (&Method::GET, false) if plain => {
                let mut object = self.get(&bucket, &key).await?;
                object.head = link::changed(object.head, &query);
                match range::asked(&parts.headers, object.bytes.len())? {
                    Some(range) => range::part(&object, range),
                    None => with_head(&object.head, Body::from(object.bytes)),
                }
            }
            (&Method::HEAD, false) if plain => with_head(&self.head(&bucket, &key)?, Body::empty()),
            (&Method::DELETE, false) if plain => {
                self.delete(&bucket, &key).await?;
                Ok(respond(StatusCode::NO_CONTENT, Body::empty()))
            }
            _ => Err(S3Error::NotImplemented),
        }
    }

    /// Whether the time of a link has not run out.
    fn still_lasts(&self, query: &BTreeMap<String, String>) -> bool {
        let signed = query.get("X-Amz-Date");
        let signed = signed.and_then(|it| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", it).ok());
        let signed = signed.and_then(|it| it.to_zoned(jiff::tz::TimeZone::UTC).ok());
        let lasts = query.get("X-Amz-Expires").and_then(|it| it.parse().ok());
        let (Some(signed), Some(lasts)) = (signed, lasts) else { return false };
        self.clock.now() < signed.timestamp() + std::time::Duration::from_secs(lasts)
    }

    async fn answer_put(
        &self,
        bucket: &str,
        key: String,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response, S3Error> {
        if !self.has_bucket(bucket) {
            return Err(S3Error::NoSuchBucket);
        }
        let only_new = headers.get("if-none-match").is_some_and(|it| it == "*");
        let condition = if only_new { Put::IfNew } else { Put::Always };
        let mut object = Object::new(key, content(headers, body)?, self.clock.now());
        object.head.headers = kept_headers(headers);
        let head = self.put(bucket, object, condition).await?;
        let mut response = respond(StatusCode::OK, Body::empty());
        response.headers_mut().insert(header::ETAG, value(&format!("\"{}\"", head.etag))?);
        Ok(response)
    }

    fn answer_list(&self, bucket: &str, query: &BTreeMap<String, String>) -> Result<Response, S3Error> {
        let get = |name: &str| query.get(name).cloned();
        if get("list-type").as_deref() != Some("2") {
            return Err(S3Error::NotImplemented);
        }
        let token = get("continuation-token").and_then(|it| String::from_utf8(hex::decode(it).ok()?).ok());
        let max = get("max-keys").and_then(|it| it.parse().ok()).unwrap_or(1000);
        let asked = Query {
            prefix: get("prefix").unwrap_or_default(),
            delimiter: get("delimiter"),
            after: token.or(get("start-after")).unwrap_or_default(),
            max: std::cmp::min(max, 1000),
        };
        let heads = self.list(bucket, &asked.prefix, &asked.after)?;
        let mut response = respond(StatusCode::OK, Body::from(listing::page(bucket, &asked, &heads)));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        Ok(response)
    }
}

/// The object's bytes: out of their chunks, and checked against the checksums that came along.
fn content(headers: &HeaderMap, body: Bytes) -> Result<Bytes, S3Error> {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let chunked = header("content-encoding").is_some_and(|it| it.contains("aws-chunked"))
        || header("x-amz-content-sha256").is_some_and(|it| it.starts_with("STREAMING-"));
    let mut crc32 = header("x-amz-checksum-crc32").map(str::to_owned);
    let bytes = if chunked {
        let decoded = chunked::decode(&body)?;
        let trailer = decoded.trailers.into_iter().find(|(name, _)| name == "x-amz-checksum-crc32");
        crc32 = trailer.map(|(_, value)| value).or(crc32);
        decoded.bytes
    } else {
        body
    };
    if header("x-amz-decoded-content-length").is_some_and(|it| it != bytes.len().to_string()) {
        return Err(S3Error::InvalidRequest("The decoded content has another length than announced.".into()));
    }
    if crc32.is_some_and(|it| it != STANDARD.encode(crc32fast::hash(&bytes).to_be_bytes())) {
        return Err(S3Error::BadDigest("CRC32"));
    }
    if header("content-md5").is_some_and(|it| it != STANDARD.encode(Md5::digest(&bytes))) {
        return Err(S3Error::BadDigest("Content-MD5"));
    }
    Ok(bytes)
}

fn kept_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in headers {
        let Ok(value) = value.to_str() else { continue };
        if KEPT.contains(&name.as_str()) || name.as_str().starts_with("x-amz-meta-") {
            kept.insert(name.to_string(), value.to_owned());
        }
        if name == header::CONTENT_ENCODING {
            // `aws-chunked` is how it travelled, not what it is.
            let own = value.split(',').map(str::trim).filter(|it| *it != "aws-chunked" && !it.is_empty());
            let own = own.collect::<Vec<_>>().join(",");
            if !own.is_empty() {
                kept.insert(name.to_string(), own);
            }
        }
    }
    kept.entry("content-type".into()).or_insert_with(|| "binary/octet-stream".into());
    kept
}

pub(super) fn with_head(head: &ObjectHead, body: Body) -> Result<Response, S3Error> {
    let mut response = respond(StatusCode::OK, body);
    let headers = response.headers_mut();
    for (name, text) in &head.headers {
        let name = HeaderName::try_from(name).map_err(|error| S3Error::Storage(error.to_string()))?;
        headers.insert(name, value(text)?);
    }
    headers.insert(header::ETAG, value(&format!("\"{}\"", head.etag))?);
    headers.insert(header::CONTENT_LENGTH, value(&head.size.to_string())?);
    let modified = head.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    headers.insert(header::LAST_MODIFIED, value(&modified)?);
    Ok(response)
}

pub(super) fn value(text: &str) -> Result<HeaderValue, S3Error> {
    HeaderValue::from_str(text).map_err(|error| S3Error::Storage(error.to_string()))
}

fn decode(text: &str) -> Result<String, S3Error> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|error| S3Error::InvalidRequest(error.to_string()))
}

pub(super) fn query(text: &str) -> Result<BTreeMap<String, String>, S3Error> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(&value.replace('+', " "))?))
    };
    text.split('&').filter(|it| !it.is_empty()).map(pair).collect()
}

fn refuse(error: &S3Error, resource: &str) -> Response {
    let mut response = respond(error.status(), Body::from(listing::error(error, resource)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

fn respond(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().simple().to_string()) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}

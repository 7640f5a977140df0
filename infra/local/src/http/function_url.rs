//! Plays a Lambda Function URL: an HTTP request becomes the event that the function gets on AWS.

use std::collections::HashMap;
use std::net::SocketAddr;

use aws_lambda_events::event::lambda_function_urls::{
    LambdaFunctionUrlRequest, LambdaFunctionUrlRequestContext,
    LambdaFunctionUrlRequestContextHttpDescription, LambdaFunctionUrlResponse,
};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;

use super::Problem;
use crate::template::ACCOUNT;

/// The most that a Function URL takes: Lambda's limit for a payload.
pub(super) const LARGEST_BODY: usize = 6 * 1024 * 1024;

/// The event for a request.
pub(super) fn event(
    parts: &Parts,
    body: Bytes,
    peer: SocketAddr,
    now: Timestamp,
) -> LambdaFunctionUrlRequest {
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let mut event = LambdaFunctionUrlRequest::default();
    event.version = Some("2.0".to_owned());
    event.raw_path = Some(path.clone());
    event.query_string_parameters = parameters(&query);
    event.raw_query_string = Some(query);
    event.cookies = cookies(&parts.headers);
    event.headers = joined(&parts.headers);
    event.request_context = context(parts, path, peer, now);
    if !body.is_empty() {
        // Lambda carries an event as JSON: what is not text travels in base64.
        match String::from_utf8(body.into()) {
            Ok(text) => event.body = Some(text),
            Err(bytes) => {
                event.body = Some(STANDARD.encode(bytes.as_bytes()));
                event.is_base64_encoded = true;
            }
        }
    }
    event
}

fn context(parts: &Parts, path: String, peer: SocketAddr, now: Timestamp) -> LambdaFunctionUrlRequestContext {
    let text = |name: HeaderName| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
    let mut description = LambdaFunctionUrlRequestContextHttpDescription::default();
    description.method = Some(parts.method.to_string());
    description.path = Some(path);
    description.protocol = Some("HTTP/1.1".to_owned());
    description.source_ip = Some(peer.ip().to_string());
    description.user_agent = text(header::USER_AGENT);
    let mut context = LambdaFunctionUrlRequestContext::default();
    context.account_id = Some(ACCOUNT.to_owned());
    context.apiid = Some("local".to_owned());
    context.domain_name = text(header::HOST);
    context.domain_prefix = Some("local".to_owned());
    context.request_id = Some(ulid::Ulid::generate().to_string());
    context.time = Some(now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string());
    context.time_epoch = now.as_millisecond();
    context.http = description;
    context
}

/// One value for each name, as Lambda joins repeated headers; cookies have a list of their own.
fn joined(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::new();
    for name in headers.keys().filter(|name| *name != header::COOKIE) {
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(value) = HeaderValue::from_bytes(&values.join(&b","[..])) {
            joined.insert(name.clone(), value);
        }
    }
    joined
}

fn cookies(headers: &HeaderMap) -> Option<Vec<String>> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies: Vec<String> = all.flat_map(|line| line.split("; ")).map(str::to_owned).collect();
    (!cookies.is_empty()).then_some(cookies)
}

fn parameters(query: &str) -> HashMap<String, String> {
    let mut parameters: HashMap<String, String> = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match parameters.get_mut(name.as_ref()) {
            Some(values) => {
                values.push(',');
                values.push_str(&value);
            }
            None => {
                parameters.insert(name.into_owned(), value.into_owned());
            }
        }
    }
    parameters
}

/// The HTTP response for a function's answer.
pub(super) fn response(answer: LambdaFunctionUrlResponse) -> Response {
    let body = match (answer.body, answer.is_base64_encoded) {
        (None, _) => Body::empty(),
        (Some(text), false) => Body::from(text),
        (Some(text), true) => match STANDARD.decode(text) {
            Ok(bytes) => Body::from(bytes),
            Err(_) => return no_answer(),
        },
    };
    // A function that names no status gets 200, as on AWS.
    let status = u16::try_from(answer.status_code).ok().filter(|status| *status != 0).unwrap_or(200);
    let Ok(status) = StatusCode::from_u16(status) else { return no_answer() };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    for cookie in answer.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What AWS answers for a function that failed or timed out.
pub(super) fn no_answer() -> Response {
    Problem::new(StatusCode::BAD_GATEWAY, "the function gave no answer").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(request: http::Request<()>, body: &'static [u8]) -> LambdaFunctionUrlRequest {
        let (parts, ()) = request.into_parts();
        let peer = "203.0.113.7:4000".parse().unwrap();
        event(&parts, Bytes::from_static(body), peer, "2026-11-23T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_request_reaches_the_function_as_the_event_that_lambda_makes_of_it() {
        let request = http::Request::get("/webhook?hub.mode=subscribe&hub.challenge=1%2B1&a=1&a=2")
            .header("X-Hub-Signature-256", "sha256=00")
            .header("x-twice", "1")
            .header("x-twice", "2")
            .header("cookie", "a=1; b=2")
            .body(())
            .unwrap();
        let event = serde_json::to_value(event_of(request, b"")).unwrap();
        assert_eq!(event["rawQueryString"], "hub.mode=subscribe&hub.challenge=1%2B1&a=1&a=2");
        assert_eq!(event["queryStringParameters"]["hub.challenge"], "1+1");
        assert_eq!(event["queryStringParameters"]["a"], "1,2");
        assert_eq!(event["headers"]["x-hub-signature-256"], "sha256=00");
        assert_eq!(event["headers"]["x-twice"], "1,2");
        assert_eq!(event["cookies"], serde_json::json!(["a=1", "b=2"]));
        assert_eq!(event["requestContext"]["http"]["method"], "GET");
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "203.0.113.7");
        assert_eq!(event["requestContext"]["timeEpoch"], 1_795_420_800_000_i64);
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn a_body_that_is_no_text_travels_in_base64_and_text_as_it_is() {
        let post = || http::Request::post("/webhook").body(()).unwrap();
        let text = event_of(post(), "{\"a\":\"ü\"}".as_bytes());
        assert_eq!((text.body.as_deref(), text.is_base64_encoded), (Some("{\"a\":\"ü\"}"), false));
        let bytes = event_of(post(), b"\xff\xfe");
        assert_eq!((bytes.body.as_deref(), bytes.is_base64_encoded), (Some("//4="), true));
    }
}

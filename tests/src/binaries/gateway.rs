//! API Gateway's HTTP API in front of a binary: an HTTP request becomes an event of payload format 2.0.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::tokens::Claims;
use serde_json::{Value, json};

use super::Runtime;

/// Hands every request to the function `api`.
pub(super) fn router(runtime: Arc<Runtime>) -> Router {
    Router::new().fallback(move |request: Request| {
        let runtime = Arc::clone(&runtime);
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            match runtime.call::<Value>("api", &event(&parts, &body)).await {
                Ok(answer) => response(&answer),
                Err(why) => (StatusCode::BAD_GATEWAY, why).into_response(),
            }
        }
    })
}

fn event(parts: &axum::http::request::Parts, body: &Bytes) -> Value {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: BTreeMap<_, _> =
        parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let claims = parts.extensions.get::<Claims>();
    let claims = claims.map(|claims| json!({ "sub": claims.sub, "role": claims.role.to_string() }));
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    json!({
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "authorizer": claims.map(|claims| json!({ "jwt": { "claims": claims, "scopes": null } })),
            "http": {
                "method": parts.method.as_str(), "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.10", "userAgent": "tests",
            },
            "requestId": "tests", "routeKey": "ANY /v1/{proxy+}", "stage": "$default",
            "time": "23/Nov/2026:00:00:00 +0000", "timeEpoch": 1_795_392_000_000_u64,
        },
        "body": (!body.is_empty()).then(|| String::from_utf8_lossy(body)),
        "isBase64Encoded": false,
    })
}

fn response(answer: &Value) -> Response {
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let Some(status) = status else { return (StatusCode::BAD_GATEWAY, answer.to_string()).into_response() };
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(body).unwrap_or_default(),
        _ => body.as_bytes().to_vec(),
    };
    let mut response = (status, body).into_response();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

//! The management API: `POST`, `GET` and `DELETE /@connections/{id}`.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::{Command, LARGEST, Sockets};

const PREFIX: &str = "/@connections/";

impl Sockets {
    /// Whether a path is one of the management API.
    pub(crate) fn knows(path: &str) -> bool {
        percent_decode_str(path).decode_utf8_lossy().starts_with(PREFIX)
    }

    /// Answers a call of it.
    pub(crate) fn manage(&self, parts: &Parts, body: &Bytes) -> Response {
        let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
        let id = path.strip_prefix(PREFIX).unwrap_or_default();
        let held = self.lock();
        let Some(connection) = held.get(id) else { return refused(StatusCode::GONE, "GoneException") };
        match parts.method {
            Method::POST if body.len() > LARGEST => {
                refused(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException")
            }
            Method::POST => {
                let text = String::from_utf8_lossy(body).into_owned();
                match connection.commands.send(Command::Post(text)) {
                    Ok(()) => StatusCode::OK.into_response(),
                    Err(_) => refused(StatusCode::GONE, "GoneException"),
                }
            }
            Method::DELETE => {
                // One that is ending already ends.
                let _ = connection.commands.send(Command::End);
                StatusCode::NO_CONTENT.into_response()
            }
            Method::GET => axum::Json(json!({
                "connectedAt": connection.since.to_string(),
                "lastActiveAt": connection.active_at.to_string(),
                "identity": { "sourceIp": connection.source, "userAgent": "" },
            }))
            .into_response(),
            _ => refused(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedException"),
        }
    }
}

fn refused(status: StatusCode, kind: &str) -> Response {
    let body = json!({ "message": kind }).to_string();
    (status, [("x-amzn-errortype", kind), ("content-type", "application/json")], body).into_response()
}

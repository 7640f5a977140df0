//! `/v1/openapi.json`.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::openapi::Document;

/// This API's description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "description",
    responses((status = OK, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn document(Extension(Document(bytes)): Extension<Document>) -> Response {
    ([(CONTENT_TYPE, "application/json")], bytes).into_response()
}

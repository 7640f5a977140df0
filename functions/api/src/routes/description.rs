//! `/v1/openapi.json`.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

/// The document as a file: as code it would be half a megabyte more of the function, to say the same each time.
const DOCUMENT: &str = include_str!("../../../../events/openapi.json");

/// This API's description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "description",
    responses((status = OK, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

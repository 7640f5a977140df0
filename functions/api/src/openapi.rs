//! The API's own description: OpenAPI 3.1, from the list of routes that serves it.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, Response};
use utoipa::{Modify, OpenApi};

use crate::problem::Problem;

/// What is not about one route.
#[derive(OpenApi)]
#[openapi(
    info(title = "Ventana", description = "Conversations with customers on WhatsApp."),
    components(schemas(Problem)),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
pub(crate) struct Frame;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Every operation may answer with a problem: said once, not on each.
pub(crate) fn with_problems(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let schema = Ref::from_schema_name("Problem");
    for item in document.paths.paths.values_mut() {
        let operations: [Option<&mut Operation>; 5] = [
            item.get.as_mut(),
            item.post.as_mut(),
            item.put.as_mut(),
            item.patch.as_mut(),
            item.delete.as_mut(),
        ];
        for operation in operations.into_iter().flatten() {
            let mut problem = Response::new("What went wrong, as RFC 9457 has it.");
            problem
                .content
                .insert("application/problem+json".to_owned(), Content::new(Some(schema.clone())).into());
            operation.responses.responses.insert("default".to_owned(), problem.into());
        }
    }
    document
}

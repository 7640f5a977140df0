//! The API's own description: OpenAPI 3.1, from the list of routes that serves it.

use cloud_api::manage::template::{ButtonDef, CardDef, SupportedApp};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Object, Ref, RefOr, Response, Type};
use utoipa::{Modify, OpenApi};

use crate::problem::Problem;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// What is not about one route.
#[derive(OpenApi)]
#[openapi(
    info(title = "Ventana", description = "Conversations with customers on WhatsApp."),
    // A card holds components, which hold cards: parts of templates are not followed by themselves.
    components(schemas(Problem, ButtonDef, CardDef, SupportedApp)),
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
        let mut operations: [Option<&mut Operation>; 5] = [
            item.get.as_mut(),
            item.post.as_mut(),
            item.put.as_mut(),
            item.patch.as_mut(),
            item.delete.as_mut(),
        ];
        let [_, changes @ ..] = &mut operations;
        for operation in changes.iter_mut().flatten() {
            with_key(operation);
        }
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

/// Every change takes an idempotency key.
fn with_key(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let is_key =
        |it: &RefOr<Parameter>| matches!(it, RefOr::T(parameter) if parameter.name == IDEMPOTENCY_KEY);
    if parameters.iter().any(is_key) {
        return;
    }
    let key = ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The same key with the same request is done once, and gets the same answer for 48 hours",
        ))
        .schema(Some(Object::with_type(Type::String)));
    parameters.push(RefOr::T(key.build()));
}

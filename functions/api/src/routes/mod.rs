//! The routes, one file per resource.

mod consent;
mod contacts;
mod conversations;
mod dead_letters;
mod description;
mod events;
mod messages;
mod numbers;
mod privacy;
mod settings;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::Api;
use crate::access::Rule;
use crate::identity::Role::{Admin, Agent, Supervisor};
use crate::openapi::{Frame, with_problems};

/// One table makes the router, the rules of access and the description. Methods in capitals; the least role that may
/// ask; the handler, whose `utoipa::path` says method and path too, which a test compares.
macro_rules! routes {
    ($($method:ident $path:literal $least:ident $module:ident :: $handler:ident,)*) => {
        /// Every route's rule. A route that is missing here does not exist.
        pub const RULES: &[Rule] = &[$(Rule { method: stringify!($method), path: $path, least: $least },)*];

        /// The router.
        pub(crate) fn router() -> Router<Api> {
            Router::new()$(.route($path, routes!(@ $method)($module::$handler)))*
        }

        /// The description. The function does not carry it: what is served is the file that a test keeps current.
        fn described() -> OpenApiRouter<Api> {
            OpenApiRouter::with_openapi(Frame::openapi())
                $(.routes(utoipa_axum::routes!($module::$handler)))*
        }
    };
    (@ GET) => { axum::routing::get };
    (@ POST) => { axum::routing::post };
    (@ PUT) => { axum::routing::put };
    (@ PATCH) => { axum::routing::patch };
    (@ DELETE) => { axum::routing::delete };
}

routes! {
    GET "/v1/contacts" Agent contacts::list,
    GET "/v1/contacts/{id}" Agent contacts::one,
    DELETE "/v1/contacts/{id}/block" Supervisor privacy::remove_block,
    GET "/v1/contacts/{id}/block" Agent privacy::block,
    POST "/v1/contacts/{id}/block" Supervisor privacy::add_block,
    GET "/v1/contacts/{id}/consent" Agent consent::read,
    POST "/v1/contacts/{id}/consent" Agent consent::add,
    POST "/v1/contacts/{id}/erase" Admin privacy::erase,
    POST "/v1/contacts/{id}/export" Admin privacy::start_export,
    GET "/v1/conversations" Agent conversations::list,
    GET "/v1/conversations/{id}" Agent conversations::one,
    GET "/v1/conversations/{id}/messages" Agent conversations::messages,
    GET "/v1/dead-letters" Supervisor dead_letters::list,
    GET "/v1/dead-letters/{id}" Supervisor dead_letters::one,
    GET "/v1/dead-letters/{id}/content" Supervisor dead_letters::content,
    POST "/v1/dead-letters/{id}/redrive" Admin dead_letters::redrive,
    GET "/v1/erasures/{id}" Admin privacy::erasure,
    GET "/v1/events" Supervisor events::list,
    GET "/v1/exports/{id}" Admin privacy::export,
    POST "/v1/messages" Agent messages::send,
    GET "/v1/messages/{id}" Agent messages::one,
    GET "/v1/numbers" Agent numbers::list,
    GET "/v1/openapi.json" Agent description::document,
    GET "/v1/settings/consent" Supervisor settings::consent,
    PUT "/v1/settings/consent" Admin settings::set_consent,
    GET "/v1/settings/opt-out-keywords" Supervisor settings::keywords,
    PUT "/v1/settings/opt-out-keywords" Admin settings::set_keywords,
    GET "/v1/settings/retention" Supervisor privacy::retention,
    PUT "/v1/settings/retention" Admin privacy::set_retention,
    PUT "/v1/templates/{name}" Admin settings::set_template,
}

/// The description of all routes: OpenAPI 3.1.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    with_problems(described().into_openapi())
}

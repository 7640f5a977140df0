//! The routes, one file per resource.

mod consent;
mod contacts;
mod conversations;
mod dead_letters;
mod description;
mod events;
mod messages;
mod numbers;
mod settings;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::openapi::{Frame, with_problems};

/// All routes with their description: one list makes both.
pub(crate) fn all() -> OpenApiRouter<Api> {
    let router = OpenApiRouter::with_openapi(Frame::openapi())
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::one))
        .routes(routes!(conversations::messages))
        .routes(routes!(messages::send))
        .routes(routes!(messages::one))
        .routes(routes!(contacts::list))
        .routes(routes!(contacts::one))
        .routes(routes!(consent::read, consent::add))
        .routes(routes!(settings::keywords, settings::set_keywords))
        .routes(routes!(settings::consent, settings::set_consent))
        .routes(routes!(settings::set_template))
        .routes(routes!(numbers::list))
        .routes(routes!(events::list))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::one))
        .routes(routes!(dead_letters::content))
        .routes(routes!(dead_letters::redrive))
        .routes(routes!(description::document));
    let mut router = router;
    let document = with_problems(router.to_openapi());
    *router.get_openapi_mut() = document;
    router
}

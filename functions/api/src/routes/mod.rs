//! The routes, one file per resource.

mod agents;
mod audiences;
mod audit;
mod campaigns;
mod clients;
mod colleagues;
mod consent;
mod contact_notes;
mod contacts;
mod conversations;
mod copying;
mod dead_letters;
mod deliveries;
mod departments;
mod description;
mod desk;
mod event_settings;
mod events;
mod fields;
mod handling;
mod identities;
mod imports;
mod inbox;
mod labels;
mod media;
mod merges;
mod messages;
mod numbers;
mod onboarding;
mod people_rules;
mod person;
mod portfolios;
mod privacy;
mod profile;
mod quick_replies;
mod rate_cards;
mod realtime;
mod settings;
mod sources;
mod template_steps;
mod templates;
mod wabas;
mod webhook_endpoints;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::Api;
use crate::access::Grant::{self, Everyone, Named, PeopleOnly};
use crate::access::Rule;
use crate::identity::Role::{Admin, Agent, Supervisor};
use crate::openapi::{Frame, with_problems};

/// One table makes the router, the rules of access and the description. Methods in capitals; the least role that may
/// ask; the handler, whose `utoipa::path` says method and path too, which a test compares; and, where the scope of service
/// clients is not the first part of the path with `read` or `write`, who of them may ask.
macro_rules! routes {
    ($($method:ident $path:literal $least:ident $module:ident :: $handler:ident $(=> $grant:expr)?,)*) => {
        /// Every route's rule. A route that is missing here does not exist.
        pub const RULES: &[Rule] = &[$(Rule {
            method: stringify!($method), path: $path, least: $least, grant: routes!(@ grant $($grant)?),
        },)*];

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
    (@ grant) => { Grant::Derived };
    (@ grant $grant:expr) => { $grant };
    (@ GET) => { axum::routing::get };
    (@ POST) => { axum::routing::post };
    (@ PUT) => { axum::routing::put };
    (@ PATCH) => { axum::routing::patch };
    (@ DELETE) => { axum::routing::delete };
}

routes! {
    GET "/v1/agents" Agent agents::list,
    GET "/v1/agents/{id}" Agent agents::one,
    PATCH "/v1/agents/{id}" Admin agents::patch => PeopleOnly,
    PUT "/v1/agents/{id}" Admin agents::put => PeopleOnly,
    GET "/v1/audit" Admin audit::list => PeopleOnly,
    GET "/v1/campaign-exports/{id}" Admin campaigns::exported => Named("campaigns:read"),
    POST "/v1/campaign-files" Supervisor campaigns::create_file => Named("campaigns:write"),
    GET "/v1/campaign-files/{id}" Supervisor campaigns::file => Named("campaigns:read"),
    GET "/v1/campaigns" Supervisor campaigns::list,
    POST "/v1/campaigns" Supervisor campaigns::create,
    GET "/v1/campaigns/{id}" Supervisor campaigns::one,
    PATCH "/v1/campaigns/{id}" Supervisor campaigns::change,
    DELETE "/v1/campaigns/{id}" Supervisor campaigns::remove,
    POST "/v1/campaigns/{id}/cancel" Supervisor campaigns::cancel,
    POST "/v1/campaigns/{id}/conversions" Admin campaigns::add_conversion => Named("conversions:write"),
    POST "/v1/campaigns/{id}/export" Admin campaigns::export,
    POST "/v1/campaigns/{id}/pause" Supervisor campaigns::pause,
    GET "/v1/campaigns/{id}/people" Supervisor campaigns::people,
    GET "/v1/campaigns/{id}/preflight" Supervisor campaigns::preflight,
    POST "/v1/campaigns/{id}/preflight" Supervisor campaigns::begin_preflight,
    GET "/v1/campaigns/{id}/report" Supervisor campaigns::report,
    POST "/v1/campaigns/{id}/resume" Supervisor campaigns::resume,
    POST "/v1/campaigns/{id}/schedule" Supervisor campaigns::schedule,
    POST "/v1/campaigns/{id}/start" Supervisor campaigns::start,
    POST "/v1/campaigns/{id}/unschedule" Supervisor campaigns::unschedule,
    GET "/v1/clients" Admin clients::list => PeopleOnly,
    POST "/v1/clients" Admin clients::create => PeopleOnly,
    GET "/v1/clients/{id}" Admin clients::one => PeopleOnly,
    PATCH "/v1/clients/{id}" Admin clients::patch => PeopleOnly,
    DELETE "/v1/clients/{id}" Admin clients::remove => PeopleOnly,
    POST "/v1/clients/{id}/token" Admin clients::renew => PeopleOnly,
    POST "/v1/contact-exports" Admin imports::export,
    GET "/v1/contact-exports/{id}" Admin imports::exported,
    GET "/v1/contacts" Agent contacts::list,
    POST "/v1/contacts" Agent contacts::create,
    GET "/v1/contacts/lookup" Agent identities::lookup,
    GET "/v1/contacts/{id}" Agent contacts::one,
    PATCH "/v1/contacts/{id}" Agent contacts::change,
    GET "/v1/contacts/{id}/block" Agent privacy::block,
    POST "/v1/contacts/{id}/block" Supervisor privacy::add_block,
    DELETE "/v1/contacts/{id}/block" Supervisor privacy::remove_block,
    GET "/v1/contacts/{id}/campaigns" Agent person::campaigns,
    GET "/v1/contacts/{id}/consent" Agent consent::read,
    POST "/v1/contacts/{id}/consent" Agent consent::add,
    GET "/v1/contacts/{id}/conversations" Agent person::conversations,
    GET "/v1/contacts/{id}/duplicates" Agent merges::duplicates,
    POST "/v1/contacts/{id}/erase" Admin privacy::erase,
    POST "/v1/contacts/{id}/export" Admin privacy::start_export,
    GET "/v1/contacts/{id}/identities" Agent identities::list,
    DELETE "/v1/contacts/{id}/identities/{kind}/{value}" Agent identities::remove,
    PUT "/v1/contacts/{id}/identities/{kind}/{value}" Agent identities::enter,
    POST "/v1/contacts/{id}/merge" Supervisor merges::merge,
    GET "/v1/contacts/{id}/notes" Agent contact_notes::list,
    POST "/v1/contacts/{id}/notes" Agent contact_notes::add,
    DELETE "/v1/contacts/{id}/notes/{note}" Agent contact_notes::remove,
    POST "/v1/contacts/{id}/unmerge" Supervisor merges::unmerge,
    GET "/v1/conversations" Agent inbox::list,
    GET "/v1/conversations/counts" Agent inbox::counts,
    GET "/v1/conversations/{id}" Agent conversations::one,
    PATCH "/v1/conversations/{id}" Agent handling::change,
    POST "/v1/conversations/{id}/assign" Agent handling::assign,
    GET "/v1/conversations/{id}/messages" Agent conversations::messages,
    POST "/v1/conversations/{id}/notes" Agent colleagues::write_note,
    GET "/v1/conversations/{id}/presence" Agent colleagues::present,
    PUT "/v1/conversations/{id}/presence" Agent colleagues::be_present => PeopleOnly,
    PUT "/v1/conversations/{id}/read" Agent colleagues::mark_read => PeopleOnly,
    GET "/v1/dead-letters" Supervisor dead_letters::list,
    GET "/v1/dead-letters/{id}" Supervisor dead_letters::one,
    GET "/v1/dead-letters/{id}/content" Supervisor dead_letters::content,
    POST "/v1/dead-letters/{id}/redrive" Admin dead_letters::redrive,
    GET "/v1/departments" Agent departments::list,
    GET "/v1/departments/{id}" Agent departments::one,
    PUT "/v1/departments/{id}" Admin departments::put => PeopleOnly,
    DELETE "/v1/departments/{id}" Admin departments::remove => PeopleOnly,
    GET "/v1/erasures/{id}" Admin privacy::erasure,
    GET "/v1/events" Supervisor events::list,
    GET "/v1/exports/{id}" Admin privacy::export,
    GET "/v1/fields" Agent fields::list,
    PUT "/v1/fields/{id}" Admin fields::put,
    DELETE "/v1/fields/{id}" Admin fields::remove,
    GET "/v1/imports" Supervisor imports::list,
    POST "/v1/imports" Supervisor imports::create,
    GET "/v1/imports/{id}" Supervisor imports::one,
    POST "/v1/imports/{id}/start" Supervisor imports::start,
    GET "/v1/labels" Agent labels::list,
    POST "/v1/labels" Supervisor labels::create,
    PATCH "/v1/labels/{id}" Supervisor labels::change,
    DELETE "/v1/labels/{id}" Supervisor labels::remove,
    GET "/v1/lists" Agent audiences::lists,
    POST "/v1/lists" Supervisor audiences::add_list,
    DELETE "/v1/lists/{id}" Supervisor audiences::remove_list,
    GET "/v1/lists/{id}/members" Agent audiences::members,
    POST "/v1/lists/{id}/members" Supervisor audiences::change_members,
    GET "/v1/me" Agent agents::me => Everyone,
    POST "/v1/media" Agent media::create,
    GET "/v1/media/{id}" Agent media::one,
    POST "/v1/media/{id}/complete" Agent media::complete,
    POST "/v1/media/{id}/retry" Agent media::retry,
    GET "/v1/mentions" Agent colleagues::mentions => PeopleOnly,
    POST "/v1/messages" Agent messages::send => Named("messages:send"),
    GET "/v1/messages/{id}" Agent messages::one,
    POST "/v1/messages/{id}/copy-to-field" Agent copying::copy,
    GET "/v1/numbers" Agent numbers::list,
    GET "/v1/numbers/{id}" Agent numbers::one,
    PATCH "/v1/numbers/{id}" Admin numbers::change => PeopleOnly,
    POST "/v1/numbers/{id}/deregister" Admin onboarding::deregister => PeopleOnly,
    POST "/v1/numbers/{id}/display-name" Admin onboarding::display_name => PeopleOnly,
    GET "/v1/numbers/{id}/history" Supervisor numbers::history,
    GET "/v1/numbers/{id}/meter" Supervisor numbers::meter,
    PUT "/v1/numbers/{id}/pin" Admin onboarding::set_pin => PeopleOnly,
    GET "/v1/numbers/{id}/profile" Supervisor profile::one,
    PATCH "/v1/numbers/{id}/profile" Admin profile::change => PeopleOnly,
    POST "/v1/numbers/{id}/profile/picture" Admin profile::picture => PeopleOnly,
    POST "/v1/numbers/{id}/profile/refresh" Admin profile::refresh => PeopleOnly,
    POST "/v1/numbers/{id}/register" Admin onboarding::register => PeopleOnly,
    POST "/v1/numbers/{id}/request-code" Admin onboarding::request_code => PeopleOnly,
    POST "/v1/numbers/{id}/verify-code" Admin onboarding::verify_code => PeopleOnly,
    GET "/v1/openapi.json" Agent description::document => Everyone,
    GET "/v1/portfolios" Supervisor portfolios::list,
    GET "/v1/portfolios/{id}" Supervisor portfolios::one,
    PATCH "/v1/portfolios/{id}" Admin portfolios::patch,
    PUT "/v1/presence" Agent colleagues::be_available => PeopleOnly,
    GET "/v1/quick-replies" Agent quick_replies::list,
    POST "/v1/quick-replies" Supervisor quick_replies::create,
    PATCH "/v1/quick-replies/{id}" Supervisor quick_replies::change,
    DELETE "/v1/quick-replies/{id}" Supervisor quick_replies::remove,
    POST "/v1/quick-replies/{id}/render" Agent quick_replies::render => Named("conversations:read"),
    GET "/v1/rate-cards" Supervisor rate_cards::list,
    PUT "/v1/rate-cards" Admin rate_cards::load,
    GET "/v1/rate-cards/estimate" Supervisor rate_cards::estimated,
    GET "/v1/rate-cards/{id}" Supervisor rate_cards::one,
    DELETE "/v1/rate-cards/{id}" Admin rate_cards::remove,
    PUT "/v1/rate-cards/{id}/tiers" Admin rate_cards::load_tiers,
    POST "/v1/realtime/ticket" Agent realtime::ticket => PeopleOnly,
    GET "/v1/reports/sources" Supervisor sources::report,
    GET "/v1/segments" Agent audiences::segments,
    POST "/v1/segments" Supervisor audiences::add_segment,
    PUT "/v1/segments/{id}" Supervisor audiences::put_segment,
    DELETE "/v1/segments/{id}" Supervisor audiences::remove_segment,
    GET "/v1/settings/consent" Supervisor settings::consent,
    PUT "/v1/settings/consent" Admin settings::set_consent,
    GET "/v1/settings/events" Supervisor event_settings::one,
    PUT "/v1/settings/events" Admin event_settings::set,
    GET "/v1/settings/opt-out-keywords" Supervisor settings::keywords,
    PUT "/v1/settings/opt-out-keywords" Admin settings::set_keywords,
    GET "/v1/settings/people-rules" Supervisor people_rules::one,
    PUT "/v1/settings/people-rules" Admin people_rules::set,
    GET "/v1/settings/retention" Supervisor privacy::retention,
    PUT "/v1/settings/retention" Admin privacy::set_retention,
    GET "/v1/templates" Agent templates::list,
    POST "/v1/templates" Supervisor template_steps::create,
    PUT "/v1/templates/{name}" Admin settings::set_template,
    GET "/v1/templates/{waba}/{name}/{language}" Agent templates::one,
    PATCH "/v1/templates/{waba}/{name}/{language}" Supervisor template_steps::change,
    DELETE "/v1/templates/{waba}/{name}/{language}" Supervisor template_steps::remove,
    GET "/v1/templates/{waba}/{name}/{language}/history" Agent templates::history,
    POST "/v1/templates/{waba}/{name}/{language}/preview" Agent templates::show => Named("templates:read"),
    GET "/v1/wabas" Supervisor wabas::list,
    PUT "/v1/wabas/{id}" Admin wabas::put => PeopleOnly,
    GET "/v1/webhook-endpoints" Supervisor webhook_endpoints::list,
    POST "/v1/webhook-endpoints" Admin webhook_endpoints::create,
    GET "/v1/webhook-endpoints/{id}" Supervisor webhook_endpoints::one,
    PATCH "/v1/webhook-endpoints/{id}" Admin webhook_endpoints::change,
    DELETE "/v1/webhook-endpoints/{id}" Admin webhook_endpoints::remove,
    GET "/v1/webhook-endpoints/{id}/deliveries" Supervisor deliveries::list,
    POST "/v1/webhook-endpoints/{id}/deliveries/{delivery}/replay" Admin deliveries::replay,
    POST "/v1/webhook-endpoints/{id}/rotate-secret" Admin webhook_endpoints::rotate_secret,
    POST "/v1/webhook-endpoints/{id}/test" Admin webhook_endpoints::test,
}

/// The description of all routes: OpenAPI 3.1.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    with_problems(described().into_openapi())
}

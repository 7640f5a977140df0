//! The public listener.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::StatusCode;
use lambda_kit::invocation;
use tracing::Instrument;

use super::authorizer::{Gateway, too_large};
use super::function_url::{self, LARGEST_BODY};
use super::site::Site;
use super::{Files, Health, OAuth, Problem, SignIn, dev, phone};
use crate::lambda::{Functions, Invoker, WebhookHandler};
use crate::sim::Sim;
use crate::sockets;
use crate::template::Route;
use crate::tokens::Tokens;

/// What the public listener is made of.
pub(crate) struct Public {
    pub(crate) functions: Functions,
    pub(crate) routes: Vec<Route>,
    pub(crate) tokens: Arc<Tokens>,
    /// Calls the webhook.
    pub(crate) webhook: Invoker,
    /// Calls the API.
    pub(crate) api: Invoker,
    /// Connects over WebSocket, if the template has an API for that and a function stands behind it.
    pub(crate) sockets: Option<sockets::Gateway>,
    /// Calls the console.
    pub(crate) console: Invoker,
    pub(crate) files: Files,
    /// How people sign in to the console.
    pub(crate) oauth: OAuth,
    /// The simulator, whose phone stands here for newcomers.
    pub(crate) sim: Option<Sim>,
    pub(crate) health: Health,
    /// How people get their tokens.
    pub(crate) entry: Entry,
}

/// How people get their tokens.
pub(crate) enum Entry {
    /// For the asking: only on loopback, and only while WhatsApp is simulated.
    Newcomer,
    /// With a password.
    SignIn(SignIn),
}

#[derive(Clone)]
struct Webhook {
    handler: WebhookHandler,
    invoker: Invoker,
}

impl Public {
    pub(crate) fn router(self) -> Router {
        let entry = match self.entry {
            Entry::Newcomer => {
                let phone = self.sim.as_ref().map(phone::router).unwrap_or_default();
                dev::token_router(Arc::clone(&self.tokens)).merge(phone)
            }
            Entry::SignIn(sign_in) => sign_in.router(),
        };
        let mut router =
            self.health.router().merge(entry).merge(self.files.router()).merge(self.oauth.router());
        if let Some(handler) = self.functions.webhook {
            let webhook = Webhook { handler, invoker: self.webhook };
            router = router.merge(Router::new().route("/webhook", any(receive)).with_state(webhook));
        }
        if let Some(sockets) = self.sockets {
            let connect = async move |request: Request| sockets.clone().connect(request).await;
            router = router.route(sockets::PATH, get(connect));
        }
        let gateway = self.functions.api.map(|api| Gateway {
            routes: self.routes.iter().filter(|route| route.binary == "api").cloned().collect(),
            tokens: self.tokens,
            api,
            invoker: self.api,
        });
        let default = self.routes.iter().any(|route| route.is_default() && route.binary == "console");
        let site = self.functions.console.filter(|_| default);
        let site = site.map(|pages| Site { pages, invoker: self.console });
        router.fallback(async move |request: Request| match (gateway.clone(), site.clone()) {
            (Some(gateway), _) if gateway.takes(&request) => gateway.answer(request).await,
            (_, Some(site)) => site.answer(request).await,
            _ => not_found(),
        })
    }
}

async fn receive(
    State(webhook): State<Webhook>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else { return too_large() };
    let event = function_url::event(&parts, body, peer, webhook.invoker.clock.now());
    let span = invocation(event.request_context.request_id.as_deref().unwrap_or_default(), None);
    let handler = webhook.handler;
    match webhook.invoker.call(async move { handler(event).await }.instrument(span)).await {
        Ok(answer) => function_url::response(answer),
        Err(error) => {
            tracing::warn!(%error, "The webhook gave no answer");
            function_url::no_answer()
        }
    }
}

pub(super) fn not_found() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing here").into_response()
}

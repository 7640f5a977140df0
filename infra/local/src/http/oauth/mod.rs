//! Signing in to the console, as a Cognito domain does it: authorization code with PKCE under `/oauth2`.
//!
//! A code lives for a minute and is taken once. Whoever has signed in keeps a cookie that only `/oauth2` sees: a page that
//! is loaded again asks once more and is answered at once, so tokens need not be kept anywhere in a browser.

mod authorize;
mod codes;
mod page;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use crate::tokens::Tokens;
use crate::users::Users;
use codes::Codes;

/// Names, passwords and codes are short.
const LARGEST_BODY: usize = 16 * 1024;

/// The console, as a client of the sign-in.
pub(crate) const CLIENT: &str = "console";

/// Where the console takes its codes.
const SIGNED_IN: &str = "/signed-in";

/// What signs people in to the console. Cheap to clone.
#[derive(Clone)]
pub(crate) struct OAuth(Arc<Inner>);

struct Inner {
    users: Users,
    tokens: Arc<Tokens>,
    codes: Codes,
    /// Where the console may be, as a browser names it: a code goes nowhere else.
    origins: Vec<String>,
    /// Whether everybody may be anybody of the demo company's team.
    free: bool,
    cookie: String,
}

/// What it is made of.
pub(crate) struct Settings {
    pub(crate) users: Users,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) clock: lambda_kit::Clock,
    /// Where browsers reach this program, e.g. `https://crm.example.com`.
    pub(crate) origin: String,
    /// Its port, if it is reached on loopback.
    pub(crate) loopback: Option<u16>,
    pub(crate) free: bool,
}

impl OAuth {
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings { users, tokens, clock, origin, loopback, free } = settings;
        // Cookies know no ports: two programs on one machine must not sign each other out.
        let port = loopback.map(|port| port.to_string()).unwrap_or_default();
        let secure = if origin.starts_with("https://") { "; Secure" } else { "" };
        let cookie = format!("ventana_login{port}={{}}; Path=/oauth2; HttpOnly; SameSite=Lax{secure}");
        let mut origins = vec![origin];
        if let Some(port) = loopback {
            origins.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}")));
        }
        Self(Arc::new(Inner { users, tokens, codes: Codes::new(clock), origins, free, cookie }))
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/oauth2/authorize", get(authorize::ask).post(authorize::answer))
            .route("/oauth2/token", post(token::token))
            .route("/oauth2/logout", get(authorize::log_out))
            .route("/oauth2/style.css", get(style))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self)
    }

    /// Whether a code may be sent there.
    fn is_ours(&self, redirect_uri: &str) -> bool {
        self.origin_of(redirect_uri).is_some_and(|path| path == SIGNED_IN)
    }

    /// The path of a URL of ours.
    fn origin_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = self.0.origins.iter().find_map(|origin| url.strip_prefix(origin.as_str()))?;
        (path.is_empty() || path.starts_with('/')).then_some(path)
    }

    /// The cookie of a request.
    fn login_of(&self, headers: &HeaderMap) -> Option<String> {
        let (name, _) = self.0.cookie.split_once('=')?;
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, token)| token.to_owned())
    }

    /// What makes a browser keep a login, or forget it.
    fn set_cookie(&self, login: Option<&str>) -> HeaderValue {
        let age = login.map_or(0, |_| crate::users::LOGIN.as_secs());
        let cookie = format!("{}; Max-Age={age}", self.0.cookie.replacen("{}", login.unwrap_or_default(), 1));
        HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

/// A redirection that nobody keeps.
fn redirect(to: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}

/// What is asked for in a query.
fn pairs(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, include_str!("style.css")).into_response()
}

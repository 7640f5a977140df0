//! `/oauth2/authorize`: who is it? Answered by a cookie, by a click where everybody may be anybody, or by a password.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};

use super::codes::{Grant, is_challenge};
use super::page::{Page, Said};
use super::{CLIENT, OAuth, pairs, redirect};
use crate::demo;
use crate::users::{Login, UsersError};

/// A request that may be answered with a code.
struct Asked {
    pairs: Vec<(String, String)>,
    redirect_uri: String,
}

impl Asked {
    /// Reads a request. What is not the console's is never sent anywhere.
    fn read(it: &OAuth, uri: &Uri, headers: &HeaderMap) -> Result<Self, Box<Response>> {
        let pairs = pairs(uri);
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let redirect_uri = get("redirect_uri").unwrap_or_default();
        if get("client_id").as_deref() != Some(CLIENT) || !it.is_ours(&redirect_uri) {
            return Err(Box::new(Page::new(uri, headers, Said::NotOurs).response(StatusCode::BAD_REQUEST)));
        }
        let asked = Self { pairs, redirect_uri };
        let is_code = asked.get("response_type") == "code";
        let has_challenge =
            asked.get("code_challenge_method") == "S256" && is_challenge(asked.get("code_challenge"));
        match (is_code, has_challenge) {
            (true, true) => Ok(asked),
            (false, _) => Err(Box::new(asked.refused("unsupported_response_type"))),
            (true, false) => Err(Box::new(asked.refused("invalid_request"))),
        }
    }

    fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Back to the console, with these words.
    fn back(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, value);
        if !self.get("state").is_empty() {
            query.append_pair("state", self.get("state"));
        }
        format!("{}?{}", self.redirect_uri, query.finish())
    }

    fn refused(&self, error: &str) -> Response {
        redirect(&self.back("error", error), None)
    }
}

/// `GET`: at once for whom we know, or a page that asks.
pub(super) async fn ask(State(it): State<OAuth>, uri: Uri, headers: HeaderMap) -> Response {
    let asked = match Asked::read(&it, &uri, &headers) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let hint = asked.get("login_hint");
    if it.0.free && !hint.is_empty() {
        return match demo::find(hint) {
            Some(person) => it.let_in(&asked, it.0.users.log_in_freely(person.name).await, &uri, &headers),
            None => Page::new(&uri, &headers, Said::Nothing).free().response(StatusCode::OK),
        };
    }
    let asks_again = matches!(asked.get("prompt"), "login" | "select_account");
    if let Some(token) = it.login_of(&headers).filter(|_| !asks_again) {
        match it.0.users.logged_in(&token).await {
            Ok(Some(_)) => return it.code(&asked, token, None),
            Ok(None) => {}
            Err(error) => return unavailable(&error),
        }
    }
    let page = Page::new(&uri, &headers, Said::Nothing);
    if it.0.free { page.free() } else { page }.response(StatusCode::OK)
}

/// `POST`: somebody was chosen, or a name and a password were typed, perhaps with a new one.
pub(super) async fn answer(State(it): State<OAuth>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = match Asked::read(&it, &uri, &headers) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let get = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let (users, name) = (&it.0.users, get("username"));
    let login = if it.0.free {
        users.log_in_freely(get("person")).await
    } else if get("new_password").is_empty() {
        users.log_in(name, get("password")).await
    } else {
        match users.change_password(name, get("password"), get("new_password")).await {
            Ok(()) => users.log_in(name, get("new_password")).await,
            Err(error) => Err(error),
        }
    };
    it.let_in(&asked, login, &uri, &headers)
}

impl OAuth {
    /// A code for whoever has signed in, or the page again with what was wrong.
    fn let_in(
        &self,
        asked: &Asked,
        login: Result<Login, UsersError>,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Response {
        let (said, status) = match login {
            Ok(login) => {
                let cookie = self.set_cookie(Some(&login.token));
                return self.code(asked, login.token, Some(cookie));
            }
            Err(UsersError::Wrong | UsersError::BadName) => (Said::Wrong, StatusCode::UNAUTHORIZED),
            Err(UsersError::Locked(until)) => {
                (Said::Locked(self.0.users.seconds_until(until)), StatusCode::TOO_MANY_REQUESTS)
            }
            Err(UsersError::MustChange) => (Said::MustChange, StatusCode::FORBIDDEN),
            Err(UsersError::WeakPassword) => (Said::WeakPassword, StatusCode::BAD_REQUEST),
            Err(error) => return unavailable(&error),
        };
        let page = Page::new(uri, headers, said);
        if self.0.free { page.free() } else { page }.response(status)
    }

    fn code(&self, asked: &Asked, login: String, cookie: Option<http::HeaderValue>) -> Response {
        let grant = Grant {
            login,
            redirect_uri: asked.redirect_uri.clone(),
            challenge: asked.get("code_challenge").to_owned(),
        };
        match self.0.codes.give(grant) {
            Ok(code) => redirect(&asked.back("code", &code), cookie),
            Err(error) => unavailable(&error),
        }
    }
}

/// `GET /oauth2/logout`: the browser is nobody's any more.
pub(super) async fn log_out(State(it): State<OAuth>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(token) = it.login_of(&headers)
        && let Err(error) = it.0.users.log_out(&token).await
    {
        return unavailable(&error);
    }
    let cookie = it.set_cookie(None);
    let to = pairs(&uri).into_iter().find(|(key, _)| key == "logout_uri").map(|(_, value)| value);
    match to.filter(|to| it.origin_of(to).is_some()) {
        Some(to) => redirect(&to, Some(cookie)),
        None => {
            let mut response = Page::new(&uri, &headers, Said::SignedOut).response(StatusCode::OK);
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
    }
}

fn unavailable(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "Somebody could not sign in");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

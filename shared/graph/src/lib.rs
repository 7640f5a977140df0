#![doc = include_str!("../README.md")]

mod manage;
mod media;
mod templates;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloud_api::PhoneNumberId;
use cloud_api::error::{Answer, GraphError};
use cloud_api::outbound::SendResponse;
use jiff::Timestamp;
pub use manage::{Managed, Picture};
pub use media::{Fetched, NewFile};
use secrecy::{ExposeSecret, SecretString};
pub use templates::ListedTemplates;
pub use tokens::Tokens;

/// The Graph API version that requests name. See [Graph API changelog], read 2026-11: v26.0 is current.
pub const VERSION: &str = "v26.0";

/// Longest wait for an answer. The sender's own timeout is 20 s: an answer that has not come by then is
/// *unknown*, and there must be time left to write that down.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where every call passes before it leaves and after its answer came. Tests count and cut here.
pub trait Intercept: Send + Sync {
    /// Called before the request leaves. An error means that nothing leaves.
    ///
    /// # Errors
    /// The call is not to be made.
    fn before(&self, call: &'static str) -> Result<(), Cut>;
    /// Called when the answer is there. An error means that nobody will read it.
    ///
    /// # Errors
    /// The answer is lost.
    fn after(&self, call: &'static str) -> Result<(), Cut>;
}

/// A call that an [`Intercept`] cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut;

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Graph {
    http: reqwest::Client,
    base: String,
    intercept: Option<Arc<dyn Intercept>>,
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// The beginning of any client of this library's HTTP stack, with its cryptography chosen: `ring`, as everywhere.
pub fn client() -> reqwest::ClientBuilder {
    // It fails where somebody has chosen already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// What is known after a message was posted.
#[derive(Clone, Debug, PartialEq)]
pub enum Posted {
    /// Meta took it. Says nothing of delivery.
    Accepted(SendResponse),
    /// Meta refused it: it was not sent, and will not be.
    Refused(GraphError),
    /// No connection was made: nothing left us.
    NotSent,
    /// It may have been delivered.
    Unknown {
        /// Why nobody knows, without content.
        why: String,
    },
}

/// What became of a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Blocked {
    /// It is as it was asked.
    Done,
    /// Meta refused.
    Refused(GraphError),
    /// It may be done or not: worth a repeat, which changes nothing.
    Unknown {
        /// Why nobody knows.
        why: String,
    },
}

#[derive(serde::Serialize)]
struct BlockUsers<'a> {
    messaging_product: &'static str,
    block_users: [BlockedUser<'a>; 1],
}

#[derive(serde::Serialize)]
struct BlockedUser<'a> {
    user: &'a str,
}

impl Graph {
    /// A client for a Graph API at `base`, such as `https://graph.facebook.com`.
    ///
    /// # Errors
    /// The TLS stack could not be set up.
    pub fn new(base: &str) -> Result<Self, BuildError> {
        let http = client()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(3))
            // A post must never be followed elsewhere, nor repeated by the client itself.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("ventana/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), intercept: None })
    }

    /// The same client, with every call passing through `intercept`.
    #[must_use]
    pub fn with_intercept(mut self, intercept: Arc<dyn Intercept>) -> Self {
        self.intercept = Some(intercept);
        self
    }

    /// Posts a message, or a read mark, of a number. Gives when the answer was written as well, by Meta's clock, if there
    /// was one.
    pub async fn post_message(
        &self,
        token: &SecretString,
        from: &PhoneNumberId,
        body: Vec<u8>,
    ) -> (Posted, Option<Timestamp>) {
        const CALL: &str = "messages";
        if let Some(Err(Cut)) = self.intercept.as_ref().map(|i| i.before(CALL)) {
            return (Posted::NotSent, None);
        }
        let posted = self.exchange(token, from, body).await;
        match self.intercept.as_ref().map(|i| i.after(CALL)) {
            Some(Err(Cut)) => (Posted::Unknown { why: "the answer was lost".to_owned() }, None),
            _ => posted,
        }
    }

    /// Blocks or unblocks a person for a number. A person is a phone number or a business-scoped user id.
    ///
    /// See [Cloud API/Block users], read 2026-11: only who wrote within 24 hours can be blocked. Repeating it changes
    /// nothing.
    pub async fn block(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        user: &str,
        blocked: bool,
    ) -> Blocked {
        const CALL: &str = "block_users";
        if let Some(Err(Cut)) = self.intercept.as_ref().map(|i| i.before(CALL)) {
            return Blocked::Unknown { why: "nothing left".to_owned() };
        }
        let url = format!("{}/{VERSION}/{number}/block_users", self.base);
        let request = if blocked { self.http.post(url) } else { self.http.delete(url) };
        let body = BlockUsers { messaging_product: "whatsapp", block_users: [BlockedUser { user }] };
        let answer = request.bearer_auth(token.expose_secret()).json(&body).send().await;
        let response = match answer {
            Ok(response) => response,
            Err(error) => return Blocked::Unknown { why: reason(&error) },
        };
        let status = response.status().as_u16();
        if (200..300).contains(&status) {
            return Blocked::Done;
        }
        match response.bytes().await.map(|body| Answer::read(status, &body)) {
            Ok(Answer::Refused(error)) => Blocked::Refused(error),
            _ => Blocked::Unknown { why: format!("status {status} without a definite Graph error") },
        }
    }

    async fn exchange(
        &self,
        token: &SecretString,
        from: &PhoneNumberId,
        body: Vec<u8>,
    ) -> (Posted, Option<Timestamp>) {
        let answer = self
            .http
            .post(format!("{}/{VERSION}/{from}/messages", self.base))
            .bearer_auth(token.expose_secret())
            .header(http_content_type().0, http_content_type().1)
            .body(body)
            .send()
            .await;
        let response = match answer {
            Ok(response) => response,
            // Only a connection that was never made is known not to have carried the message.
            Err(error) if error.is_connect() => return (Posted::NotSent, None),
            Err(error) => return (Posted::Unknown { why: reason(&error) }, None),
        };
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| date.to_str().ok()).and_then(read_date);
        match response.bytes().await {
            Ok(body) => (read_answer(status, &body), date),
            Err(error) => (Posted::Unknown { why: reason(&error) }, date),
        }
    }
}

/// Reads a `Date` header, whole seconds. Pure.
fn read_date(date: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
}

fn http_content_type() -> (&'static str, &'static str) {
    ("content-type", "application/json")
}

/// The kind of a transport error, without its address.
fn reason(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() { "no answer in time" } else { "the connection broke" };
    kind.to_owned()
}

/// Reads an HTTP answer. Pure.
fn read_answer(status: u16, body: &[u8]) -> Posted {
    if !(200..300).contains(&status) {
        return match Answer::read(status, body) {
            Answer::Refused(error) => Posted::Refused(error),
            _ => Posted::Unknown { why: format!("status {status} without a definite Graph error") },
        };
    }
    match SendResponse::parse(body) {
        Some(response) => Posted::Accepted(response),
        None => Posted::Unknown { why: format!("status {status} with a body that is no answer") },
    }
}

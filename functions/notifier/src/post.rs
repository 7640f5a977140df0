//! Posting to an address that somebody outside chose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::endpoint::{Reach, check_url};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

/// Longest wait for an answer. Standard Webhooks recommends 15 to 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Posts to where it may. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Poster {
    http: reqwest::Client,
    reach: Reach,
}

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// What goes with a body.
#[derive(Clone, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) id: &'a str,
    pub(crate) second: i64,
    pub(crate) signature: &'a str,
}

/// What came of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// An answer: its status, and for how many seconds its sender wants to be left alone.
    Answer(u16, Option<u64>),
    /// None, for this reason.
    None(String),
}

impl Poster {
    /// A client that reaches so far.
    ///
    /// # Errors
    /// The TLS stack could not be set up.
    pub fn new(reach: Reach) -> Result<Self, BuildError> {
        // It fails where somebody has chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(5))
            // A redirection could lead anywhere, and a proxy would look names up itself.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(Guarded(reach)))
            .user_agent(concat!("ventana/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, reach })
    }

    /// Posts a body. The answer's body is not read: nobody asks for it.
    pub(crate) async fn post(&self, url: &str, signed: &Signed<'_>, body: &str) -> Posted {
        // An address in the URL is not looked up, so the resolver does not see it.
        if let Err(error) = check_url(url, self.reach) {
            return Posted::None(format!("the URL {error}"));
        }
        let answer = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", signed.id)
            .header("webhook-timestamp", signed.second)
            .header("webhook-signature", signed.signature)
            .body(body.to_owned())
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let asked =
                    answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                Posted::Answer(answer.status().as_u16(), asked)
            }
            Err(error) => Posted::None(reason(&error).to_owned()),
        }
    }
}

/// The kind of a transport error, without its address.
fn reason(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<Refused>().is_some() {
            return "the host leads into a private network";
        }
        cause = inner.source();
    }
    match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        _ => "the connection broke",
    }
}

/// A name whose addresses may not be posted to.
#[derive(Debug, thiserror::Error)]
#[error("no address of the host may be posted to")]
struct Refused;

/// Looks names up, and hands on only addresses that may be posted to: what is checked is what is connected to.
struct Guarded(Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Refused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_posted_to() {
        let poster = Poster::new(Reach::Public).unwrap();
        let signed = Signed { id: "evt_1", second: 1, signature: "v1,x" };
        for (url, why) in [
            ("https://localhost/", "the URL must not lead into a private network"),
            ("https://127.0.0.1:9/", "the URL must not lead into a private network"),
            ("http://example.com/", "the URL must begin with https://"),
            ("https://LOCALHOST./", "the URL must not lead into a private network"),
        ] {
            assert_eq!(poster.post(url, &signed, "{}").await, Posted::None(why.to_owned()), "{url}");
        }
        // What a name looks like says nothing of where it leads: addresses are checked as they are looked up.
        let lookup = async |reach| Guarded(reach).resolve("localhost".parse().unwrap()).await;
        let refused = lookup(Reach::Public).await.err().unwrap();
        assert!(refused.downcast_ref::<Refused>().is_some(), "{refused}");
        assert!(lookup(Reach::PublicAndLoopback).await.is_ok());
    }
}

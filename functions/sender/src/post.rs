//! Posting, with the access token that holds now.

use cloud_api::{PhoneNumberId, PortfolioId};
use graph::Posted;
use lambda_kit::metrics::GRAPH_AUTH_FAILURES;
use secrecy::{ExposeSecret, SecretString};
use tracing::{info, warn};

use crate::Sender;

/// The access token is expired, revoked or wrong. See [Cloud API/Error codes], read 2026-11.
const ACCESS_TOKEN: u32 = 190;

impl Sender {
    /// Posts for a number. If Meta refuses the token, and it was rotated meanwhile, once more with the new one:
    /// a refusal is definite, so nothing was sent.
    pub(crate) async fn post(&self, portfolio: &PortfolioId, from: &PhoneNumberId, body: Vec<u8>) -> Posted {
        let access = self.access.current().await;
        let token = access.tokens.of(portfolio);
        let mut posted = self.exchange(token, from, body.clone()).await;
        if refuses_token(&posted)
            && let Some(fresh) = self.access.instead_of(&access).await
        {
            let rotated = fresh.tokens.of(portfolio);
            if rotated.expose_secret() != token.expose_secret() {
                info!("Meta refused an access token that was rotated meanwhile; posting with the new one");
                posted = self.exchange(rotated, from, body).await;
            }
        }
        if refuses_token(&posted) {
            warn!(number.id = %from, "Meta refuses the access token");
            self.kit.metrics.record(GRAPH_AUTH_FAILURES, 1);
        }
        posted
    }

    /// One exchange, whose answer tells how far this worker's clock is off.
    async fn exchange(&self, token: &SecretString, from: &PhoneNumberId, body: Vec<u8>) -> Posted {
        let asked = self.kit.clock.now();
        let (posted, date) = self.graph.post_message(token, from, body).await;
        if let Some(date) = date {
            self.time.learn(asked, self.kit.clock.now(), date);
        }
        posted
    }
}

fn refuses_token(posted: &Posted) -> bool {
    matches!(posted, Posted::Refused(error) if error.code == Some(ACCESS_TOKEN))
}

#![doc = include_str!("../README.md")]

mod config;
mod http;
mod packing;

use cloud_api::signature;
use cloud_api::webhook::split;
pub use config::Config;
pub use http::{Answer, Event, Request};
use jiff::Timestamp;
use lambda_kit::Clock;
pub use packing::{Packed, pack};
use platform::{Bucket, BucketError};
use queue::{Entry, Queue, QueueError};
use secrecy::ExposeSecret;
use tracing::{info, warn};

/// The function.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Secrets, tokens and addresses.
    pub config: Config,
    /// The queues' client.
    pub queue: Queue,
    /// Where large items lie.
    pub bucket: Bucket,
    /// The clock.
    pub clock: Clock,
}

/// A part of a body is on no queue. Meta must deliver it again.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A queue did not take it.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The bucket did not take it.
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

impl Webhook {
    /// Answers one request.
    pub async fn handle(&self, request: Request<'_>) -> Answer {
        match request {
            Request::Verify { mode, token, challenge } => self.challenge(mode, token, challenge),
            Request::Deliver { signature, body } => self.deliver(signature, body).await,
            Request::Other => Answer::status(405),
        }
    }

    /// Meta asks whether the address is ours. See [Cloud API/Webhooks/Verification], read 2026-11.
    fn challenge(&self, mode: Option<&str>, token: Option<&str>, challenge: Option<&str>) -> Answer {
        let expected = self.config.verify_token.expose_secret();
        let known = token.is_some_and(|token| same(token.as_bytes(), expected.as_bytes()));
        match challenge {
            Some(challenge) if known && mode == Some("subscribe") => Answer::text(200, challenge),
            _ => Answer::status(403),
        }
    }

    async fn deliver(&self, header: Option<&str>, body: &[u8]) -> Answer {
        let secrets: Vec<&[u8]> =
            self.config.app_secrets.iter().map(|secret| secret.expose_secret().as_bytes()).collect();
        if let Err(error) = signature::verify(&secrets, body, header) {
            warn!(webhook.bytes = body.len(), "Refused a webhook: {error}");
            return Answer::status(401);
        }
        match self.enqueue(body, self.clock.now()).await {
            Ok(items) => {
                info!(webhook.items = items, webhook.bytes = body.len(), "Queued a webhook");
                Answer::status(200)
            }
            Err(error) => {
                warn!(%error, "A webhook is not on the queue; Meta will deliver it again");
                Answer::status(500)
            }
        }
    }

    /// Puts every part of a body on a queue.
    async fn enqueue(&self, body: &[u8], received_at: Timestamp) -> Result<usize, WebhookError> {
        let packed = pack(split::split(body), received_at);
        let (mut inbound, status) = (packed.inbound, packed.status);
        for large in packed.large {
            let (bytes, pointer) = large.into_parts();
            let key = self.bucket.keep_large(bytes).await?;
            inbound.push(pointer.into_job(&key, received_at));
        }
        let config = &self.config;
        for (url, jobs) in [(&config.inbound_queue_url, inbound), (&config.status_queue_url, status)] {
            let entries: Vec<Entry> = jobs.into_iter().map(Entry::new).collect();
            self.queue.send_all(url, &entries).await?;
        }
        Ok(packed.items)
    }
}

/// Compares without telling by its time where two texts differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

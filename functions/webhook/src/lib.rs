#![doc = include_str!("../README.md")]

mod config;
mod http;
mod packing;

use cloud_api::signature::{self, SignatureError};
use cloud_api::webhook::split;
pub use config::{Config, Shared};
pub use http::{Answer, Event, Request};
use lambda_kit::metrics::{ITEMS, UNQUEUED_WEBHOOKS, UNSIGNED_WEBHOOKS};
use lambda_kit::{Kit, Secret, correlated};
pub use packing::{Origin, Packed, pack};
use platform::{Bucket, BucketError};
use queue::{CorrelationId, Entry, Queue, QueueError};
use secrecy::ExposeSecret;
use tracing::{Instrument, info, warn};

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Addresses.
    pub config: Config,
    /// What is shared with Meta.
    pub shared: Secret<Shared>,
    /// The queues' client.
    pub queue: Queue,
    /// Where large items lie.
    pub bucket: Bucket,
    /// The clock and the metrics.
    pub kit: Kit,
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
    /// Answers one request. Its id, if it has one, goes with every item.
    pub async fn handle(&self, request: Request<'_>, request_id: Option<&str>) -> Answer {
        let correlation = request_id.and_then(CorrelationId::new);
        let span = correlated(correlation.as_ref().map(CorrelationId::as_str));
        let answer = async {
            match request {
                Request::Verify { mode, token, challenge } => self.challenge(mode, token, challenge).await,
                Request::Deliver { signature, body } => self.deliver(signature, body, correlation).await,
                Request::Other => Answer::status(405),
            }
        };
        answer.instrument(span).await
    }

    /// Meta asks whether the address is ours. See [Cloud API/Webhooks/Verification], read 2026-11.
    async fn challenge(&self, mode: Option<&str>, token: Option<&str>, challenge: Option<&str>) -> Answer {
        match challenge {
            Some(challenge) if mode == Some("subscribe") && self.knows(token).await => {
                Answer::text(200, challenge)
            }
            _ => Answer::status(403),
        }
    }

    /// Whether somebody knows our verify token; one that may have been rotated is read again.
    async fn knows(&self, token: Option<&str>) -> bool {
        let Some(token) = token else { return false };
        let fits = |shared: &Shared| same(token.as_bytes(), shared.verify_token.expose_secret().as_bytes());
        let shared = self.shared.current().await;
        fits(&shared) || self.shared.instead_of(&shared).await.is_some_and(|fresh| fits(&fresh))
    }

    /// Whether Meta signed these bytes; secrets that may have been rotated are read again.
    async fn verify(&self, header: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
        let by = |shared: &Shared| {
            let secrets: Vec<&[u8]> =
                shared.app_secrets.iter().map(|secret| secret.expose_secret().as_bytes()).collect();
            signature::verify(&secrets, body, header)
        };
        let shared = self.shared.current().await;
        match by(&shared) {
            Err(SignatureError::Mismatch) => match self.shared.instead_of(&shared).await {
                Some(fresh) => by(&fresh),
                None => Err(SignatureError::Mismatch),
            },
            verified => verified,
        }
    }

    async fn deliver(&self, header: Option<&str>, body: &[u8], correlation: Option<CorrelationId>) -> Answer {
        let metrics = &self.kit.metrics;
        if let Err(error) = self.verify(header, body).await {
            warn!(webhook.bytes = body.len(), "Refused a webhook: {error}");
            metrics.record(UNSIGNED_WEBHOOKS, 1);
            return Answer::status(401);
        }
        match self.enqueue(body, Origin { received_at: self.kit.clock.now(), correlation }).await {
            Ok(items) => {
                info!(webhook.items = items, webhook.bytes = body.len(), "Queued a webhook");
                metrics.record(ITEMS, items.try_into().unwrap_or(u64::MAX));
                Answer::status(200)
            }
            Err(error) => {
                warn!(%error, "A webhook is not on the queue; Meta will deliver it again");
                metrics.record(UNQUEUED_WEBHOOKS, 1);
                Answer::status(500)
            }
        }
    }

    /// Puts every part of a body on a queue.
    async fn enqueue(&self, body: &[u8], origin: Origin) -> Result<usize, WebhookError> {
        let packed = pack(split::split(body), &origin);
        let (mut inbound, mut status) = (packed.inbound, packed.status);
        for large in packed.large {
            let (bytes, pointer) = large.into_parts();
            let key = self.bucket.keep_large(bytes).await?;
            let queue = if pointer.is_status() { &mut status } else { &mut inbound };
            queue.push(pointer.into_job(&key, &origin));
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

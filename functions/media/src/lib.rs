#![doc = include_str!("../README.md")]

mod check;
mod config;
mod copy;
mod give;
mod look;
mod picture;
mod voice;
mod worker;

use cloud_api::PhoneNumberId;
use cloud_api::error::{GraphError, Remedy};
pub use config::{Access, Config};
use graph::Graph;
use lambda_kit::{Failure, Kit, Secret};
use platform::{Bucket, BucketError};
use queue::Queue;
use secrecy::SecretString;
use store::{Store, StoreError};
pub use voice::{NoVoice, voice_note};
pub use worker::Errand;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    /// Messages and uploads.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// Where files lie.
    pub bucket: Bucket,
    /// The Graph API.
    pub graph: Graph,
    /// What opens it.
    pub access: Secret<Access>,
    /// The clock and the metrics.
    pub kit: Kit,
    /// The queue that it works on.
    pub media_queue_url: String,
}

impl Media {
    /// The access token for calls about a number.
    pub(crate) async fn token(&self, number: &PhoneNumberId) -> Result<SecretString, Failure> {
        let portfolio = self.store.portfolio_of_number(number).await.map_err(failure)?;
        Ok(self.access.current().await.tokens.of(&portfolio).clone())
    }

    /// Puts the parts of a file side by side; gives where they lie.
    pub(crate) async fn keep(&self, place: &str, seen: &look::Looked) -> Result<Vec<String>, Failure> {
        let file = format!("{place}/file");
        self.put(&file, &seen.facts.content_type, seen.bytes.clone()).await?;
        let mut objects = vec![file];
        if let Some(small) = &seen.thumbnail {
            let thumbnail = format!("{place}/thumbnail");
            self.put(&thumbnail, "image/jpeg", small.clone()).await?;
            objects.push(thumbnail);
        }
        Ok(objects)
    }

    pub(crate) async fn put(&self, key: &str, kind: &str, bytes: bytes::Bytes) -> Result<(), Failure> {
        self.bucket.put(key, kind, bytes).await.map_err(no_bucket)
    }

    /// Takes away what was put for a message that is gone.
    pub(crate) async fn drop_objects(&self, objects: &[String]) -> Result<(), Failure> {
        for key in objects {
            self.bucket.delete(key).await.map_err(no_bucket)?;
        }
        Ok(())
    }
}

/// Whether what Meta refuses may be another matter later: a token that somebody renews, a limit that passes.
pub(crate) fn passes(error: &GraphError) -> bool {
    matches!(error.remedy(), Remedy::SlowDown | Remedy::WaitNumber | Remedy::StopNumber)
}

/// What a store's error means for an item.
pub(crate) fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}

pub(crate) fn no_bucket(error: BucketError) -> Failure {
    Failure::Retry(error.to_string())
}

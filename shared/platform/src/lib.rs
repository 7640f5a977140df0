#![doc = include_str!("../README.md")]

mod bus;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
pub use bus::{BusEvent, EventBus, NotTaken};
use bytes::Bytes;

/// The stack's bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// A body could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// There is nothing under this key. Trying again will not help.
    #[error("nothing is kept under this key")]
    Missing,
    /// The bucket did not answer as it should. Worth a retry.
    #[error("the bucket is not available: {0}")]
    Unavailable(String),
}

impl Bucket {
    /// The bucket of this name.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Keeps a body that is too large for a queue, and says under which key. The same bytes have the same
    /// key.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`]: it is not kept.
    pub async fn keep_large(&self, body: Vec<u8>) -> Result<String, BucketError> {
        let key = format!("large/{}", domain::sha256(&body));
        self.client
            .put_object()
            .bucket(&self.name)
            .key(&key)
            .body(body.into())
            .send()
            .await
            .map_err(|error| BucketError::Unavailable(describe(&DisplayErrorContext(&error))))?;
        Ok(key)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`BucketError::Missing`] if there is none, [`BucketError::Unavailable`] if that cannot be said.
    pub async fn read(&self, key: &str) -> Result<Bytes, BucketError> {
        let answer = self.client.get_object().bucket(&self.name).key(key).send().await;
        let object = answer.map_err(|error| match error.as_service_error() {
            Some(refused) if refused.is_no_such_key() => BucketError::Missing,
            _ => BucketError::Unavailable(describe(&DisplayErrorContext(&error))),
        })?;
        let body = object.body.collect().await;
        body.map(aws_sdk_s3::primitives::AggregatedBytes::into_bytes)
            .map_err(|error| BucketError::Unavailable(error.to_string()))
    }
}

/// The SDK's error chain, without line breaks.
fn describe(error: &impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}

#![doc = include_str!("../README.md")]

mod bus;
mod connections;

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_s3::presigning::PresigningConfig;
pub use bus::{BusEvent, EventBus, NotTaken};
use bytes::Bytes;
pub use connections::{Connections, LARGEST_FRAME, PushError, Pushed};
use jiff::Timestamp;

/// The stack's bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    /// What links are made with.
    links: Client,
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
        Self { links: client.clone(), client, name: name.into() }
    }

    /// The same bucket, whose links are made with another client: where browsers reach it by another address than
    /// functions do.
    #[must_use]
    pub fn with_links(self, links: Client) -> Self {
        Self { links, ..self }
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

    /// Keeps an object, whatever was there.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`]: it is not kept.
    pub async fn put(&self, key: &str, kind: &str, body: impl Into<Bytes>) -> Result<(), BucketError> {
        let body = aws_sdk_s3::primitives::ByteStream::from(body.into());
        let put = self.client.put_object().bucket(&self.name).key(key).content_type(kind).body(body);
        put.send().await.map(drop).map_err(|error| unavailable(&error))
    }

    /// Removes an object; one that is not there is as good as removed.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`]: it may be there still.
    pub async fn delete(&self, key: &str) -> Result<(), BucketError> {
        let delete = self.client.delete_object().bucket(&self.name).key(key);
        delete.send().await.map(drop).map_err(|error| unavailable(&error))
    }

    /// Up to a thousand objects whose keys begin so, in order, after a key.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`].
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<Listed>, BucketError> {
        let list = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
        let list = list.set_start_after(after.map(str::to_owned)).send().await;
        let list = list.map_err(|error| unavailable(&error))?;
        let listed = |object: &aws_sdk_s3::types::Object| {
            Some(Listed {
                key: object.key()?.to_owned(),
                modified_at: object.last_modified().map_or(0, |at| at.secs()),
            })
        };
        Ok(list.contents().iter().filter_map(listed).collect())
    }

    /// A link by which whoever has it may download an object for a while from now on, without signing in.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`].
    pub async fn link(&self, key: &str, now: Timestamp, lasting: Duration) -> Result<String, BucketError> {
        let config = PresigningConfig::builder().start_time(now.into()).expires_in(lasting).build();
        let config = config.map_err(|error| BucketError::Unavailable(error.to_string()))?;
        let get = self.links.get_object().bucket(&self.name).key(key);
        let link = get.presigned(config).await.map_err(|error| unavailable(&error))?;
        Ok(link.uri().to_owned())
    }

    /// A link by which whoever has it may put an object in its place for a while from now on, without signing in.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`].
    pub async fn upload_link(
        &self,
        key: &str,
        now: Timestamp,
        lasting: Duration,
    ) -> Result<String, BucketError> {
        let config = PresigningConfig::builder().start_time(now.into()).expires_in(lasting).build();
        let config = config.map_err(|error| BucketError::Unavailable(error.to_string()))?;
        let put = self.links.put_object().bucket(&self.name).key(key);
        let link = put.presigned(config).await.map_err(|error| unavailable(&error))?;
        Ok(link.uri().to_owned())
    }

    /// The same for a file that is shown or saved as is said here, whatever it was kept as.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`].
    pub async fn link_as(
        &self,
        key: &str,
        shown: &Shown<'_>,
        now: Timestamp,
        lasting: Duration,
    ) -> Result<String, BucketError> {
        let config = PresigningConfig::builder().start_time(now.into()).expires_in(lasting).build();
        let config = config.map_err(|error| BucketError::Unavailable(error.to_string()))?;
        let get = self.links.get_object().bucket(&self.name).key(key);
        let get = get
            .response_content_type(shown.content_type)
            .response_content_disposition(&shown.disposition)
            .response_cache_control("private, max-age=31536000, immutable");
        let link = get.presigned(config).await.map_err(|error| unavailable(&error))?;
        Ok(link.uri().to_owned())
    }

    /// A link by which whoever has it may put a file of this type and size in its place, with the headers that it must
    /// be put with.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`].
    pub async fn upload_link_for(
        &self,
        key: &str,
        (content_type, size): (&str, u64),
        now: Timestamp,
        lasting: Duration,
    ) -> Result<String, BucketError> {
        let config = PresigningConfig::builder().start_time(now.into()).expires_in(lasting).build();
        let config = config.map_err(|error| BucketError::Unavailable(error.to_string()))?;
        let put = self.links.put_object().bucket(&self.name).key(key).content_type(content_type);
        let put = put.content_length(size.try_into().unwrap_or(i64::MAX));
        let link = put.presigned(config).await.map_err(|error| unavailable(&error))?;
        Ok(link.uri().to_owned())
    }

    /// Reads up to `most` bytes of an object from a place on; none where it ends.
    ///
    /// # Errors
    /// [`BucketError::Missing`] if there is no object, [`BucketError::Unavailable`] if that cannot be said.
    pub async fn read_part(&self, key: &str, from: u64, most: u64) -> Result<Bytes, BucketError> {
        let range = format!("bytes={from}-{}", from + most.saturating_sub(1));
        let answer = self.client.get_object().bucket(&self.name).key(key).range(range).send().await;
        let object = match answer {
            Ok(object) => object,
            Err(error) if error.code() == Some("InvalidRange") => return Ok(Bytes::new()),
            Err(error) => {
                return Err(match error.as_service_error() {
                    Some(refused) if refused.is_no_such_key() => BucketError::Missing,
                    _ => unavailable(&error),
                });
            }
        };
        let body = object.body.collect().await;
        body.map(aws_sdk_s3::primitives::AggregatedBytes::into_bytes)
            .map_err(|error| BucketError::Unavailable(error.to_string()))
    }

    /// Reads up to `most` bytes of an object that somebody outside may have put there or not.
    ///
    /// # Errors
    /// [`BucketError::Unavailable`] if that cannot be said.
    pub async fn read_if_there(&self, key: &str, most: u64) -> Result<Option<Bytes>, BucketError> {
        let range = format!("bytes=0-{}", most.saturating_sub(1));
        let answer = self.client.get_object().bucket(&self.name).key(key).range(range).send().await;
        let object = match answer {
            Ok(object) => object,
            // Whoever may not list a bucket hears that access is denied, where there is nothing. See [S3/GetObject], read
            // 2026-11.
            Err(error) => {
                return match error.code() {
                    Some("NoSuchKey" | "AccessDenied") => Ok(None),
                    Some("InvalidRange") => Ok(Some(Bytes::new())),
                    _ => Err(unavailable(&error)),
                };
            }
        };
        let body = object.body.collect().await;
        body.map(|body| Some(body.into_bytes())).map_err(|error| BucketError::Unavailable(error.to_string()))
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

/// How a link gives an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The media type that a browser hears.
    pub content_type: &'a str,
    /// Whether it is shown where it is or saved, and under which name: the header `content-disposition`.
    pub disposition: String,
}

/// An object of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was kept, in Unix seconds.
    pub modified_at: i64,
}

fn unavailable<E: std::error::Error>(error: &E) -> BucketError {
    BucketError::Unavailable(describe(&DisplayErrorContext(error)))
}

/// The SDK's error chain, without line breaks.
fn describe(error: &impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}

//! An embedded S3: buckets of objects, in files or in memory, over path-style REST, as far as functions
//! and posters use it.

mod chunked;
mod errors;
pub(crate) mod link;
mod listing;
mod object;
mod protocol;
mod range;
mod storage;

use std::path::Path;
use std::sync::Arc;

use lambda_kit::Clock;

pub use errors::S3Error;
pub(crate) use link::{Verified, is_signed};
pub use object::{Object, ObjectHead};
pub use storage::Put;

use storage::Storage;

/// All buckets; cheap to clone.
#[derive(Clone, Debug)]
pub struct S3 {
    storage: Arc<Storage>,
    clock: Clock,
}

impl S3 {
    /// Opens the buckets in a directory, or buckets in memory that end with the program.
    ///
    /// # Errors
    /// The directory cannot be read, or holds something that is not an object.
    pub fn open(directory: Option<&Path>, clock: Clock) -> Result<Self, S3Error> {
        Ok(Self { storage: Arc::new(Storage::open(directory)?), clock })
    }

    /// Makes a bucket; one that exists stays as it is.
    ///
    /// # Errors
    /// The name is not one a bucket can have, or the storage failed.
    pub fn create_bucket(&self, name: &str) -> Result<(), S3Error> {
        self.storage.create_bucket(name)
    }

    /// Whether there is a bucket of this name.
    #[must_use]
    pub fn has_bucket(&self, name: &str) -> bool {
        self.storage.has_bucket(name)
    }

    /// Keeps an object and returns its head once it is on disk.
    ///
    /// # Errors
    /// The bucket does not exist, the condition does not hold, or the storage failed.
    pub async fn put(&self, bucket: &str, object: Object, condition: Put) -> Result<ObjectHead, S3Error> {
        self.on_a_thread(bucket, move |storage, bucket| storage.put(bucket, &object, condition)).await
    }

    /// Reads an object.
    ///
    /// # Errors
    /// The bucket or the object does not exist, or the storage failed.
    pub async fn get(&self, bucket: &str, key: &str) -> Result<Object, S3Error> {
        let key = key.to_owned();
        self.on_a_thread(bucket, move |storage, bucket| storage.get(bucket, &key)).await
    }

    /// What is known of an object without reading it.
    ///
    /// # Errors
    /// The bucket or the object does not exist.
    pub fn head(&self, bucket: &str, key: &str) -> Result<ObjectHead, S3Error> {
        self.storage.head(bucket, key)
    }

    /// Removes an object; one that is not there is as good as removed.
    ///
    /// # Errors
    /// The bucket does not exist, or the storage failed.
    pub async fn delete(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        let key = key.to_owned();
        self.on_a_thread(bucket, move |storage, bucket| storage.delete(bucket, &key)).await
    }

    /// The heads of a bucket's objects in the order of their keys, from the first key after `after`.
    ///
    /// # Errors
    /// The bucket does not exist.
    pub fn list(&self, bucket: &str, prefix: &str, after: &str) -> Result<Vec<ObjectHead>, S3Error> {
        self.storage.list(bucket, prefix, after)
    }

    /// Files block, so they are read and written beside the runtime's own threads.
    async fn on_a_thread<T: Send + 'static>(
        &self,
        bucket: &str,
        work: impl FnOnce(&Storage, &str) -> Result<T, S3Error> + Send + 'static,
    ) -> Result<T, S3Error> {
        let (storage, bucket) = (Arc::clone(&self.storage), bucket.to_owned());
        let done = tokio::task::spawn_blocking(move || work(&storage, &bucket)).await;
        done.map_err(|error| S3Error::Storage(error.to_string()))?
    }
}

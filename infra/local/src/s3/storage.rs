//! Where objects are: a directory per bucket and a file per object, or memory.
//!
//! A file is named by the SHA-256 of its key, so no key can lead out of its bucket, be too long for the
//! file system, or be a directory and a file at once. An object is written beside its place, synced, and
//! renamed into it: whoever reads sees the old one or the new one, whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::errors::S3Error;
use super::object::{Object, ObjectHead};

/// What an unfinished file's name begins with.
const UNFINISHED: &str = ".unfinished-";

#[derive(Debug)]
pub(super) struct Storage {
    directory: Option<PathBuf>,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

/// A bucket's objects by key; their bytes too, when there are no files.
type Bucket = BTreeMap<String, (ObjectHead, Option<Object>)>;

impl Storage {
    pub(super) fn open(directory: Option<&Path>) -> Result<Self, S3Error> {
        let mut buckets = BTreeMap::new();
        if let Some(directory) = directory {
            fs::create_dir_all(directory)?;
            for entry in fs::read_dir(directory)? {
                let entry = entry?;
                if !entry.file_type()?.is_dir() {
                    continue;
                }
                if let Some(name) = entry.file_name().to_str().filter(|it| is_bucket_name(it)) {
                    buckets.insert(name.to_owned(), load(&entry.path())?);
                }
            }
        }
        Ok(Self { directory: directory.map(Path::to_owned), buckets: Mutex::new(buckets) })
    }

    pub(super) fn create_bucket(&self, name: &str) -> Result<(), S3Error> {
        if !is_bucket_name(name) {
            return Err(S3Error::InvalidBucketName);
        }
        if let Some(directory) = &self.directory {
            fs::create_dir_all(directory.join(name))?;
            File::open(directory)?.sync_all()?;
        }
        self.lock().entry(name.to_owned()).or_default();
        Ok(())
    }

    pub(super) fn has_bucket(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    pub(super) fn put(&self, bucket: &str, object: &Object, condition: Put) -> Result<ObjectHead, S3Error> {
        if !self.has_bucket(bucket) {
            return Err(S3Error::NoSuchBucket);
        }
        let head = object.head.clone();
        let Some(directory) = &self.directory else {
            let mut buckets = self.lock();
            let bucket = condition.check(&mut buckets, bucket, &head.key)?;
            bucket.insert(head.key.clone(), (head.clone(), Some(object.clone())));
            return Ok(head);
        };
        let place = directory.join(bucket);
        let unfinished = place.join(format!("{UNFINISHED}{}", uuid::Uuid::new_v4()));
        let mut file = BufWriter::new(File::create(&unfinished)?);
        object.write(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        let placed = self.place(&unfinished, (bucket, &head), condition);
        if placed.is_err() {
            fs::remove_file(&unfinished)?;
        }
        placed?;
        File::open(&place)?.sync_all()?;
        Ok(head)
    }

    /// Puts a finished file into its place. The lock makes the last rename and the last note of a key
    /// the same object's.
    fn place(
        &self,
        finished: &Path,
        (bucket, head): (&str, &ObjectHead),
        condition: Put,
    ) -> Result<(), S3Error> {
        let mut buckets = self.lock();
        let objects = condition.check(&mut buckets, bucket, &head.key)?;
        fs::rename(finished, finished.with_file_name(file_name(&head.key)))?;
        objects.insert(head.key.clone(), (head.clone(), None));
        Ok(())
    }

    pub(super) fn get(&self, bucket: &str, key: &str) -> Result<Object, S3Error> {
        let in_memory = self.find(bucket, key, |(_, object)| object.clone())?;
        let Some(directory) = &self.directory else { return in_memory.ok_or(S3Error::NoSuchKey) };
        match File::open(directory.join(bucket).join(file_name(key))) {
            Ok(file) => Object::read(BufReader::new(file)),
            // Deleted since it was found.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(S3Error::NoSuchKey),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn head(&self, bucket: &str, key: &str) -> Result<ObjectHead, S3Error> {
        self.find(bucket, key, |(head, _)| head.clone())
    }

    pub(super) fn delete(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        let mut buckets = self.lock();
        let objects = buckets.get_mut(bucket).ok_or(S3Error::NoSuchBucket)?;
        let Some(directory) = self.directory.as_ref().filter(|_| objects.contains_key(key)) else {
            objects.remove(key);
            return Ok(());
        };
        let place = directory.join(bucket);
        fs::remove_file(place.join(file_name(key)))?;
        objects.remove(key);
        drop(buckets);
        File::open(&place)?.sync_all()?;
        Ok(())
    }

    pub(super) fn list(&self, bucket: &str, prefix: &str, after: &str) -> Result<Vec<ObjectHead>, S3Error> {
        let buckets = self.lock();
        let objects = buckets.get(bucket).ok_or(S3Error::NoSuchBucket)?;
        let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let range = objects.range::<str, _>((start, Bound::Unbounded));
        let found = range.take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.map(|(_, (head, _))| head.clone()).collect())
    }

    fn find<T>(
        &self,
        bucket: &str,
        key: &str,
        read: impl FnOnce(&(ObjectHead, Option<Object>)) -> T,
    ) -> Result<T, S3Error> {
        let buckets = self.lock();
        let objects = buckets.get(bucket).ok_or(S3Error::NoSuchBucket)?;
        objects.get(key).map(read).ok_or(S3Error::NoSuchKey)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an object may take the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It may.
    Always,
    /// It may not: the key must be new.
    IfNew,
}

impl Put {
    fn check<'a>(
        self,
        buckets: &'a mut BTreeMap<String, Bucket>,
        bucket: &str,
        key: &str,
    ) -> Result<&'a mut Bucket, S3Error> {
        let objects = buckets.get_mut(bucket).ok_or(S3Error::NoSuchBucket)?;
        if self == Self::IfNew && objects.contains_key(key) {
            return Err(S3Error::PreconditionFailed);
        }
        Ok(objects)
    }
}

/// Reads the heads of a bucket's objects, and clears away what was never finished.
fn load(place: &Path) -> Result<Bucket, S3Error> {
    let mut bucket = Bucket::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
            continue;
        }
        let head = ObjectHead::read(&mut BufReader::new(File::open(entry.path())?))?;
        bucket.insert(head.key.clone(), (head, None));
    }
    Ok(bucket)
}

fn file_name(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// Letters, digits, `-`, `.` and `_`, beginning with a letter or digit: also a safe directory name.
fn is_bucket_name(name: &str) -> bool {
    let letters = name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._".contains(&it));
    (3..=63).contains(&name.len()) && letters && name.as_bytes()[0].is_ascii_alphanumeric()
}

//! An object, and the file that holds one: a line of JSON that says what it is, then its bytes.
//!
//! One file for both, so that one rename replaces both.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use bytes::Bytes;
use jiff::Timestamp;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::errors::S3Error;

/// What is known of an object without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectHead {
    /// The key.
    pub key: String,
    /// MD5 of the bytes, in hex.
    pub etag: String,
    /// How many bytes.
    pub size: u64,
    /// When it was put.
    pub modified: Timestamp,
    /// Headers to give back with it: content type, encoding, and `x-amz-meta-…`.
    pub headers: BTreeMap<String, String>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What is known of it.
    pub head: ObjectHead,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Object {
    /// An object put at `modified`.
    #[must_use]
    pub fn new(key: impl Into<String>, bytes: Bytes, modified: Timestamp) -> Self {
        let etag = hex::encode(Md5::digest(&bytes));
        let size = bytes.len() as u64;
        let head = ObjectHead { key: key.into(), etag, size, modified, headers: BTreeMap::new() };
        Self { head, bytes }
    }

    /// Writes it as a file's content.
    pub(super) fn write(&self, mut file: impl Write) -> Result<(), S3Error> {
        let head = serde_json::to_string(&self.head).map_err(|error| S3Error::Storage(error.to_string()))?;
        file.write_all(head.as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(&self.bytes)?;
        Ok(())
    }

    /// Reads it from a file's content.
    pub(super) fn read(mut file: impl BufRead) -> Result<Self, S3Error> {
        let head = ObjectHead::read(&mut file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Self { head, bytes: bytes.into() })
    }
}

impl ObjectHead {
    /// Reads the first line of a file's content.
    pub(super) fn read(file: &mut impl BufRead) -> Result<Self, S3Error> {
        let mut line = String::new();
        file.read_line(&mut line)?;
        serde_json::from_str(&line).map_err(|error| S3Error::Storage(error.to_string()))
    }
}

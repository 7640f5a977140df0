//! What functions needed, written down.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Call;

/// A permission that was needed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Used {
    /// The function.
    pub function: String,
    /// The action, e.g. `dynamodb:PutItem`.
    pub action: String,
    /// The resource as the role writes it.
    pub resource: String,
    /// The pattern of a key as the role writes it, where there is one.
    pub key: Option<String>,
}

/// Remembers each permission once, and adds it to a file: many programs may write to the same one.
#[derive(Debug)]
pub(super) struct Record {
    seen: Mutex<HashSet<Used>>,
    file: Option<File>,
}

impl Record {
    pub(super) fn open(path: Option<&Path>) -> std::io::Result<Self> {
        let file = path.map(|path| OpenOptions::new().create(true).append(true).open(path)).transpose()?;
        Ok(Self { seen: Mutex::default(), file })
    }

    pub(super) fn note(&self, function: &str, call: &Call, (resource, keys): (&str, Vec<&str>)) {
        let Some(file) = &self.file else { return };
        let used = |key: Option<&str>| Used {
            function: function.to_owned(),
            action: call.action.clone(),
            resource: resource.to_owned(),
            key: key.map(str::to_owned),
        };
        let all: Vec<Used> = match keys.is_empty() {
            true => vec![used(None)],
            false => keys.into_iter().map(|key| used(Some(key))).collect(),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for used in all {
            if seen.contains(&used) {
                continue;
            }
            // One write for each line, so that lines of several programs do not mix.
            let line = serde_json::to_string(&used).unwrap_or_default() + "\n";
            if let Err(error) = (&mut &*file).write_all(line.as_bytes()) {
                tracing::warn!(%error, "A permission that was needed could not be written down");
            }
            seen.insert(used);
        }
    }
}

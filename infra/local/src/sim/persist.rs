//! The file: one row per entity, written in one transaction before anything is answered.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SimError;

/// Rows that wait for the next commit, and the file they go to.
pub(crate) struct Disk {
    file: Option<Connection>,
    waiting: HashMap<(&'static str, String), Option<String>>,
}

impl Disk {
    pub(crate) fn open(directory: Option<&Path>) -> Result<Self, SimError> {
        let Some(directory) = directory else { return Ok(Self { file: None, waiting: HashMap::new() }) };
        std::fs::create_dir_all(directory).map_err(|error| SimError::Directory(error.to_string()))?;
        let file = Connection::open(directory.join("sim.db"))?;
        // With a write-ahead log a killed process loses nothing that was committed, without an fsync each.
        file.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
             CREATE TABLE IF NOT EXISTS entity (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;",
        )?;
        Ok(Self { file: Some(file), waiting: HashMap::new() })
    }

    /// Notes a row; `None` removes it. Written by [`Disk::commit`].
    pub(crate) fn put<T: Serialize>(&mut self, kind: &'static str, id: impl Into<String>, body: Option<&T>) {
        if self.file.is_none() {
            return;
        }
        let body = body.and_then(|body| serde_json::to_string(body).ok());
        self.waiting.insert((kind, id.into()), body);
    }

    /// Whether nothing waits to be written.
    pub(crate) fn is_clean(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn commit(&mut self) -> Result<(), SimError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if self.waiting.is_empty() {
            return Ok(());
        }
        let transaction = file.transaction()?;
        {
            let mut put = transaction
                .prepare_cached("INSERT OR REPLACE INTO entity (kind, id, body) VALUES (?1, ?2, ?3)")?;
            let mut remove = transaction.prepare_cached("DELETE FROM entity WHERE kind = ?1 AND id = ?2")?;
            for ((kind, id), body) in &self.waiting {
                match body {
                    Some(body) => put.execute(params![kind, id, body])?,
                    None => remove.execute(params![kind, id])?,
                };
            }
        }
        transaction.commit()?;
        self.waiting.clear();
        Ok(())
    }

    /// All rows of a kind, by id.
    pub(crate) fn load<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>, SimError> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let mut query = file.prepare("SELECT id, body FROM entity WHERE kind = ?1 ORDER BY id")?;
        let rows = query.query_map([kind], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (id, body) = row?;
            let body = serde_json::from_str(&body)
                .map_err(|error| SimError::Row(format!("{kind} {id}: {error}")))?;
            found.push((id, body));
        }
        Ok(found)
    }

    /// Forgets everything, on disk as well.
    pub(crate) fn clear(&mut self) -> Result<(), SimError> {
        self.waiting.clear();
        if let Some(file) = &self.file {
            file.execute("DELETE FROM entity", [])?;
        }
        Ok(())
    }
}

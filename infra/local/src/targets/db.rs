//! The file behind EventBridge and its Scheduler: schedules, rules, and what is still to be delivered.
//!
//! It is written seldom, so one connection serves all, and each change is synced by itself.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use tokio::sync::watch;

/// Times are microseconds since 1970. `due` is when something happens next; null if nothing will. `origin` is
/// null for what was made over the API, and names the maker of what a template made.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS schedule_groups (
        name TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL, origin TEXT);
    CREATE TABLE IF NOT EXISTS schedules (
        id INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,
        token TEXT, created INTEGER NOT NULL, modified INTEGER NOT NULL, anchor INTEGER NOT NULL, due INTEGER,
        origin TEXT, UNIQUE (grp, name));
    CREATE INDEX IF NOT EXISTS schedules_due ON schedules (due, id) WHERE due IS NOT NULL;
    CREATE TABLE IF NOT EXISTS buses (
        name TEXT PRIMARY KEY, description TEXT, created INTEGER NOT NULL, modified INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS rules (
        id INTEGER PRIMARY KEY AUTOINCREMENT, bus TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,
        anchor INTEGER NOT NULL, due INTEGER, UNIQUE (bus, name));
    CREATE INDEX IF NOT EXISTS rules_due ON rules (due, id) WHERE due IS NOT NULL;
    CREATE TABLE IF NOT EXISTS rule_targets (
        rule INTEGER NOT NULL, id TEXT NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (rule, id)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, spec TEXT NOT NULL, created INTEGER NOT NULL,
        attempts INTEGER NOT NULL, due INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due, id);
    PRAGMA user_version = 1;
";

/// The storage failed; nothing was done.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the storage of schedules and rules failed: {0}")]
pub struct DbError(String);

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for DbError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for DbError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// The open file. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    connection: Arc<Mutex<Connection>>,
    /// When something happens next, after each change.
    due: Arc<watch::Sender<Option<Timestamp>>>,
}

impl Db {
    /// Opens `eventbridge.db` in a directory, or a database in memory.
    ///
    /// # Errors
    /// The file cannot be opened, or another program has it open.
    pub fn open(directory: Option<&Path>) -> Result<Self, DbError> {
        let connection = match directory {
            Some(directory) => {
                std::fs::create_dir_all(directory)?;
                Connection::open(directory.join("eventbridge.db"))?
            }
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(std::time::Duration::from_secs(1))?;
        // As for the queues: one program owns the file, and an answer means that it is on the disk.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        let due = watch::Sender::new(min_due(&connection, i64::MIN)?);
        Ok(Self { connection: Arc::new(Mutex::new(connection)), due: Arc::new(due) })
    }

    /// Runs `work` in a transaction, outside of the threads that run futures, and returns once it is committed.
    ///
    /// # Errors
    /// Those of `work`, and those of the storage. Nothing is left behind by either.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let db = self.clone();
        let done = tokio::task::spawn_blocking(move || db.transact(work)).await;
        done.map_err(|error| DbError(error.to_string()))?
    }

    fn transact<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction().map_err(DbError::from)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(DbError::from)?;
        let due = min_due(&connection, i64::MIN)?;
        self.due.send_replace(due);
        Ok(done)
    }

    /// Asks in a snapshot, outside of the threads that run futures.
    ///
    /// # Errors
    /// Those of `ask`, and those of the storage.
    pub async fn read<T, E>(
        &self,
        ask: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let db = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let mut connection = db.connection.lock().unwrap_or_else(PoisonError::into_inner);
            ask(&connection.transaction().map_err(DbError::from)?)
        });
        asked.await.map_err(|error| DbError(error.to_string()))?
    }

    /// When something happens next; in the past if it has not happened yet.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        *self.due.borrow()
    }

    /// When something happens next after `after`.
    ///
    /// # Errors
    /// The storage failed.
    pub async fn next_due_after(&self, after: Timestamp) -> Result<Option<Timestamp>, DbError> {
        self.read(move |transaction| min_due(transaction, after.as_microsecond())).await
    }

    /// Hears of every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Option<Timestamp>> {
        self.due.subscribe()
    }
}

fn min_due(connection: &Connection, after: i64) -> Result<Option<Timestamp>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT min(due) FROM (
            SELECT min(due) AS due FROM schedules WHERE due > ?1
            UNION ALL SELECT min(due) FROM rules WHERE due > ?1
            UNION ALL SELECT min(due) FROM deliveries WHERE due > ?1)",
    )?;
    let due: Option<i64> = statement.query_row(params![after], |row| row.get(0))?;
    Ok(due.map(timestamp))
}

/// A time of the tables.
pub(crate) fn timestamp(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

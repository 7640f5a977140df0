//! The tables, and the thread's own view of them. Everything here runs on the one storage thread.
//!
//! What changes with every receive (`messages`) is apart from what never changes (`contents`), so that
//! hiding a message does not rewrite its body.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use lambda_kit::Clock;

use super::errors::SqsError;
use super::spec::QueueSpec;

/// `lane` is the message group in a FIFO queue and null in a standard one. A group's `ready_at` is when
/// it next gives messages: its head must be visible and none of its messages in flight. Times are
/// microseconds since 1970. Keys of messages are never used twice: receipt handles name them.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS queues (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, spec TEXT NOT NULL,
        created INTEGER NOT NULL, modified INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, lane TEXT,
        sent INTEGER NOT NULL, visible_at INTEGER NOT NULL, received_at INTEGER,
        first_received INTEGER, receives INTEGER NOT NULL DEFAULT 0, receives_before INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IF NOT EXISTS messages_due ON messages (queue, visible_at, receives);
    CREATE INDEX IF NOT EXISTS messages_sent ON messages (queue, sent);
    CREATE INDEX IF NOT EXISTS messages_lane ON messages (queue, lane, seq) WHERE lane IS NOT NULL;
    CREATE INDEX IF NOT EXISTS messages_flight ON messages (queue, lane, visible_at)
        WHERE lane IS NOT NULL AND receives > 0;
    CREATE TABLE IF NOT EXISTS contents (
        seq INTEGER PRIMARY KEY, message_id TEXT NOT NULL, group_id TEXT, dedup_id TEXT, trace TEXT,
        dead_source TEXT, attributes TEXT, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS groups (
        queue INTEGER NOT NULL, lane TEXT NOT NULL, ready_at INTEGER NOT NULL,
        PRIMARY KEY (queue, lane)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS groups_ready ON groups (queue, ready_at);
    CREATE TABLE IF NOT EXISTS sendings (
        queue INTEGER NOT NULL, scope TEXT NOT NULL, dedup_id TEXT NOT NULL, message_id TEXT NOT NULL,
        seq INTEGER NOT NULL, forgotten_at INTEGER NOT NULL,
        PRIMARY KEY (queue, scope, dedup_id)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sendings_forgotten ON sendings (forgotten_at);
    PRAGMA user_version = 1;
";

/// A queue as the storage thread knows it.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) id: i64,
    pub(super) spec: QueueSpec,
    pub(super) created: i64,
    pub(super) modified: i64,
    /// When it was purged last, since the start of this program.
    pub(super) purged: Option<i64>,
}

/// The database, and the queues in it by name.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) queues: BTreeMap<String, Arc<Queue>>,
    /// Queues that got something to receive in the open transaction.
    pub(super) woken: BTreeSet<String>,
    clock: Clock,
}

impl Store {
    /// Opens `queues.db` in a directory, or a database in memory.
    pub(super) fn open(directory: Option<&Path>, clock: Clock) -> Result<Self, SqsError> {
        let connection = match directory {
            Some(directory) => {
                std::fs::create_dir_all(directory)?;
                Connection::open(directory.join("queues.db"))?
            }
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(std::time::Duration::from_secs(1))?;
        // One program owns the file: a second one is told so instead of sharing it by accident.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // An answer means that the message survives a power cut; group commit pays for it.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(128);
        let mut store = Self { connection, queues: BTreeMap::new(), woken: BTreeSet::new(), clock };
        store.reload()?;
        Ok(store)
    }

    /// Reads the queues again, as after a transaction that did not commit.
    pub(super) fn reload(&mut self) -> Result<(), SqsError> {
        let mut statement =
            self.connection.prepare_cached("SELECT id, name, spec, created, modified FROM queues")?;
        let mut rows = statement.query([])?;
        let mut queues = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let spec: String = row.get(2)?;
            let spec = serde_json::from_str(&spec).map_err(|error| SqsError::Storage(error.to_string()))?;
            let queue =
                Queue { id: row.get(0)?, spec, created: row.get(3)?, modified: row.get(4)?, purged: None };
            queues.insert(row.get(1)?, Arc::new(queue));
        }
        self.queues = queues;
        Ok(())
    }

    /// Runs `work` so that it leaves nothing behind when it fails, whatever its neighbours in the
    /// transaction do.
    pub(super) fn isolated<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, SqsError>,
    ) -> Result<T, SqsError> {
        self.run("SAVEPOINT job")?;
        match work(self) {
            Ok(done) => {
                self.run("RELEASE job")?;
                Ok(done)
            }
            Err(error) => {
                self.run("ROLLBACK TO job")?;
                self.run("RELEASE job")?;
                Err(error)
            }
        }
    }

    /// Runs a statement without parameters.
    pub(super) fn run(&self, sql: &str) -> Result<(), SqsError> {
        self.connection.prepare_cached(sql)?.execute(params![])?;
        Ok(())
    }

    /// The queue of this name.
    pub(super) fn queue(&self, name: &str) -> Result<Arc<Queue>, SqsError> {
        self.queues.get(name).cloned().ok_or(SqsError::QueueDoesNotExist)
    }

    /// The time, in microseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_microsecond()
    }

    /// Notes that a queue may have got something to receive.
    pub(super) fn wake(&mut self, queue: &Queue) {
        if !self.woken.contains(&queue.spec.name) {
            self.woken.insert(queue.spec.name.clone());
        }
    }
}

/// Seconds as the tables count time.
pub(super) fn seconds(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000_000
}

/// A time of the tables.
pub(super) fn timestamp(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A message's place in its queue, as AWS writes it: twenty digits that grow.
pub(super) fn sequence_number(seq: i64) -> String {
    format!("1{seq:019}")
}

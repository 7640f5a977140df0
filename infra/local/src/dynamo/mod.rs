//! The embedded DynamoDB: `dynoxide` in this process, on SQLite, behind its own HTTP server.
//!
//! # What survives
//!
//! In a directory the database is one SQLite file in WAL mode with `synchronous = FULL`, SQLite's default, which
//! dynoxide leaves alone: an acknowledged write has been synced, so neither `kill -9` nor a power cut loses it.

mod maintenance;
mod tables;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dynoxide::Database;
use jiff::Timestamp;
use lambda_kit::Clock;

use crate::template::Table;

/// Why the embedded DynamoDB does not start.
#[derive(Debug, thiserror::Error)]
pub enum DynamoError {
    /// The database cannot be opened or asked.
    #[error("the embedded DynamoDB: {0}")]
    Database(#[from] dynoxide::DynoxideError),
    /// Its file cannot be prepared.
    #[error("the embedded DynamoDB's file: {0}")]
    File(#[from] rusqlite::Error),
    /// A thread, a temporary file or a port is missing.
    #[error("the embedded DynamoDB: {0}")]
    System(#[from] std::io::Error),
    /// The data directory was made with another template.
    #[error(
        "table {table} in the data directory has {found}, but the template says {wanted}; a key cannot be changed in place: export the data, or start with an empty --data directory"
    )]
    Changed {
        /// The table.
        table: String,
        /// What the file holds.
        found: String,
        /// What the template says.
        wanted: String,
    },
}

/// A running embedded DynamoDB.
pub struct Dynamo {
    database: Database,
    file: Option<String>,
    address: SocketAddr,
    /// Its own threads: a write that waits for the disk must not hold up handlers and pollers.
    runtime: Option<tokio::runtime::Runtime>,
}

impl Dynamo {
    /// Opens the database in `directory`, or in memory, creates what `tables` asks for, and serves it on a
    /// loopback port of its own.
    ///
    /// # Errors
    /// [`DynamoError::Changed`] when the directory's tables have other keys than the template's.
    pub fn start(directory: Option<&Path>, clock: &Clock, tables: &[Table]) -> Result<Self, DynamoError> {
        let file = directory.map(|directory| directory.join("dynamodb.sqlite").display().to_string());
        let database = match &file {
            Some(file) => maintenance::open_file(file)?,
            None => maintenance::open_memory(Arc::new(Time(clock.clone())))?,
        };
        for table in tables {
            tables::ensure(&database, table)?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("dynamodb")
            .enable_all()
            .build()?;
        let served = database.clone();
        runtime.spawn(async move {
            // Registering a fresh listener fails only without file descriptors; then every call fails too.
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                dynoxide::server::serve_on(listener, served).await;
            }
        });
        Ok(Self { database, file, address, runtime: Some(runtime) })
    }

    /// Where the database answers; the admin listener passes requests on to it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The database itself.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Removes expired items, and stream records that are older than a day. Returns how many items went.
    ///
    /// A database in a file reads the machine's clock, whatever the world's clock says.
    ///
    /// # Errors
    /// [`DynamoError::Database`] when the database cannot be written.
    pub fn sweep(&self, now: Timestamp) -> Result<usize, DynamoError> {
        let expired = self.database.sweep_ttl()?;
        if let Some(file) = &self.file {
            maintenance::trim_streams(file, now - Duration::from_secs(24 * 3600))?;
        }
        Ok(expired)
    }
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        // A runtime may not be dropped inside another one; its open requests end with it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The world's clock, as the database asks for it.
struct Time(Clock);

impl dynoxide::storage_backend::Clock for Time {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_microsecond() as f64 / 1e6
    }
}

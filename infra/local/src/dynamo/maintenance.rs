//! What dynoxide leaves to its user: an index for its streams, and trimming them.
//!
//! Every write to a table with a stream looks up the stream's last number, and dynoxide 3.2 has no index for
//! that: the write becomes slower with each record that the stream holds. We add the index ourselves. Nor does
//! it ever remove a record, while a DynamoDB stream forgets after a day.

use std::sync::Arc;

use dynoxide::Database;
use dynoxide::storage_backend::Clock;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::DynamoError;

const INDEX: &str = "CREATE INDEX IF NOT EXISTS ventana_stream_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// So few at a time that no request waits long for the write lock.
const TRIM_PAGE: usize = 500;

/// Opens a database in a file.
pub(super) fn open_file(file: &str) -> Result<Database, DynamoError> {
    let database = Database::new(file)?;
    connect(file)?.execute_batch(INDEX)?;
    Ok(database)
}

/// Opens a database in memory. Its connection is out of reach, so it starts as the copy of a file.
pub(super) fn open_memory(clock: Arc<dyn Clock>) -> Result<Database, DynamoError> {
    let directory = Scratch::new()?;
    let file = directory.0.join("empty.sqlite").display().to_string();
    drop(open_file(&file)?);
    let database = Database::memory_with_clock(clock)?;
    database.restore_from(&file)?;
    Ok(database)
}

/// Removes stream records written before `before`.
pub(super) fn trim_streams(file: &str, before: Timestamp) -> Result<(), DynamoError> {
    let connection = connect(file)?;
    let old = "DELETE FROM _stream_records WHERE id IN
        (SELECT id FROM _stream_records WHERE created_at < ?1 ORDER BY id LIMIT ?2)";
    while connection.execute(old, params![before.as_second(), TRIM_PAGE])? == TRIM_PAGE {}
    Ok(())
}

fn connect(file: &str) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// A directory that goes away with its value.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("ventana-{}", ulid::Ulid::generate()));
        std::fs::create_dir(&directory)?;
        Ok(Self(directory))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind at worst: it holds no data.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! What one can do with buses.

use rusqlite::{Transaction, params};

use super::errors::EventsError;
use super::types::Bus;
use super::{DEFAULT_BUS, Events, check_name, rows};

/// # Errors
/// All verbs answer what AWS answers, and [`EventsError::Storage`] when nothing could be done.
impl Events {
    /// Makes a bus.
    pub async fn create_bus(&self, name: &str, description: Option<String>) -> Result<(), EventsError> {
        check_name("name", name, 256)?;
        let (name, now) = (name.to_owned(), self.clock.now().as_microsecond());
        let work = move |transaction: &Transaction<'_>| {
            if rows::bus(transaction, &name).is_ok() {
                return Err(EventsError::AlreadyExists(name));
            }
            write(transaction, &name, description.as_deref(), now)
        };
        self.db.run(work).await
    }

    /// A bus.
    pub async fn bus(&self, name: &str) -> Result<Bus, EventsError> {
        let name = name.to_owned();
        self.db.read(move |transaction| rows::bus(transaction, &name)).await
    }

    /// Buses whose names begin with `prefix` and come after `after`, by name.
    pub async fn buses(&self, prefix: &str, after: &str) -> Result<Vec<Bus>, EventsError> {
        let (prefix, after) = (prefix.to_owned(), after.to_owned());
        self.db.read(move |transaction| rows::buses(transaction, &prefix, &after)).await
    }

    /// Removes a bus without rules. One that is not there is gone already.
    pub async fn delete_bus(&self, name: &str) -> Result<(), EventsError> {
        if name == DEFAULT_BUS {
            return Err(EventsError::Validation("Cannot delete event bus default.".to_owned()));
        }
        let name = name.to_owned();
        let work = move |transaction: &Transaction<'_>| {
            if !rows::rules(transaction, "WHERE bus = ?1", params![name])?.is_empty() {
                return Err(EventsError::Validation(format!(
                    "Event bus {name} can't be deleted since it has rules."
                )));
            }
            transaction.prepare_cached("DELETE FROM buses WHERE name = ?1")?.execute(params![name])?;
            Ok(())
        };
        self.db.run(work).await
    }

    /// Makes a template's buses, where they are not there yet.
    pub async fn ensure_buses(&self, names: Vec<String>) -> Result<(), EventsError> {
        let now = self.clock.now().as_microsecond();
        let work = move |transaction: &Transaction<'_>| {
            names.iter().try_for_each(|name| {
                check_name("name", name, 256)?;
                write(transaction, name, None, now)
            })
        };
        self.db.run(work).await
    }
}

fn write(
    transaction: &Transaction<'_>,
    name: &str,
    description: Option<&str>,
    now: i64,
) -> Result<(), EventsError> {
    let sql = "INSERT INTO buses (name, description, created, modified) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING";
    transaction.prepare_cached(sql)?.execute(params![name, description, now])?;
    Ok(())
}

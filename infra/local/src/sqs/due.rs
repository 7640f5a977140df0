//! When there is something to receive: what long polls and a world's clock wait for.

use rusqlite::{Params, params};

use super::errors::SqsError;
use super::store::{Queue, Store};

impl Store {
    /// The earliest time after now at which a message becomes receivable.
    pub(super) fn next_due(&self, queue: &Queue) -> Result<Option<i64>, SqsError> {
        let sql = if queue.spec.fifo {
            "SELECT min(ready_at) FROM groups WHERE queue = ?1 AND ready_at > ?2"
        } else {
            "SELECT min(visible_at) FROM messages WHERE queue = ?1 AND visible_at > ?2"
        };
        self.one(sql, params![queue.id, self.now()])
    }

    /// The earliest such time of one queue, or of all.
    pub(super) fn next_due_of(&self, queue: Option<&str>) -> Result<Option<i64>, SqsError> {
        if let Some(name) = queue {
            return self.next_due(&*self.queue(name)?);
        }
        let mut earliest = None;
        for queue in self.queues.values() {
            let due = self.next_due(queue)?;
            earliest = [earliest, due].into_iter().flatten().min();
        }
        Ok(earliest)
    }

    /// Whether a receive now would find something, if only to move it to the dead letters.
    pub(super) fn has_receivable(&mut self, queue: &str) -> Result<bool, SqsError> {
        let queue = self.queue(queue)?;
        self.expire(&queue)?;
        let sql = if queue.spec.fifo {
            "SELECT 1 FROM groups WHERE queue = ?1 AND ready_at <= ?2 LIMIT 1"
        } else {
            "SELECT 1 FROM messages WHERE queue = ?1 AND visible_at <= ?2 LIMIT 1"
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.exists(params![queue.id, self.now()])?)
    }

    fn one(&self, sql: &str, params: impl Params) -> Result<Option<i64>, SqsError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
    }
}

//! Messages whose receiver is known to be gone.

use rusqlite::params;

use super::errors::SqsError;
use super::store::Store;

impl Store {
    /// Shows again what was received and not deleted.
    pub(super) fn release(&mut self, queue: &str) -> Result<(), SqsError> {
        let queue = self.queue(queue)?;
        let mut show = self.connection.prepare_cached(
            "UPDATE messages SET visible_at = ?2 WHERE queue = ?1 AND receives > 0 AND visible_at > ?2",
        )?;
        show.execute(params![queue.id, self.now()])?;
        drop(show);
        let mut find = self
            .connection
            .prepare_cached("SELECT DISTINCT lane FROM messages WHERE queue = ?1 AND lane IS NOT NULL")?;
        let lanes: Vec<String> =
            find.query_map(params![queue.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
        drop(find);
        self.settle_lanes(&queue, lanes.iter().map(String::as_str))?;
        self.wake(&queue);
        Ok(())
    }
}

//! Queues themselves, on the storage thread: made, changed, counted, emptied and removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;

use super::errors::SqsError;
use super::spec::QueueSpec;
use super::store::{Queue, Store, seconds};
use super::types::Depth;

impl Store {
    /// Makes a queue, or gives the one of this name these settings.
    pub(super) fn ensure_queue(&mut self, spec: QueueSpec) -> Result<(), SqsError> {
        self.check_spec(&spec)?;
        let now = self.now();
        let text = serde_json::to_string(&spec).map_err(|error| SqsError::Storage(error.to_string()))?;
        self.connection
            .prepare_cached(
                "INSERT INTO queues (name, spec, created, modified) VALUES (?1, ?2, ?3, ?3)
                 ON CONFLICT DO UPDATE SET spec = excluded.spec, modified = excluded.modified",
            )?
            .execute(params![spec.name, text, now])?;
        let mut statement =
            self.connection.prepare_cached("SELECT id, created FROM queues WHERE name = ?1")?;
        let (id, created) = statement.query_row(params![spec.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        drop(statement);
        let purged = self.queues.get(&spec.name).and_then(|it| it.purged);
        let queue = Queue { id, created, modified: now, purged, spec };
        self.wake(&queue);
        self.queues.insert(queue.spec.name.clone(), Arc::new(queue));
        Ok(())
    }

    /// Makes a queue as the API's `CreateQueue` does: one that exists must agree with what is asked.
    pub(super) fn create_queue(
        &mut self,
        name: &str,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), SqsError> {
        let existing = self.queues.get(name).cloned();
        let mut spec = existing.as_ref().map_or_else(|| QueueSpec::new(name), |it| it.spec.clone());
        spec.apply(attributes)?;
        if spec.fifo && existing.is_none() && !attributes.contains_key("FifoQueue") {
            let reason = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length";
            return Err(SqsError::InvalidParameterValue(reason.into()));
        }
        let Some(existing) = existing else { return self.ensure_queue(spec) };
        if existing.spec == spec {
            return Ok(());
        }
        let (before, after) = (existing.spec.to_attributes(), spec.to_attributes());
        let differing = after.into_iter().find(|(name, value)| before.get(name) != Some(value));
        Err(SqsError::QueueNameExists(differing.map(|(name, _)| name).unwrap_or_default()))
    }

    /// Changes attributes of a queue.
    pub(super) fn set_attributes(
        &mut self,
        queue: &str,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), SqsError> {
        let mut spec = self.queue(queue)?.spec.clone();
        spec.apply(attributes)?;
        self.ensure_queue(spec)
    }

    fn check_spec(&self, spec: &QueueSpec) -> Result<(), SqsError> {
        let stem = spec.name.strip_suffix(".fifo").filter(|_| spec.fifo).unwrap_or(&spec.name);
        let letters = stem.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
        let kind = spec.fifo == spec.name.ends_with(".fifo");
        if !letters || !kind || stem.is_empty() || spec.name.len() > 80 {
            let reason =
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
            return Err(SqsError::InvalidParameterValue(reason.into()));
        }
        let Some(redrive) = &spec.redrive else { return Ok(()) };
        let target = self.queues.get(&redrive.dead_letter_queue);
        if target.is_none_or(|it| it.spec.fifo != spec.fifo) {
            let reason = "Dead letter target does not exist, or is of another kind than the queue.";
            return Err(SqsError::parameter("RedrivePolicy", &redrive.dead_letter_queue, reason));
        }
        Ok(())
    }

    /// All of a queue's attributes.
    pub(super) fn attributes(&mut self, queue: &str) -> Result<BTreeMap<String, String>, SqsError> {
        let depth = self.depth(queue)?;
        let queue = self.queue(queue)?;
        let mut attributes = queue.spec.to_attributes();
        let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
        set("ApproximateNumberOfMessages", depth.visible.to_string());
        set("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string());
        set("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string());
        set("CreatedTimestamp", (queue.created / 1_000_000).to_string());
        set("LastModifiedTimestamp", (queue.modified / 1_000_000).to_string());
        Ok(attributes)
    }

    /// How many messages a queue holds.
    pub(super) fn depth(&mut self, queue: &str) -> Result<Depth, SqsError> {
        let queue = self.queue(queue)?;
        self.expire(&queue)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FILTER (WHERE visible_at <= ?2), count(*) FILTER (WHERE visible_at > ?2 AND receives > 0),
                 count(*) FILTER (WHERE visible_at > ?2 AND receives = 0)
             FROM messages INDEXED BY messages_due WHERE queue = ?1",
        )?;
        let depth = statement.query_row(params![queue.id, self.now()], |row| {
            Ok(Depth { visible: row.get(0)?, in_flight: row.get(1)?, delayed: row.get(2)? })
        })?;
        Ok(depth)
    }

    /// Removes all messages of a queue.
    pub(super) fn purge(&mut self, queue: &str) -> Result<(), SqsError> {
        let queue = self.queue(queue)?;
        let now = self.now();
        if queue.purged.is_some_and(|it| now < it + seconds(60)) {
            return Err(SqsError::PurgeQueueInProgress(queue.spec.name.clone()));
        }
        self.empty(&queue)?;
        let purged = Queue { purged: Some(now), ..(*queue).clone() };
        self.queues.insert(purged.spec.name.clone(), Arc::new(purged));
        Ok(())
    }

    /// Removes a queue and all that is in it.
    pub(super) fn delete_queue(&mut self, queue: &str) -> Result<(), SqsError> {
        let queue = self.queue(queue)?;
        self.empty(&queue)?;
        for sql in ["DELETE FROM sendings WHERE queue = ?1", "DELETE FROM queues WHERE id = ?1"] {
            self.connection.prepare_cached(sql)?.execute(params![queue.id])?;
        }
        self.queues.remove(&queue.spec.name);
        self.wake(&queue);
        Ok(())
    }

    fn empty(&self, queue: &Queue) -> Result<(), SqsError> {
        for sql in [
            "DELETE FROM contents WHERE seq IN (SELECT seq FROM messages WHERE queue = ?1)",
            "DELETE FROM messages WHERE queue = ?1",
            "DELETE FROM groups WHERE queue = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute(params![queue.id])?;
        }
        Ok(())
    }
}

//! Sending, on the storage thread.

use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::errors::SqsError;
use super::spec::DeduplicationScope;
use super::store::{Queue, Store, seconds, sequence_number};
use super::types::{BatchOutcome, Entry, NewMessage, Sent};
use super::{batch, check, md5};

/// How long a FIFO queue knows a repeat.
const REMEMBERED: u32 = 300;

impl Store {
    /// Takes one message.
    pub(super) fn send(&mut self, queue: &str, message: &NewMessage) -> Result<Sent, SqsError> {
        let queue = self.queue(queue)?;
        self.send_to(&queue, message)
    }

    /// Takes the messages of a batch that are fit to be taken.
    pub(super) fn send_batch(
        &mut self,
        queue: &str,
        entries: Vec<Entry<NewMessage>>,
    ) -> Result<BatchOutcome<Sent>, SqsError> {
        let queue = self.queue(queue)?;
        batch::check_messages(&entries)?;
        batch::each(entries, |message| self.send_to(&queue, &message))
    }

    fn send_to(&mut self, queue: &Queue, message: &NewMessage) -> Result<Sent, SqsError> {
        check::message(&queue.spec, message)?;
        let deduplication_id = deduplication_id(queue, message);
        let earlier = match &deduplication_id {
            Some(id) => self.earlier(queue, message, id)?,
            None => None,
        };
        let (message_id, seq) = match earlier {
            Some(earlier) => earlier,
            None => self.insert(queue, message, deduplication_id.as_deref())?,
        };
        Ok(Sent {
            message_id,
            md5_of_body: md5::of_body(&message.body),
            md5_of_attributes: md5::of_attributes(&message.attributes),
            md5_of_system_attributes: md5::of_trace_header(message.trace_header.as_deref()),
            sequence_number: queue.spec.fifo.then(|| sequence_number(seq)),
        })
    }

    /// The sending that this one repeats.
    fn earlier(
        &mut self,
        queue: &Queue,
        message: &NewMessage,
        id: &str,
    ) -> Result<Option<(String, i64)>, SqsError> {
        let mut forget = self.connection.prepare_cached("DELETE FROM sendings WHERE forgotten_at <= ?1")?;
        forget.execute(params![self.now()])?;
        let mut find = self.connection.prepare_cached(
            "SELECT message_id, seq FROM sendings WHERE queue = ?1 AND scope = ?2 AND dedup_id = ?3",
        )?;
        let found = find
            .query_row(params![queue.id, scope(queue, message), id], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?)
    }

    fn insert(
        &mut self,
        queue: &Queue,
        message: &NewMessage,
        deduplication_id: Option<&str>,
    ) -> Result<(String, i64), SqsError> {
        let now = self.now();
        let message_id = new_message_id();
        let lane = message.group_id.as_deref().filter(|_| queue.spec.fifo);
        let visible_at =
            now + seconds(message.delay.filter(|_| !queue.spec.fifo).unwrap_or(queue.spec.delay));
        self.connection
            .prepare_cached("INSERT INTO messages (queue, lane, sent, visible_at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![queue.id, lane, now, visible_at])?;
        let seq = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached(
                "INSERT INTO contents (seq, message_id, group_id, dedup_id, trace, attributes, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                seq,
                message_id,
                message.group_id,
                deduplication_id,
                message.trace_header,
                attributes_json(message)?,
                message.body
            ])?;
        if let (Some(lane), Some(id)) = (lane, deduplication_id) {
            self.remember(queue, message, (id, &message_id, seq))?;
            self.open_lane(queue, lane, visible_at)?;
        }
        // A delayed message too: who waits must know until when.
        self.wake(queue);
        Ok((message_id, seq))
    }

    fn remember(
        &mut self,
        queue: &Queue,
        message: &NewMessage,
        (id, message_id, seq): (&str, &str, i64),
    ) -> Result<(), SqsError> {
        self.connection
            .prepare_cached(
                "INSERT INTO sendings (queue, scope, dedup_id, message_id, seq, forgotten_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                queue.id,
                scope(queue, message),
                id,
                message_id,
                seq,
                self.now() + seconds(REMEMBERED)
            ])?;
        Ok(())
    }
}

/// A new id, of the form that AWS gives.
pub(super) fn new_message_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// By what a FIFO queue knows this message again.
fn deduplication_id(queue: &Queue, message: &NewMessage) -> Option<String> {
    let from_content = || hex::encode(Sha256::digest(message.body.as_bytes()));
    queue.spec.fifo.then(|| message.deduplication_id.clone().unwrap_or_else(from_content))
}

fn scope<'a>(queue: &Queue, message: &'a NewMessage) -> &'a str {
    match queue.spec.deduplication_scope {
        DeduplicationScope::Queue => "",
        DeduplicationScope::MessageGroup => message.group_id.as_deref().unwrap_or_default(),
    }
}

fn attributes_json(message: &NewMessage) -> Result<Option<String>, SqsError> {
    if message.attributes.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&message.attributes);
    text.map(Some).map_err(|error| SqsError::Storage(error.to_string()))
}

//! Receiving, on the storage thread: what both kinds of queue share, and the standard queue's choice.

use rusqlite::{Row, params};

use super::errors::SqsError;
use super::store::{Queue, Store, seconds, sequence_number, timestamp};
use super::types::{Attributes, Message, Receive};
use super::{receipt, redrive};

/// A message that may be received now.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) seq: i64,
    pub(super) lane: Option<String>,
    /// Receives from this queue so far.
    pub(super) receives: u32,
}

/// What a receive found.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) messages: Vec<Message>,
    /// When the next message becomes receivable, if there is none now.
    pub(super) next_due: Option<i64>,
}

impl Store {
    /// Receives what there is now, without waiting.
    pub(super) fn receive(&mut self, queue: &str, receive: Receive) -> Result<Received, SqsError> {
        let queue = self.queue(queue)?;
        check(receive)?;
        self.expire(&queue)?;
        let chosen = if queue.spec.fifo {
            self.choose_from_groups(&queue, receive.max)?
        } else {
            self.choose(&queue, receive.max)?
        };
        let visibility = receive.visibility.unwrap_or(queue.spec.visibility);
        let mut messages = Vec::with_capacity(chosen.len());
        for candidate in &chosen {
            messages.push(self.take(&queue, candidate, visibility)?);
        }
        self.settle_lanes(&queue, chosen.iter().filter_map(|it| it.lane.as_deref()))?;
        let next_due = if messages.is_empty() { self.next_due(&queue)? } else { None };
        Ok(Received { messages, next_due })
    }

    /// The messages of a standard queue that were visible first.
    fn choose(&mut self, queue: &Queue, max: u32) -> Result<Vec<Candidate>, SqsError> {
        loop {
            let now = self.now();
            let mut statement = self.connection.prepare_cached(
                "SELECT seq, lane, receives FROM messages WHERE queue = ?1 AND visible_at <= ?2
                 ORDER BY visible_at, receives, seq LIMIT ?3",
            )?;
            let rows = statement.query_map(params![queue.id, now, max], candidate)?;
            let found = rows.collect::<Result<Vec<_>, _>>()?;
            drop(statement);
            let (dead, alive) = redrive::split(self, queue, found);
            if dead.is_empty() {
                return Ok(alive);
            }
            self.move_to_dead_letters(queue, &dead)?;
        }
    }

    /// Hides a message for a while and returns it.
    fn take(&mut self, queue: &Queue, candidate: &Candidate, visibility: u32) -> Result<Message, SqsError> {
        let now = self.now();
        let seq = candidate.seq;
        self.connection
            .prepare_cached(
                "UPDATE messages SET visible_at = ?2, received_at = ?3, receives = receives + 1,
                     first_received = COALESCE(first_received, ?3) WHERE seq = ?1",
            )?
            .execute(params![seq, now + seconds(visibility), now])?;
        let mut statement = self.connection.prepare_cached(
            "SELECT m.sent, m.first_received, m.receives, m.receives_before, c.message_id, c.group_id,
                 c.dedup_id, c.trace, c.dead_source, c.attributes, c.body
             FROM messages m JOIN contents c ON c.seq = m.seq WHERE m.seq = ?1",
        )?;
        let (mut message, attributes) = statement.query_row(params![seq], |row| message(queue, seq, row))?;
        if let Some(text) = attributes {
            message.attributes = parse_attributes(&text)?;
        }
        Ok(message)
    }

    /// Drops what is older than the queue keeps.
    pub(super) fn expire(&mut self, queue: &Queue) -> Result<(), SqsError> {
        let oldest = self.now() - seconds(queue.spec.retention);
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, lane, receives FROM messages WHERE queue = ?1 AND sent <= ?2")?;
        let expired =
            statement.query_map(params![queue.id, oldest], candidate)?.collect::<Result<Vec<_>, _>>()?;
        drop(statement);
        for candidate in &expired {
            self.remove(candidate.seq)?;
        }
        self.settle_lanes(queue, expired.iter().filter_map(|it| it.lane.as_deref()))
    }

    /// Removes a message.
    pub(super) fn remove(&self, seq: i64) -> Result<(), SqsError> {
        self.connection.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute(params![seq])?;
        self.connection.prepare_cached("DELETE FROM contents WHERE seq = ?1")?.execute(params![seq])?;
        Ok(())
    }
}

/// What AWS refuses of a receive.
fn check(receive: Receive) -> Result<(), SqsError> {
    if !(1..=10).contains(&receive.max) {
        let reason = "Must be between 1 and 10, if provided.";
        return Err(SqsError::parameter("MaxNumberOfMessages", receive.max, reason));
    }
    if let Some(wait) = receive.wait.filter(|it| *it > 20) {
        let reason = "Must be >= 0 and <= 20, if provided.";
        return Err(SqsError::parameter("WaitTimeSeconds", wait, reason));
    }
    match receive.visibility {
        Some(visibility) => receipt::check_visibility(visibility),
        None => Ok(()),
    }
}

/// Reads `seq, lane, receives`.
pub(super) fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate { seq: row.get(0)?, lane: row.get(1)?, receives: row.get(2)? })
}

fn message(queue: &Queue, seq: i64, row: &Row<'_>) -> rusqlite::Result<(Message, Option<String>)> {
    let receives: u32 = row.get(2)?;
    let before: u32 = row.get(3)?;
    let message = Message {
        message_id: row.get(4)?,
        receipt_handle: receipt::write(queue.id, seq, receives),
        body: row.get(10)?,
        attributes: Attributes::new(),
        sent: timestamp(row.get(0)?),
        first_received: timestamp(row.get(1)?),
        receive_count: before + receives,
        group_id: row.get(5)?,
        deduplication_id: row.get(6)?,
        sequence_number: queue.spec.fifo.then(|| sequence_number(seq)),
        trace_header: row.get(7)?,
        dead_letter_source: row.get(8)?,
    };
    Ok((message, row.get(9)?))
}

fn parse_attributes(text: &str) -> Result<Attributes, SqsError> {
    serde_json::from_str(text).map_err(|error| SqsError::Storage(error.to_string()))
}

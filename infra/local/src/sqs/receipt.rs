//! Receipt handles, and what they can do: delete a message, and change how long it is hidden.
//!
//! A handle names one receive of one message. In a standard queue an earlier receive's handle still
//! deletes the message, and changes its visibility while it is in flight, as AWS does. In a FIFO queue
//! only the latest receive's handle counts, and only until its visibility has passed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{OptionalExtension, params};

use super::batch;
use super::errors::SqsError;
use super::store::{Queue, Store, seconds};
use super::types::{BatchOutcome, Entry, VisibilityChange};

const LONGEST_VISIBILITY: u32 = 43_200;

/// A message that a handle names, as it is now.
struct Held {
    seq: i64,
    lane: Option<String>,
    visible_at: i64,
    received_at: i64,
    /// Whether the handle is that of the latest receive.
    latest: bool,
}

/// Writes a handle.
pub(super) fn write(queue: i64, seq: i64, receive: u32) -> String {
    URL_SAFE_NO_PAD.encode(format!("receipt:{queue}:{seq}:{receive}"))
}

fn read(handle: &str) -> Option<(i64, i64, u32)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(handle).ok()?).ok()?;
    let mut parts = text.strip_prefix("receipt:")?.splitn(3, ':');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Checks a visibility timeout.
pub(super) fn check_visibility(visibility: u32) -> Result<(), SqsError> {
    if visibility <= LONGEST_VISIBILITY {
        return Ok(());
    }
    let reason = "Must be between 0 and 43200.";
    Err(SqsError::parameter("VisibilityTimeout", visibility, reason))
}

impl Store {
    /// Deletes the message of a handle. One that is gone already is as good as deleted.
    pub(super) fn delete(&mut self, queue: &str, handle: &str) -> Result<(), SqsError> {
        let queue = self.queue(queue)?;
        self.delete_from(&queue, handle)
    }

    /// Deletes each message of a batch.
    pub(super) fn delete_batch(
        &mut self,
        queue: &str,
        entries: Vec<Entry<String>>,
    ) -> Result<BatchOutcome<()>, SqsError> {
        let queue = self.queue(queue)?;
        batch::check("DeleteMessageBatch", &entries)?;
        batch::each(entries, |handle| self.delete_from(&queue, &handle))
    }

    /// Changes how long the message of a handle stays hidden.
    pub(super) fn change_visibility(
        &mut self,
        queue: &str,
        change: &VisibilityChange,
    ) -> Result<(), SqsError> {
        let queue = self.queue(queue)?;
        self.change_visibility_in(&queue, change)
    }

    /// Changes how long each message of a batch stays hidden.
    pub(super) fn change_visibility_batch(
        &mut self,
        queue: &str,
        entries: Vec<Entry<VisibilityChange>>,
    ) -> Result<BatchOutcome<()>, SqsError> {
        let queue = self.queue(queue)?;
        batch::check("ChangeMessageVisibilityBatch", &entries)?;
        batch::each(entries, |change| self.change_visibility_in(&queue, &change))
    }

    fn delete_from(&mut self, queue: &Queue, handle: &str) -> Result<(), SqsError> {
        let Some(held) = self.held(queue, handle)? else { return Ok(()) };
        self.check_current(queue, handle, &held)?;
        self.remove(held.seq)?;
        self.settle_and_wake(queue, held.lane.as_deref())
    }

    fn change_visibility_in(&mut self, queue: &Queue, change: &VisibilityChange) -> Result<(), SqsError> {
        check_visibility(change.visibility)?;
        let handle = &change.receipt_handle;
        let Some(held) = self.held(queue, handle)? else {
            let reason = "Message does not exist or is not available for visibility timeout change.";
            return Err(SqsError::parameter("ReceiptHandle", handle, reason));
        };
        self.check_current(queue, handle, &held)?;
        let now = self.now();
        if held.visible_at <= now {
            return Err(SqsError::MessageNotInflight);
        }
        let visible_at = now + seconds(change.visibility);
        if visible_at > held.received_at + seconds(LONGEST_VISIBILITY) {
            let reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
            return Err(SqsError::parameter("VisibilityTimeout", change.visibility, reason));
        }
        self.connection
            .prepare_cached("UPDATE messages SET visible_at = ?2 WHERE seq = ?1")?
            .execute(params![held.seq, visible_at])?;
        self.settle_and_wake(queue, held.lane.as_deref())?;
        self.wake(queue);
        Ok(())
    }

    /// In a FIFO queue a handle ends with its visibility: the group may have gone on since.
    fn check_current(&self, queue: &Queue, handle: &str, held: &Held) -> Result<(), SqsError> {
        if !queue.spec.fifo || (held.latest && held.visible_at > self.now()) {
            return Ok(());
        }
        Err(SqsError::parameter("ReceiptHandle", handle, "The receipt handle has expired."))
    }

    /// The message of a handle, if it is still in this queue.
    fn held(&self, queue: &Queue, handle: &str) -> Result<Option<Held>, SqsError> {
        let (of, seq, receive) = read(handle).ok_or(SqsError::ReceiptHandleIsInvalid)?;
        if of != queue.id {
            return Err(SqsError::ReceiptHandleIsInvalid);
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT lane, visible_at, COALESCE(received_at, sent), receives FROM messages
             WHERE seq = ?1 AND queue = ?2",
        )?;
        let held = statement.query_row(params![seq, queue.id], |row| {
            Ok(Held {
                seq,
                lane: row.get(0)?,
                visible_at: row.get(1)?,
                received_at: row.get(2)?,
                latest: row.get::<_, u32>(3)? == receive,
            })
        });
        Ok(held.optional()?)
    }

    /// A group that lost its message in flight may have another one ready.
    fn settle_and_wake(&mut self, queue: &Queue, lane: Option<&str>) -> Result<(), SqsError> {
        if lane.is_some() {
            self.settle_lanes(queue, lane.into_iter())?;
            self.wake(queue);
        }
        Ok(())
    }
}

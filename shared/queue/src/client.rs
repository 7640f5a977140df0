//! The client: what is handed to it is on the queue, or is named as not sent.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use tracing::warn;

/// The most entries that one `SendMessageBatch` takes.
const BATCH: usize = 10;
/// The most bytes that one `SendMessageBatch` takes, with room for the call's own JSON.
const BATCH_BYTES: usize = 1_000_000;
/// How often what SQS named in `Failed[]` is tried again.
const ROUNDS: usize = 3;

/// The queues of this stack. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
}

/// One message to be sent.
#[derive(Clone, Debug)]
pub struct Entry {
    body: String,
    delay: Duration,
    fifo: Option<(String, String)>,
}

impl Entry {
    /// A message for a standard queue.
    #[must_use]
    pub fn new(body: String) -> Self {
        Self { body, delay: Duration::ZERO, fifo: None }
    }

    /// Hides the message for a while, at most 15 minutes. Not for FIFO queues.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay.min(Duration::from_secs(900));
        self
    }

    /// A message for a FIFO queue.
    #[must_use]
    pub fn fifo(body: String, group: String, deduplication_id: String) -> Self {
        Self { body, delay: Duration::ZERO, fifo: Some((group, deduplication_id)) }
    }

    fn to_request(&self, id: usize) -> Option<SendMessageBatchRequestEntry> {
        let delay = (!self.delay.is_zero()).then(|| self.delay.as_secs().max(1).try_into().unwrap_or(900));
        SendMessageBatchRequestEntry::builder()
            .id(id.to_string())
            .message_body(&self.body)
            .set_delay_seconds(delay)
            .set_message_group_id(self.fifo.as_ref().map(|(group, _)| group.clone()))
            .set_message_deduplication_id(self.fifo.as_ref().map(|(_, id)| id.clone()))
            .build()
            .ok()
    }
}

/// Messages that are not on the queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The call failed, or SQS named entries as failed, again and again.
    #[error("{unsent} messages could not be queued: {reason}")]
    Unsent {
        /// How many are not on the queue.
        unsent: usize,
        /// The last reason, without content.
        reason: String,
    },
    /// The visibility of a message could not be changed.
    #[error("the visibility of a message could not be changed: {0}")]
    Visibility(String),
}

impl Queue {
    /// A client on the SDK's.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends one message.
    ///
    /// # Errors
    /// It is not on the queue.
    pub async fn send(&self, queue_url: &str, entry: Entry) -> Result<(), QueueError> {
        self.send_all(queue_url, std::slice::from_ref(&entry)).await
    }

    /// Sends messages in as few calls as they fit. `SendMessageBatch` answers 200 even when it refuses
    /// entries: those count as not sent and are tried again.
    ///
    /// # Errors
    /// Not all are on the queue; some may be. The caller repeats all: consumers are right under that.
    pub async fn send_all(&self, queue_url: &str, entries: &[Entry]) -> Result<(), QueueError> {
        for batch in batches(entries) {
            self.send_batch(queue_url, batch).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, queue_url: &str, entries: &[Entry]) -> Result<(), QueueError> {
        let mut left: Vec<usize> = (0..entries.len()).collect();
        let mut reason = String::new();
        for _ in 0..ROUNDS {
            let requests = left.iter().filter_map(|index| entries[*index].to_request(*index)).collect();
            let answer = self
                .client
                .send_message_batch()
                .queue_url(queue_url)
                .set_entries(Some(requests))
                .send()
                .await
                .map_err(|error| QueueError::Unsent {
                    unsent: left.len(),
                    reason: describe(&DisplayErrorContext(&error)),
                })?;
            // An entry is sent only if SQS says so: what it names neither way counts as not sent.
            left.retain(|index| !answer.successful().iter().any(|done| done.id() == index.to_string()));
            if left.is_empty() {
                return Ok(());
            }
            reason = answer.failed().first().map(|failed| failed.code().to_owned()).unwrap_or_default();
            warn!(queue.unsent = left.len(), queue.reason = %reason, "SQS refused part of a batch");
        }
        Err(QueueError::Unsent { unsent: left.len(), reason })
    }

    /// Makes a received message visible again after `delay`: how a failed item waits before its next try.
    ///
    /// # Errors
    /// SQS refused; the message comes back after the queue's own visibility timeout.
    pub async fn retry_after(
        &self,
        queue_url: &str,
        receipt_handle: &str,
        delay: Duration,
    ) -> Result<(), QueueError> {
        self.client
            .change_message_visibility()
            .queue_url(queue_url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(delay.as_secs().try_into().unwrap_or(30))
            .send()
            .await
            .map(drop)
            .map_err(|error| QueueError::Visibility(describe(&DisplayErrorContext(&error))))
    }
}

/// The SDK's error chain, without line breaks.
fn describe(error: &impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}

/// Cuts entries into batches that one call takes.
fn batches(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, entry) in entries.iter().enumerate() {
        if index > start && (index - start == BATCH || bytes + entry.body.len() > BATCH_BYTES) {
            batches.push(&entries[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += entry.body.len();
    }
    if start < entries.len() {
        batches.push(&entries[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_at_most_ten_entries_and_one_megabyte_and_lose_none() {
        let entries: Vec<Entry> = (0..25).map(|n| Entry::new("x".repeat(60_000 + n))).collect();
        let cut = batches(&entries);
        assert_eq!(cut.iter().map(|batch| batch.len()).collect::<Vec<_>>(), [10, 10, 5]);
        let large: Vec<Entry> = (0..3).map(|_| Entry::new("x".repeat(600_000))).collect();
        assert_eq!(batches(&large).len(), 3);
        assert!(batches(&[]).is_empty());
    }
}

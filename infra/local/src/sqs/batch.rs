//! What AWS refuses of a whole batch, before it looks at the entries.

use std::collections::BTreeSet;

use super::errors::SqsError;
use super::types::{BatchOutcome, Entry, NewMessage};

const LONGEST: usize = 1_048_576;

/// Checks a batch's ids and count.
pub(super) fn check<T>(action: &'static str, entries: &[Entry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::EmptyBatchRequest(action));
    }
    if entries.len() > 10 {
        return Err(SqsError::TooManyEntriesInBatchRequest(entries.len()));
    }
    let mut seen = BTreeSet::new();
    for entry in entries {
        let fits = (1..=80).contains(&entry.id.len())
            && entry.id.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
        if !fits {
            return Err(SqsError::InvalidBatchEntryId);
        }
        if !seen.insert(&entry.id) {
            return Err(SqsError::BatchEntryIdsNotDistinct(entry.id.clone()));
        }
    }
    Ok(())
}

/// Checks a batch of messages, their length together included.
pub(super) fn check_messages(entries: &[Entry<NewMessage>]) -> Result<(), SqsError> {
    check("SendMessageBatch", entries)?;
    let size = entries.iter().map(|it| it.request.size()).sum::<usize>();
    if size > LONGEST { Err(SqsError::BatchRequestTooLong(size)) } else { Ok(()) }
}

/// Does each entry on its own. Only a failing storage fails the whole call: then nothing of it stands.
pub(super) fn each<T, R>(
    entries: Vec<Entry<T>>,
    mut work: impl FnMut(T) -> Result<R, SqsError>,
) -> Result<BatchOutcome<R>, SqsError> {
    let mut outcome = BatchOutcome { successful: Vec::new(), failed: Vec::new() };
    for Entry { id, request } in entries {
        match work(request) {
            Ok(done) => outcome.successful.push(Entry { id, request: done }),
            Err(error) if error.is_senders_fault() => outcome.failed.push(Entry { id, request: error }),
            Err(error) => return Err(error),
        }
    }
    Ok(outcome)
}

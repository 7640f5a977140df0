//! Dead letters: messages that were received too often.
//!
//! As on AWS, the move happens when someone asks for the message once more, the count of receives goes
//! on in the dead-letter queue, a standard queue's message keeps its age and a FIFO queue's starts anew.

use rusqlite::params;

use super::errors::SqsError;
use super::receive::Candidate;
use super::send::new_message_id;
use super::store::{Queue, Store};

/// Parts messages into those received too often and the rest. Without a dead-letter queue to go to,
/// nothing is too often.
pub(super) fn split(
    store: &Store,
    queue: &Queue,
    candidates: Vec<Candidate>,
) -> (Vec<Candidate>, Vec<Candidate>) {
    let redrive = queue.spec.redrive.as_ref().filter(|it| store.queues.contains_key(&it.dead_letter_queue));
    let Some(redrive) = redrive else { return (Vec::new(), candidates) };
    candidates.into_iter().partition(|it| it.receives >= redrive.max_receive_count)
}

impl Store {
    /// Moves messages to the dead-letter queue of the one they are in.
    pub(super) fn move_to_dead_letters(&mut self, queue: &Queue, dead: &[Candidate]) -> Result<(), SqsError> {
        let name = queue.spec.redrive.as_ref().map(|it| it.dead_letter_queue.as_str()).unwrap_or_default();
        let target = self.queue(name)?;
        for candidate in dead {
            let seq = self.move_message(&target, candidate, Life::GoesOn)?;
            self.connection
                .prepare_cached("UPDATE contents SET dead_source = ?2 WHERE seq = ?1")?
                .execute(params![seq, queue.spec.arn()])?;
        }
        self.settle_lanes(queue, dead.iter().filter_map(|it| it.lane.as_deref()))?;
        self.settle_lanes(&target, dead.iter().filter_map(|it| it.lane.as_deref()))?;
        self.wake(&target);
        Ok(())
    }

    /// Moves dead letters back, as new messages, which is what AWS makes of them.
    pub(super) fn move_back(
        &mut self,
        source: &Queue,
        target: &Queue,
        letter: &Candidate,
    ) -> Result<(), SqsError> {
        let seq = self.move_message(target, letter, Life::Anew)?;
        self.connection
            .prepare_cached("UPDATE contents SET dead_source = NULL, message_id = ?2 WHERE seq = ?1")?
            .execute(params![seq, new_message_id()])?;
        self.settle_lanes(source, letter.lane.as_deref().into_iter())?;
        self.settle_lanes(target, letter.lane.as_deref().into_iter())?;
        self.wake(target);
        Ok(())
    }

    /// Puts a message at another queue's end and returns its new key, so that a handle from before the
    /// move means nothing there.
    fn move_message(&mut self, target: &Queue, from: &Candidate, life: Life) -> Result<i64, SqsError> {
        let now = self.now();
        let (keeps_age, keeps_count) = match life {
            Life::GoesOn => (!target.spec.fifo, true),
            Life::Anew => (false, false),
        };
        self.connection
            .prepare_cached(
                "INSERT INTO messages (queue, lane, sent, visible_at, first_received, receives_before)
                 SELECT ?2, lane, CASE WHEN ?4 THEN sent ELSE ?3 END, ?3,
                     CASE WHEN ?5 THEN first_received END, CASE WHEN ?5 THEN receives_before + receives ELSE 0 END
                 FROM messages WHERE seq = ?1",
            )?
            .execute(params![from.seq, target.id, now, keeps_age, keeps_count])?;
        let seq = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached("UPDATE contents SET seq = ?2 WHERE seq = ?1")?
            .execute(params![from.seq, seq])?;
        self.connection.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute(params![from.seq])?;
        Ok(seq)
    }
}

/// What a message keeps when it moves.
#[derive(Clone, Copy)]
enum Life {
    /// Its age, in a standard queue, and the count of its receives.
    GoesOn,
    /// Nothing.
    Anew,
}

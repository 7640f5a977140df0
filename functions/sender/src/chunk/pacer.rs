//! The times at which messages leave: a block of a number's throughput at a time, leased, and spread over it.

use std::collections::HashMap;

use cloud_api::PhoneNumberId;
use domain::pace::{Ask, Grant, Purpose, STAGGER, Send};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use tokio::sync::Mutex;
use tracing::warn;

use super::Chunks;
use super::context::Number;
use crate::worker::failure;

/// What a turn has leased, by number.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    leased: Mutex<HashMap<PhoneNumberId, Leased>>,
}

/// A lease, and how much of it is given away.
#[derive(Clone, Copy, Debug)]
struct Leased {
    send: Send,
    nth: u32,
    /// How many people of the step may still ask for a time: those who were begun with and have none yet.
    ahead: u32,
}

impl Leased {
    /// How many of its times are still ahead.
    fn left(&mut self, now: Timestamp) -> u32 {
        while self.nth < self.send.messages && self.send.has_missed(self.nth, now) {
            self.nth += 1;
        }
        self.send.messages - self.nth
    }
}

impl Pacer {
    /// How many messages of a number may be begun with: what is left of a lease, or a new one. 0 if there is none within
    /// the time in which the worker begins with people: who goes back to the queue has read a hundred people for nothing.
    pub(crate) async fn room(&self, chunks: &Chunks, number: &Number, wanted: u32) -> Result<u32, Failure> {
        let mut leased = self.leased.lock().await;
        let now = chunks.common_time();
        if let Some(lease) = leased.get_mut(&number.id) {
            let left = lease.left(now);
            if left > 0 {
                lease.ahead = left.min(wanted);
                return Ok(lease.ahead);
            }
        }
        let Some(send) = chunks.lease(number, wanted, chunks.until).await? else { return Ok(0) };
        let ahead = send.messages.min(wanted);
        leased.insert(number.id.clone(), Leased { send, nth: 0, ahead });
        Ok(ahead)
    }

    /// When the next message of a number is due. `None` if there is no time for it in this turn.
    pub(crate) async fn due(&self, chunks: &Chunks, number: &Number) -> Result<Option<Timestamp>, Failure> {
        let mut leased = self.leased.lock().await;
        loop {
            let now = chunks.common_time();
            if let Some(lease) = leased.get_mut(&number.id)
                && lease.left(now) > 0
            {
                let due = lease.send.due(lease.nth);
                lease.nth += 1;
                lease.ahead = lease.ahead.saturating_sub(1);
                return Ok(Some(due));
            }
            // Held up: what was leased has passed, and all at once would be one burst. Whoever was begun with waits as
            // long as the turn may: putting them off costs more. One lease serves everybody of the step who is still to
            // come: each write is paid for.
            let ahead = leased.get(&number.id).map_or(1, |lease| lease.ahead.max(1));
            let Some(send) = chunks.lease(number, ahead, chunks.leaves_until).await? else { return Ok(None) };
            leased.insert(number.id.clone(), Leased { send, nth: 0, ahead });
        }
    }
}

impl Chunks {
    /// The time that leases are in.
    fn common_time(&self) -> Timestamp {
        self.sender.time.now(&self.sender.kit.clock)
    }

    /// Leases time of a number, if there is some before `give_up`.
    async fn lease(
        &self,
        number: &Number,
        messages: u32,
        give_up: Timestamp,
    ) -> Result<Option<Send>, Failure> {
        let (clock, time) = (&self.sender.kit.clock, &self.sender.time);
        let mut refused = 0;
        loop {
            let Some(skew) = time.may_send(Purpose::Campaign, clock.now()) else {
                warn!(number.id = %number.id, "This worker's clock is off by more than a tenth of a second");
                return Ok(None);
            };
            let ask = Ask { purpose: Purpose::Campaign, messages, skew };
            let asked = self.common_time();
            let granted = self.sender.store.try_lease(&number.id, number.level, ask, asked).await;
            let until = match granted {
                Err(error) => return Err(failure(error)),
                Ok(Some(Grant::Messages { send, .. })) => return Ok(Some(send)),
                Ok(Some(Grant::Wait { until })) => until,
                // Somebody else was faster.
                Ok(None) => {
                    refused += 1;
                    asked
                }
            };
            if until > give_up || !self.may_leave() {
                return Ok(None);
            }
            time.sleep_until(clock, until.saturating_add(stagger(refused)).unwrap_or(until)).await;
        }
    }
}

/// Who waits for the same moment asks again at different times: of all who write at once, one succeeds. The more often
/// somebody was refused, the more they are.
fn stagger(refused: u32) -> SignedDuration {
    let random =
        lambda_kit::random_bytes().map_or(0, |bytes| u64::from(u16::from_le_bytes([bytes[0], bytes[1]])));
    let most = (STAGGER.unsigned_abs().as_millis() << refused.min(4)).max(1);
    SignedDuration::from_millis(i64::try_from(u128::from(random) % most).unwrap_or_default())
}

//! Limits of single messages: what one person may hear in a row, how many people a day, how many messages a second. None
//! of them fails a message: it waits.

use cloud_api::error::Remedy;
use cloud_api::outbound::Content;
use cloud_api::webhook::event::numbers::MessagingLimit;
use domain::consent::Purpose as Category;
use domain::number::facts::Fact;
use domain::pace::{Ask, Grant, Level, MOST_SKEW, Pair, Purpose, pair};
use domain::tier::{Bucket, Limit, Slot, is_surely_open};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use store::{Judged, SlotTaken, StoredMessage, Subject};
use tracing::warn;

use crate::Sender;
use crate::worker::{Job, failure};

/// How often a gate is read again when others write it at the same time.
const ROUNDS: usize = 8;

/// A message that is due so soon goes at once: requests differ in their way by as much.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(50);

/// When there is nothing that frees slots, somebody has to raise the limit: looked at again after this.
const NO_ROOM: SignedDuration = SignedDuration::from_hours(1);

/// Whether there is room for a message.
pub(crate) enum Room {
    /// There is. On the account of this bucket, if Meta counts the person.
    Go(Option<Bucket>),
    /// Not before this time.
    Wait(Timestamp),
}

impl Sender {
    /// Takes what a message needs of every limit: the person's turn, a slot if Meta counts it, and the number's time.
    pub(crate) async fn room(
        &self,
        job: &Job,
        message: &StoredMessage,
        judged: &Judged,
    ) -> Result<Room, Failure> {
        let number = &message.id.conversation.number;
        let facts = self.store.facts(Subject::Number(number)).await.map_err(failure)?;
        let fact = |fact: &Fact| facts.get(fact).map(|known| known.value.as_str());
        let limit = fact(&Fact::Limit).map_or(Limit::LOWEST, |told| Limit::from(&MessagingLimit::from(told)));
        let level = Level::of(fact(&Fact::Throughput), None);
        let bucket = match self.turn_of(job, message, judged, limit).await? {
            Room::Go(bucket) => bucket,
            wait @ Room::Wait(_) => return Ok(wait),
        };
        let now = self.kit.clock.now();
        // An agent's message goes, however wrong the clock is.
        let skew = self.time.may_send(Purpose::Agent, now).unwrap_or(MOST_SKEW);
        let ask = Ask { purpose: Purpose::Agent, messages: 1, skew };
        let common = self.time.now(&self.kit.clock);
        match self.store.lease(number, level, ask, common).await.map_err(failure)? {
            Grant::Wait { until } => Ok(Room::Wait(until)),
            Grant::Messages { send, .. } => {
                if send.from.duration_since(common) > AT_ONCE {
                    self.time.sleep_until(&self.kit.clock, send.from).await;
                }
                Ok(Room::Go(bucket))
            }
        }
    }

    /// The person's turn, and a slot if one is needed: written on their gate, upon the version that was read.
    async fn turn_of(
        &self,
        job: &Job,
        message: &StoredMessage,
        judged: &Judged,
        limit: Limit,
    ) -> Result<Room, Failure> {
        let conversation = &message.id.conversation;
        // In a group nobody is counted alone.
        let Some(contact) = conversation.contact() else { return Ok(Room::Go(None)) };
        let (portfolio, number) = (&judged.portfolio, &conversation.number);
        let is_template = matches!(job.message().content, Content::Template(_));
        let is_marketing = is_template
            && judged.decision.as_ref().is_some_and(|decision| decision.purpose == Category::Marketing);
        let mut bucket = None;
        for _ in 0..ROUNDS {
            let gate = self.store.campaign_gate(portfolio, contact).await.map_err(failure)?;
            let now = self.kit.clock.now();
            let tat = match pair::take(gate.gate.tat.get(number).copied(), Purpose::Agent, now) {
                Pair::Wait { until } => return Ok(Room::Wait(until)),
                Pair::Go { tat } => tat,
            };
            let is_counted = is_template && !is_surely_open(judged.window, now);
            if is_counted && bucket.is_none() {
                match self.store.take_slot(number, (portfolio, limit), now).await.map_err(failure)? {
                    SlotTaken::In(taken) => bucket = Some(taken),
                    SlotTaken::Full { free_at } => {
                        let later = now.saturating_add(NO_ROOM).unwrap_or(Timestamp::MAX);
                        return Ok(Room::Wait(free_at.unwrap_or(later)));
                    }
                }
            }
            let mut next = gate.clone();
            next.gate.tat.insert(number.clone(), tat);
            if is_marketing {
                next.gate.hears_marketing(now);
            }
            next.slot = bucket.map(|bucket| Slot { bucket, at: now }).or(gate.slot);
            let written = self.store.write_campaign_gate(portfolio, contact, &gate, &next).await;
            if written.map_err(failure)?.is_some() {
                return Ok(Room::Go(bucket));
            }
        }
        Err(Failure::Retry("others write the same gate".to_owned()))
    }

    /// Meta refused a message for a limit of the number: whoever sends from it goes slower, or rests.
    pub(crate) async fn note_limit(&self, message: &StoredMessage, remedy: Remedy) {
        let (number, now) = (&message.id.conversation.number, self.kit.clock.now());
        let level = Level::Standard;
        let noted = match remedy {
            Remedy::SlowDown => self.store.slow_down(number, level, now).await,
            Remedy::WaitNumber => self.store.rest_number(number, level, now).await,
            _ => return,
        };
        if let Err(error) = noted {
            warn!(number.id = %number, %error, "A number could not be slowed down");
        }
    }

    /// Whether a message may still leave on the account of its bucket: the worker may have been asleep.
    pub(crate) fn may_leave(&self, bucket: Option<Bucket>) -> bool {
        bucket.is_none_or(|bucket| bucket.takes_sends_at(self.kit.clock.now()))
    }
}

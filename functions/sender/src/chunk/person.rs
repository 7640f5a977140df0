//! One person: decided about at this instant, taken, and sent to.

use cloud_api::outbound::Recipient;
use domain::campaign::decide::{Decision, Limits, Plan, SlotAnswer, decide};
use domain::campaign::filling::field;
use domain::campaign::gate::Progress;
use domain::campaign::guard::Guard;
use domain::campaign::outcome::{Outcome, Put, Skip};
use domain::campaign::result::{Entry, Placed};
use domain::campaign::{decide, message_hash, zones};
use domain::consent::Purpose;
use domain::pace::{self, Pair, pair};
use domain::tier::{Bucket, Cover, Rule, Slot, cover, is_surely_open};
use domain::{MessageId, Slot as Place};
use jiff::Timestamp;
use lambda_kit::Failure;
use store::{KeptGate, gate_after};
use tracing::warn;

use super::Chunks;
use super::context::{Context, Person};
use super::pacer::Pacer;
use super::put_off::line;
use super::template::Filled;
use crate::worker::failure;

/// How often a gate is read again when others write it at the same time.
const ROUNDS: usize = 8;

/// What became of the slot that was reserved for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slots {
    /// It covers them from now on; an older one is free.
    Used(Option<Slot>),
    /// They needed none.
    Unused,
    /// It did, and was taken off their gate again, where the older one stands as before.
    Undone(Option<Slot>),
}

/// What became of a person in this step.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// What stands in the result block. `None`: nobody knows.
    pub(crate) told: Option<Entry>,
    /// They have another turn, not before this time.
    pub(crate) until: Option<Timestamp>,
    pub(crate) slots: Slots,
    /// Why everybody who follows would fail.
    pub(crate) stop: Option<Guard>,
    /// Whether Meta answered, and whether with a code that nobody knows.
    pub(crate) answered: Option<bool>,
}

impl Ended {
    pub(crate) fn told(entry: Entry, slots: Slots) -> Self {
        Self { told: Some(entry), until: None, slots, stop: None, answered: None }
    }

    /// Nobody knows.
    pub(crate) fn unknown(slots: Slots) -> Self {
        Self { told: None, until: None, slots, stop: None, answered: None }
    }
}

/// Somebody who was taken: their gate is written, and nobody else posts to them for this campaign.
pub(crate) struct Taken {
    /// The gate before.
    pub(crate) before: KeptGate,
    /// The gate as it stands.
    pub(crate) gate: KeptGate,
    /// Until when the number has sent them enough.
    pub(crate) owed: Timestamp,
    pub(crate) attempt: u32,
    pub(crate) cover: Cover,
    pub(crate) bucket: Bucket,
    pub(crate) message: MessageId,
    pub(crate) at: Timestamp,
    /// Whether it counts as marketing that the person hears.
    pub(crate) marketing: bool,
    pub(crate) recipient: Recipient,
    pub(crate) filled: Filled,
}

impl Taken {
    pub(crate) fn slots(&self) -> Slots {
        match self.cover {
            Cover::Nothing => Slots::Unused,
            Cover::Slot { older, .. } => Slots::Used(older),
        }
    }

    /// Whether the message may leave now: on the account of its bucket, or inside the window.
    pub(crate) fn may_leave(&self, person: &Person, now: Timestamp) -> bool {
        match self.cover {
            Cover::Nothing => is_surely_open(person.window, now),
            Cover::Slot { .. } => self.bucket.takes_sends_at(now),
        }
    }
}

impl Chunks {
    /// Decides about a person and sends to them. Nothing here fails for others: who cannot be decided about, because a
    /// table does not answer, is put off before anything was taken.
    pub(crate) async fn person(
        &self,
        context: &Context,
        person: &Person,
        gate: KeptGate,
        (bucket, pacer): (Bucket, &Pacer),
    ) -> Ended {
        match self.take(context, person, gate, bucket).await {
            Ok(Ok(taken)) => Box::pin(self.send(context, person, taken, pacer)).await,
            Ok(Err(ended)) => ended,
            Err(error) => {
                warn!(campaign.id = %context.place.campaign, ?error, "A person could not be decided about");
                let now = self.sender.kit.clock.now();
                // Whether the gate was written is not known: if it was, the next turn finds the mark and posts nothing.
                Ended {
                    until: Some(now),
                    ..Ended::told(context.put_off(person, Put::Reservation), Slots::Used(None))
                }
            }
        }
    }

    /// Takes a person, upon the gate that was read. Or says why not.
    async fn take(
        &self,
        context: &Context,
        person: &Person,
        mut gate: KeptGate,
        bucket: Bucket,
    ) -> Result<Result<Taken, Ended>, Failure> {
        let filled = context.fill(person);
        for _ in 0..ROUNDS {
            let now = self.sender.kit.clock.now();
            let (attempt, marketing) = match self.decide(context, person, &gate, (&filled, bucket, now)) {
                Ok(go) => go,
                Err(ended) => return Ok(Err(*ended)),
            };
            let (Some(recipient), Ok(filled)) = (&person.recipient, &filled) else {
                return Ok(Err(context.skipped(person, Skip::InvalidNumber)));
            };
            let Pair::Go { tat } =
                pair::take(gate.gate.tat.get(&person.number).copied(), pace::Purpose::Campaign, now)
            else {
                continue;
            };
            let cover = cover(Rule::MoveSlot, gate.slot, person.window, bucket, now);
            let slot = if let Cover::Slot { gate, .. } = cover { Some(gate) } else { None };
            let mark = (&context.place.campaign, attempt, marketing.then_some(now));
            let next = gate_after(&gate, mark, (&person.number, tat), slot);
            let contact = &person.contact.id;
            let store = &self.sender.store;
            let written = store.write_campaign_gate(&context.portfolio, contact, &gate, &next).await;
            let Some(kept) = written.map_err(failure)? else {
                // Somebody else wrote it: a word of the person, an agent's message, another worker. Decide again.
                let read = store.campaign_gate(&context.portfolio, contact).await.map_err(failure)?;
                gate = self.whole(context, person, read).await?;
                continue;
            };
            let hash = message_hash(&context.place.campaign, contact, attempt);
            let slot = Place::Message { at: now.as_millisecond(), hash };
            return Ok(Ok(Taken {
                before: gate,
                gate: kept,
                owed: tat,
                attempt,
                cover,
                bucket,
                message: MessageId { conversation: person.conversation.clone(), slot },
                at: now,
                marketing,
                recipient: recipient.clone(),
                filled: filled.clone(),
            }));
        }
        Err(Failure::Retry("others write the same gate".to_owned()))
    }

    /// Which attempt goes now, and whether it counts as marketing; or what becomes of the person instead.
    fn decide(
        &self,
        context: &Context,
        person: &Person,
        gate: &KeptGate,
        (filled, bucket, now): (&Result<Filled, usize>, Bucket, Timestamp),
    ) -> Result<(u32, bool), Box<Ended>> {
        if !bucket.takes_sends_at(now) {
            return Err(Box::new(context.deferred(person, now, Put::Reservation)));
        }
        let purpose = context.purpose(person);
        let plan = Plan {
            id: &context.place.campaign,
            definition: &context.campaign.definition,
            purpose,
            strict: context.snapshot.strict,
            number: &person.number,
        };
        let phone = person.contact.phone.as_deref();
        let zone = field(&person.contact, "time_zone");
        let marketing = purpose.is_none_or(|purpose| purpose == Purpose::Marketing);
        let about = decide::Person {
            reachable: person.recipient.is_some(),
            phone,
            zone: zone.as_deref(),
            excluded: context.members[person.member].excluded,
            duplicate: false,
            has_language: person.language.is_some(),
            missing: filled.as_ref().err().copied().unwrap_or_default(),
            market_open: !(marketing && phone.is_some_and(zones::is_of_the_united_states)),
            window: person.window,
        };
        let open = is_surely_open(person.window, now);
        let slot = if open { SlotAnswer::NotCounted } else { SlotAnswer::Reserved };
        let limits = Limits { slot, affordable: person.member < context.affordable };
        match decide(&plan, &person.contact.id, &gate.gate, (&about, limits, now)) {
            Decision::Go { attempt, marketing, .. } => Ok((attempt, marketing)),
            Decision::Skip(why) => Err(Box::new(context.skipped(person, why))),
            Decision::Defer { until, why } => Err(Box::new(context.deferred(person, until, why))),
            // The other record's line counts.
            Decision::Before(_) if person.followed => Err(Box::new(context.skipped(person, Skip::Merged))),
            Decision::Before(Progress::Refused) => {
                Err(Box::new(Ended::told(context.entry(person, Outcome::Refused), Slots::Unused)))
            }
            Decision::Before(_) => Err(Box::new(Ended::unknown(Slots::Unused))),
        }
    }
}

impl Context {
    pub(crate) fn variant(&self, person: &Person) -> u8 {
        u8::try_from(person.variant).unwrap_or_default()
    }

    pub(crate) fn market(&self, person: &Person) -> String {
        let phone = person.contact.phone.as_deref();
        phone.and_then(domain::rates::Market::country_of_phone).unwrap_or_default().to_owned()
    }

    pub(crate) fn entry(&self, person: &Person, outcome: Outcome) -> Entry {
        let placed = Placed { outcome, variant: self.variant(person), market: self.market(person) };
        Entry { outcome: Some(placed), ..Entry::default() }
    }

    pub(crate) fn put_off(&self, person: &Person, why: Put) -> Entry {
        line(why, self.variant(person), self.market(person))
    }

    fn skipped(&self, person: &Person, why: Skip) -> Ended {
        Ended::told(self.entry(person, Outcome::Skipped(why)), Slots::Unused)
    }

    fn deferred(&self, person: &Person, until: Timestamp, why: Put) -> Ended {
        Ended { until: Some(until), ..Ended::told(self.put_off(person, why), Slots::Unused) }
    }
}

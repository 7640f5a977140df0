//! Somebody who was taken: written ahead, posted at their time, and what came of it.

use cloud_api::outbound::{MessageStatus, SendRequest as Post};
use domain::campaign::answer::{Attempt, ForOthers, ForPerson, after_refusal};
use domain::campaign::callback::CampaignCallback;
use domain::campaign::gate::Progress;
use domain::campaign::outcome::{Outcome, Put};
use domain::pace::pair;
use graph::Posted;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::metrics::{ACCEPTED, REFUSED, UNKNOWN};
use store::{CampaignMessage, Outcome as Recorded};
use tracing::{info, warn};

use super::Chunks;
use super::context::{Context, Number, Person};
use super::pacer::Pacer;
use super::person::{Ended, Slots, Taken};
use crate::errors;

/// After so long somebody is tried again whose message never left.
const SOON: SignedDuration = SignedDuration::from_secs(5);

impl Chunks {
    pub(crate) async fn send(
        &self,
        context: &Context,
        person: &Person,
        taken: Taken,
        pacer: &Pacer,
    ) -> Ended {
        let clock = &self.sender.kit.clock;
        let Some(number) = context.numbers.get(&person.number) else {
            return self.never_begun(context, person, taken, (clock.now(), Put::Throughput)).await;
        };
        let callback = CampaignCallback {
            campaign: context.place.campaign.clone(),
            chunk: context.place.chunk,
            member: person.member,
            message: taken.message.clone(),
            attempt: taken.attempt,
        };
        let message = &taken.filled.message;
        let callback = Some(callback.to_string());
        let post = Post { recipient: taken.recipient.clone(), message: message.clone(), callback };
        let (Ok(body), Ok(())) = (post.to_body(), post.validate()) else {
            // Nothing of it was written: nobody reads of a message that could never have been one.
            let told = context.entry(person, Outcome::Held);
            return Ended { answered: Some(true), ..Ended::told(told, taken.slots()) };
        };
        let ahead = CampaignMessage {
            id: &taken.message,
            campaign: &context.place.campaign,
            place: (context.place.chunk, person.member),
            raw: serde_json::to_string(message).unwrap_or_default(),
            at: taken.at,
        };
        if let Err(error) = self.sender.store.write_campaign_message(&ahead).await {
            warn!(message.id = %taken.message, %error, "A message of a campaign could not be written ahead");
            return self.never_begun(context, person, taken, (soon(clock.now()), Put::Throughput)).await;
        }
        let due = pacer.due(self, number).await;
        match due {
            Ok(Some(due)) => self.sender.time.sleep_until(clock, due).await,
            Ok(None) | Err(_) => return self.left_out(context, person, taken, Put::Throughput).await,
        }
        // The worker may have been asleep since it last looked.
        if !self.may_leave() || !taken.may_leave(person, clock.now()) {
            return self.left_out(context, person, taken, Put::Reservation).await;
        }
        let posted = self.sender.post(&context.portfolio, &person.number, body).await;
        self.conclude(context, (person, number), taken, posted).await
    }

    async fn conclude(
        &self,
        context: &Context,
        (person, number): (&Person, &Number),
        taken: Taken,
        posted: Posted,
    ) -> Ended {
        match posted {
            Posted::Accepted(answer) if answer.wamid().is_some() => {
                self.sender.count(ACCEPTED);
                let held = answer.message_status() == Some(&MessageStatus::HeldForQualityAssessment);
                let outcome = if held { Outcome::Pacing } else { Outcome::Accepted };
                Ended { answered: Some(false), ..Ended::told(context.entry(person, outcome), taken.slots()) }
            }
            Posted::Refused(error) => self.refused(context, (person, number), taken, &error).await,
            Posted::NotSent => self.left_out(context, person, taken, Put::Throughput).await,
            Posted::Accepted(_) | Posted::Unknown { .. } => {
                self.sender.count(UNKNOWN);
                warn!(message.id = %taken.message, "Nobody knows whether a message of a campaign was sent; a status will tell");
                self.note(&taken, &Recorded::Unknown).await;
                Ended::unknown(taken.slots())
            }
        }
    }

    async fn refused(
        &self,
        context: &Context,
        (person, number): (&Person, &Number),
        mut taken: Taken,
        error: &cloud_api::error::GraphError,
    ) -> Ended {
        let (store, now) = (&self.sender.store, self.sender.kit.clock.now());
        self.sender.count(REFUSED);
        info!(message.id = %taken.message, graph.code = error.code, graph.trace = error.fbtrace_id, "Meta refused a message of a campaign");
        self.note(&taken, &Recorded::Failed { errors: errors::of_meta(error) }).await;
        let attempt = Attempt {
            number: taken.attempt,
            retry_marketing_limit: context.campaign.definition.retry_marketing_limit,
            now,
        };
        let meaning = after_refusal(error.remedy(), attempt);
        if meaning.opt_out {
            let message = (&taken.message, taken.at);
            self.sender.note_stop_of(&context.portfolio, &person.contact.id, message).await;
        }
        let stop = match meaning.others {
            ForOthers::Pause(guard) => Some(guard),
            ForOthers::SlowDown => {
                let noted = store.slow_down(&number.id, number.level, now).await;
                noted.err().inspect(|error| warn!(%error, "A number could not be slowed down"));
                None
            }
            ForOthers::RestNumber(_) => {
                let noted = store.rest_number(&number.id, number.level, now).await;
                noted.err().inspect(|error| warn!(%error, "A number could not be rested"));
                None
            }
            ForOthers::GoOn => None,
        };
        let code = error.code;
        let unreadable = meaning.person == ForPerson::Hold;
        let ended = match meaning.person {
            ForPerson::Hold => Ended::told(context.entry(person, Outcome::Held), taken.slots()),
            ForPerson::Done(outcome) => {
                let slots = self.free(context, person, &taken, Progress::Refused).await;
                Ended::told(context.entry(person, outcome), slots.unwrap_or(taken.slots()))
            }
            ForPerson::Again { until, why } => {
                if why == Put::PairRate {
                    taken.owed = pair::refused(Some(taken.owed), taken.attempt, now);
                }
                self.undo(context, person, taken, (until, why)).await
            }
        };
        let told = ended.told.map(|entry| store_code(entry, code));
        Ended { stop, answered: Some(unreadable), told, ..ended }
    }

    /// Nothing left us: the message says so, and the person has another turn.
    async fn left_out(&self, context: &Context, person: &Person, taken: Taken, why: Put) -> Ended {
        self.note(&taken, &Recorded::Failed { errors: errors::never_left() }).await;
        let until = soon(self.sender.kit.clock.now());
        self.never_begun(context, person, taken, (until, why)).await
    }

    /// Sets a person free who was sent nothing: nor do they have to wait for the time that a message would have taken.
    async fn never_begun(
        &self,
        context: &Context,
        person: &Person,
        mut taken: Taken,
        put: (Timestamp, Put),
    ) -> Ended {
        taken.owed = taken.before.gate.tat.get(&person.number).copied().unwrap_or(taken.at);
        self.undo(context, person, taken, put).await
    }

    /// Sets a person free for another turn. If their gate cannot be written, nobody posts to them again by itself.
    async fn undo(
        &self,
        context: &Context,
        person: &Person,
        taken: Taken,
        (until, why): (Timestamp, Put),
    ) -> Ended {
        match self.free(context, person, &taken, Progress::Again).await {
            Some(slots) => Ended { until: Some(until), ..Ended::told(context.put_off(person, why), slots) },
            None => Ended::unknown(taken.slots()),
        }
    }

    /// Writes on the gate that the attempt sent nothing, and puts the older slot back. `None` if that was not written; only
    /// what was is given back.
    async fn free(
        &self,
        context: &Context,
        person: &Person,
        taken: &Taken,
        progress: Progress,
    ) -> Option<Slots> {
        let (store, contact) = (&self.sender.store, &person.contact.id);
        let campaign = &context.place.campaign;
        let heard = taken.marketing.then_some(taken.at);
        let mut next = taken.gate.clone();
        next.gate.answered(campaign, taken.attempt, progress, (None, heard));
        next.slot = taken.before.slot;
        next.gate.tat.insert(person.number.clone(), taken.owed);
        let written = store.write_campaign_gate(&context.portfolio, contact, &taken.gate, &next).await;
        if let Ok(Some(_)) = written {
            return Some(match taken.slots() {
                Slots::Used(older) => Slots::Undone(older),
                other => other,
            });
        }
        // Somebody else wrote it: their slot may rest on ours, so that one stays.
        let read = store.campaign_gate(&context.portfolio, contact).await.ok()?;
        let mut next = read.clone();
        next.gate.answered(campaign, taken.attempt, progress, (None, heard));
        let owed = next.gate.tat.entry(person.number.clone()).or_insert(taken.owed);
        *owed = taken.owed.max(*owed);
        let written = store.write_campaign_gate(&context.portfolio, contact, &read, &next).await;
        written.ok().flatten().map(|_| taken.slots())
    }

    async fn note(&self, taken: &Taken, outcome: &Recorded) {
        let now = self.sender.kit.clock.now();
        let noted = self.sender.store.record_outcome(&taken.message, CampaignMessage::ATTEMPT, outcome, now);
        if let Err(error) = noted.await {
            warn!(message.id = %taken.message, %error, "What came of a message of a campaign could not be noted on it");
        }
    }
}

fn store_code(entry: domain::campaign::result::Entry, code: Option<u32>) -> domain::campaign::result::Entry {
    domain::campaign::result::Entry { error: code, ..entry }
}

fn soon(now: Timestamp) -> Timestamp {
    now.saturating_add(SOON).unwrap_or(now)
}

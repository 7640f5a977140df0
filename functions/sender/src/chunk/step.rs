//! A step: some members of a block, side by side, and what became of them in one write.

use std::collections::HashMap;
use std::ops::Range;

use domain::ContactId;
use domain::campaign::guard::Guard;
use domain::campaign::outcome::{Outcome, Skip};
use domain::campaign::result::{Entry as Told, Placed};
use domain::campaign::state::{Action, PausedBy};
use domain::tier::Bucket;
use futures::future::{join_all, try_join_all};
use lambda_kit::Failure;
use store::KeptGate;
use tracing::warn;

use super::Chunks;
use super::context::{Context, Person};
use super::pacer::Pacer;
use super::person::{Ended, Slots};
use super::turn::Found;
use crate::worker::failure;

impl Chunks {
    pub(crate) async fn members(
        &self,
        context: &Context,
        members: Range<u32>,
        bucket: Bucket,
        (pacer, found): (&Pacer, &mut Found),
    ) -> Result<(), Failure> {
        let range = as_usize(members.start)..as_usize(members.end);
        let people: Vec<_> = context.people.iter().filter(|person| range.contains(&person.member)).collect();
        let mut gates = self.gates(context, &people).await?;
        let ended = people.iter().map(async |person| {
            // Two members that are one person by now look at one gate: the second finds the first one's mark.
            let gate = gates.get(&person.contact.id).cloned().unwrap_or_default();
            let ended = self.person(context, person, gate, (bucket, pacer)).await;
            (person.member, ended)
        });
        let mut ended: Vec<(usize, Ended)> = join_all(ended).await;
        gates.clear();
        // A record that is gone was erased.
        let there = |member: &usize| people.iter().any(|person| person.member == *member);
        ended.extend(range.filter(|member| !there(member)).map(|member| (member, erased())));
        for (_, ended) in &ended {
            found.note(ended, bucket);
        }
        // First the pause: whoever has another turn because of it must not have it before.
        if let Some(guard) = found.guard() {
            warn!(campaign.id = %context.place.campaign, ?guard, "A campaign pauses by itself");
            self.act(&context.place, &Action::Pause { by: PausedBy::Guard(guard) }).await?;
        }
        self.record(context, ended).await
    }

    /// The gates of people, with what other records of them forbid.
    async fn gates(
        &self,
        context: &Context,
        people: &[&Person],
    ) -> Result<HashMap<ContactId, KeptGate>, Failure> {
        let store = &self.sender.store;
        let ids: Vec<_> = people.iter().map(|person| person.contact.id.clone()).collect();
        let gates = store.campaign_gates(&context.portfolio, &ids).await.map_err(failure)?;
        let whole = people.iter().map(async |person| {
            let gate = gates.get(&person.contact.id).cloned().unwrap_or_default();
            Ok::<_, Failure>((person.contact.id.clone(), self.whole(context, person, gate).await?))
        });
        Ok(try_join_all(whole).await?.into_iter().collect())
    }

    /// A gate with what was said under records that were merged into the person's.
    pub(crate) async fn whole(
        &self,
        context: &Context,
        person: &Person,
        gate: KeptGate,
    ) -> Result<KeptGate, Failure> {
        if person.contact.merged.is_empty() {
            return Ok(gate);
        }
        let words = self.sender.store.gate_of_person(&context.portfolio, &person.contact.id).await;
        Ok(gate.with_words_of(&words.map_err(failure)?))
    }
}

impl Found {
    /// Why the campaign pauses, if it does.
    pub(crate) fn guard(&self) -> Option<Guard> {
        self.stop.or(self.unreadable.pauses().then_some(Guard::UnknownCode))
    }

    fn note(&mut self, ended: &Ended, bucket: Bucket) {
        match ended.slots {
            Slots::Used(older) => self.returns.moved(older),
            Slots::Unused => self.returns.unused(bucket, 1),
            Slots::Undone(older) => {
                self.returns.moved(older);
                self.returns.undone(bucket, older);
            }
        }
        self.stop = self.stop.or(ended.stop);
        if let Some(is_unreadable) = ended.answered {
            self.unreadable = self.unreadable.and(is_unreadable);
        }
    }
}

fn erased() -> Ended {
    let outcome = Placed { outcome: Outcome::Skipped(Skip::Erased), variant: 0, market: String::new() };
    Ended::told(Told { outcome: Some(outcome), ..Told::default() }, Slots::Unused)
}

fn as_usize(member: u32) -> usize {
    usize::try_from(member).unwrap_or(usize::MAX)
}

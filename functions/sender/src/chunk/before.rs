//! What a turn that ended in the middle left: people who were begun with, and whom nobody took.

use domain::campaign::gate::Progress;
use domain::campaign::outcome::Put;
use domain::tier::Run;
use lambda_kit::Failure;
use tracing::info;

use super::Chunks;
use super::context::Context;
use super::person::{Ended, Slots};
use super::put_off::line;
use crate::worker::failure;

impl Chunks {
    /// Gives people another turn whom an earlier turn began with and neither told of nor took: their gates have no mark of
    /// the campaign, so nothing was posted. Whoever was taken stays unknown, until a status tells.
    ///
    /// The earlier worker may only be asleep. Then one of the two writes the gate first, and the other finds the mark.
    pub(crate) async fn pick_up(&self, context: &Context, left: Run) -> Result<(), Failure> {
        let Some(reservation) = left.reservation else { return Ok(()) };
        let begun = reservation.from..left.started;
        if begun.is_empty() {
            return Ok(());
        }
        let (store, place) = (&self.sender.store, &context.place);
        let told = store.results(&place.campaign, place.chunk).await.map_err(failure)?;
        let is_silent = |member: &usize| {
            u32::try_from(*member).is_ok_and(|member| begun.contains(&member)) && !told.contains_key(member)
        };
        let people: Vec<_> = context.people.iter().filter(|person| is_silent(&person.member)).collect();
        let ids: Vec<_> = people.iter().map(|person| person.contact.id.clone()).collect();
        let gates = store.campaign_gates(&context.portfolio, &ids).await.map_err(failure)?;
        let now = self.sender.kit.clock.now();
        let untouched = people.iter().filter(|person| {
            let gate = gates.get(&person.contact.id);
            let mark = gate.and_then(|gate| gate.gate.mark(&place.campaign));
            // An attempt that was refused, or never left, sent nothing either.
            mark.is_none_or(|mark| mark.progress == Progress::Again)
        });
        let ended: Vec<_> = untouched
            .map(|person| {
                let told = line(Put::Reservation, context.variant(person), context.market(person));
                (person.member, Ended { until: Some(now), ..Ended::told(told, Slots::Used(None)) })
            })
            .collect();
        if ended.is_empty() {
            return Ok(());
        }
        info!(campaign.id = %place.campaign, people = ended.len(), "Picked up people whom a turn that broke off had not taken");
        self.record(context, ended).await
    }
}

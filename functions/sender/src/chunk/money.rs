//! The budget of a campaign that has one.

use domain::campaign::outcome::Outcome;
use domain::campaign::result::Entry;
use domain::consent::Purpose;
use domain::rates::{Category, Market, Micros, RateCard, worst_case};
use lambda_kit::Failure;
use tracing::warn;

use super::Chunks;
use super::context::{Context, Person};
use crate::worker::failure;

impl Chunks {
    /// Keeps the worst that the chunk can cost, before anybody is begun with. Gives for how many members, from the first,
    /// there is enough; without a budget, for all.
    pub(crate) async fn keep_money(&self, context: &Context) -> Result<usize, Failure> {
        let Some(budget) = &context.campaign.definition.budget else { return Ok(context.members.len()) };
        let worst = context.worst(self.card(context, &budget.currency).await?.as_ref());
        let (place, limit) = (&context.place, Micros(budget.micros));
        let kept = self.sender.store.keep_money(&place.campaign, place.chunk, limit, &worst).await;
        Ok(kept.map_err(failure)?.members)
    }

    /// Gives back what people of a chunk that is through cannot cost any more: who was skipped, put off or refused. Of
    /// everybody else the worst stays kept, until statuses say what Meta charges.
    pub(crate) async fn settle_money(&self, context: &Context) -> Result<(), Failure> {
        let Some(budget) = &context.campaign.definition.budget else { return Ok(()) };
        let (store, place) = (&self.sender.store, &context.place);
        let kept = store.kept_money(&place.campaign, place.chunk).await.map_err(failure)?;
        let Some(kept) = kept else { return Ok(()) };
        let told = store.results(&place.campaign, place.chunk).await.map_err(failure)?;
        let worst = context.worst(self.card(context, &budget.currency).await?.as_ref());
        let may_cost = worst.iter().take(kept.members).enumerate();
        let may_cost = may_cost.filter(|(member, _)| told.get(member).is_none_or(may_be_charged));
        let cost = may_cost.map(|(_, price)| *price).sum();
        let settled = store.settle_money(&place.campaign, place.chunk, (kept, cost)).await;
        settled.map(drop).map_err(failure)
    }
}

impl Chunks {
    /// The rates in a budget's currency.
    async fn card(&self, context: &Context, currency: &str) -> Result<Option<RateCard>, Failure> {
        let now = self.sender.kit.clock.now();
        let card = self.sender.store.rate_card_in_force(currency, now).await.map_err(failure)?;
        if card.is_none() {
            warn!(campaign.id = %context.place.campaign, "There are no rates in the currency of a budget");
        }
        Ok(card)
    }
}

/// Whether a person's message may be charged.
fn may_be_charged(entry: &Entry) -> bool {
    let outcome = entry.outcome.as_ref().map(|placed| placed.outcome);
    let never =
        matches!(outcome, Some(Outcome::Skipped(_) | Outcome::PutOff(_) | Outcome::Refused | Outcome::Held));
    entry.is_accepted() || !never
}

impl Context {
    /// The worst price of each member's message. Where there is none, nothing is affordable: nobody knows.
    fn worst(&self, card: Option<&RateCard>) -> Vec<Micros> {
        let price = |person: &Person| {
            let market = person.contact.phone.as_deref().map_or_else(Market::other, Market::of_phone);
            // A category that nobody told is charged as the dearest.
            let categories = match self.purpose(person) {
                Some(Purpose::Utility) => vec![Category::Utility],
                Some(Purpose::Authentication) => {
                    vec![Category::Authentication, Category::AuthenticationInternational]
                }
                _ => vec![Category::Marketing, Category::Utility, Category::Authentication],
            };
            card.and_then(|card| worst_case(card, &market, &categories))
        };
        let mut worst = vec![Micros(0); self.members.len()];
        for person in &self.people {
            worst[person.member] = price(person).unwrap_or(Micros(u64::MAX / 1_000));
        }
        worst
    }
}

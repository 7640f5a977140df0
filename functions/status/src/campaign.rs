//! Statuses of a campaign's messages: each person's line, and who is counted again by the messaging limit.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use cloud_api::PortfolioId;
use cloud_api::webhook::pricing::{Pricing, PricingType};
use cloud_api::webhook::status::StatusUpdate;
use domain::Slot;
use domain::campaign::CampaignId;
use domain::campaign::callback::CampaignCallback;
use domain::campaign::log::Chunk;
use domain::campaign::result::{Entry, Price};
use domain::rates::Category;
use domain::tier::{Ledger, is_late};
use jiff::Timestamp;
use lambda_kit::Failure;
use store::{StatusFold, Told};
use tracing::info;

use crate::{Status, failure};

/// What a status says for the line of a person.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    campaign: CampaignId,
    chunk: Chunk,
    told: Told,
    /// In whose limit the person counts again, as the message came late.
    late: Option<PortfolioId>,
}

/// When campaigns started, and whose limit they count in: neither changes, so a warm function asks once.
#[derive(Debug, Default)]
pub(crate) struct Started(Mutex<HashMap<CampaignId, (Timestamp, PortfolioId)>>);

impl Status {
    /// The line that a status is about. `None` if nobody knows the campaign any more.
    pub(crate) async fn line(
        &self,
        callback: CampaignCallback,
        update: &StatusUpdate,
        fold: &StatusFold,
    ) -> Result<Option<Line>, Failure> {
        let Some((started, portfolio)) = self.started_at(&callback.campaign).await? else { return Ok(None) };
        let since = |at: Option<Timestamp>| {
            at.map(|at| u32::try_from(at.duration_since(started).as_secs().max(0)).unwrap_or(u32::MAX))
        };
        let delivery = &fold.delivery;
        // Played is read: campaigns have no third sort of being seen.
        let read = delivery.read.into_iter().chain(delivery.played).min();
        let entry = Entry {
            sent: since(delivery.sent),
            delivered: since(delivery.delivered),
            read: since(read),
            failed: since(delivery.failed),
            error: update.errors.iter().find_map(|error| error.code),
            price: update.pricing.as_ref().map(price),
            ..Entry::default()
        };
        let Slot::Message { at: posted, .. } = callback.message.slot else { return Ok(None) };
        let posted = Timestamp::from_millisecond(posted).unwrap_or(started);
        // A read without a delivery before it says the same; Meta prices a message with the first that it tells.
        let arrived = delivery.delivered.or(read.filter(|_| update.pricing.is_some()));
        let late = arrived.is_some_and(|arrived| is_late(posted, arrived)).then_some(portfolio);
        let told = Told { member: callback.member, entry };
        Ok(Some(Line { campaign: callback.campaign, chunk: callback.chunk, told, late }))
    }

    async fn started_at(&self, campaign: &CampaignId) -> Result<Option<(Timestamp, PortfolioId)>, Failure> {
        if let Some(known) = self.started.get(campaign) {
            return Ok(Some(known));
        }
        let Some(found) = self.store.campaign(campaign).await.map_err(failure)? else { return Ok(None) };
        let sender = found.snapshot.as_ref().and_then(|snapshot| snapshot.senders.first());
        let Some(known) = found.started_at.zip(sender.map(|sender| sender.portfolio.clone())) else {
            return Ok(None);
        };
        self.started.put(campaign.clone(), known.clone());
        Ok(Some(known))
    }

    /// Writes lines, one write for all of a block, and counts late deliveries again, once for all of a batch.
    pub(crate) async fn lines<'a>(&self, lines: impl Iterator<Item = &'a Line>) -> Result<(), Failure> {
        let mut chunks: BTreeMap<(&CampaignId, Chunk), Vec<Told>> = BTreeMap::new();
        let mut late: HashMap<&PortfolioId, u32> = HashMap::new();
        for line in lines {
            chunks.entry((&line.campaign, line.chunk)).or_default().push(line.told.clone());
            if let Some(portfolio) = &line.late {
                *late.entry(portfolio).or_default() += 1;
            }
        }
        for ((campaign, chunk), told) in chunks {
            self.store.record_results(campaign, chunk, &told).await.map_err(failure)?;
        }
        for (portfolio, people) in late {
            info!(people, "People count again in a messaging limit, as their messages came late");
            let change = Ledger::delivered_late(people, self.kit.clock.now());
            self.store.count_late(portfolio, &change).await.map_err(failure)?;
        }
        Ok(())
    }
}

impl Started {
    fn get(&self, campaign: &CampaignId) -> Option<(Timestamp, PortfolioId)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(campaign).cloned()
    }

    fn put(&self, campaign: CampaignId, known: (Timestamp, PortfolioId)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(campaign, known);
    }
}

/// What Meta charges for it.
fn price(pricing: &Pricing) -> Price {
    match &pricing.kind {
        Some(
            PricingType::FreeCustomerService
            | PricingType::FreeEntryPoint
            | PricingType::FreeGroupCustomerService,
        ) => Price::Free,
        _ => match pricing.category.as_ref().and_then(Category::of_pricing) {
            Some(Category::Marketing) => Price::Marketing,
            Some(Category::Utility) => Price::Utility,
            Some(Category::Authentication) => Price::Authentication,
            Some(Category::AuthenticationInternational) => Price::AuthenticationInternational,
            _ => Price::Other,
        },
    }
}

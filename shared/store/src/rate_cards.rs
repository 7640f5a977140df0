//! Rate cards that the company loaded, beside the one that is built in.

use domain::rates::{Model, RateCard, in_force, october_2026};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::item::{self, Get, Item, Put, s};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every card: the one that is built in, unless one of its name was loaded, then those that were loaded.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rate_cards(&self) -> Result<Vec<RateCard>, StoreError> {
        let loaded: Vec<_> =
            self.listed(keys::RATE_CARDS).await?.iter().map(read).collect::<Result<_, _>>()?;
        let built_in = Some(october_2026()).filter(|card| loaded.iter().all(|other| other.id != card.id));
        Ok(built_in.cloned().into_iter().chain(loaded).collect())
    }

    /// The card by which a campaign of today is reckoned: what is charged by message comes before an older table by
    /// conversation. `None`: there is none in this currency.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rate_card_in_force(
        &self,
        currency: &str,
        now: Timestamp,
    ) -> Result<Option<RateCard>, StoreError> {
        let (cards, today) = (self.rate_cards().await?, TimeZone::UTC.to_datetime(now).date());
        let of = |model| in_force(&cards, currency, model, today).cloned();
        Ok(of(Model::PerMessage).or_else(|| of(Model::PerConversation)))
    }

    /// A card.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rate_card(&self, id: &str) -> Result<Option<RateCard>, StoreError> {
        let key = (keys::RATE_CARDS.to_owned(), id.to_owned());
        let loaded = self.get(&self.tables.directory, &key, true).await?;
        let loaded = loaded.as_ref().map(read).transpose()?;
        Ok(loaded.or_else(|| Some(october_2026()).filter(|card| card.id == id).cloned()))
    }

    /// Writes a card, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_rate_card(&self, card: &RateCard) -> Result<(), StoreError> {
        let json = serde_json::to_string(card)
            .map_err(|_| StoreError::Refused("a rate card that cannot be written".to_owned()))?;
        let mut item = item::at(keys::RATE_CARDS, &card.id);
        item.put("cd", s(json));
        self.put_listed(item).await
    }

    /// Takes a card away. What is built in comes back in the place of a card of its name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_rate_card(&self, id: &str) -> Result<(), StoreError> {
        self.remove_listed(keys::RATE_CARDS, id).await
    }
}

fn read(item: &Item) -> Result<RateCard, StoreError> {
    let json = item.text("cd").unwrap_or_default();
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt("a rate card"))
}

//! The ledger of what people said.

use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::consent::{Choice, Entry, Purpose, Source};

use crate::gate::{GateChange, holding_attribute};
use crate::item::{self, Get, Item, Put, ms, s};
use crate::{Condition, Store, StoreError, keys};

/// What became of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It was not there.
    New,
    /// It was there: the same word, told again.
    Known,
    /// The person was erased: nothing is kept.
    Erased,
}

impl Store {
    /// Writes a word to the ledger, and what follows from it to the gate, together. The same word told again
    /// changes nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_consent(&self, contact: &ContactId, entry: &Entry) -> Result<Noted, StoreError> {
        let key = keys::consent(contact, entry);
        let is_known =
            async || Ok::<_, StoreError>(self.get(&self.tables.contacts, &key, true).await?.is_some());
        if is_known().await? {
            return Ok(Noted::Known);
        }
        let written = self.change_gate(&entry.portfolio, contact, |gate| {
            if gate.erased_at.is_some() {
                return None;
            }
            let mut consent = gate.consent.clone();
            consent.add(entry);
            let scope = (entry.purpose, entry.number.clone());
            let holding = consent.holdings().find(|(it, _)| **it == scope);
            let sets =
                holding.map(|(scope, holding)| holding_attribute(scope, holding)).into_iter().collect();
            let ledger = self.put_action(
                &self.tables.contacts,
                write_entry(contact, entry),
                Some(Condition::ConsentAbsent),
            );
            Some(GateChange { sets, with: vec![ledger], ..GateChange::default() })
        });
        match written.await {
            Ok(true) => Ok(Noted::New),
            Ok(false) => Ok(Noted::Erased),
            // Somebody else wrote the same word at the same time.
            Err(StoreError::Contended) if is_known().await? => Ok(Noted::Known),
            Err(error) => Err(error),
        }
    }

    /// Writes a word to the ledger of somebody who was put on record just now and has no gate: one write. The
    /// gate is read from the ledger until something else makes it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_first_consent(&self, contact: &ContactId, entry: &Entry) -> Result<(), StoreError> {
        let item = write_entry(contact, entry);
        self.put_if(&self.tables.contacts, item, Condition::ConsentAbsent).await.map(drop)
    }

    /// The ledger, oldest first, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn consents(&self, contact: &ContactId) -> Result<Vec<Entry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk AND begins_with(sk, :consents)")
            .expression_attribute_values(":pk", s(keys::profile(contact).0))
            .expression_attribute_values(":consents", s(keys::CONSENTS))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            entries.extend(page.items().iter().filter_map(read_entry));
        }
        Ok(entries)
    }
}

fn write_entry(contact: &ContactId, entry: &Entry) -> Item {
    let (pk, sk) = keys::consent(contact, entry);
    let mut item = item::at(&pk, &sk);
    item.put("t", ms(entry.at));
    item.put_text("pu", entry.purpose.map(Purpose::as_str));
    item.put("ch", s(entry.choice.as_str()));
    item.put("pf", s(entry.portfolio.as_str()));
    item.put_text("pn", entry.number.as_ref().map(PhoneNumberId::as_str));
    item.put("src", s(entry.source.as_str()));
    item.put_text("by", entry.by.as_deref());
    item.put_text("say", entry.wording.as_deref());
    item.put_text("prf", entry.proof.as_deref());
    item
}

fn read_entry(item: &Item) -> Option<Entry> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    Some(Entry {
        at: item.time("t")?,
        // A purpose that this build does not know is taken for all: an opt-out must not get lost.
        purpose: item.text("pu").and_then(Purpose::from_word),
        choice: Choice::from_word(item.text("ch")?)?,
        portfolio: PortfolioId::new(item.text("pf")?),
        number: item.text("pn").map(PhoneNumberId::new),
        source: Source::from_word(item.text("src")?)?,
        by: text("by"),
        wording: text("say"),
        proof: text("prf"),
    })
}

//! Exports of people, and how long the company keeps things.

use domain::privacy::Retention;
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// How long an export is remembered, in days.
const DAYS: i64 = 90;
/// The setting of how long things are kept.
const RETENTION: &str = "retention";

/// An export of everything about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: String,
    /// The person, by our own id.
    pub contact: String,
    /// Who asked.
    pub by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Since when it lies in the bucket.
    pub ready_at: Option<Timestamp>,
}

impl Store {
    /// An export.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn export(&self, id: &str) -> Result<Option<Export>, StoreError> {
        let item = self.get(&self.tables.journal, &keys::export(id), true).await?;
        Ok(item.as_ref().and_then(|item| read_export(id, item)))
    }

    /// Writes an export as it stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_export(&self, export: &Export) -> Result<(), StoreError> {
        let (pk, sk) = keys::export(&export.id);
        let mut item = item::at(&pk, &sk);
        item.put("ct", s(&export.contact));
        item.put("by", s(&export.by));
        item.put("ca", ms(export.asked_at));
        if let Some(at) = export.ready_at {
            item.put("done", ms(at));
        }
        item.put("ttl", n(export.asked_at.as_second() + DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// How long things are kept.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn retention(&self) -> Result<Retention, StoreError> {
        let key = (keys::SETTINGS.to_owned(), RETENTION.to_owned());
        let item = self.get(&self.tables.directory, &key, false).await?.unwrap_or_default();
        let days = |name: &str| item.number(name).and_then(|days| days.try_into().ok());
        Ok(Retention { messages: days("msg"), dead_letters: days("dead"), exports: days("exp") })
    }

    /// Sets how long things are kept.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_retention(&self, retention: &Retention) -> Result<(), StoreError> {
        let mut item = item::at(keys::SETTINGS, RETENTION);
        let days =
            [("msg", retention.messages), ("dead", retention.dead_letters), ("exp", retention.exports)];
        for (name, days) in days {
            if let Some(days) = days {
                item.put(name, n(days.into()));
            }
        }
        self.put_listed(item).await
    }
}

fn read_export(id: &str, item: &Item) -> Option<Export> {
    Some(Export {
        id: id.to_owned(),
        contact: item.text("ct")?.to_owned(),
        by: item.text("by").unwrap_or_default().to_owned(),
        asked_at: item.time("ca")?,
        ready_at: item.time("done"),
    })
}

//! What is left of people who were erased: under a hash that only this stack can make, when it was.
//!
//! Everything that could bring them back asks here: who claims an identity, who keeps a dead letter or an event.

use std::collections::BTreeMap;

use cloud_api::WaId;
use domain::identity::Sighting;
use domain::privacy::Mentions;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::item::{self, Get, Put, ms};
use crate::{Store, StoreError, keys};

/// The key of a stack. It must never change: with another one, nobody who was erased is known any more.
#[derive(Clone, Debug)]
pub(crate) struct StackKey(SecretString);

impl StackKey {
    /// The hash of an identity.
    pub(crate) fn hash(&self, kind: &str, value: &str) -> String {
        let key = self.0.expose_secret().as_bytes();
        // HMAC takes a key of any length.
        let mac = Hmac::<Sha256>::new_from_slice(key).ok().map(|mut mac| {
            mac.update(format!("{kind}:{value}").as_bytes());
            mac.finalize().into_bytes()
        });
        mac.map(|bytes| hex(&bytes[..16])).unwrap_or_default()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// The same store, which knows whom it must have forgotten.
    #[must_use]
    pub fn with_stack_key(mut self, key: SecretString) -> Self {
        self.stack_key = Some(StackKey(key));
        self
    }

    /// When the person behind these ids was erased, if that happened. Says nothing of whether the person came
    /// back since.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erased_at(&self, sighting: &Sighting) -> Result<Option<Timestamp>, StoreError> {
        let phone = sighting.phone.iter().map(|phone| ("phone", phone.as_str()));
        let user_id = sighting.user_id.iter().map(|id| ("bsuid", id.as_str()));
        Ok(self.tombstones(phone.chain(user_id)).await?.into_values().max())
    }

    /// When an owner of a phone was erased, if that happened.
    pub(crate) async fn phone_erased_at(&self, phone: &WaId) -> Result<Option<Timestamp>, StoreError> {
        let tombstones = self.tombstones(std::iter::once(("phone", phone.as_str()))).await?;
        Ok(tombstones.into_values().max())
    }

    /// Whether a text is of somebody who was erased, and so must not be kept: it names a record that is gone, or
    /// an identity whose tombstone is not older than the text. A text that says no time counts as old unless the
    /// phone has an owner again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_forgotten(&self, text: &str) -> Result<bool, StoreError> {
        if self.stack_key.is_none() {
            return Ok(false);
        }
        let mentions = Mentions::of(text);
        let records = mentions
            .contacts
            .iter()
            .filter_map(|id| domain::ContactId::new(id.as_str()))
            .map(|id| keys::profile(&id))
            .collect();
        let records = self.batch_get(&self.tables.contacts, records).await?;
        if records.iter().any(|item| item.text("sk") == Some("PROFILE") && item.contains_key("er")) {
            return Ok(true);
        }
        let phones = mentions.phones.iter().map(|phone| ("phone", phone.as_str()));
        let user_ids = mentions.user_ids.iter().map(|id| ("bsuid", id.as_str()));
        let gone = self.tombstones(phones.chain(user_ids)).await?;
        for ((kind, value), erased_at) in gone {
            let old = match mentions.newest {
                Some(at) => at <= erased_at,
                None if kind == "phone" => {
                    let key = keys::phone(&WaId::new(value.as_str()));
                    self.get(&self.tables.contacts, &key, true).await?.is_none()
                }
                None => true,
            };
            if old {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The tombstones of identities.
    async fn tombstones<'a>(
        &self,
        identities: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<BTreeMap<(String, String), Timestamp>, StoreError> {
        let Some(key) = &self.stack_key else { return Ok(BTreeMap::new()) };
        let hashed: BTreeMap<String, (String, String)> = identities
            .map(|(kind, value)| (key.hash(kind, value), (kind.to_owned(), value.to_owned())))
            .collect();
        let keys = hashed.keys().map(|hash| keys::erased(hash)).collect();
        let found = self.batch_get(&self.tables.contacts, keys).await?;
        let read = |item: &item::Item| {
            let hash = item.text("pk")?.rsplit('#').next()?;
            Some((hashed.get(hash)?.clone(), item.time("er")?))
        };
        Ok(found.iter().filter_map(read).collect())
    }

    /// The hash of an identity as records have it: `phone:…`, `bsuid:<portfolio>:…`. `None` without a stack key.
    pub(crate) fn identity_hash(&self, identity: &str) -> Option<String> {
        let key = self.stack_key.as_ref()?;
        match identity.split_once(':')? {
            ("phone", phone) => Some(key.hash("phone", phone)),
            // A user id is one person's, whatever the portfolio is called here.
            ("bsuid", rest) => Some(key.hash("bsuid", rest.split_once(':')?.1)),
            _ => None,
        }
    }

    /// Writes that an identity's owner was erased, by its hash.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_tombstone(&self, hash: &str, erased_at: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = keys::erased(hash);
        let mut item = item::at(&pk, &sk);
        item.put("er", ms(erased_at));
        let put = self.client.put_item().table_name(&self.tables.contacts).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

//! What is left of people who were erased: under a hash that only this stack can make, when it was.
//!
//! Everything that could bring them back asks here: who claims an identity, who keeps a dead letter or an event.

use std::collections::BTreeMap;

use cloud_api::WaId;
use domain::identity::{Change, Given, Person, Sighting};
use domain::privacy::Mentions;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::item::{self, Get, Put, ms};
use crate::{Store, StoreError, keys};

/// The kind of a phone.
const PHONE: &str = "phone";
/// The kind of a BSUID. A parent BSUID is one too: their forms never meet.
const USER_ID: &str = "bsuid";

/// When people behind the ids of a change were erased.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Buried {
    /// Whoever had the new phone before.
    pub(crate) by_phone: Option<Timestamp>,
    /// Whoever had one of the others.
    pub(crate) by_others: Option<Timestamp>,
}

impl Buried {
    /// Whether a change is of somebody who was erased. The news is no message of theirs: it makes no record of whom
    /// nobody knows any more. That the new number was an erased person's once says nothing about somebody on record.
    pub(crate) fn forgets(self, at: Timestamp, person: &Person) -> bool {
        match person {
            Person::New => self.by_phone.max(self.by_others).is_some(),
            Person::Known(_) => self.by_others.is_some_and(|erased_at| at <= erased_at),
        }
    }
}

/// The key of a stack. It must never change: with another one, nobody who was erased is known any more.
#[derive(Clone, Debug)]
pub(crate) struct StackKey(SecretString);

impl StackKey {
    /// The hash of an identity. However a number is written, its line has one.
    fn hash(&self, kind: &str, value: &str) -> String {
        let line = if kind == PHONE { Some(domain::phone::line(value)) } else { None };
        let value = line.as_deref().unwrap_or(value);
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
        let phone = sighting.phone.iter().map(|phone| (PHONE, phone.as_str()));
        let user_ids = sighting.user_id.iter().chain(&sighting.parent_user_id);
        let user_ids = user_ids.map(|id| (USER_ID, id.as_str()));
        Ok(self.tombstones(phone.chain(user_ids)).await?.into_values().max())
    }

    /// When people behind the ids of a change were erased.
    pub(crate) async fn buried(&self, change: &Change) -> Result<Buried, StoreError> {
        let user_ids = [&change.previous_user_id, &change.previous_parent, &change.user_id, &change.parent];
        let user_ids = user_ids.into_iter().flatten().map(|id| (USER_ID, id.as_str()));
        let previous = change.previous_phone.iter().map(|phone| (PHONE, phone.as_str()));
        let by_others = self.tombstones(user_ids.chain(previous)).await?.into_values().max();
        let by_phone = match &change.phone {
            Some(phone) => self.phone_erased_at(phone).await?,
            None => None,
        };
        Ok(Buried { by_phone, by_others })
    }

    /// When an owner of a phone was erased, if that happened.
    pub(crate) async fn phone_erased_at(&self, phone: &WaId) -> Result<Option<Timestamp>, StoreError> {
        let tombstones = self.tombstones(std::iter::once((PHONE, phone.as_str()))).await?;
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
        let phones = mentions.phones.iter().map(|phone| (PHONE, phone.as_str()));
        let user_ids = mentions.user_ids.iter().map(|id| (USER_ID, id.as_str()));
        let gone = self.tombstones(phones.chain(user_ids)).await?;
        for ((kind, value), erased_at) in gone {
            let old = match mentions.newest {
                Some(at) => at <= erased_at,
                None if kind == PHONE => {
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
    pub(crate) async fn tombstones<'a>(
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

    /// The hash of an identity. `None` without a stack key.
    pub(crate) fn identity_hash(&self, identity: &Given) -> Option<String> {
        let key = self.stack_key.as_ref()?;
        Some(match identity {
            Given::Phone(phone) => key.hash(PHONE, phone),
            // A user id is one person's, whatever the portfolio is called here.
            Given::UserId(_, id) | Given::Parent(id) => key.hash(USER_ID, id.as_str()),
            Given::Email(address) => key.hash("email", address),
            Given::Username(name) => key.hash("username", name),
            Given::External { system, id } => key.hash("external", &format!("{system}:{id}")),
        })
    }

    /// When the owner of an identity was erased, if that happened.
    pub(crate) async fn given_erased_at(&self, given: &Given) -> Result<Option<Timestamp>, StoreError> {
        let Some(hash) = self.identity_hash(given) else { return Ok(None) };
        let item = self.get(&self.tables.contacts, &keys::erased(&hash), true).await?;
        Ok(item.and_then(|item| item.time("er")))
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

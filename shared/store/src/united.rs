//! Records that are one person by now.
//!
//! A record that was merged is an alias of another: it keeps its identities and its threads, and what comes for it is
//! put where it always was. Only what is shown, and where somebody is answered, is the other record's.

use std::collections::HashSet;

use domain::{ContactId, ConversationId};
use futures::future::try_join_all;

use crate::item::{Get, Item};
use crate::{Store, StoreError, keys};

/// How many merges may follow one upon the other. Merges that would make a longer chain are refused.
pub(crate) const LONGEST_CHAIN: usize = 8;
/// How many records one person may be made of.
pub(crate) const MOST_RECORDS: usize = 20;

/// A conversation of a person who is one or several records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The conversation that is shown and answered in.
    pub root: ConversationId,
    /// All of them, the root first: each has messages of its own.
    pub members: Vec<ConversationId>,
}

impl Thread {
    fn of(number: &cloud_api::PhoneNumberId, records: Vec<ContactId>) -> Option<Self> {
        let conversation = |contact| ConversationId::with_contact(number.clone(), contact);
        let members: Vec<_> = records.into_iter().map(conversation).collect();
        Some(Self { root: members.first()?.clone(), members })
    }
}

impl Store {
    /// The record that stands for a record's person: itself, if it is not merged.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn root_of(&self, contact: &ContactId) -> Result<ContactId, StoreError> {
        self.root_profile(contact).await.map(|(root, _)| root)
    }

    async fn root_profile(&self, contact: &ContactId) -> Result<(ContactId, Option<Item>), StoreError> {
        let mut root = contact.clone();
        for _ in 0..=LONGEST_CHAIN {
            let profile = self.profile(&root).await?;
            match profile.as_ref().and_then(alias_of) {
                Some(next) => root = next,
                None => return Ok((root, profile)),
            }
        }
        Err(StoreError::Corrupt("merges that never end"))
    }

    /// Every record of a record's person: first the one that stands for it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn records_of(&self, contact: &ContactId) -> Result<Vec<ContactId>, StoreError> {
        let (root, profile) = self.root_profile(contact).await?;
        let mut records = vec![root.clone()];
        let mut seen = HashSet::from([root]);
        let mut profiles = vec![profile];
        loop {
            let merged = profiles.iter().flatten().flat_map(merged_into);
            let level: Vec<ContactId> = merged.filter(|contact| seen.insert(contact.clone())).collect();
            if level.is_empty() {
                return Ok(records);
            }
            profiles = try_join_all(level.iter().map(|contact| self.profile(contact))).await?;
            records.extend(level);
        }
    }

    /// A conversation with everything that belongs to it, whichever of its records is named.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn thread(&self, id: &ConversationId) -> Result<Thread, StoreError> {
        let Some(contact) = id.contact() else {
            return Ok(Thread { root: id.clone(), members: vec![id.clone()] });
        };
        let records = self.records_of(contact).await?;
        Thread::of(&id.number, records).ok_or(StoreError::Corrupt("a person without a record"))
    }

    pub(crate) async fn profile(&self, contact: &ContactId) -> Result<Option<Item>, StoreError> {
        self.get(&self.tables.contacts, &keys::profile(contact), true).await
    }
}

pub(crate) fn alias_of(profile: &Item) -> Option<ContactId> {
    profile.text("alias_of").and_then(ContactId::new)
}

pub(crate) fn merged_into(profile: &Item) -> Vec<ContactId> {
    profile.texts("als").into_iter().filter_map(ContactId::new).collect()
}

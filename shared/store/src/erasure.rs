//! Erasing a person: the tombstone and the gate first, then everything else. Each step may be done again.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use cloud_api::PhoneNumberId;
use domain::identity::Given;
use domain::{ContactId, ConversationId, DeadLetter};
use jiff::Timestamp;

use crate::gate::GateChange;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::notes::mentions_of;
use crate::sweep::key_of;
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, WebhookEvent, keys};

/// An erasure, which becomes its own certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// Who was erased: our own id, which says nothing by itself.
    pub contact: String,
    /// All records that were the person, that one first: others may have been merged into it.
    pub records: Vec<ContactId>,
    /// When it was asked: nothing that is older comes back.
    pub erased_at: Timestamp,
    /// Who asked.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Hashes of the identities, under the stack's key.
    pub identities: Vec<String>,
    /// What was removed, by kind.
    pub removed: Removed,
    /// When everything was gone.
    pub completed_at: Option<Timestamp>,
}

/// What an erasure removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Messages of both sides, and notes.
    pub messages: u32,
    /// Reactions, edits, revocations.
    pub related: u32,
    /// States, waiting messages, read marks, presence, mentions, conversions.
    pub other: u32,
    /// Claims of requests to send.
    pub claims: u32,
    /// Words of the consent ledger.
    pub consents: u32,
    /// Phone numbers and user ids.
    pub identities: u32,
    /// Dead letters.
    pub dead_letters: u32,
    /// Webhook events.
    pub events: u32,
    /// Objects in the bucket.
    pub objects: u32,
}

macro_rules! counts {
    ($($field:ident = $name:literal),*) => {
        impl Removed {
            /// Adds up.
            #[must_use]
            pub fn plus(self, other: Self) -> Self {
                Self { $($field: self.$field + other.$field,)* }
            }

            fn written(self) -> Vec<(&'static str, u32)> {
                vec![$(($name, self.$field)),*]
            }

            fn read(item: &Item) -> Self {
                let count = |name: &str| item.number(name).and_then(|n| n.try_into().ok()).unwrap_or_default();
                Self { $($field: count($name),)* }
            }
        }
    };
}

counts!(
    messages = "nm",
    related = "nr",
    other = "no",
    claims = "nc",
    consents = "ns",
    identities = "ni",
    dead_letters = "nd",
    events = "ne",
    objects = "nb"
);

/// What a step took away, and what is left for others to take away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How much.
    pub removed: Removed,
    /// Keys in the bucket that the items pointed to.
    pub objects: Vec<String>,
}

impl Store {
    /// Marks a person as erased, in one transaction with the gate: from now on nothing goes out, and nothing is
    /// recorded. A person is all records that were merged into one. Asked again, the first time stands. `None` if there is no such person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_erasure(
        &self,
        contact: &ContactId,
        (by, reason): (&str, &str),
        now: Timestamp,
    ) -> Result<Option<Erasure>, StoreError> {
        if let Some(erasure) = self.erasure(contact).await? {
            return Ok(Some(erasure));
        }
        if self.contact(contact).await?.is_none() {
            return Ok(None);
        }
        let root = self.root_of(contact).await?;
        if let Some(erasure) = self.erasure(&root).await? {
            return Ok(Some(erasure));
        }
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        // The root's mark first: from then on nothing is merged into the person or leaves it, and all records are known.
        self.mark_erased(&root, now).await?;
        let records = self.records_of(&root).await?;
        let mut identities = BTreeSet::new();
        for record in &records {
            self.mark_erased(record, now).await?;
            let held = self.contact(record).await?.map(|record| record.identities).unwrap_or_default();
            let held = held.iter().filter_map(|identity| Given::of_record(identity));
            identities.extend(held.filter_map(|given| self.identity_hash(&given)));
        }
        let erasure = Erasure {
            contact: root.to_string(),
            records,
            erased_at: now,
            by: by.to_owned(),
            reason: reason.to_owned(),
            identities: identities.into_iter().collect(),
            ..Erasure::default()
        };
        self.put_erasure(&erasure).await?;
        Ok(Some(erasure))
    }

    /// The tombstone on the record and on every gate.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mark_erased(&self, contact: &ContactId, at: Timestamp) -> Result<(), StoreError> {
        // Tables may be restored one by one: either mark may be missing.
        let Some(record) = self.contact(contact).await? else { return Ok(()) };
        for portfolio in self.portfolios().await? {
            self.change_gate(&portfolio, contact, |gate| {
                let is_marked = gate.erased_at.is_some() && record.erased;
                (!is_marked).then(|| GateChange {
                    sets: vec![("er".to_owned(), ms(at))],
                    with: vec![self.tombstone_action(contact, at)],
                    ..GateChange::default()
                })
            })
            .await?;
        }
        Ok(())
    }

    fn tombstone_action(&self, contact: &ContactId, at: Timestamp) -> TransactWriteItem {
        let (pk, sk) = keys::profile(contact);
        let update = Update::builder().table_name(&self.tables.contacts).key("pk", s(pk)).key("sk", s(sk));
        // Out of the walk at once: no list, segment or campaign finds the person any more.
        let update = update
            .update_expression("SET er = if_not_exists(er, :er) REMOVE wk, wid")
            .expression_attribute_values(":er", ms(at));
        update_action(update.under(Condition::ContactThere))
    }

    /// An erasure, or its certificate, whichever of the person's records is named.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erasure(&self, contact: &ContactId) -> Result<Option<Erasure>, StoreError> {
        let item = self.get(&self.tables.journal, &keys::erasure(contact), true).await?;
        let Some(root) = item.as_ref().and_then(|item| item.text("of")).and_then(ContactId::new) else {
            return Ok(item.as_ref().map(|item| read_erasure(contact, item)));
        };
        let item = self.get(&self.tables.journal, &keys::erasure(&root), true).await?;
        Ok(item.as_ref().map(|item| read_erasure(&root, item)))
    }

    /// Writes an erasure as it stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_erasure(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let contact =
            ContactId::new(erasure.contact.as_str()).ok_or(StoreError::Corrupt("an erasure of nobody"))?;
        let (pk, sk) = keys::erasure(&contact);
        let mut item = item::at(&pk, &sk);
        item.put("er", ms(erasure.erased_at));
        item.put("by", s(&erasure.by));
        item.put("why", s(&erasure.reason));
        if !erasure.identities.is_empty() {
            item.put("ids", AttributeValue::Ss(erasure.identities.clone()));
        }
        let others: Vec<_> = erasure.records.iter().filter(|record| **record != contact).collect();
        if !others.is_empty() {
            item.put("als", AttributeValue::Ss(others.iter().map(ToString::to_string).collect()));
        }
        for (name, count) in erasure.removed.written() {
            item.put(name, n(count.into()));
        }
        if let Some(at) = erasure.completed_at {
            item.put("done", ms(at));
        }
        let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        for other in others {
            let (pk, sk) = keys::erasure(other);
            let mut item = item::at(&pk, &sk);
            item.put("of", s(contact.as_str()));
            let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
            put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        }
        Ok(())
    }

    /// Takes everything of a person's conversation with a number: messages, what is about them, notes and lines of
    /// colleagues, what waits, who has read it and who is there, the state; the claims of the requests that made our
    /// messages; and what tells colleagues that a note mentions them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erase_conversation(
        &self,
        contact: &ContactId,
        number: &PhoneNumberId,
    ) -> Result<Swept, StoreError> {
        let conversation = ConversationId::with_contact(number.clone(), contact.clone());
        let items = self.all_under(&self.tables.conversations, &keys::conversation(&conversation)).await?;
        let mut swept = Swept::default();
        let (mut claims, mut mentions) = (Vec::new(), Vec::new());
        for item in &items {
            match item.text("sk").unwrap_or_default() {
                sk if sk.starts_with("MSG#") => swept.removed.messages += 1,
                sk if sk.starts_with("REL#") => swept.removed.related += 1,
                _ => swept.removed.other += 1,
            }
            swept.objects.extend(objects_of(item));
            mentions.extend(mentions_of(item));
            let request = item.text("rq").and_then(|request| request.split_once('#'));
            claims.extend(request.map(|(source, id)| keys::claim(source, id)));
        }
        swept.removed.claims = claims.len().try_into().unwrap_or(u32::MAX);
        swept.removed.other += u32::try_from(mentions.len()).unwrap_or(u32::MAX);
        // Claims, mentions and uploads first: they are found through the messages.
        self.delete_all(&self.tables.conversations, claims).await?;
        self.delete_all(&self.tables.conversations, mentions).await?;
        let uploads = self.erase_uploads(&items).await?;
        swept.removed = swept.removed.plus(uploads.removed);
        swept.objects.extend(uploads.objects);
        let own = items.iter().filter_map(key_of).collect();
        self.delete_all(&self.tables.conversations, own).await?;
        Ok(swept)
    }

    /// Takes everything of a record but its tombstone, and leaves nothing but its mark on the gates.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erase_record(&self, contact: &ContactId, at: Timestamp) -> Result<Removed, StoreError> {
        let (pk, sk) = keys::profile(contact);
        let items = self.all_under(&self.tables.contacts, &pk).await?;
        let others: Vec<_> = items.iter().filter_map(key_of).filter(|key| key.1 != sk).collect();
        let consents = others.iter().filter(|key| key.1.starts_with(keys::CONSENTS)).count();
        // What campaigns have of the person first: it is found through the record.
        let converted: Vec<_> = others.iter().filter_map(|key| keys::parse_converted(&key.1)).collect();
        let converted: Vec<_> =
            converted.iter().map(|(campaign, hash)| keys::conversion(campaign, hash)).collect();
        let other = converted.len().try_into().unwrap_or(u32::MAX);
        self.delete_all(&self.tables.campaigns, converted).await?;
        self.delete_all(&self.tables.contacts, others).await?;
        let mut tombstone = item::at(&pk, &sk);
        tombstone.put("er", ms(at));
        let put = self.client.put_item().table_name(&self.tables.contacts).set_item(Some(tombstone));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        for portfolio in self.portfolios().await? {
            let (pk, sk) = keys::gate(&portfolio, contact);
            let mut gate = item::at(&pk, &sk);
            gate.put("er", ms(at));
            gate.put("lf", n(1));
            // Above every version that somebody may have read: what they would write is refused.
            gate.put("ver", ms(at));
            let put = self.client.put_item().table_name(&self.tables.campaigns).set_item(Some(gate));
            put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        }
        Ok(Removed { consents: consents.try_into().unwrap_or(u32::MAX), other, ..Removed::default() })
    }

    /// Deletes a dead letter and its rows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delete_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let row = keys::listed(letter.at.as_millisecond(), letter.id.as_str());
        let keys =
            vec![keys::letter(&letter.id), (keys::LETTERS.to_owned(), row), keys::open_letter(&letter.id)];
        self.delete_all(&self.tables.journal, keys).await
    }

    /// Deletes a webhook event and its row.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delete_event(&self, event: &WebhookEvent) -> Result<(), StoreError> {
        let day = keys::events_of(&keys::day(event.received_at));
        let row = keys::listed(event.received_at.as_millisecond(), &event.id);
        self.delete_all(&self.tables.journal, vec![keys::event(&event.id), (day, row)]).await
    }

    /// Deletes messages that are older, and what is about them. Gives how many, and the bucket's keys.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delete_messages_before(
        &self,
        conversation: &ConversationId,
        before: Timestamp,
    ) -> Result<Swept, StoreError> {
        let pk = keys::conversation(conversation);
        let first = keys::digits(before.as_millisecond());
        let mut items = self.all_between(&pk, "MSG#", &format!("MSG#{first}")).await?;
        // What is about a message is few, and does not stand in order of time.
        items.extend(self.all_between(&pk, "REL#", "REL#~").await?);
        let is_old = |item: &&Item| item.time("t").is_some_and(|at| at < before);
        let old: Vec<_> = items.iter().filter(is_old).collect();
        let mut swept = Swept::default();
        swept.removed.messages = old.len().try_into().unwrap_or(u32::MAX);
        swept.objects = old.iter().flat_map(|item| objects_of(item)).collect();
        let mentions = old.iter().flat_map(|item| mentions_of(item)).collect();
        self.delete_all(&self.tables.conversations, mentions).await?;
        self.delete_all(&self.tables.conversations, old.into_iter().filter_map(key_of).collect()).await?;
        Ok(swept)
    }
}

/// The objects in the bucket that belong to a message: its large body (`lk`), its media (`mk`).
fn objects_of(item: &Item) -> Vec<String> {
    let one = ["lk", "mk"].into_iter().filter_map(|name| item.text(name).map(str::to_owned));
    one.chain(item.texts("mk")).collect()
}

fn read_erasure(contact: &ContactId, item: &Item) -> Erasure {
    let text = |name: &str| item.text(name).unwrap_or_default().to_owned();
    let others = item.texts("als").into_iter().filter_map(ContactId::new);
    Erasure {
        contact: contact.to_string(),
        records: std::iter::once(contact.clone()).chain(others).collect(),
        erased_at: item.time("er").unwrap_or(Timestamp::UNIX_EPOCH),
        by: text("by"),
        reason: text("why"),
        identities: item.texts("ids"),
        removed: Removed::read(item),
        completed_at: item.time("done"),
    }
}

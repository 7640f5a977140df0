//! Identities that the company enters, and who is found by one.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use cloud_api::WaId;
use domain::identity::Given;
use domain::{Contact, ContactId};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, s};
use crate::people_items::forms;
use crate::transact::{put_action, update_action};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// The most identities of one record.
const MOST: usize = 50;
/// How many people one shared identity names at most. Who shares with more is nobody in particular.
const SHARERS: i32 = 25;

/// What came of entering an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is the record's.
    Done,
    /// There is no such record.
    Missing,
    /// The record is merged into this one, which is the person.
    Merged(ContactId),
    /// It is somebody else's.
    Taken(ContactId),
    /// The record has too many.
    TooMany,
}

/// An identity of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldIdentity {
    /// The identity.
    pub given: Given,
    /// Whose record it is on, of those that are the person.
    pub contact: ContactId,
    /// Since when, as far as we saw.
    pub since: Option<Timestamp>,
    /// Until when, if it was left.
    pub until: Option<Timestamp>,
}

impl Store {
    /// Enters an identity.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it is harmless. [`StoreError::Erased`] if it is that of somebody who was erased, and
    /// nothing says that they came back.
    pub async fn enter_identity(
        &self,
        contact: &ContactId,
        given: &Given,
        now: Timestamp,
    ) -> Result<Entered, StoreError> {
        let record = self.contact(contact).await?.filter(|record| !record.erased);
        let Some(record) = record else { return Ok(Entered::Missing) };
        if let Some(into) = record.alias_of {
            return Ok(Entered::Merged(into));
        }
        let key = keys::given(given, contact);
        let there = self.get(&self.tables.contacts, &key, true).await?;
        // A number that was left is entered again.
        let is_ours = |item: &Item| item.text("ct") == Some(contact.as_str()) && !item.contains_key("un");
        if there.as_ref().is_some_and(is_ours) {
            return Ok(Entered::Done);
        }
        // Only the person can come back, by writing. On the record of somebody who wrote, what the company knows besides
        // is about them; a number is written to, and has to come with a message.
        let is_number = matches!(given, Given::Phone(_));
        if there.is_none()
            && (is_number || record.user_id.is_none())
            && self.given_erased_at(given).await?.is_some()
        {
            return Err(StoreError::Erased);
        }
        if record.identities.len() >= MOST {
            return Ok(Entered::TooMany);
        }
        let mut item = item::at(&key.0, &key.1);
        item.put("ct", s(contact.as_str()));
        item.put("fr", ms(now));
        let condition = match given {
            Given::Phone(phone) => {
                item.put("ph", s(phone));
                Some(Condition::OwnedByNobodyElse)
            }
            Given::UserId(..) | Given::Parent(_) | Given::External { .. } => {
                Some(Condition::OwnedByNobodyElse)
            }
            Given::Email(_) | Given::Username(_) => None,
        };
        let mut put = self.put_builder(item, condition);
        if condition.is_some() {
            put = put.expression_attribute_values(":owner", s(contact.as_str()));
        }
        let mut profile = self
            .update_of(&keys::profile(contact))
            .expression_attribute_values(":ids", AttributeValue::Ss(vec![given.to_string()]));
        profile = match (given, shown(given)) {
            (Given::Phone(value) | Given::Email(value) | Given::Username(value), Some(name)) => profile
                .update_expression(format!("SET {name} = if_not_exists({name}, :value) ADD ids :ids"))
                .expression_attribute_values(":value", s(value)),
            _ => profile.update_expression("ADD ids :ids"),
        };
        match self.transact(vec![put_action(put), update_action(profile)]).await? {
            Conditional::Written => Ok(Entered::Done),
            Conditional::Refused(()) => {
                let there = self.get(&self.tables.contacts, &key, true).await?;
                let owner = there.and_then(|item| ContactId::new(item.text("ct")?));
                // Whoever had it gave it away in between.
                owner.map(Entered::Taken).ok_or(StoreError::Contended)
            }
        }
    }

    /// Takes an identity away. `false` if the record does not have it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_identity(&self, contact: &ContactId, given: &Given) -> Result<bool, StoreError> {
        let Some(record) = self.contact(contact).await? else { return Ok(false) };
        let names = match given {
            Given::Phone(phone) => forms(&WaId::new(phone.as_str())),
            other => vec![other.to_string()],
        };
        let key = keys::given(given, contact);
        let mut delete = Delete::builder().table_name(&self.tables.contacts);
        delete = delete.key("pk", s(&key.0)).key("sk", s(&key.1));
        let condition = Condition::IdentityOwned;
        let delete = delete.under(condition);
        let delete = delete.expression_attribute_values(":owner", s(contact.as_str()));
        let is_shown = match given {
            Given::Phone(phone) => {
                record.phone.as_deref().is_some_and(|it| domain::phone::same_line(it, phone))
            }
            Given::Email(address) => record.email.as_deref() == Some(address),
            _ => false,
        };
        let hides = shown(given).filter(|_| is_shown).map(|name| format!("REMOVE {name} "));
        let profile = self
            .update_of(&keys::profile(contact))
            .update_expression(format!("{}DELETE ids :ids", hides.unwrap_or_default()))
            .expression_attribute_values(":ids", AttributeValue::Ss(names));
        // Key and table are always set.
        let delete = TransactWriteItem::builder().set_delete(delete.build().ok()).build();
        match self.transact(vec![delete, update_action(profile)]).await? {
            Conditional::Written => Ok(true),
            Conditional::Refused(()) => Ok(false),
        }
    }

    /// The identities of a person, over all its records.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn identities_of(&self, contact: &ContactId) -> Result<Vec<HeldIdentity>, StoreError> {
        let records = self.contacts_of(self.records_of(contact).await?).await?;
        let mut held: Vec<HeldIdentity> = records
            .values()
            .flat_map(|record| record.identities.iter().map(|id| (&record.id, id)))
            .filter_map(|(contact, id)| {
                let given = Given::of_record(id)?;
                Some(HeldIdentity { given, contact: contact.clone(), since: None, until: None })
            })
            .collect();
        held.sort_by(|a, b| (&a.given, &a.contact).cmp(&(&b.given, &b.contact)));
        let keys = held.iter().map(|held| keys::given(&held.given, &held.contact)).collect();
        let items = self.batch_get(&self.tables.contacts, keys).await?;
        for held in &mut held {
            let (pk, sk) = keys::given(&held.given, &held.contact);
            let mut mine = items.iter();
            let item = mine.find(|item| item.text("pk") == Some(&pk) && item.text("sk") == Some(&sk));
            held.since = item.and_then(|item| item.time("fr"));
            held.until = item.and_then(|item| item.time("un"));
        }
        Ok(held)
    }

    /// Who has an identity, each person once. Reads as much for a million contacts as for one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_by(&self, given: &Given, now: Timestamp) -> Result<Vec<Contact>, StoreError> {
        let owners = match given {
            Given::Email(value) => self.sharers("email", value).await?,
            Given::Username(value) => self.sharers("username", value).await?,
            _ => {
                let (pk, sk) = keys::given(given, &nobody()?);
                let owner = self.get(&self.tables.contacts, &(pk, sk), true).await?;
                let has_left = |item: &Item| item.time("un").is_some_and(|until| until < now);
                let owner = owner.filter(|item| !has_left(item));
                owner.and_then(|item| ContactId::new(item.text("ct")?)).into_iter().collect()
            }
        };
        let mut roots = try_join_all(owners.iter().map(|owner| self.root_of(owner))).await?;
        roots.sort_unstable();
        roots.dedup();
        let found = try_join_all(roots.iter().map(|root| self.contact(root))).await?;
        Ok(found.into_iter().flatten().filter(|contact| !contact.erased).collect())
    }

    pub(crate) async fn sharers(&self, kind: &str, value: &str) -> Result<Vec<ContactId>, StoreError> {
        let items = self.partition(&keys::shared_identity(kind, value)).await?;
        Ok(items.iter().filter_map(|item| ContactId::new(item.text("ct")?)).collect())
    }

    /// The first items of a partition: one query.
    pub(crate) async fn partition(&self, pk: &str) -> Result<Vec<Item>, StoreError> {
        let query =
            self.client.query().table_name(&self.tables.contacts).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", s(pk)).limit(SHARERS);
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(page.items.unwrap_or_default())
    }
}

/// The attribute of a record that shows an identity of this kind.
fn shown(given: &Given) -> Option<&'static str> {
    match given {
        Given::Phone(_) => Some("ph"),
        Given::Email(_) => Some("em"),
        // WhatsApp says which one it is.
        Given::Username(_) | Given::UserId(..) | Given::Parent(_) | Given::External { .. } => None,
    }
}

/// For keys of identities that have one owner: their key has no contact in it.
fn nobody() -> Result<ContactId, StoreError> {
    ContactId::new("nobody").ok_or(StoreError::Corrupt("a contact's id"))
}

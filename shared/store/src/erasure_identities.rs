//! The identities of a person who is erased: what they were found by goes, and a tombstone stays.

use cloud_api::WaId;
use domain::ContactId;
use domain::identity::Given;
use domain::record::fold::fold;
use domain::record::term::Term;
use jiff::Timestamp;

use crate::item::{Get, Item, ms, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// The identities of a record that is being erased, those included that it lost to others, and the address that
    /// was only written down.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn identities_ever(&self, contact: &ContactId) -> Result<Vec<String>, StoreError> {
        let item = self.get(&self.tables.contacts, &keys::profile(contact), true).await?.unwrap_or_default();
        let mut identities = item.texts("ids");
        identities.extend(item.texts("fid"));
        identities.extend(item.text("em").map(|address| Given::Email(fold(address)).to_string()));
        identities.sort();
        identities.dedup();
        Ok(identities)
    }

    /// Takes a person's identities, and leaves tombstones. One that somebody else has by now stays theirs. `records` are
    /// all records of the person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erase_identities(
        &self,
        records: &[ContactId],
        identities: &[String],
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut taken = 0;
        for given in identities.iter().filter_map(|identity| Given::of_record(identity)) {
            if let Given::Phone(phone) = &given {
                taken += self.erase_phone(records, &WaId::new(phone.as_str()), at).await?;
                continue;
            }
            if !self.is_shared(&given, records).await? {
                self.bury(&given, at).await?;
            }
            for record in records {
                taken += u32::from(self.take_identity(record, &keys::given(&given, record)).await?);
            }
        }
        Ok(taken)
    }

    /// Whether an address or a name is somebody else's too: a family that shares one goes on.
    async fn is_shared(&self, given: &Given, records: &[ContactId]) -> Result<bool, StoreError> {
        let (kind, value) = match given {
            Given::Email(value) => ("email", value),
            Given::Username(value) => ("username", value),
            _ => return Ok(false),
        };
        let entered = self.sharers(kind, value).await?;
        let written = self.partition(&keys::term(&Term::Exact(kind, value.clone()))).await?;
        let written = written.iter().filter_map(|item| ContactId::new(item.text("sk")?));
        Ok(entered.into_iter().chain(written).any(|owner| !records.contains(&owner)))
    }

    async fn bury(&self, identity: &Given, at: Timestamp) -> Result<(), StoreError> {
        match self.identity_hash(identity) {
            Some(hash) => self.put_tombstone(&hash, at).await,
            None => Ok(()),
        }
    }

    /// A phone, with the times at which it was this person's before.
    async fn erase_phone(
        &self,
        records: &[ContactId],
        phone: &WaId,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let pk = keys::phone(phone).0;
        let owners = self.all_under(&self.tables.contacts, &pk).await?;
        let owner_of = |item: &Item| item.text("ct").and_then(ContactId::new);
        let is_others = |item: &&Item| {
            item.text("sk") == Some("OWNER") && owner_of(item).is_some_and(|owner| !records.contains(&owner))
        };
        if !owners.iter().any(|item| is_others(&item)) {
            self.bury(&Given::Phone(phone.to_string()), at).await?;
        }
        let mut taken = 0;
        for item in &owners {
            let Some(owner) = owner_of(item).filter(|owner| records.contains(owner)) else { continue };
            let Some(sk) = item.text("sk") else { continue };
            let key = (pk.clone(), sk.to_owned());
            if sk == "OWNER" {
                taken += u32::from(self.take_identity(&owner, &key).await?);
            } else {
                // A late delivery of that time must not fall to the next owner: the place stays, without a name.
                let update = self.client.update_item().table_name(&self.tables.contacts);
                let update = update.key("pk", s(&key.0)).key("sk", s(&key.1));
                let update = update.update_expression("SET er = :er REMOVE ct");
                let update = update.expression_attribute_values(":er", ms(at)).send().await;
                update.map_err(|error| StoreError::from_sdk(&error))?;
                taken += 1;
            }
        }
        Ok(taken)
    }

    /// Deletes an identity, if it is still this person's.
    async fn take_identity(&self, contact: &ContactId, key: &keys::Key) -> Result<bool, StoreError> {
        use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
        let condition = Condition::IdentityOfErased;
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.contacts)
            .key("pk", s(&key.0))
            .key("sk", s(&key.1))
            .under(condition)
            .expression_attribute_values(":gone", s(contact.as_str()));
        match delete.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }
}

//! The identities of a person who is erased: what they were found by goes, and a tombstone stays.

use cloud_api::{Bsuid, PortfolioId, WaId};
use domain::ContactId;
use jiff::Timestamp;

use crate::item::{Get, Item, ms, s};
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// Takes a person's identities, and leaves tombstones. One that somebody else has by now stays theirs.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn erase_identities(
        &self,
        contact: &ContactId,
        identities: &[String],
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut taken = 0;
        for identity in identities {
            taken += match identity.split_once(':') {
                Some(("phone", phone)) => self.erase_phone(contact, identity, &WaId::new(phone), at).await?,
                Some(("bsuid", rest)) => match rest.split_once(':') {
                    Some((portfolio, id)) => {
                        let key = keys::user_id(&PortfolioId::new(portfolio), &Bsuid::new(id));
                        self.bury(identity, at).await?;
                        u32::from(self.take_identity(contact, &key).await?)
                    }
                    None => 0,
                },
                _ => 0,
            };
        }
        Ok(taken)
    }

    async fn bury(&self, identity: &str, at: Timestamp) -> Result<(), StoreError> {
        match self.identity_hash(identity) {
            Some(hash) => self.put_tombstone(&hash, at).await,
            None => Ok(()),
        }
    }

    /// A phone, with the times at which it was this person's before.
    async fn erase_phone(
        &self,
        contact: &ContactId,
        identity: &str,
        phone: &WaId,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let pk = keys::phone(phone).0;
        let owners = self.all_under(&self.tables.contacts, &pk).await?;
        let is_others = |item: &&Item| {
            item.text("sk") == Some("OWNER") && item.text("ct").is_some_and(|ct| ct != contact.as_str())
        };
        if !owners.iter().any(|item| is_others(&item)) {
            self.bury(identity, at).await?;
        }
        let mut taken = 0;
        for owner in owners.iter().filter(|owner| owner.text("ct") == Some(contact.as_str())) {
            let Some(sk) = owner.text("sk") else { continue };
            let key = (pk.clone(), sk.to_owned());
            if sk == "OWNER" {
                taken += u32::from(self.take_identity(contact, &key).await?);
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
        let mut delete = self
            .client
            .delete_item()
            .table_name(&self.tables.contacts)
            .key("pk", s(&key.0))
            .key("sk", s(&key.1))
            .condition_expression(condition.expression())
            .expression_attribute_values(":gone", s(contact.as_str()));
        for (place, attribute) in condition.names() {
            delete = delete.expression_attribute_names(*place, *attribute);
        }
        match delete.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }
}

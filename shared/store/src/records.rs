//! Records that people write: contacts made and changed by hand or by another program.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::WaId;
use domain::{Contact, ContactId};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Item, Put, ms, n, s};
use crate::record_item::put_record;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// What became of a new record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there.
    New,
    /// The phone is somebody's already.
    PhoneTaken(ContactId),
}

impl Store {
    /// Makes a record, and claims its phone if it has one.
    ///
    /// # Errors
    /// See [`StoreError`]. Nothing or everything was written. [`StoreError::Erased`] if the phone is that of somebody
    /// who was erased, and who did not write since.
    pub async fn create_contact(&self, contact: &Contact, now: Timestamp) -> Result<Created, StoreError> {
        let mut actions =
            vec![self.put_action(&self.tables.contacts, new_item(contact), Some(Condition::ContactAbsent))];
        let phone = contact.phone.as_deref().map(WaId::new);
        if let Some(phone) = &phone {
            // Only the person can come back, by writing.
            if self.phone_erased_at(phone).await?.is_some() && self.phone_owner(phone).await?.is_none() {
                return Err(StoreError::Erased);
            }
            let (pk, sk) = keys::phone(phone);
            let mut owner = item::at(&pk, &sk);
            owner.put("ct", s(contact.id.as_str()));
            owner.put("fr", ms(now));
            // As it was written; the key is the line's.
            owner.put("ph", s(phone.as_str()));
            actions.push(self.put_action(&self.tables.contacts, owner, Some(Condition::PhoneUnowned)));
        }
        match self.transact(actions).await? {
            Conditional::Written => Ok(Created::New),
            Conditional::Refused(()) => match phone {
                Some(phone) => match self.phone_owner(&phone).await? {
                    // The request was repeated after its answer was lost.
                    Some(owner) if owner == contact.id => Ok(Created::New),
                    Some(owner) => Ok(Created::PhoneTaken(self.root_of(&owner).await?)),
                    None => Err(StoreError::Contended),
                },
                None => Ok(Created::New),
            },
        }
    }

    /// Who owns a phone now, however it is written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn phone_owner(&self, phone: &WaId) -> Result<Option<ContactId>, StoreError> {
        let owner = self.get(&self.tables.contacts, &keys::phone(phone), true).await?;
        Ok(owner.and_then(|item| ContactId::new(item::Get::text(&item, "ct")?)))
    }

    /// Writes what changed by hand between two images of a record, if nobody changed it since `before` was read.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if somebody did, or the record was erased. See [`StoreError`].
    pub async fn change_contact(&self, before: &Contact, after: &Contact) -> Result<(), StoreError> {
        let (mut old, mut new) = (Item::new(), Item::new());
        put_record(&mut old, before);
        put_record(&mut new, after);
        let names = ["knd", "nm", "em", "org", "own", "lab", "imp", "imr", "f", "src"];
        let changed: Vec<_> = names.into_iter().filter(|name| old.get(*name) != new.get(*name)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let condition = Condition::ContactUnchanged;
        let (pk, sk) = keys::profile(&before.id);
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.contacts)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .under(condition)
            .expression_attribute_values(":seen", n(before.version))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":next", n(before.version + 1));
        let (mut sets, mut removes) = (vec!["#rec_ver = :next".to_owned()], Vec::new());
        for name in changed {
            update = update.expression_attribute_names(format!("#n_{name}"), name);
            match new.remove(name) {
                Some(value) => {
                    sets.push(format!("#n_{name} = :n_{name}"));
                    update = update.expression_attribute_values(format!(":n_{name}"), value);
                }
                None => removes.push(format!("#n_{name}")),
            }
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            expression = format!("{expression} REMOVE {}", removes.join(", "));
        }
        match update.update_expression(expression).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => {
                    Err(StoreError::Contended)
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }
}

/// The item of a record that is new.
pub(crate) fn new_item(contact: &Contact) -> Item {
    let (pk, sk) = keys::profile(&contact.id);
    let mut item = item::at(&pk, &sk);
    put_record(&mut item, contact);
    item.put_text("ph", contact.phone.as_deref());
    if let Some(phone) = &contact.phone {
        item.put("ids", AttributeValue::Ss(vec![format!("phone:{phone}")]));
    }
    item.put("ca", ms(contact.created_at));
    item.put("wk", s(keys::walk_shard(&contact.id)));
    item.put("wid", s(contact.id.as_str()));
    item.put("ver", n(1));
    item
}

#[cfg(test)]
mod tests {
    use domain::record::{FieldId, FieldValue};
    use domain::{ContactKind, Source, SourceKind};

    use super::*;
    use crate::record_item::{contact_of_item, write_fields, write_source};

    #[test]
    fn what_is_written_of_a_record_is_read_back() {
        let at = Timestamp::from_second(1_795_392_000).unwrap();
        let mut contact = Contact::new(ContactId::new("01A").unwrap(), at);
        contact.kind = ContactKind::Vendor;
        contact.name = Some("Ana".to_owned());
        contact.phone = Some("15550109901".to_owned());
        contact.labels = ["vip".to_owned()].into();
        contact.important = true;
        contact.source = Some(Source { id: Some("7".to_owned()), ..Source::of(SourceKind::Ad) });
        let values = [
            ("a", FieldValue::Text("x y".to_owned())),
            ("b", FieldValue::Number("-1.5".parse().unwrap())),
            ("c", FieldValue::Date("2024-02-29".parse().unwrap())),
            ("d", FieldValue::Choice("Lima".to_owned())),
            ("e", FieldValue::MultiChoice(["Lima".to_owned(), "Cusco".to_owned()].into())),
            ("g", FieldValue::Money { amount: "9.99".parse().unwrap(), currency: "EUR".to_owned() }),
            ("h", FieldValue::Boolean(false)),
        ];
        contact.fields = values.map(|(id, value)| (FieldId::new(id).unwrap(), value)).into();
        let read = contact_of_item(&new_item(&contact)).unwrap();
        contact.version = 1;
        contact.identities = vec!["phone:15550109901".to_owned()];
        assert_eq!(read, contact);
        assert!(matches!(write_fields(&contact.fields), AttributeValue::M(_)));
        assert!(matches!(write_source(&Source::of(SourceKind::Api)), AttributeValue::M(_)));
    }
}

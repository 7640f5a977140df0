//! The claims of a resolution, written whole or not at all.

use aws_sdk_dynamodb::types::{AttributeValue, Put as PutAction, TransactWriteItem, Update};
use cloud_api::{Bsuid, WaId};
use domain::identity::{Known, Person, PhoneClaim, PhoneOwner, Resolution};
use domain::{ContactId, ConversationId, MessageId, Slot};

use crate::error::Conditional;
use crate::item::{self, Item, Put, ms, n, s};
use crate::people::{Claiming, bound_attribute};
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// Claims what a resolution says. Refused if anybody claimed one of the identities meanwhile.
    pub(crate) async fn claim(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        known: &Known,
        contact: &ContactId,
    ) -> Result<Conditional<()>, StoreError> {
        let mut actions = Vec::new();
        if resolution.person == Person::New {
            actions.push(self.put_action(&self.tables.contacts, self.new_profile(claiming), None));
        } else {
            actions.push(self.add_identities(claiming, resolution, contact));
        }
        if let (true, Some(user_id)) = (resolution.claim_user_id, &claiming.sighting.user_id) {
            let item = user_id_item(claiming, user_id, contact);
            actions.push(self.put_action(&self.tables.contacts, item, Some(Condition::UserIdUnowned)));
        }
        if let Some(phone) = &claiming.sighting.phone {
            actions.extend(self.phone_actions(
                claiming,
                resolution,
                known.phone_owner.as_ref(),
                phone,
                contact,
            ));
        }
        self.transact(actions).await
    }

    fn new_profile(&self, claiming: &Claiming<'_>) -> Item {
        let (pk, sk) = keys::profile(claiming.new_id);
        let mut item = item::at(&pk, &sk);
        item.put("knd", s("unknown"));
        item.put_text("wn", claiming.profile.name.as_deref());
        item.put_text("un", claiming.profile.username.as_deref());
        item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
        item.put_text("bs", claiming.sighting.user_id.as_ref().map(Bsuid::as_str));
        item.put("ids", AttributeValue::Ss(identities(claiming)));
        item.put("ca", ms(claiming.now));
        item.put("act", s(crate::terms::month_of(claiming.sighting.at)));
        if let Some(source) = &claiming.profile.source {
            item.put("src", crate::record_item::write_source(source));
        }
        item.put("wk", s(keys::walk_shard(claiming.new_id)));
        item.put("wid", s(claiming.new_id.as_str()));
        item
    }

    /// Notes new identities on a record that exists.
    fn add_identities(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        contact: &ContactId,
    ) -> TransactWriteItem {
        let mut sets = Vec::new();
        let mut update = self.update_of(&keys::profile(contact));
        if let (true, Some(user_id)) = (resolution.claim_user_id, &claiming.sighting.user_id) {
            sets.push("bs = :bs");
            update = update.expression_attribute_values(":bs", s(user_id.as_str()));
        }
        if let (true, Some(phone)) = (resolution.phone != PhoneClaim::Keep, &claiming.sighting.phone) {
            sets.push("ph = :ph");
            update = update.expression_attribute_values(":ph", s(phone.as_str()));
        }
        // Whoever entered the record knew neither.
        if let Some(name) = &claiming.profile.name {
            sets.push("wn = :wn");
            update = update.expression_attribute_values(":wn", s(name));
        }
        if let Some(name) = &claiming.profile.username {
            sets.push("un = :un");
            update = update.expression_attribute_values(":un", s(name));
        }
        let set = if sets.is_empty() { String::new() } else { format!("SET {} ", sets.join(", ")) };
        let update = update
            .update_expression(format!("{set}ADD ids :ids"))
            .expression_attribute_values(":ids", AttributeValue::Ss(identities(claiming)));
        update_action(update)
    }

    fn phone_actions(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        owner: Option<&PhoneOwner>,
        phone: &WaId,
        contact: &ContactId,
    ) -> Vec<TransactWriteItem> {
        let last_phone = || self.last_phone(claiming, resolution, phone);
        match (&resolution.phone, owner) {
            (PhoneClaim::Keep, _) => Vec::new(),
            (PhoneClaim::Take, _) => {
                let item = phone_item(claiming, phone, contact);
                let put = self.put_action(&self.tables.contacts, item, Some(Condition::PhoneUnowned));
                std::iter::once(put).chain(last_phone()).collect()
            }
            (PhoneClaim::Bind, Some(owner)) => {
                std::iter::once(self.bind_phone(claiming, phone, owner)).chain(last_phone()).collect()
            }
            (PhoneClaim::Move { from }, Some(owner)) => self
                .move_phone(claiming, phone, owner, from, contact)
                .into_iter()
                .chain(last_phone())
                .collect(),
            // The rules never bind or move a phone that nobody owns.
            (PhoneClaim::Bind | PhoneClaim::Move { .. }, None) => Vec::new(),
        }
    }

    /// Notes beside a BSUID that was claimed before which phone came with it, so that the next message needs
    /// one read only. A BSUID claimed in this transaction has it already.
    fn last_phone(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        phone: &WaId,
    ) -> Option<TransactWriteItem> {
        let user_id = claiming.sighting.user_id.as_ref().filter(|_| !resolution.claim_user_id)?;
        let update = self
            .update_of(&keys::user_id(&claiming.sighting.portfolio, user_id))
            .update_expression("SET ph = :ph")
            .expression_attribute_values(":ph", s(phone.as_str()));
        Some(update_action(update))
    }

    fn bind_phone(&self, claiming: &Claiming<'_>, phone: &WaId, owner: &PhoneOwner) -> TransactWriteItem {
        let user_id = claiming.sighting.user_id.as_ref().map(Bsuid::as_str).unwrap_or_default();
        let mut update = self
            .update_of(&keys::phone(phone))
            .update_expression("SET #bound = :bound")
            .expression_attribute_names("#bound", bound_attribute(claiming.sighting))
            .expression_attribute_values(":bound", s(user_id));
        for (place, attribute) in Condition::PhoneOwnerUnchanged.names() {
            update = update.expression_attribute_names(*place, *attribute);
        }
        let update = update
            .condition_expression(Condition::PhoneOwnerUnchanged.expression())
            .expression_attribute_values(":owner", s(owner.contact.as_str()))
            .expression_attribute_values(":since", ms(owner.since));
        update_action(update)
    }

    /// The number was given to somebody else: the new owner has it from now on, the old one keeps the
    /// history, and both threads say what happened.
    fn move_phone(
        &self,
        claiming: &Claiming<'_>,
        phone: &WaId,
        owner: &PhoneOwner,
        from: &ContactId,
        to: &ContactId,
    ) -> Vec<TransactWriteItem> {
        let head = self.put_builder(phone_item(claiming, phone, to), Some(Condition::PhoneOwnerUnchanged));
        let head = head
            .expression_attribute_values(":owner", s(owner.contact.as_str()))
            .expression_attribute_values(":since", ms(owner.since));
        let mut actions = vec![put_action(head)];

        let mut former = item::at(&keys::phone(phone).0, &keys::former_owner(owner.since.as_millisecond()));
        former.put("ct", s(from.as_str()));
        former.put("fr", ms(owner.since));
        former.put("un", ms(claiming.sighting.at));
        actions.push(self.put_action(&self.tables.contacts, former, None));

        let parted = self
            .update_of(&keys::profile(from))
            // What was lost is remembered: an erasure has to find the times at which it was theirs.
            .update_expression("REMOVE ph ADD fid :ids DELETE ids :ids")
            .expression_attribute_values(":ids", AttributeValue::Ss(vec![format!("phone:{phone}")]));
        actions.push(update_action(parted));
        if let Some(user_id) = &owner.user_id {
            let forget = self
                .update_of(&keys::user_id(&claiming.sighting.portfolio, user_id))
                .update_expression("REMOVE ph");
            actions.push(update_action(forget));
        }
        actions.extend([(from, "number_lost"), (to, "number_gained")].map(|(contact, what)| {
            self.put_action(&self.tables.conversations, note(claiming, phone, contact, what), None)
        }));
        actions
    }

    fn update_of(&self, key: &keys::Key) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(&self.tables.contacts).key("pk", s(&key.0)).key("sk", s(&key.1))
    }

    fn put_builder(
        &self,
        item: Item,
        condition: Option<Condition>,
    ) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        self.put_in(&self.tables.contacts, item, condition)
    }

    pub(crate) fn put_in(
        &self,
        table: &str,
        item: Item,
        condition: Option<Condition>,
    ) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        let mut put = PutAction::builder().table_name(table).set_item(Some(item));
        if let Some(condition) = condition {
            put = put.condition_expression(condition.expression());
            for (place, attribute) in condition.names() {
                put = put.expression_attribute_names(*place, *attribute);
            }
        }
        put
    }

    pub(crate) fn put_action(
        &self,
        table: &str,
        item: Item,
        condition: Option<Condition>,
    ) -> TransactWriteItem {
        put_action(self.put_in(table, item, condition))
    }

    /// Writes all or nothing.
    pub(crate) async fn transact(
        &self,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Conditional<()>, StoreError> {
        let sent = self.client.transact_write_items().set_transact_items(Some(actions)).send().await;
        let Err(error) = sent else { return Ok(Conditional::Written) };
        let reasons = match error.as_service_error() {
            Some(refused) if refused.is_transaction_canceled_exception() => match refused {
                aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(canceled) => {
                    canceled.cancellation_reasons()
                }
                _ => &[],
            },
            _ => return Err(StoreError::from_sdk(&error)),
        };
        let code = |wanted: &str| reasons.iter().any(|reason| reason.code() == Some(wanted));
        if code("ConditionalCheckFailed") {
            return Ok(Conditional::Refused(()));
        }
        if code("TransactionConflict") {
            return Err(StoreError::Contended);
        }
        if code("ThrottlingError") || code("ProvisionedThroughputExceeded") {
            return Err(StoreError::Throttled);
        }
        if code("ValidationError") || code("ItemCollectionSizeLimitExceeded") {
            return Err(StoreError::Refused("a part of a transaction is not valid".to_owned()));
        }
        Err(StoreError::from_sdk(&error))
    }
}

fn put_action(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> TransactWriteItem {
    // Table and item are always set above.
    TransactWriteItem::builder().set_put(put.build().ok()).build()
}

pub(crate) fn update_action(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> TransactWriteItem {
    // Table, key and expression are always set above.
    TransactWriteItem::builder().set_update(update.build().ok()).build()
}

fn identities(claiming: &Claiming<'_>) -> Vec<String> {
    let sighting = claiming.sighting;
    let phone = sighting.phone.as_ref().map(|phone| format!("phone:{phone}"));
    let user_id = sighting.user_id.as_ref().map(|id| format!("bsuid:{}:{id}", sighting.portfolio));
    phone.into_iter().chain(user_id).collect()
}

fn user_id_item(claiming: &Claiming<'_>, user_id: &Bsuid, contact: &ContactId) -> Item {
    let (pk, sk) = keys::user_id(&claiming.sighting.portfolio, user_id);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
    item.put_text("nh", claiming.profile.hash().as_deref());
    put_erased(&mut item, claiming);
    item
}

fn put_erased(item: &mut Item, claiming: &Claiming<'_>) {
    if let Some(at) = claiming.erased_at {
        item.put("er", ms(at));
    }
}

fn phone_item(claiming: &Claiming<'_>, phone: &WaId, contact: &ContactId) -> Item {
    let (pk, sk) = keys::phone(phone);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    if let Some(user_id) = &claiming.sighting.user_id {
        item.put(&bound_attribute(claiming.sighting), s(user_id.as_str()));
    } else {
        item.put_text("nh", claiming.profile.hash().as_deref());
    }
    put_erased(&mut item, claiming);
    item
}

/// A note of ours in a thread. Its key comes from what happened, so that writing it twice is writing it once.
fn note(claiming: &Claiming<'_>, phone: &WaId, contact: &ContactId, what: &str) -> Item {
    let at = claiming.sighting.at.as_millisecond();
    let conversation = ConversationId::with_contact(claiming.number.clone(), contact.clone());
    let slot = Slot::Message { at, hash: domain::hash16(&format!("{what}\n{phone}")) };
    let (pk, sk) = keys::message(&MessageId { conversation, slot });
    let mut item = item::at(&pk, &sk);
    item.put("d", s("n"));
    item.put("t", n(at));
    item.put("ra", ms(claiming.now));
    item.put("k", s("note"));
    item.put("raw", s(format!(r#"{{"type":"note","note":{{"event":"{what}"}}}}"#)));
    item
}

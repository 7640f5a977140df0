//! The claims of a resolution, written whole or not at all.

use aws_sdk_dynamodb::types::{AttributeValue, Put as PutAction, TransactWriteItem, Update};
use cloud_api::{Bsuid, WaId};
use domain::identity::{Known, Person, PhoneClaim, PhoneOwner, Resolution};
use domain::{ContactId, ConversationId, MessageId, Slot};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Item, Put, ms, n, s};
use crate::people::{Claiming, OnRecord, bound_attribute};
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// Claims what a resolution says. Refused if anybody claimed one of the identities meanwhile.
    pub(crate) async fn claim(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        record: &OnRecord,
        contact: &ContactId,
    ) -> Result<Conditional<()>, StoreError> {
        let mut actions = Vec::new();
        let ids = claimed(claiming, resolution);
        if resolution.person == Person::New {
            actions.push(self.put_action(&self.tables.contacts, new_profile(claiming, ids), None));
        } else if !ids.is_empty() {
            actions.push(self.add_identities(claiming, resolution, contact, ids));
        }
        actions.extend(self.claim_actions(claiming, resolution, record, contact));
        self.transact(actions).await
    }

    /// The claims of identities themselves.
    pub(crate) fn claim_actions(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        record: &OnRecord,
        contact: &ContactId,
    ) -> Vec<TransactWriteItem> {
        let known = &record.known;
        let is_merged = record.merged.contains(contact);
        let mut actions = Vec::new();
        if let (true, Some(user_id)) = (resolution.claim_user_id, &claiming.sighting.user_id) {
            let item = of_merged(is_merged, user_id_item(claiming, user_id, contact));
            actions.push(self.put_action(&self.tables.contacts, item, Some(Condition::UserIdUnowned)));
        }
        if let (true, Some(parent)) = (resolution.claim_parent, &claiming.sighting.parent_user_id) {
            let item = of_merged(is_merged, parent_item(claiming, parent, contact));
            actions.push(self.put_action(&self.tables.contacts, item, Some(Condition::UserIdUnowned)));
        }
        actions.extend(self.last_seen(claiming, resolution, known));
        if let Some(phone) = &claiming.sighting.phone {
            let item = of_merged(is_merged, phone_item(claiming, phone, contact));
            let owner = known.phone_owner.as_ref();
            actions.extend(self.phone_actions(claiming, &resolution.phone, owner, item, contact));
        }
        actions
    }

    /// Notes new identities on a record that exists.
    fn add_identities(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        contact: &ContactId,
        ids: Vec<String>,
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
        let set = if sets.is_empty() { String::new() } else { format!("SET {} ", sets.join(", ")) };
        let update = update
            .update_expression(format!("{set}ADD ids :ids"))
            .expression_attribute_values(":ids", AttributeValue::Ss(ids));
        update_action(update)
    }

    fn phone_actions(
        &self,
        claiming: &Claiming<'_>,
        claim: &PhoneClaim,
        owner: Option<&PhoneOwner>,
        item: Item,
        contact: &ContactId,
    ) -> Vec<TransactWriteItem> {
        let Some(phone) = &claiming.sighting.phone else { return Vec::new() };
        match (claim, owner) {
            (PhoneClaim::Keep, _) => Vec::new(),
            (PhoneClaim::Take, _) => {
                vec![self.put_action(&self.tables.contacts, item, Some(Condition::PhoneUnowned))]
            }
            (PhoneClaim::Bind, Some(owner)) => vec![self.bind_phone(claiming, phone, owner)],
            (PhoneClaim::Move { from }, Some(owner)) => {
                self.move_phone(claiming, phone, item, owner, from, contact)
            }
            // The rules never bind or move a phone that nobody owns.
            (PhoneClaim::Bind | PhoneClaim::Move { .. }, None) => Vec::new(),
        }
    }

    /// Notes beside a BSUID that was claimed before which phone and parent came with it, so that the next message
    /// needs one read only. A BSUID claimed in this transaction has them already.
    fn last_seen(
        &self,
        claiming: &Claiming<'_>,
        resolution: &Resolution,
        known: &Known,
    ) -> Option<TransactWriteItem> {
        let sighting = claiming.sighting;
        let user_id = sighting.user_id.as_ref().filter(|_| !resolution.claim_user_id)?;
        let phone = sighting.phone.as_ref().filter(|_| resolution.phone != PhoneClaim::Keep);
        // A parent that somebody else has is not looked up again with every message either.
        let is_new = resolution.claim_parent || known.parent_owner.is_some();
        let parent = sighting.parent_user_id.as_ref().filter(|_| is_new);
        let mut update = self.update_of(&keys::user_id(&sighting.portfolio, user_id));
        let mut sets = Vec::new();
        if let Some(phone) = phone {
            sets.push("ph = :ph");
            update = update.expression_attribute_values(":ph", s(phone.as_str()));
        }
        if let Some(parent) = parent {
            sets.push("pu = :pu");
            update = update.expression_attribute_values(":pu", s(parent.as_str()));
        }
        let update = update.update_expression(format!("SET {}", sets.join(", ")));
        (!sets.is_empty()).then(|| update_action(update))
    }

    fn bind_phone(&self, claiming: &Claiming<'_>, phone: &WaId, owner: &PhoneOwner) -> TransactWriteItem {
        let mut update = self.update_of(&keys::phone(phone));
        update = match &claiming.sighting.user_id {
            Some(user_id) => update
                .update_expression("SET #bound = :bound REMOVE un")
                .expression_attribute_names("#bound", bound_attribute(&claiming.sighting.portfolio))
                .expression_attribute_values(":bound", s(user_id.as_str())),
            None => update.update_expression("REMOVE un"),
        };
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
        item: Item,
        owner: &PhoneOwner,
        from: &ContactId,
        to: &ContactId,
    ) -> Vec<TransactWriteItem> {
        let head = self.put_builder(item, Some(Condition::PhoneOwnerUnchanged));
        let head = head
            .expression_attribute_values(":owner", s(owner.contact.as_str()))
            .expression_attribute_values(":since", ms(owner.since));
        let mut actions = vec![put_action(head)];

        let mut former = item::at(&keys::phone(phone).0, &keys::former_owner(owner.since.as_millisecond()));
        former.put("ct", s(from.as_str()));
        former.put("fr", ms(owner.since));
        former.put("un", ms(owner.until.unwrap_or(claiming.sighting.at)));
        actions.push(self.put_action(&self.tables.contacts, former, None));

        let parted = self
            .update_of(&keys::profile(from))
            .update_expression("DELETE ids :ids")
            .expression_attribute_values(":ids", AttributeValue::Ss(forms(phone)));
        // Who left the number before has another one, or none, on the record already.
        let parted = match owner.until {
            None => parted.update_expression("REMOVE ph DELETE ids :ids"),
            Some(_) => parted,
        };
        actions.push(update_action(parted));
        let same = owner.user_id == claiming.sighting.user_id;
        if let Some(user_id) = owner.user_id.as_ref().filter(|_| !same) {
            let forget = self
                .update_of(&keys::user_id(&claiming.sighting.portfolio, user_id))
                .update_expression("REMOVE ph");
            actions.push(update_action(forget));
        }
        actions.extend([(from, "number_lost"), (to, "number_gained")].map(|(contact, what)| {
            let conversation = ConversationId::with_contact(claiming.number.clone(), contact.clone());
            let at = claiming.sighting.at.as_millisecond();
            let note = note(conversation, what, phone.as_str(), at, claiming.now);
            self.put_action(&self.tables.conversations, note, None)
        }));
        actions
    }

    pub(crate) fn update_of(&self, key: &keys::Key) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(&self.tables.contacts).key("pk", s(&key.0)).key("sk", s(&key.1))
    }

    pub(crate) fn put_builder(
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

pub(crate) fn put_action(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> TransactWriteItem {
    // Table and item are always set above.
    TransactWriteItem::builder().set_put(put.build().ok()).build()
}

pub(crate) fn update_action(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> TransactWriteItem {
    // Table, key and expression are always set above.
    TransactWriteItem::builder().set_update(update.build().ok()).build()
}

/// Every form of a number, as identities: the record has one of them.
pub(crate) fn forms(phone: &WaId) -> Vec<String> {
    domain::phone::variants(phone.as_str()).into_iter().map(|form| format!("phone:{form}")).collect()
}

/// A new identity of a record that was merged says so, as its others do.
fn of_merged(is_merged: bool, mut item: Item) -> Item {
    if is_merged {
        item.put("al", AttributeValue::Bool(true));
    }
    item
}

/// The identities that a resolution claims.
pub(crate) fn claimed(claiming: &Claiming<'_>, resolution: &Resolution) -> Vec<String> {
    let sighting = claiming.sighting;
    let phone = sighting.phone.as_ref().filter(|_| resolution.phone != PhoneClaim::Keep);
    let user_id = sighting.user_id.as_ref().filter(|_| resolution.claim_user_id);
    let parent = sighting.parent_user_id.as_ref().filter(|_| resolution.claim_parent);
    let phone = phone.map(|phone| format!("phone:{phone}"));
    let user_id = user_id.map(|id| format!("bsuid:{}:{id}", sighting.portfolio));
    phone.into_iter().chain(user_id).chain(parent.map(|id| format!("parent:{id}"))).collect()
}

pub(crate) fn new_profile(claiming: &Claiming<'_>, ids: Vec<String>) -> Item {
    let (pk, sk) = keys::profile(claiming.new_id);
    let mut item = item::at(&pk, &sk);
    item.put("knd", s("unknown"));
    item.put_text("wn", claiming.profile.name.as_deref());
    item.put_text("un", claiming.profile.username.as_deref());
    item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
    item.put_text("bs", claiming.sighting.user_id.as_ref().map(Bsuid::as_str));
    item.put("ids", AttributeValue::Ss(ids));
    item.put("ca", ms(claiming.now));
    item.put("wk", s(keys::walk_shard(claiming.new_id)));
    item.put("wid", s(claiming.new_id.as_str()));
    item
}

pub(crate) fn user_id_item(claiming: &Claiming<'_>, user_id: &Bsuid, contact: &ContactId) -> Item {
    let (pk, sk) = keys::user_id(&claiming.sighting.portfolio, user_id);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
    item.put_text("pu", claiming.sighting.parent_user_id.as_ref().map(Bsuid::as_str));
    item.put_text("nh", claiming.profile.hash().as_deref());
    item
}

fn parent_item(claiming: &Claiming<'_>, parent: &Bsuid, contact: &ContactId) -> Item {
    let (pk, sk) = keys::parent(parent);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    item
}

fn phone_item(claiming: &Claiming<'_>, phone: &WaId, contact: &ContactId) -> Item {
    let (pk, sk) = keys::phone(phone);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    // As it came; the key is the line's.
    item.put("ph", s(phone.as_str()));
    if let Some(user_id) = &claiming.sighting.user_id {
        item.put(&bound_attribute(&claiming.sighting.portfolio), s(user_id.as_str()));
    } else {
        item.put_text("nh", claiming.profile.hash().as_deref());
    }
    item
}

/// A note of ours in a thread. Its key comes from what happened, so that writing it twice is writing it once.
pub(crate) fn note(conversation: ConversationId, what: &str, about: &str, at: i64, now: Timestamp) -> Item {
    let slot = Slot::Message { at, hash: domain::hash16(&format!("{what}\n{about}")) };
    let (pk, sk) = keys::message(&MessageId { conversation, slot });
    let mut item = item::at(&pk, &sk);
    item.put("d", s("n"));
    item.put("t", n(at));
    item.put("ra", ms(now));
    item.put("k", s("note"));
    item.put("raw", s(format!(r#"{{"type":"note","note":{{"event":"{what}"}}}}"#)));
    item
}

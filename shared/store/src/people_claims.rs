//! The claims of a resolution, written whole or not at all.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use cloud_api::WaId;
use domain::identity::{Known, Person, PhoneClaim, PhoneOwner, Resolution};
use domain::{ContactId, ConversationId};

use crate::error::Conditional;
use crate::item::{self, Item, Put, ms, s};
use crate::people::{Claiming, OnRecord, bound_attribute};
use crate::people_items::{
    claimed, forms, new_profile, note, of_merged, parent_item, phone_item, user_id_item,
};
use crate::transact::{put_action, update_action};
use crate::writes::Guarded;
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
        let update = update
            .under(Condition::PhoneOwnerUnchanged)
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
            // What was lost is remembered: an erasure has to find the times at which it was theirs.
            .update_expression("ADD fid :lost DELETE ids :ids")
            .expression_attribute_values(":lost", AttributeValue::Ss(vec![format!("phone:{phone}")]))
            .expression_attribute_values(":ids", AttributeValue::Ss(forms(phone)));
        // Who left the number before has another one, or none, on the record already.
        let parted = match owner.until {
            None => parted.update_expression("REMOVE ph ADD fid :lost DELETE ids :ids"),
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
}

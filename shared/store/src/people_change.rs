//! A person whose ids change: followed, whatever comes first.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use cloud_api::{Bsuid, PhoneNumberId, WaId};
use domain::identity::{Change, ChangeKnown, Known, Person, PhoneClaim, Resolution, Sighting, Succession};
use domain::{ContactId, ConversationId};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{Get, Put, ms, s};
use crate::merge::Merged;
use crate::people::{Claiming, OnRecord, ProfileSeen, Resolved, read_owner};
use crate::people_items::{claimed, new_profile, note, user_id_item};
use crate::transact::update_action;
use crate::united::alias_of;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a change is tried again when others claim the same identities at the same time.
const ROUNDS: usize = 5;
/// Who merges what Meta says is one person.
const BY: &str = "whatsapp";

/// The identities on record for a change.
struct ChangeRecord {
    known: ChangeKnown,
    merged: std::collections::HashSet<ContactId>,
    /// When an earlier owner of one of the identities was erased.
    erased_at: Option<Timestamp>,
}

impl Store {
    /// Follows a person to new ids: claims them for the same record, joins the record that they made meanwhile, and
    /// leaves a note in each of the person's conversations.
    ///
    /// `None` if the change names nobody.
    ///
    /// # Errors
    /// See [`StoreError`]. Every step is repeatable, and the same change in any order ends the same.
    /// [`StoreError::Erased`] if the person was erased: news of a person brings nobody back, only writing does.
    pub async fn follow_change(
        &self,
        change: &Change,
        number: &PhoneNumberId,
        new_id: &ContactId,
        now: Timestamp,
    ) -> Result<Option<Resolved>, StoreError> {
        let sighting = Sighting {
            portfolio: change.portfolio.clone(),
            user_id: change.user_id.clone(),
            parent_user_id: change.parent.clone(),
            phone: change.phone.clone(),
            at: change.at,
        };
        let profile = ProfileSeen::default();
        let mut claiming =
            Claiming { sighting: &sighting, profile: &profile, number, new_id, now, erased_at: None };
        for _ in 0..ROUNDS {
            let record = self.change_on_record(change).await?;
            let Some(mut succession) = domain::identity::succeed(change, &record.known) else {
                return Ok(None);
            };
            if !succession.is_settled() {
                let buried = self.buried(change).await?;
                if buried.forgets(change.at, &succession.person) {
                    return Err(StoreError::Erased);
                }
                claiming.erased_at = buried.by_phone.max(buried.by_others).max(record.erased_at);
            }
            let contact = match &succession.person {
                Person::Known(contact) => contact.clone(),
                Person::New => new_id.clone(),
            };
            let root = self.root_of(&contact).await?;
            if let Some(other) = succession.joins.clone()
                && self.root_of(&other).await? == root
            {
                succession.joins = None;
                // Joined before; but perhaps whoever did it died in the middle.
                if let Some(into) = self.profile(&other).await?.as_ref().and_then(alias_of) {
                    self.settle_merge(&other, &into, now).await?;
                }
            }
            if !succession.is_settled() || succession.joins.is_some() {
                match self.claim_change(&claiming, change, &succession, &record, &contact).await {
                    Ok(Conditional::Written) => {}
                    // Somebody else claimed one of them in between: what they wrote decides.
                    Ok(Conditional::Refused(())) | Err(StoreError::Contended) => continue,
                    Err(error) => return Err(error),
                }
            }
            if let Some(other) = &succession.joins {
                let other = self.root_of(other).await?;
                if self.was_parted(&other, &root).await? {
                    // Somebody looked at the two and knows better.
                    return Ok(Some(Resolved { contact, root, created: false }));
                }
                match self.merge_contact(&other, &root, BY, now).await? {
                    Merged::Done | Merged::Same => {}
                    // So many records of one person that only people can tell what to make of it.
                    Merged::TooMany => {}
                    Merged::Missing | Merged::Elsewhere(_) | Merged::IntoMerged(_) => continue,
                }
            }
            self.note_change(change, &root, now).await?;
            let created = succession.person == Person::New;
            return Ok(Some(Resolved { contact, root, created }));
        }
        Err(StoreError::Contended)
    }

    async fn change_on_record(&self, change: &Change) -> Result<ChangeRecord, StoreError> {
        let mut record = OnRecord::default();
        let mut known = ChangeKnown::default();
        let owner = async |key: Option<keys::Key>| match key {
            Some(key) => self.get(&self.tables.contacts, &key, true).await,
            None => Ok(None),
        };
        let by_id = |id: &Option<Bsuid>| id.as_ref().map(|id| keys::user_id(&change.portfolio, id));
        let (previous, current, previous_parent, parent, previous_phone, phone) = futures::try_join!(
            owner(by_id(&change.previous_user_id)),
            owner(by_id(&change.user_id)),
            owner(change.previous_parent.as_ref().map(keys::parent)),
            owner(change.parent.as_ref().map(keys::parent)),
            owner(change.previous_phone.as_ref().map(keys::phone)),
            owner(change.phone.as_ref().map(keys::phone)),
        )?;
        known.previous_owner = previous.as_ref().and_then(|item| record.owner(item));
        known.is_superseded = previous.as_ref().is_some_and(|item| item.contains_key("nx"));
        known.owner = current.as_ref().and_then(|item| record.owner(item));
        known.previous_parent_owner = previous_parent.as_ref().and_then(|item| record.owner(item));
        known.parent_owner = parent.as_ref().and_then(|item| record.owner(item));
        for (item, place) in
            [(&previous_phone, &mut known.previous_phone_owner), (&phone, &mut known.phone_owner)]
        {
            if let Some(item) = item {
                record.owner(item);
                *place = read_owner(item, &change.portfolio);
            }
        }
        Ok(ChangeRecord { known, merged: record.merged, erased_at: record.erased_at })
    }

    async fn claim_change(
        &self,
        claiming: &Claiming<'_>,
        change: &Change,
        succession: &Succession,
        record: &ChangeRecord,
        contact: &ContactId,
    ) -> Result<Conditional<()>, StoreError> {
        let resolution = Resolution {
            person: succession.person.clone(),
            claim_user_id: succession.claim_user_id,
            claim_parent: succession.claim_parent,
            phone: succession.phone.clone(),
        };
        let known = Known {
            user_id_owner: record.known.owner.clone(),
            is_superseded: false,
            parent_owner: record.known.parent_owner.clone(),
            phone_owner: record.known.phone_owner.clone(),
        };
        let on_record = OnRecord::of(known, record.merged.clone());
        let mut actions = self.claim_actions(claiming, &resolution, &on_record, contact);
        let mut ids = claimed(claiming, &resolution);
        if let (true, Some(previous)) = (succession.claim_previous, &change.previous_user_id) {
            ids.push(format!("bsuid:{}:{previous}", change.portfolio));
            let mut item = user_id_item(claiming, previous, contact);
            // The phone that comes with it is the new one.
            item.remove("ph");
            item.remove("pu");
            item.put_text("nx", change.user_id.as_ref().map(Bsuid::as_str));
            if record.merged.contains(contact) {
                item.put("al", AttributeValue::Bool(true));
            }
            actions.push(self.put_action(&self.tables.contacts, item, Some(Condition::UserIdUnowned)));
        }
        if let (true, Some(previous), Some(next)) =
            (succession.supersede, &change.previous_user_id, &change.user_id)
        {
            let superseded = self
                .update_of(&keys::user_id(&change.portfolio, previous))
                .update_expression("SET nx = :next")
                .expression_attribute_values(":next", s(next.as_str()));
            actions.push(update_action(superseded));
        }
        if let (true, Some(phone), Some(owner)) =
            (succession.leaves, &change.previous_phone, &record.known.previous_phone_owner)
        {
            let left = self
                .update_of(&keys::phone(phone))
                .update_expression("SET un = :at")
                .expression_attribute_values(":at", ms(change.at))
                .expression_attribute_values(":owner", s(owner.contact.as_str()))
                .expression_attribute_values(":since", ms(owner.since));
            actions.push(update_action(left.under(Condition::PhoneOwnerUnchanged)));
        }
        match &succession.person {
            Person::New => {
                let item = new_profile(claiming, ids);
                actions.push(self.put_action(&self.tables.contacts, item, None));
            }
            Person::Known(_) => actions.extend(self.moved_profile(change, succession, contact, ids)),
        }
        self.transact(actions).await
    }

    /// The record of somebody whose ids changed: where the person is reached from now on.
    fn moved_profile(
        &self,
        change: &Change,
        succession: &Succession,
        contact: &ContactId,
        ids: Vec<String>,
    ) -> Option<TransactWriteItem> {
        let mut update = self.update_of(&keys::profile(contact));
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        let has_moved = succession.claim_user_id || succession.phone != PhoneClaim::Keep || succession.leaves;
        if succession.joins.is_some() {
            // The record that is joined has the new ids; those of this one are dead.
            removes.extend(["ph", "bs"]);
        } else if has_moved {
            match &change.user_id {
                Some(user_id) => {
                    sets.push("bs = :bs");
                    update = update.expression_attribute_values(":bs", s(user_id.as_str()));
                }
                None => removes.push("bs"),
            }
            // A BSUID changes with the number. Where the new one is hidden, the old one is somebody else's soon.
            match &change.phone {
                Some(phone) => {
                    sets.push("ph = :ph");
                    update = update.expression_attribute_values(":ph", s(phone.as_str()));
                }
                None => removes.push("ph"),
            }
        }
        let mut expression = String::new();
        for (word, parts) in [("SET", &sets), ("REMOVE", &removes)] {
            if !parts.is_empty() {
                expression.push_str(&format!("{word} {} ", parts.join(", ")));
            }
        }
        if !ids.is_empty() {
            expression.push_str("ADD ids :ids");
            update = update.expression_attribute_values(":ids", AttributeValue::Ss(ids));
        }
        (!expression.is_empty()).then(|| update_action(update.update_expression(expression.trim())))
    }

    /// A note in each conversation of the person. Every number that knows the person brings the same news, a second
    /// apart perhaps: the time is that of the first, and so is the note's key.
    async fn note_change(&self, change: &Change, root: &ContactId, now: Timestamp) -> Result<(), StoreError> {
        let first = match &change.user_id {
            Some(id) => {
                let key = keys::user_id(&change.portfolio, id);
                self.get(&self.tables.contacts, &key, true).await?.and_then(|item| item.time("fr"))
            }
            None => None,
        };
        let at = first.unwrap_or(change.at).as_millisecond();
        let what = if change.phone.is_some() { "number_changed" } else { "user_id_changed" };
        let new = change.user_id.as_ref().map(Bsuid::as_str);
        let about = new.or(change.phone.as_ref().map(WaId::as_str)).unwrap_or_default();
        let numbers = self.numbers().await?;
        let conversations = numbers.into_iter().map(|it| ConversationId::with_contact(it.id, root.clone()));
        let states = conversations.map(|id| (keys::conversation(&id), keys::STATE.to_owned())).collect();
        for state in self.batch_get(&self.tables.conversations, states).await? {
            let Some(id) = state.text("pk").and_then(keys::parse_conversation) else { continue };
            let put = self.client.put_item().table_name(&self.tables.conversations);
            let put = put.set_item(Some(note(id, what, about, at, now)));
            put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        }
        Ok(())
    }
}

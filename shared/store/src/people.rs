//! Whose a message is. Identities are claimed before anything is recorded, so that a redelivery resolves
//! to the same person.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::{Bsuid, PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::identity::{Known, Person, PhoneClaim, PhoneOwner, Resolution, Sighting};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// How often a resolution is tried again when others claim the same identities at the same time.
const ROUNDS: usize = 5;

/// What a payload says about a person besides ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSeen {
    /// The name that the person chose on WhatsApp.
    pub name: Option<String>,
    /// The username.
    pub username: Option<String>,
    /// Where a new record comes from.
    pub source: Option<domain::Source>,
}

impl ProfileSeen {
    /// A short hash, kept beside the identity, that tells without another read whether something changed.
    pub(crate) fn hash(&self) -> Option<String> {
        let is_empty = self.name.is_none() && self.username.is_none();
        (!is_empty).then(|| domain::hash16(&format!("{:?}\n{:?}", self.name, self.username)))
    }
}

/// Whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Whose the identity is: where the message stands, whatever is merged and parted later.
    pub contact: ContactId,
    /// The person that this is by now: another one if the record was merged into it.
    pub root: ContactId,
    /// Whether the record was made just now.
    pub created: bool,
}

/// The identities on record for a sighting, as they were read.
#[derive(Default)]
pub(crate) struct OnRecord {
    pub(crate) known: Known,
    /// The phone that came last with the BSUID.
    last_phone: Option<String>,
    /// The parent BSUID that came last with the BSUID.
    last_parent: Option<String>,
    profile_hash: Option<String>,
    /// When an earlier owner of one of the identities was erased.
    pub(crate) erased_at: Option<Timestamp>,
    /// Owners whose record was merged into another.
    pub(crate) merged: HashSet<ContactId>,
}

impl OnRecord {
    pub(crate) fn of(known: Known, merged: HashSet<ContactId>) -> Self {
        Self { known, merged, ..Self::default() }
    }

    /// Whether a sighting is of somebody who was erased after it.
    fn is_forgotten(&self, sighting: &Sighting) -> bool {
        self.erased_at.is_some_and(|erased_at| sighting.at <= erased_at)
    }

    /// Whether the BSUID does not say yet which parent came with it: without that, each message would be looked up anew.
    fn lacks_parent(&self, sighting: &Sighting) -> bool {
        let parent = sighting.parent_user_id.as_ref().map(Bsuid::as_str);
        self.known.user_id_owner.is_some() && parent.is_some() && parent != self.last_parent.as_deref()
    }

    /// Notes what an identity's item says besides ids: its owner, and when an earlier one was erased.
    pub(crate) fn owner(&mut self, item: &Item) -> Option<ContactId> {
        self.erased_at = self.erased_at.max(item.time("er"));
        let owner = ContactId::new(item.text("ct")?)?;
        if item.contains_key("al") {
            self.merged.insert(owner.clone());
        }
        Some(owner)
    }
}

/// Everything that a claim needs.
pub(crate) struct Claiming<'a> {
    pub(crate) sighting: &'a Sighting,
    pub(crate) profile: &'a ProfileSeen,
    /// The number that was written to, for notes in threads.
    pub(crate) number: &'a PhoneNumberId,
    /// The id of the person, if one has to be made.
    pub(crate) new_id: &'a ContactId,
    pub(crate) now: Timestamp,
    /// When an earlier owner of one of the identities was erased: kept with what is claimed, so that what is
    /// older never falls to the new owner.
    pub(crate) erased_at: Option<Timestamp>,
}

impl Store {
    /// Finds the person behind the ids of a payload, and claims for that person what was not claimed yet.
    /// Somebody unknown becomes a record with `new_id`.
    ///
    /// `None` if the payload names nobody.
    ///
    /// # Errors
    /// See [`StoreError`]. Claims are conditional and whole: repeating this finds the same person.
    /// [`StoreError::Erased`] if the person was erased after the sighting.
    pub async fn resolve_person(
        &self,
        sighting: &Sighting,
        profile: &ProfileSeen,
        number: &PhoneNumberId,
        new_id: &ContactId,
        now: Timestamp,
    ) -> Result<Option<Resolved>, StoreError> {
        let mut claiming = Claiming { sighting, profile, number, new_id, now, erased_at: None };
        // Most messages come from somebody known, with nothing new about them: one read.
        if let Some((contact, record)) = self.known_by_heart(&claiming).await? {
            return self.resolved(contact, &record, false).await.map(Some);
        }
        for _ in 0..ROUNDS {
            let record = self.on_record(sighting, true).await?;
            let Some(resolution) = domain::identity::resolve(sighting, &record.known) else {
                return Ok(None);
            };
            if record.is_forgotten(sighting) {
                return Err(StoreError::Erased);
            }
            let contact = match &resolution.person {
                Person::Known(contact) => self.owner_at(sighting, &record, contact).await?,
                Person::New => new_id.clone(),
            };
            if claims_nothing(&resolution) && !record.lacks_parent(sighting) {
                self.note_profile(&claiming, &record, &contact).await?;
                return self.resolved(contact, &record, false).await.map(Some);
            }
            claiming.erased_at = self.erased_at(sighting).await?.max(record.erased_at);
            if claiming.erased_at.is_some_and(|erased_at| sighting.at <= erased_at) {
                return Err(StoreError::Erased);
            }
            match self.claim(&claiming, &resolution, &record, &contact).await {
                Ok(Conditional::Written) => {
                    let created = resolution.person == Person::New;
                    return self.resolved(contact, &record, created).await.map(Some);
                }
                // Somebody else claimed one of them in between: what they wrote decides.
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// An answer, with the person that the record is by now. Only a merged record costs reads.
    async fn resolved(
        &self,
        contact: ContactId,
        record: &OnRecord,
        created: bool,
    ) -> Result<Resolved, StoreError> {
        let is_merged = record.merged.contains(&contact);
        let root = if is_merged { self.root_of(&contact).await? } else { contact.clone() };
        Ok(Resolved { contact, root, created })
    }

    /// The person, if the BSUID is known and nothing about it is new.
    async fn known_by_heart(
        &self,
        claiming: &Claiming<'_>,
    ) -> Result<Option<(ContactId, OnRecord)>, StoreError> {
        let sighting = claiming.sighting;
        if sighting.user_id.is_none() {
            return Ok(None);
        }
        let mut record = OnRecord::default();
        self.read_user_id(sighting, &mut record, false).await?;
        let phone = sighting.phone.as_ref().map(|phone| domain::phone::line(phone.as_str()));
        let same_phone = phone.is_none() || phone == record.last_phone.as_deref().map(domain::phone::line);
        let parent = sighting.parent_user_id.as_ref().map(Bsuid::as_str);
        let same_parent = parent.is_none() || parent == record.last_parent.as_deref();
        let seen = claiming.profile.hash();
        let same_profile = seen.is_none() || seen == record.profile_hash;
        let by_heart = same_phone && same_parent && same_profile && !record.is_forgotten(sighting);
        let contact = record.known.user_id_owner.clone();
        Ok(contact.filter(|_| by_heart).map(|contact| (contact, record)))
    }

    async fn read_user_id(
        &self,
        sighting: &Sighting,
        record: &mut OnRecord,
        consistent: bool,
    ) -> Result<(), StoreError> {
        let Some(user_id) = &sighting.user_id else { return Ok(()) };
        let key = keys::user_id(&sighting.portfolio, user_id);
        let Some(item) = self.get(&self.tables.contacts, &key, consistent).await? else { return Ok(()) };
        let text = |name: &str| item.text(name).map(str::to_owned);
        record.known.user_id_owner = record.owner(&item);
        record.known.is_superseded = item.contains_key("nx");
        record.last_phone = text("ph");
        record.last_parent = text("pu");
        record.profile_hash = text("nh");
        Ok(())
    }

    /// Reads what is on record about a sighting's ids.
    pub(crate) async fn on_record(
        &self,
        sighting: &Sighting,
        consistent: bool,
    ) -> Result<OnRecord, StoreError> {
        let mut record = OnRecord::default();
        self.read_user_id(sighting, &mut record, consistent).await?;
        if let Some(parent) = &sighting.parent_user_id {
            let item = self.get(&self.tables.contacts, &keys::parent(parent), consistent).await?;
            record.known.parent_owner = item.as_ref().and_then(|item| record.owner(item));
        }
        if let Some(phone) = &sighting.phone {
            let owner = self.get(&self.tables.contacts, &keys::phone(phone), consistent).await?;
            if sighting.user_id.is_none() {
                record.profile_hash = owner.as_ref().and_then(|item| item.text("nh")).map(str::to_owned);
            }
            if let Some(item) = &owner {
                record.owner(item);
                record.known.phone_owner = read_owner(item, &sighting.portfolio);
            }
        }
        Ok(record)
    }

    /// Who had the phone when the message was written, if only a phone names the person: numbers are given
    /// to other people.
    async fn owner_at(
        &self,
        sighting: &Sighting,
        record: &OnRecord,
        newest: &ContactId,
    ) -> Result<ContactId, StoreError> {
        let late = record.known.phone_owner.as_ref().is_some_and(|owner| sighting.at < owner.since);
        let (Some(phone), None, true) = (&sighting.phone, &sighting.user_id, late) else {
            return Ok(newest.clone());
        };
        let former = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :then")
            .expression_attribute_values(":pk", s(keys::phone(phone).0))
            .expression_attribute_values(":first", s(keys::former_owner(0)))
            .expression_attribute_values(":then", s(keys::former_owner(sighting.at.as_millisecond())))
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        if former.items().first().is_some_and(|item| item.contains_key("er")) {
            return Err(StoreError::Erased);
        }
        let then = former.items().first().and_then(|item| item.text("ct")).and_then(ContactId::new);
        Ok(then.unwrap_or_else(|| newest.clone()))
    }

    /// Writes a changed name or username to the record. The last one seen wins: neither is a key.
    async fn note_profile(
        &self,
        claiming: &Claiming<'_>,
        record: &OnRecord,
        contact: &ContactId,
    ) -> Result<(), StoreError> {
        let Some(hash) = claiming.profile.hash() else { return Ok(()) };
        if record.profile_hash.as_ref() == Some(&hash) {
            return Ok(());
        }
        self.set(&keys::profile(contact), profile_values(claiming.profile)).await?;
        let identity = match (&claiming.sighting.user_id, &claiming.sighting.phone) {
            (Some(user_id), _) => keys::user_id(&claiming.sighting.portfolio, user_id),
            (None, Some(phone)) => keys::phone(phone),
            (None, None) => return Ok(()),
        };
        self.set(&identity, HashMap::from([("nh", s(hash))])).await
    }

    /// Sets attributes of an item of `contacts`.
    async fn set(
        &self,
        key: &keys::Key,
        values: HashMap<&'static str, AttributeValue>,
    ) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.contacts)
            .key("pk", s(&key.0))
            .key("sk", s(&key.1));
        let mut sets = Vec::new();
        for (name, value) in values {
            sets.push(format!("{name} = :{name}"));
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let update = update.update_expression(format!("SET {}", sets.join(", ")));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

fn profile_values(profile: &ProfileSeen) -> HashMap<&'static str, AttributeValue> {
    let named = [("wn", &profile.name), ("un", &profile.username)];
    named.into_iter().filter_map(|(key, value)| Some((key, s(value.as_deref()?)))).collect()
}

fn claims_nothing(resolution: &Resolution) -> bool {
    !resolution.claim_user_id && !resolution.claim_parent && resolution.phone == PhoneClaim::Keep
}

pub(crate) fn read_owner(item: &Item, portfolio: &PortfolioId) -> Option<PhoneOwner> {
    Some(PhoneOwner {
        contact: ContactId::new(item.text("ct")?)?,
        since: item.time("fr")?,
        until: item.time("un"),
        user_id: item.text(&bound_attribute(portfolio)).map(Bsuid::new),
    })
}

/// The attribute of a phone that holds the BSUID it came with: one for each portfolio.
pub(crate) fn bound_attribute(portfolio: &PortfolioId) -> String {
    format!("b_{}", domain::clean::escape(portfolio.as_str()))
}

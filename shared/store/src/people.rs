//! Whose a message is. Identities are claimed before anything is recorded, so that a redelivery resolves
//! to the same person.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::{Bsuid, PhoneNumberId, WaId};
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
    /// The person.
    pub contact: ContactId,
    /// Whether the record was made just now.
    pub created: bool,
}

/// The identities on record for a sighting, as they were read.
#[derive(Default)]
pub(crate) struct OnRecord {
    pub(crate) known: Known,
    /// The phone that came last with the BSUID.
    last_phone: Option<String>,
    profile_hash: Option<String>,
    /// When an earlier owner of one of the identities was erased.
    erased_at: Option<Timestamp>,
}

impl OnRecord {
    /// Whether a sighting is of somebody who was erased after it.
    fn is_forgotten(&self, sighting: &Sighting) -> bool {
        self.erased_at.is_some_and(|erased_at| sighting.at <= erased_at)
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
        if let Some(contact) = self.known_by_heart(&claiming).await? {
            return Ok(Some(Resolved { contact, created: false }));
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
            if claims_nothing(&resolution) {
                self.note_profile(&claiming, &record, &contact).await?;
                return Ok(Some(Resolved { contact, created: false }));
            }
            claiming.erased_at = self.erased_at(sighting).await?.max(record.erased_at);
            if claiming.erased_at.is_some_and(|erased_at| sighting.at <= erased_at) {
                return Err(StoreError::Erased);
            }
            match self.claim(&claiming, &resolution, &record.known, &contact).await {
                Ok(Conditional::Written) => {
                    let created = resolution.person == Person::New;
                    return Ok(Some(Resolved { contact, created }));
                }
                // Somebody else claimed one of them in between: what they wrote decides.
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// The person, if the BSUID is known and nothing about it is new.
    async fn known_by_heart(&self, claiming: &Claiming<'_>) -> Result<Option<ContactId>, StoreError> {
        let Some(user_id) = &claiming.sighting.user_id else { return Ok(None) };
        let record = self.read_user_id(claiming.sighting, user_id, false).await?;
        let phone = claiming.sighting.phone.as_ref().map(WaId::as_str);
        let same_phone = phone.is_none() || phone == record.last_phone.as_deref();
        let seen = claiming.profile.hash();
        let same_profile = seen.is_none() || seen == record.profile_hash;
        let by_heart = same_phone && same_profile && !record.is_forgotten(claiming.sighting);
        Ok(record.known.user_id_owner.filter(|_| by_heart))
    }

    async fn read_user_id(
        &self,
        sighting: &Sighting,
        user_id: &Bsuid,
        consistent: bool,
    ) -> Result<OnRecord, StoreError> {
        let key = keys::user_id(&sighting.portfolio, user_id);
        let item = self.get(&self.tables.contacts, &key, consistent).await?;
        let text = |name: &str| item.as_ref().and_then(|item| item.text(name)).map(str::to_owned);
        let known = Known { user_id_owner: text("ct").and_then(ContactId::new), phone_owner: None };
        let erased_at = item.as_ref().and_then(|item| item.time("er"));
        Ok(OnRecord { known, last_phone: text("ph"), profile_hash: text("nh"), erased_at })
    }

    /// Reads what is on record about a sighting's ids.
    pub(crate) async fn on_record(
        &self,
        sighting: &Sighting,
        consistent: bool,
    ) -> Result<OnRecord, StoreError> {
        let mut record = match &sighting.user_id {
            Some(user_id) => self.read_user_id(sighting, user_id, consistent).await?,
            None => OnRecord::default(),
        };
        if let Some(phone) = &sighting.phone {
            let owner = self.get(&self.tables.contacts, &keys::phone(phone), consistent).await?;
            if sighting.user_id.is_none() {
                record.profile_hash = owner.as_ref().and_then(|item| item.text("nh")).map(str::to_owned);
            }
            record.erased_at = record.erased_at.max(owner.as_ref().and_then(|item| item.time("er")));
            record.known.phone_owner = owner.as_ref().and_then(|item| read_owner(item, sighting));
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
    !resolution.claim_user_id && resolution.phone == PhoneClaim::Keep
}

fn read_owner(item: &Item, sighting: &Sighting) -> Option<PhoneOwner> {
    Some(PhoneOwner {
        contact: ContactId::new(item.text("ct")?)?,
        since: item.time("fr")?,
        user_id: item.text(&bound_attribute(sighting)).map(Bsuid::new),
    })
}

/// The attribute of a phone that holds the BSUID it came with: one for each portfolio.
pub(crate) fn bound_attribute(sighting: &Sighting) -> String {
    format!("b_{}", domain::clean::escape(sighting.portfolio.as_str()))
}

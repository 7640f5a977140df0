//! Gates, as a campaign sees them: who was taken, by which campaign, and when somebody may hear from a number again.
//!
//! It is the item that holds what forbids a message, under the same version: a word of the person and the decision to
//! write to them never pass each other.

use std::collections::{BTreeMap, HashMap};

use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::campaign::gate::{self, Gate, read_marks, read_times, write_marks, write_times};
use domain::consent::Consent;
use domain::tier::{Bucket, Slot};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::gate::{holding_attribute, read_gate};
use crate::item::{Get, Item, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// The beginning of the attributes that say when the next message of a number is due.
const TAT: &str = "tat_";

/// A gate, as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptGate {
    /// What a campaign decides by.
    pub gate: Gate,
    /// The newest slot of the messaging limit that covers the person.
    pub slot: Option<Slot>,
    version: Option<i64>,
    folded: bool,
    /// What was said under this very record: that is what its item keeps.
    own: Consent,
}

impl Store {
    /// The gates of several people, consistently read. Whoever has none has an empty one.
    ///
    /// # Errors
    /// See [`StoreError`]. A gate that cannot be read is corrupt: who was taken is not known then.
    pub async fn campaign_gates(
        &self,
        portfolio: &PortfolioId,
        contacts: &[ContactId],
    ) -> Result<HashMap<ContactId, KeptGate>, StoreError> {
        let keys = contacts.iter().map(|contact| keys::gate(portfolio, contact)).collect();
        let items = self.batch_get_consistent(&self.tables.campaigns, keys).await?;
        let items: HashMap<_, _> =
            items.into_iter().filter_map(|item| Some((item.text("pk")?.to_owned(), item))).collect();
        let read = contacts.iter().map(async |contact| {
            let item = items.get(&keys::gate(portfolio, contact).0);
            let mut kept = item.map(read_kept).transpose()?.unwrap_or_default();
            if !kept.folded {
                kept.gate.consent = Consent::of(portfolio, &self.consents(contact).await?);
            }
            kept.own = kept.gate.consent.clone();
            Ok::<_, StoreError>((contact.clone(), kept))
        });
        Ok(try_join_all(read).await?.into_iter().collect())
    }

    /// The gate of one person, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_gate(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
    ) -> Result<KeptGate, StoreError> {
        let gates = self.campaign_gates(portfolio, std::slice::from_ref(contact)).await?;
        Ok(gates.into_values().next().unwrap_or_default())
    }

    /// Writes what a campaign, or a single message, did to a gate, upon the version that was read. `None` if somebody else
    /// wrote it meanwhile: then it is read and decided again.
    ///
    /// Only marks, slot and times are written: what the person said is nobody's to change here.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write_campaign_gate(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        seen: &KeptGate,
        next: &KeptGate,
    ) -> Result<Option<KeptGate>, StoreError> {
        let (pk, sk) = keys::gate(portfolio, contact);
        let version = seen.version.unwrap_or_default() + 1;
        let mut sets = vec![("ver".to_owned(), n(version))];
        let mut removes = Vec::new();
        if seen.gate.marks != next.gate.marks {
            sets.push(("mk".to_owned(), s(write_marks(&next.gate.marks))));
        }
        if seen.gate.marketing != next.gate.marketing {
            sets.push(("mt".to_owned(), s(write_times(&next.gate.marketing))));
        }
        match next.slot {
            Some(slot) if seen.slot != next.slot => sets.push(("sl".to_owned(), s(write_slot(slot)))),
            None if seen.slot.is_some() => removes.push("sl".to_owned()),
            _ => {}
        }
        for (number, due) in &next.gate.tat {
            if seen.gate.tat.get(number) != Some(due) {
                sets.push((format!("{TAT}{number}"), n(due.as_millisecond())));
            }
        }
        if !seen.folded {
            let folded = seen.own.holdings();
            sets.extend(folded.map(|(scope, holding)| holding_attribute(scope, holding)));
            sets.push(("lf".to_owned(), n(1)));
        }
        let mut update = self.client.update_item().table_name(&self.tables.campaigns);
        update = update.key("pk", s(pk)).key("sk", s(sk));
        let mut parts = Vec::new();
        for (index, (name, value)) in sets.into_iter().enumerate() {
            parts.push(format!("#s{index} = :s{index}"));
            update = update.expression_attribute_names(format!("#s{index}"), name);
            update = update.expression_attribute_values(format!(":s{index}"), value);
        }
        let remove =
            if removes.is_empty() { String::new() } else { format!(" REMOVE {}", removes.join(", ")) };
        let condition = if seen.version.is_some() { Condition::GateUnchanged } else { Condition::GateAbsent };
        if let Some(version) = seen.version {
            update = update.expression_attribute_values(":gate_seen", n(version));
        }
        let update = update.update_expression(format!("SET {}{remove}", parts.join(", "))).under(condition);
        let next = KeptGate { version: Some(version), folded: true, ..next.clone() };
        Ok(written(update).await?.then_some(next))
    }
}

impl KeptGate {
    /// The same gate with what other records of the same person forbid: a no is a no, whichever of them it was said
    /// under. What is written is this record's alone.
    #[must_use]
    pub fn with_words_of(mut self, person: &crate::Gate) -> Self {
        self.gate.erased_at = self.gate.erased_at.or(person.erased_at);
        self.gate.blocked_at = self.gate.blocked_at.into_iter().chain(person.blocked_at).min();
        self.gate.consent = person.consent.clone();
        self
    }
}

/// A gate on which a person was taken for an attempt: the mark, when the next message of the number is due, and the slot
/// that covers them. Written before anything leaves.
#[must_use]
pub fn gate_after(
    seen: &KeptGate,
    taken: (&domain::campaign::CampaignId, u32, Option<Timestamp>),
    (number, tat): (&PhoneNumberId, Timestamp),
    slot: Option<Slot>,
) -> KeptGate {
    let (campaign, attempt, marketing) = taken;
    let mut next = seen.clone();
    next.gate.take(campaign, attempt, marketing);
    next.gate.tat.insert(number.clone(), tat);
    if slot.is_some() {
        next.slot = slot;
    }
    next
}

/// `<bucket's number>.<milliseconds>`.
fn write_slot(slot: Slot) -> String {
    format!("{}.{}", slot.bucket.number(), slot.at.as_millisecond())
}

fn read_slot(text: &str) -> Option<Slot> {
    let (bucket, at) = text.split_once('.')?;
    let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
    Some(Slot { bucket: Bucket::numbered(bucket.parse().ok()?), at })
}

fn read_kept(item: &Item) -> Result<KeptGate, StoreError> {
    let words = read_gate(item);
    let corrupt = |_: gate::NotAMark| StoreError::Corrupt("a gate's marks");
    let tat: BTreeMap<_, _> = item
        .keys()
        .filter_map(|name| Some((PhoneNumberId::new(name.strip_prefix(TAT)?), item.time(name)?)))
        .collect();
    let slot = match item.text("sl") {
        Some(text) => Some(read_slot(text).ok_or(StoreError::Corrupt("a gate's slot"))?),
        None => None,
    };
    Ok(KeptGate {
        gate: Gate {
            erased_at: words.erased_at,
            alias_of: None,
            blocked_at: words.blocked_at,
            consent: words.consent,
            tat,
            marks: read_marks(item.text("mk").unwrap_or_default()).map_err(corrupt)?,
            marketing: read_times(item.text("mt").unwrap_or_default()).map_err(corrupt)?,
        },
        slot,
        version: words.version,
        folded: words.folded,
        own: Consent::default(),
    })
}

//! A message: whose it is, where it stands, and what it changes.

use cloud_api::webhook::contact::ContactProfile;
use cloud_api::webhook::content::{Content, Relation, SystemKind};
use cloud_api::webhook::message::InboundMessage;
use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::identity::{Change, Sighting};
use domain::{ContactId, ConversationId, MessageId, Slot, Source, SourceKind, activity, hash16};
use jiff::Timestamp;
use lambda_kit::metrics::FORGOTTEN;
use lambda_kit::{Failure, PackItem};
use queue::{Entry, MediaJob, MediaTask};
use store::{Number, ProfileSeen, Recorded, Resolved, StateMove};
use tracing::{error, info, warn};

use crate::person::{Met, at_metas_time};
use crate::{Effect, Inbound, failure};

/// The largest message that the table takes, with room for its other attributes.
const IN_TABLE: usize = 380_000;

impl Inbound {
    pub(crate) async fn record_message(&self, item: &PackItem, raw: String) -> Result<Effect, Failure> {
        let message = InboundMessage::parse(&raw).map_err(|error| Failure::Dead(error.to_string()))?;
        if raw.len() > IN_TABLE {
            return Err(Failure::Dead("the message is larger than the table takes".to_owned()));
        }
        note_reading(&message);
        let number = number_of(item)?;
        let now = self.kit.clock.now();
        self.numbers.meet(&self.store, number.clone(), now).await.map_err(failure)?;
        let sent_at = at_metas_time(message.timestamp, item.received_at);
        let Some(place) = self.place_of(item, &message, &number, sent_at).await? else {
            self.kit.metrics.record(FORGOTTEN, 1);
            info!("Dropped a message of somebody who was erased after it");
            return Ok(Effect::Nothing);
        };
        let conversation = place.thread.clone();
        let stored = store::InboundMessage {
            id: MessageId { slot: slot_of(&message, sent_at), conversation: conversation.clone() },
            wamid: message.id.to_string(),
            sent_at,
            received_at: item.received_at,
            kind: message.kind.clone(),
            raw,
            large: match &item.item.content {
                queue::Content::Stored(key) => Some(key.to_string()),
                _ => None,
            },
            is_file: message.content.file().is_some(),
        };
        // A repeat moves the state as the first delivery would have, from the time that one kept.
        let received_at = match self.store.record_inbound(&stored).await.map_err(failure)? {
            Recorded::New => {
                info!(message.id = %stored.id, "Recorded a message");
                item.received_at
            }
            Recorded::Duplicate { received_at } => {
                info!(message.id = %stored.id, "A message came again");
                received_at
            }
        };
        if stored.is_file {
            self.have_copied(item, &stored.id).await?;
        }
        self.hear(item, &message, &stored.id, sent_at).await?;
        self.attribute(item, &message, &place.shown, sent_at).await?;
        if let (Some(target), Some(preview)) =
            (message.content.target(), activity::reworded(&message.content))
        {
            let (hash, thread) = (hash16(target.as_str()), place.thread);
            return Ok(Effect::Rewords { shown: place.shown, thread, hash, preview });
        }
        let step = state_move(&message, received_at, sent_at, place.from);
        Ok(step.map_or(Effect::Nothing, |step| Effect::Moves(place.shown, step)))
    }

    /// Has a message's file copied. A repeat asks again: the first time may have broken off here, and a file that was
    /// copied is not copied twice.
    async fn have_copied(&self, item: &PackItem, message: &MessageId) -> Result<(), Failure> {
        let task = MediaTask::Copy { message: message.to_string() };
        let job = MediaJob::of(task, item.correlation.clone());
        let sent = self.queue.send(&self.queues.media, Entry::new(job.to_json())).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// The conversation: a group's, or that of the person behind the payload's ids. `None` if the person was
    /// erased after the message was written.
    async fn place_of(
        &self,
        item: &PackItem,
        message: &InboundMessage,
        number: &Number,
        sent_at: Timestamp,
    ) -> Result<Option<Place>, Failure> {
        if let Some(group) = &message.group_id {
            let group = ConversationId::with_group(number.id.clone(), group.clone());
            return Ok(Some(Place { thread: group.clone(), shown: group, from: None }));
        }
        let portfolio = self.portfolio(item).await?;
        let contacts: Vec<ContactProfile> =
            item.item.contacts.iter().filter_map(|raw| ContactProfile::parse(raw.get()).ok()).collect();
        let profile = ContactProfile::of(&contacts, message);
        let person = match change_of(message, &portfolio, sent_at) {
            Some(change) => self.follow(&change, &number.id).await?,
            None => {
                let sighting = Sighting {
                    portfolio,
                    user_id: message.from_user_id.clone().or_else(|| profile?.user_id.clone()),
                    parent_user_id: message
                        .from_parent_user_id
                        .clone()
                        .or_else(|| profile?.parent_user_id.clone()),
                    phone: message.from.clone().or_else(|| profile?.wa_id.clone()),
                    at: sent_at,
                };
                let source = Some(source_of(message));
                let seen = ProfileSeen { source, ..profile.map(profile_seen).unwrap_or_default() };
                self.meet(&sighting, &seen, &number.id).await?
            }
        };
        match person {
            Met::Person(person) => Ok(Some(Place::of(number, person))),
            Met::Erased => Ok(None),
            Met::Nobody => Err(Failure::Dead("the message names no sender".to_owned())),
        }
    }
}

/// Where a message belongs.
struct Place {
    /// Where it stands: fixed by its ids, whatever is merged and parted later.
    thread: ConversationId,
    /// The conversation that it shows up in.
    shown: ConversationId,
    /// The record that it stands on, if that was merged into another.
    from: Option<ContactId>,
}

impl Place {
    fn of(number: &Number, person: Resolved) -> Self {
        let from = (person.root != person.contact).then(|| person.contact.clone());
        let thread = ConversationId::with_contact(number.id.clone(), person.contact);
        Self { thread, shown: ConversationId::with_contact(number.id.clone(), person.root), from }
    }
}

/// The change of ids that a system message tells about, if it is one. The outer ids are those until now.
fn change_of(message: &InboundMessage, portfolio: &PortfolioId, at: Timestamp) -> Option<Change> {
    let Content::System(system) = &message.content else { return None };
    if !matches!(system.kind, Some(SystemKind::UserChangedNumber | SystemKind::UserChangedUserId)) {
        return None;
    }
    let named = system.user_id.is_some() || system.wa_id.is_some();
    named.then(|| Change {
        portfolio: portfolio.clone(),
        previous_user_id: system.previous_user_id.clone().or_else(|| message.from_user_id.clone()),
        previous_phone: message.from.clone(),
        previous_parent: system
            .previous_parent_user_id
            .clone()
            .or_else(|| message.from_parent_user_id.clone()),
        user_id: system.user_id.clone(),
        phone: system.wa_id.clone(),
        parent: system.parent_user_id.clone(),
        at,
    })
}

/// An alarm for types that broke our model, a hint for types that are new.
fn note_reading(message: &InboundMessage) {
    match &message.content {
        Content::Malformed { kind, reason, .. } => {
            error!(
                message.wamid_hash = hash16(message.id.as_str()),
                message.kind = kind,
                reason,
                "A message broke our model; it is kept raw"
            );
        }
        Content::Unknown { kind, .. } => {
            warn!(
                message.wamid_hash = hash16(message.id.as_str()),
                message.kind = kind,
                "A message of a type that this build does not know"
            );
        }
        _ => {}
    }
}

fn number_of(item: &PackItem) -> Result<Number, Failure> {
    let id = item.item.number.as_deref().filter(|number| !number.is_empty());
    let id = id.ok_or_else(|| Failure::Dead("the message names no number of ours".to_owned()))?;
    Ok(Number {
        display: item.item.display.as_ref().map(ToString::to_string),
        waba: Some(WabaId::new(item.item.waba.as_ref())),
        ..Number::new(PhoneNumberId::new(id))
    })
}

/// Fixed by the payload alone, so that a repeat lands on the same place.
fn slot_of(message: &InboundMessage, sent_at: Timestamp) -> Slot {
    let hash = hash16(message.id.as_str());
    let relation = message.content.relation().map(|relation| match relation {
        Relation::Reaction => "reaction",
        Relation::Edit => "edit",
        Relation::Revoke => "revoke",
    });
    match (relation, message.content.target()) {
        (Some(kind), Some(target)) => {
            Slot::About { target: hash16(target.as_str()), kind: kind.to_owned(), hash }
        }
        // Without a time of Meta's the key must not depend on when we received it.
        _ => {
            Slot::Message { at: if message.timestamp.is_some() { sent_at.as_millisecond() } else { 0 }, hash }
        }
    }
}

/// Where somebody who is not on record yet comes from.
fn source_of(message: &InboundMessage) -> Source {
    let Some(referral) = &message.referral else { return Source::of(SourceKind::Inbound) };
    Source {
        kind: SourceKind::Ad,
        id: referral.source_id.clone(),
        ctwa_clid: referral.ctwa_clid.clone(),
        title: referral.headline.as_deref().map(domain::clean::beginning),
    }
}

fn profile_seen(profile: &ContactProfile) -> ProfileSeen {
    ProfileSeen {
        name: profile.name.clone().filter(|name| !name.is_empty()),
        username: profile.username.as_ref().map(ToString::to_string),
        source: None,
    }
}

/// What the message does to its conversation, which is the person's by now: a record that was merged has no row.
fn state_move(
    message: &InboundMessage,
    received_at: Timestamp,
    sent_at: Timestamp,
    from: Option<ContactId>,
) -> Option<StateMove> {
    let (window_from, preview) = activity::of_customer(message, sent_at)?;
    Some(StateMove { received_at, window_from, preview, from })
}

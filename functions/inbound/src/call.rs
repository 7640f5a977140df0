//! Calls that are over: each leaves a line in the person's thread, and one that nobody took is somebody who waits.
//!
//! A call that was answered does not move the window here, though Meta opens one: nothing says that the customer waits, and
//! free text that is refused as too late harms nobody. A call that was missed opens it, as a message does.

use cloud_api::PhoneNumberId;
use cloud_api::webhook::contact::ContactProfile;
use cloud_api::webhook::event::calls::{Call, CallDirection, CallEvent, CallStatus, Calls};
use domain::identity::Sighting;
use domain::{ConversationId, MessageId, Slot, Source, SourceKind, hash16};
use lambda_kit::{Failure, PackItem};
use store::{Note, ProfileSeen, StateMove};

use crate::person::at_metas_time;
use crate::{Effect, Inbound, failure};

/// What the inbox shows of a call.
const PREVIEW: &str = "[call]";

impl Inbound {
    /// Notes the calls that are over. A repeat finds the line there, and moves the state as the first delivery did.
    pub(crate) async fn note_calls(&self, item: &PackItem, told: &Calls) -> Result<Effect, Failure> {
        let number = told.metadata.as_ref().and_then(|metadata| metadata.phone_number_id.clone());
        let Some(number) = number else { return Ok(Effect::Nothing) };
        let mut effect = Effect::Nothing;
        for call in told.calls.iter().filter(|call| call.event == Some(CallEvent::Terminate)) {
            if let Some((conversation, step)) = self.note_call(item, (&number, call), &told.contacts).await? {
                effect = Effect::Moves(conversation, step);
            }
        }
        Ok(effect)
    }

    async fn note_call(
        &self,
        item: &PackItem,
        (number, call): (&PhoneNumberId, &Call),
        contacts: &[ContactProfile],
    ) -> Result<Option<(ConversationId, StateMove)>, Failure> {
        let now = self.kit.clock.now();
        let at = at_metas_time(call.timestamp, item.received_at);
        let portfolio = self.portfolio(item).await?;
        let is_ours = call.direction == Some(CallDirection::BusinessInitiated);
        let (user_id, parent_user_id, phone) = if is_ours {
            (&call.to_user_id, &call.to_parent_user_id, &call.to)
        } else {
            (&call.from_user_id, &call.from_parent_user_id, &call.from)
        };
        let sighting = Sighting {
            portfolio,
            user_id: user_id.clone(),
            parent_user_id: parent_user_id.clone(),
            phone: phone.clone(),
            at,
        };
        let is_theirs = |it: &&ContactProfile| {
            (it.user_id.is_some() && it.user_id == sighting.user_id)
                || (it.wa_id.is_some() && it.wa_id == sighting.phone)
        };
        let named = contacts.iter().find(is_theirs);
        let seen = ProfileSeen {
            name: named.and_then(|it| it.name.clone()).filter(|name| !name.is_empty()),
            source: Some(Source::of(SourceKind::Inbound)),
            ..ProfileSeen::default()
        };
        // Nobody where the person was erased since, or hides.
        let Some(person) = self.meet(&sighting, &seen, number).await?.person() else { return Ok(None) };
        let was_taken = call.status == Some(CallStatus::Completed);
        let (by, outcome) =
            (if is_ours { "company" } else { "customer" }, if was_taken { "taken" } else { "missed" });
        let seconds = call.duration.map_or_else(|| "null".to_owned(), |seconds| seconds.to_string());
        let note = format!(
            r#"{{"type":"note","note":{{"event":"call","by":"{by}","outcome":"{outcome}","seconds":{seconds}}}}}"#
        );
        let slot = Slot::Message { at: at.as_millisecond(), hash: hash16(call.id.as_str()) };
        let from = (person.root != person.contact).then(|| person.contact.clone());
        let conversation = ConversationId::with_contact(number.clone(), person.contact);
        let id = MessageId { conversation, slot };
        self.store.note(&Note { id: &id, at, now, raw: &note }).await.map_err(failure)?;
        if is_ours || was_taken {
            return Ok(None);
        }
        let step = StateMove {
            received_at: item.received_at,
            window_from: Some(at),
            preview: PREVIEW.to_owned(),
            from,
        };
        Ok(Some((ConversationId::with_contact(number.clone(), person.root), step)))
    }
}

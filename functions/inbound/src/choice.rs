//! What people choose: by a word, by a button, in WhatsApp itself. Each becomes a word of the ledger, and a line in
//! the thread. A redelivery finds both there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloud_api::PhoneNumberId;
use cloud_api::webhook::content::{Content, Interactive};
use cloud_api::webhook::event::people::{PreferenceValue, UserPreferences};
use cloud_api::webhook::message::InboundMessage;
use domain::clean::beginning;
use domain::consent::{Choice, Choices, Entry, Keywords, Purpose, Source};
use domain::identity::Sighting;
use domain::{ContactId, ConversationId, MessageId, Slot, hash16};
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use store::{Note, Noted, ProfileSeen, StoreError};
use tracing::info;

use crate::person::at_metas_time;
use crate::{Inbound, failure};

impl Inbound {
    /// Hears a choice in a message, if there is one.
    pub(crate) async fn hear(
        &self,
        item: &PackItem,
        message: &InboundMessage,
        id: &MessageId,
        sent_at: Timestamp,
    ) -> Result<(), Failure> {
        let Some(contact) = id.conversation.contact() else { return Ok(()) };
        let Some(said) = Said::of(&message.content) else { return Ok(()) };
        let now = self.kit.clock.now();
        let keywords = self.keywords.current(&self.store, now).await.map_err(failure)?;
        let Some(Choices { choice, purpose }) = said.choice(&keywords) else { return Ok(()) };
        let portfolio = self.portfolio(item).await?;
        let entry = Entry {
            at: sent_at,
            purpose,
            choice,
            portfolio,
            // Whoever says no to one number means the company.
            number: None,
            source: said.source,
            by: None,
            wording: Some(beginning(said.text)),
            proof: Some(id.to_string()),
        };
        self.note_choice(&id.conversation.number, contact, &entry, now).await.map(drop)
    }

    /// Takes what people chose in WhatsApp itself. Somebody unknown becomes a record: a no must not get lost.
    pub(crate) async fn prefer(
        &self,
        item: &PackItem,
        event: &str,
        preferences: &UserPreferences,
    ) -> Result<(), Failure> {
        let Some(number) = item.item.number.as_deref().filter(|number| !number.is_empty()) else {
            return Ok(());
        };
        let number = PhoneNumberId::new(number);
        let now = self.kit.clock.now();
        let portfolio = self.portfolio(item).await?;
        for preference in &preferences.preferences {
            let choice = match preference.value {
                PreferenceValue::Stop => Choice::OptOut,
                PreferenceValue::Resume | PreferenceValue::Signup => Choice::OptIn,
                _ => continue,
            };
            // The only category so far is marketing; another one is not taken for it.
            if preference.category.as_deref().is_some_and(|category| category != "marketing_messages") {
                continue;
            }
            let at = at_metas_time(preference.timestamp, item.received_at);
            let sighting = Sighting {
                portfolio: portfolio.clone(),
                user_id: preference.user_id.clone(),
                parent_user_id: None,
                phone: preference.wa_id.clone(),
                at,
            };
            let met = self.meet(&sighting, &ProfileSeen::default(), &number).await?;
            let Some(contact) = met.person().map(|person| person.contact) else { continue };
            let entry = Entry {
                at,
                purpose: Some(Purpose::Marketing),
                choice,
                portfolio: portfolio.clone(),
                number: None,
                source: Source::Preference,
                by: None,
                wording: preference.signup_id.as_ref().map(|id| format!("signup {id}")),
                proof: Some(event.to_owned()),
            };
            if self.note_choice(&number, &contact, &entry, now).await? {
                // No message came with it, so nothing else tells that there is something to be counted.
                let conversation = ConversationId::with_contact(number.clone(), contact);
                self.store.tell_reports(&conversation, now).await.map_err(failure)?;
            }
        }
        Ok(())
    }

    async fn note_choice(
        &self,
        number: &PhoneNumberId,
        contact: &ContactId,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let noted = self.store.record_consent(contact, entry).await.map_err(failure)?;
        if noted == Noted::Erased {
            return Ok(false);
        }
        let event = match entry.choice {
            Choice::OptIn => "consent_given",
            Choice::OptOut => "consent_withdrawn",
        };
        let purpose = entry.purpose.map_or("all", Purpose::as_str);
        let source = entry.source.as_str();
        let raw = format!(
            r#"{{"type":"note","note":{{"event":"{event}","purpose":"{purpose}","source":"{source}"}}}}"#
        );
        let slot = Slot::Message {
            at: entry.at.as_millisecond().max(0),
            hash: hash16(&format!("{event}\n{}", entry.hash())),
        };
        let conversation = ConversationId::with_contact(number.clone(), contact.clone());
        let id = MessageId { conversation, slot };
        // A repeat writes the line again: the first time may have broken off before it.
        self.store.note(&Note { id: &id, at: entry.at, now, raw: &raw }).await.map_err(failure)?;
        if noted == Noted::New {
            info!(contact.id = %contact, consent.event = event, consent.purpose = purpose, consent.source = source, "A person chose");
        }
        Ok(true)
    }
}

/// What can be a choice.
struct Said<'a> {
    source: Source,
    /// What stands behind a button.
    payload: Option<&'a str>,
    text: &'a str,
}

impl<'a> Said<'a> {
    fn of(content: &'a Content) -> Option<Self> {
        match content {
            Content::Text(text) => Some(Self { source: Source::Keyword, payload: None, text: &text.body }),
            Content::Button(button) => {
                Some(Self { source: Source::Button, payload: button.payload.as_deref(), text: &button.text })
            }
            Content::Interactive(Interactive::ButtonReply(reply)) => Some(Self {
                source: Source::Button,
                payload: Some(&reply.id),
                text: reply.title.as_deref().unwrap_or_default(),
            }),
            Content::Interactive(Interactive::ListReply(reply)) => Some(Self {
                source: Source::Button,
                payload: Some(&reply.id),
                text: reply.title.as_deref().unwrap_or_default(),
            }),
            _ => None,
        }
    }

    /// By what stands behind the button; if that says nothing, by the words on it.
    fn choice(&self, keywords: &Keywords) -> Option<Choices> {
        let by_payload = self.payload.and_then(|payload| keywords.on_button(payload));
        by_payload.or_else(|| keywords.in_text(self.text))
    }
}

/// The words that count, believed for a minute: they change by hand and hardly ever.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<Option<(Arc<Keywords>, Timestamp)>>);

impl Heard {
    async fn current(&self, store: &store::Store, now: Timestamp) -> Result<Arc<Keywords>, StoreError> {
        const BELIEVED: Duration = Duration::from_secs(60);
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().clone();
        if let Some((keywords, asked)) = known
            && now.duration_since(asked).unsigned_abs() < BELIEVED
        {
            return Ok(keywords);
        }
        let keywords = Arc::new(store.keywords().await?);
        *lock() = Some((keywords.clone(), now));
        Ok(keywords)
    }
}

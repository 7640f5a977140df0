//! Whom a request is for.

use cloud_api::outbound::PhoneNumber;
use cloud_api::{Bsuid, WaId};
use domain::identity::Sighting;
use domain::{Contact, ContactId, ConversationId, Party, Source, SourceKind};
use queue::{SendRequest, Target};
use store::ProfileSeen;

use crate::{Api, Problem};

/// The conversation that a request is for.
pub(crate) struct Aim {
    pub(crate) conversation: ConversationId,
    /// Whether there is any way to reach the other side.
    pub(crate) has_address: bool,
    /// The ids of somebody who is not on record yet.
    stranger: Option<Sighting>,
}

impl Aim {
    fn known(conversation: ConversationId, has_address: bool) -> Self {
        Self { conversation, has_address, stranger: None }
    }
}

impl Api {
    /// Finds the conversation. Writes nothing: what is refused leaves no trace of a person.
    pub(crate) async fn aim(&self, job: &SendRequest) -> Result<Aim, Problem> {
        match &job.to {
            Target::Conversation(id) => self.conversation(job, id).await,
            Target::Contact(id) => {
                let missing = || Problem::missing("contact");
                let contact = self.store.contact(&ContactId::new(id.as_str()).ok_or_else(missing)?).await?;
                let contact = contact.filter(|contact| !contact.erased).ok_or_else(missing)?;
                let has_address = has_address(&contact);
                Ok(Aim::known(ConversationId::with_contact(job.from.clone(), contact.id), has_address))
            }
            Target::Phone(phone) => {
                let phone = PhoneNumber::parse(phone)
                    .map_err(|error| Problem::field("to.phone", error.to_string()))?;
                self.person(job, Some(WaId::new(phone.as_str())), None).await
            }
            Target::UserId(user_id) => {
                if !cloud_api::outbound::is_bsuid(user_id) {
                    return Err(Problem::field("to.user_id", "is not a business-scoped user id"));
                }
                self.person(job, None, Some(Bsuid::new(user_id.as_str()))).await
            }
        }
    }

    async fn conversation(&self, job: &SendRequest, id: &str) -> Result<Aim, Problem> {
        let missing = || Problem::missing("conversation");
        let id: ConversationId = id.parse().map_err(|_| missing())?;
        if id.number != job.from {
            return Err(Problem::field("from", "is not the number of the conversation"));
        }
        let has_address = match &id.party {
            Party::Contact(contact) => {
                let contact = self.store.contact(contact).await?.filter(|contact| !contact.erased);
                has_address(&contact.ok_or_else(missing)?)
            }
            // A group is there once something was received in it.
            Party::Group(_) => self.store.state(&id).await?.map(|_| true).ok_or_else(missing)?,
        };
        Ok(Aim::known(id, has_address))
    }

    async fn person(
        &self,
        job: &SendRequest,
        phone: Option<WaId>,
        user_id: Option<Bsuid>,
    ) -> Result<Aim, Problem> {
        let portfolio = self.store.portfolio_of_number(&job.from).await?;
        let sighting = Sighting { portfolio, user_id, phone, at: self.clock.now() };
        let found = self.store.find_person(&sighting).await?;
        if found.is_none()
            && let Some(at) = self.store.erased_at(&sighting).await?
        {
            // Only the person can come back, by writing.
            return Err(Problem::erased(at));
        }
        let stranger = if found.is_some() { None } else { Some(sighting) };
        let contact = found.or_else(|| ContactId::new(lambda_kit::new_id(&self.clock)));
        let contact = contact.ok_or_else(Problem::unavailable)?;
        let known = self.store.contact(&contact).await?;
        // A stranger is reached by the very id that was given.
        let has_address = known.as_ref().is_none_or(has_address);
        let conversation = ConversationId::with_contact(job.from.clone(), contact);
        Ok(Aim { conversation, has_address, stranger })
    }

    /// Makes a record of a stranger, now that the message will go.
    pub(crate) async fn meet(&self, job: &SendRequest, aim: Aim) -> Result<Aim, Problem> {
        let (Some(sighting), Some(new_id)) = (&aim.stranger, aim.conversation.contact()) else {
            return Ok(aim);
        };
        let now = self.clock.now();
        let source = Some(Source::of(SourceKind::Api));
        let seen = ProfileSeen { source, ..ProfileSeen::default() };
        let person = self.store.resolve_person(sighting, &seen, &job.from, new_id, now).await?;
        // Somebody else may have met the same person meanwhile.
        let contact = person.map_or_else(|| new_id.clone(), |person| person.contact);
        Ok(Aim::known(ConversationId::with_contact(job.from.clone(), contact), true))
    }
}

fn has_address(contact: &Contact) -> bool {
    contact.phone.is_some() || contact.user_id.is_some()
}

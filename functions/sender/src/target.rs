//! Whom a request is for.

use std::collections::HashMap;

use cloud_api::outbound::{PhoneNumber, Recipient};
use cloud_api::{Bsuid, WaId};
use domain::identity::Sighting;
use domain::{Contact, ContactId, ConversationId, MessageId, Party};
use futures::future::try_join_all;
use lambda_kit::Failure;
use queue::SendRequest;
use store::{ProfileSeen, Thread};

use crate::Sender;
use crate::worker::failure;

/// The conversation, and how to address the other side.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) conversation: ConversationId,
    /// `None` if we know of no address.
    pub(crate) recipient: Option<Recipient>,
}

impl Sender {
    /// Finds the person and the conversation. Somebody unknown becomes a record; `None` is somebody who was erased.
    pub(crate) async fn target(&self, request: &SendRequest) -> Result<Option<Target>, Failure> {
        let conversation = match &request.to {
            queue::Target::Conversation(id) => {
                let id: ConversationId = id
                    .parse()
                    .map_err(|_| Failure::Dead("to.conversation is not a conversation".to_owned()))?;
                if id.number != request.from {
                    return Err(Failure::Dead("the conversation belongs to another number".to_owned()));
                }
                id
            }
            queue::Target::Contact(id) => {
                let contact = ContactId::new(id.as_str())
                    .ok_or_else(|| Failure::Dead("to.contact is not a contact".to_owned()))?;
                ConversationId::with_contact(request.from.clone(), contact)
            }
            queue::Target::Phone(phone) => {
                let phone =
                    PhoneNumber::parse(phone).map_err(|error| Failure::Dead(format!("to.phone: {error}")))?;
                let person = self.person(request, Some(WaId::new(phone.as_str())), None).await?;
                let Some(conversation) = person else { return Ok(None) };
                conversation
            }
            queue::Target::UserId(user_id) => {
                if !cloud_api::outbound::is_bsuid(user_id) {
                    return Err(Failure::Dead("to.user_id is not a business-scoped user id".to_owned()));
                }
                let person = self.person(request, None, Some(Bsuid::new(user_id.as_str()))).await?;
                let Some(conversation) = person else { return Ok(None) };
                conversation
            }
        };
        // The conversation of a record that was merged goes on in the other record's.
        let thread = self.store.thread(&conversation).await.map_err(failure)?;
        self.address(thread).await
    }

    /// The target of a request that was claimed before: its message stays in the conversation in which it
    /// was first put.
    pub(crate) async fn target_of_claim(
        &self,
        target: Target,
        id: &MessageId,
    ) -> Result<Option<Target>, Failure> {
        if id.conversation == target.conversation {
            return Ok(Some(target));
        }
        let conversation = id.conversation.clone();
        let alone = Thread { root: conversation.clone(), members: vec![conversation] };
        self.address(alone).await
    }

    async fn person(
        &self,
        request: &SendRequest,
        phone: Option<WaId>,
        user_id: Option<Bsuid>,
    ) -> Result<Option<ConversationId>, Failure> {
        let now = self.kit.clock.now();
        let portfolio = self.store.portfolio_of_number(&request.from).await.map_err(failure)?;
        let sighting = Sighting { portfolio, user_id, parent_user_id: None, phone, at: now };
        let known = self.store.find_person(&sighting).await.map_err(failure)?;
        if known.is_none() && self.store.erased_at(&sighting).await.map_err(failure)?.is_some() {
            // Only the person can come back, by writing.
            return Ok(None);
        }
        let new_id = ContactId::new(lambda_kit::new_id(&self.kit.clock))
            .ok_or_else(|| Failure::Retry("no id for a new contact".to_owned()))?;
        let profile = ProfileSeen::default();
        let person = self.store.resolve_person(&sighting, &profile, &request.from, &new_id, now).await;
        let person = person.map_err(failure)?;
        let person = person.ok_or_else(|| Failure::Dead("the request names nobody".to_owned()))?;
        Ok(Some(ConversationId::with_contact(request.from.clone(), person.contact)))
    }

    /// By phone where one is known: it works for every kind of message. Else by BSUID. A person of several records is
    /// answered where they wrote last. `None` is somebody who was erased.
    async fn address(&self, thread: Thread) -> Result<Option<Target>, Failure> {
        let root = match &thread.root.party {
            Party::Group(group) => {
                let recipient = Some(Recipient::Group(group.clone()));
                return Ok(Some(Target { conversation: thread.root, recipient }));
            }
            Party::Contact(root) => root,
        };
        let records = thread.members.iter().filter_map(|member| member.contact());
        let records =
            try_join_all(records.map(|record| self.store.contact(record))).await.map_err(failure)?;
        let records: HashMap<_, _> = records.into_iter().flatten().map(|it| (it.id.clone(), it)).collect();
        if !records.contains_key(root) {
            return Err(Failure::Dead("there is no such contact".to_owned()));
        }
        // All records of a person are erased together: one that is marked speaks for the others.
        if records.values().any(|record| record.erased) {
            return Ok(None);
        }
        let last = match thread.members.len() {
            1 => None,
            _ => self.store.state(&thread.root).await.map_err(failure)?.and_then(|state| state.from),
        };
        let others = thread.members.iter().filter_map(|member| member.contact());
        let order = last.iter().chain([root]).chain(others);
        let recipient = order.filter_map(|contact| recipient(records.get(contact)?)).next();
        Ok(Some(Target { conversation: thread.root, recipient }))
    }
}

/// How to address a person; `None` if we know of no address.
pub(crate) fn recipient(contact: &Contact) -> Option<Recipient> {
    let phone = contact.phone.as_deref().and_then(|phone| PhoneNumber::parse(phone).ok());
    let user_id = contact.user_id.clone().map(Bsuid::new);
    phone.map(Recipient::Phone).or_else(|| user_id.map(Recipient::User))
}

//! The company's rules about people, applied to what happens.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::event::{Change, Happening};
use domain::rules::{PeopleRules, can_be_marked};
use domain::{ContactId, ConversationId};
use jiff::Timestamp;
use store::StoreError;
use tracing::info;

use crate::Automation;

/// How long rules are kept before they are read again.
const FRESH: Duration = Duration::from_secs(60);
/// People of whom one process remembers that the rule has nothing to say.
const REMEMBERED: usize = 10_000;
/// How often a change of a record is tried when others change it too.
const ROUNDS: usize = 3;
/// Why a conversation is marked, in the line of its thread.
const MOST_ACTIVE: &str = "most active";

/// Rules as they were read last, and whom they are done with. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RuleBook(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    read: Option<(Timestamp, PeopleRules)>,
    done: std::collections::HashSet<ContactId>,
}

impl RuleBook {
    fn rules(&self, now: Timestamp) -> Option<PeopleRules> {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, rules) = book.read.as_ref()?;
        let age = now.duration_since(*at);
        (!age.is_negative() && age.unsigned_abs() < FRESH).then(|| rules.clone())
    }

    fn keep(&self, now: Timestamp, rules: &PeopleRules) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if book.read.as_ref().is_none_or(|(_, known)| known != rules) {
            book.done.clear();
        }
        book.read = Some((now, rules.clone()));
    }

    fn is_done_with(&self, contact: &ContactId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done.contains(contact)
    }

    fn is_done(&self, contact: &ContactId) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if book.done.len() >= REMEMBERED {
            book.done.clear();
        }
        book.done.insert(contact.clone());
    }
}

impl Automation {
    /// Applies the rules to a change. Applying them again changes nothing more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub(crate) async fn apply_rules(&self, change: &Change) -> Result<(), StoreError> {
        match &change.of {
            // The beginning of a conversation.
            Happening::Conversation(id, seen) if seen.before.is_none() => {
                let rules = self.rules().await?;
                if rules.known.is_empty() { Ok(()) } else { self.become_known(id, &rules).await }
            }
            Happening::Message(id, seen) if seen.before.is_none() && seen.after.inbound => {
                self.become_important(&id.conversation, &self.rules().await?).await
            }
            _ => Ok(()),
        }
    }

    async fn rules(&self) -> Result<PeopleRules, StoreError> {
        let now = self.kit.clock.now();
        if let Some(rules) = self.rules.rules(now) {
            return Ok(rules);
        }
        let rules = self.store.people_rules().await?;
        self.rules.keep(now, &rules);
        Ok(rules)
    }

    async fn become_known(&self, id: &ConversationId, rules: &PeopleRules) -> Result<(), StoreError> {
        let Some(contact) = id.contact() else { return Ok(()) };
        for _ in 0..ROUNDS {
            let Some(before) = self.store.contact(contact).await? else { return Ok(()) };
            let Some(kind) = rules.becomes(&before, &id.number) else { return Ok(()) };
            let mut after = before.clone();
            after.kind = kind;
            match self.store.change_contact(&before, &after).await {
                Err(StoreError::Contended) => {}
                Ok(()) => {
                    info!(contact.id = %contact, kind = kind.as_str(), "A person became known by rule");
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    async fn become_important(&self, id: &ConversationId, rules: &PeopleRules) -> Result<(), StoreError> {
        let (Some(rule), Some(contact)) = (rules.important, id.contact()) else { return Ok(()) };
        if self.rules.is_done_with(contact) {
            return Ok(());
        }
        let now = self.kit.clock.now();
        let count = self.store.messages_since(id, rule.since(now), rule.messages.into()).await?;
        if !rule.is_met(count) {
            return Ok(());
        }
        for _ in 0..ROUNDS {
            let Some(before) = self.store.contact(contact).await? else { return Ok(()) };
            if !can_be_marked(&before) {
                self.rules.is_done(contact);
                return Ok(());
            }
            // The conversation first: whoever dies in between finds the record unmarked, and does both again.
            self.store.mark_important(id, true, (None, Some(MOST_ACTIVE)), now).await?;
            let mut after = before.clone();
            (after.important, after.important_by_rule) = (true, true);
            match self.store.change_contact(&before, &after).await {
                Err(StoreError::Contended) => {}
                Ok(()) => {
                    self.rules.is_done(contact);
                    info!(contact.id = %contact, "A person became important by rule");
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }
}

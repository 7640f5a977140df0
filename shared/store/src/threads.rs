//! Reading a conversation: one query for its messages, one for what is about them.

use domain::consent::{Decision, Source};
use domain::inbox::Handling;
use domain::sending::SendState;
use domain::{ContactId, ConversationId, CustomerServiceWindow, Delivery, FreeEntryPoint, MessageId};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::handling::read_handling;
use crate::item::{Get, Item, s};
use crate::media::{StoredMedia, read_media};
use crate::united::Thread;
use crate::{Store, StoreError, keys};

/// Who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The customer.
    Inbound,
    /// The company.
    Outbound,
    /// Neither: a note of this system.
    Note,
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMessage {
    /// Its id.
    pub id: MessageId,
    /// Meta's id, once it has one.
    pub wamid: Option<String>,
    /// Who wrote.
    pub direction: Direction,
    /// Meta's time of an inbound message, the asking of ours.
    pub sent_at: Timestamp,
    /// When we received it, or were asked.
    pub received_at: Timestamp,
    /// Meta's `type`.
    pub kind: String,
    /// Its JSON.
    pub raw: String,
    /// Where a message of ours stands.
    pub state: Option<SendState>,
    /// Attempts begun.
    pub attempt: u32,
    /// When the open or last attempt began.
    pub sending_at: Option<Timestamp>,
    /// Not before this time.
    pub not_before: Option<Timestamp>,
    /// When Meta took it.
    pub accepted_at: Option<Timestamp>,
    /// When it was refused, by Meta at once or by our own rules.
    pub refused_at: Option<Timestamp>,
    /// Meta's statuses.
    pub delivery: Delivery,
    /// Errors, as JSON: those of a refusal, and those of a failed delivery.
    pub errors: Vec<String>,
    /// Pricing, as JSON.
    pub pricing: Option<String>,
    /// Meta's word on a message that it holds back, such as `held_for_quality_assessment`.
    pub held: Option<String>,
    /// The wamid of the message that a message of ours is about.
    pub about: Option<String>,
    /// Who asked for a message of ours: the source of its request.
    pub source: Option<String>,
    /// The campaign that it is of.
    pub campaign: Option<String>,
    /// What the asker wants to have back with every event about it.
    pub callback: Option<String>,
    /// Why it was allowed to go, or was not, at the instant of the send.
    pub decision: Option<Decision>,
    /// Its file, if it is one that we copy.
    pub media: Option<StoredMedia>,
}

/// Something about a message: a reaction, an edit, a revocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// Hash of the target's wamid.
    pub target: String,
    /// `reaction`, `edit` or `revoke`.
    pub kind: String,
    /// Itself.
    pub message: StoredMessage,
}

/// A page of a conversation, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<StoredMessage>,
    /// What is about them, oldest first. What is about a message elsewhere is here too.
    pub related: Vec<Related>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The state of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationState {
    /// The last activity of either side.
    pub active_at: Timestamp,
    /// When the customer's newest message was received.
    pub received_at: Option<Timestamp>,
    /// The window, if the customer ever opened one.
    pub window: Option<CustomerServiceWindow>,
    /// Since when the customer waits for an answer, in Unix seconds.
    pub waiting_since: Option<Timestamp>,
    /// What the inbox shows.
    pub preview: String,
    /// Until when messages are held.
    pub hold: Option<Timestamp>,
    /// Whose record the customer's newest message stands on, if that was merged into the conversation's.
    pub from: Option<ContactId>,
    /// Until when Meta charges nothing, if the customer came by a free entry point.
    pub free_entry: Option<FreeEntryPoint>,
    /// How the team handles it.
    pub handling: Handling,
    /// Counts every write of the state; 0 if there is none yet.
    pub version: i64,
}

impl Store {
    /// A message.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn message(&self, id: &MessageId) -> Result<Option<StoredMessage>, StoreError> {
        let item = self.get(&self.tables.conversations, &keys::message(id), true).await?;
        item.as_ref().map(|item| read_message(&id.conversation, item)).transpose()
    }

    /// The state of a conversation, consistently read: what may be sent depends on it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn state(&self, id: &ConversationId) -> Result<Option<ConversationState>, StoreError> {
        let key = (keys::conversation(id), keys::STATE.to_owned());
        let item = self.get(&self.tables.conversations, &key, true).await?;
        Ok(item.as_ref().map(read_state))
    }

    /// A page of a conversation: down to a place, that one included, and from before another on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn messages(
        &self,
        id: &ConversationId,
        (from, before): (Option<&str>, Option<&str>),
        limit: u16,
    ) -> Result<MessagePage, StoreError> {
        let pk = keys::conversation(id);
        let upper = before.map_or_else(|| "MSG#~".to_owned(), |sk| format!("MSG#{sk}"));
        let lower = format!("MSG#{}", from.unwrap_or_default());
        if lower > upper {
            return Ok(MessagePage::default());
        }
        // One more than asked tells whether there is a next page.
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(&pk))
            .expression_attribute_values(":first", s(&lower))
            .expression_attribute_values(":last", s(&upper))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 2)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let mut items: Vec<&Item> =
            page.items().iter().filter(|item| before.is_none() || item.text("sk") != Some(&upper)).collect();
        let more = items.len() > usize::from(limit) || page.last_evaluated_key().is_some();
        items.truncate(limit.into());
        let last = items.last().and_then(|item| item.text("sk")?.strip_prefix("MSG#"));
        let next = last.filter(|_| more).map(str::to_owned);
        let messages = items.into_iter().map(|item| read_message(id, item)).collect::<Result<_, _>>()?;
        Ok(MessagePage { messages, related: self.related(id, "REL#").await?, next })
    }

    /// A page of a thread: the messages of all its records, as one; see [`Store::messages`].
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn messages_in(
        &self,
        thread: &Thread,
        between: (Option<&str>, Option<&str>),
        limit: u16,
    ) -> Result<MessagePage, StoreError> {
        if let [only] = thread.members.as_slice() {
            return self.messages(only, between, limit).await;
        }
        let pages = thread.members.iter().map(|member| self.messages(member, between, limit));
        let pages = try_join_all(pages).await?;
        // Places compare across records: they begin with the time.
        let more = pages.iter().any(|page| page.next.is_some());
        let mut whole = MessagePage::default();
        for page in pages {
            whole.messages.extend(page.messages);
            whole.related.extend(page.related);
        }
        whole.messages.sort_by_cached_key(|message| std::cmp::Reverse(keys::slot(&message.id.slot)));
        let more = more || whole.messages.len() > usize::from(limit);
        whole.messages.truncate(limit.into());
        whole.related.sort_by_key(|related| (related.message.sent_at, related.message.received_at));
        let last = whole.messages.last().map(|message| keys::slot(&message.id.slot));
        whole.next = last.filter(|_| more).and_then(|sk| sk.strip_prefix("MSG#").map(str::to_owned));
        Ok(whole)
    }

    /// The newest messages of a conversation, newest first, without what is about them.
    pub(crate) async fn messages_only(
        &self,
        id: &ConversationId,
        limit: u16,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND begins_with(sk, :msg)")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":msg", s("MSG#"))
            .scan_index_forward(false)
            .limit(limit.into())
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        page.items().iter().map(|item| read_message(id, item)).collect()
    }

    /// What is about messages, under a prefix of the sort key, oldest first.
    pub(crate) async fn related(
        &self,
        id: &ConversationId,
        prefix: &str,
    ) -> Result<Vec<Related>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND begins_with(sk, :rel)")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":rel", s(prefix))
            .into_paginator()
            .send();
        let mut related = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            for item in page.items() {
                let message = read_message(id, item)?;
                if let domain::Slot::About { target, kind, .. } = message.id.slot.clone() {
                    related.push(Related { target, kind, message });
                }
            }
        }
        related.sort_by_key(|related| (related.message.sent_at, related.message.received_at));
        Ok(related)
    }
}

pub(crate) fn read_state(item: &Item) -> ConversationState {
    let waiting = item.text("qs").and_then(|seconds| seconds.parse().ok());
    ConversationState {
        active_at: item.time("la").unwrap_or(Timestamp::UNIX_EPOCH),
        received_at: item.time("lr"),
        window: item
            .time("wo")
            .filter(|from| from.as_millisecond() > 0)
            .map(CustomerServiceWindow::opened_by),
        waiting_since: waiting.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        preview: item.text("pv").unwrap_or_default().to_owned(),
        hold: item.time("hd"),
        from: item.text("fm").and_then(ContactId::new),
        free_entry: item.time("fe").map(FreeEntryPoint::until),
        handling: read_handling(item),
        version: item.number("ver").unwrap_or_default(),
    }
}

pub(crate) fn read_message(conversation: &ConversationId, item: &Item) -> Result<StoredMessage, StoreError> {
    let corrupt = |what| StoreError::Corrupt(what);
    let slot = item.text("sk").and_then(keys::parse_slot).ok_or(corrupt("a message's sort key"))?;
    let text = |name: &str| item.text(name).map(str::to_owned);
    let sent_at = item.time("t").ok_or(corrupt("a message without a time"))?;
    Ok(StoredMessage {
        id: MessageId { conversation: conversation.clone(), slot },
        wamid: text("w"),
        direction: match item.text("d") {
            Some("i") => Direction::Inbound,
            Some("o") => Direction::Outbound,
            _ => Direction::Note,
        },
        sent_at,
        received_at: item.time("ra").unwrap_or(sent_at),
        kind: text("k").unwrap_or_default(),
        raw: text("raw").unwrap_or_default(),
        state: item.text("ss").and_then(SendState::from_word),
        attempt: item.number("at").and_then(|n| n.try_into().ok()).unwrap_or_default(),
        sending_at: item.time("sa"),
        not_before: item.time("nb"),
        accepted_at: item.time("ac"),
        refused_at: item.time("fa"),
        delivery: Delivery {
            sent: item.time("s_sent"),
            delivered: item.time("s_dlv"),
            read: item.time("s_read"),
            played: item.time("s_play"),
            failed: item.time("s_fail"),
        },
        errors: text("er").into_iter().chain(text("se")).collect(),
        pricing: text("pr"),
        held: text("hq"),
        about: text("ab"),
        source: item.text("rq").and_then(|request| Some(request.split_once('#')?.0.to_owned())),
        campaign: item.text("cmp").and_then(|place| Some(place.split_once('|')?.0.to_owned())),
        callback: text("cb"),
        decision: item.text("dc").and_then(read_decision),
        media: read_media(item),
    })
}

/// A decision as a message keeps it: `<purpose>|<reason>|<ms or nothing>|<source or nothing>`.
pub(crate) fn write_decision(decision: &Decision) -> String {
    let reason = decision.reason;
    let at = reason.at().map_or_else(String::new, |at| at.as_millisecond().to_string());
    let source = reason.source().map_or("", Source::as_str);
    format!("{}|{}|{at}|{source}", decision.purpose.as_str(), reason.as_str())
}

fn read_decision(text: &str) -> Option<Decision> {
    let mut parts = text.split('|');
    let (purpose, reason) = (parts.next()?, parts.next()?);
    let at = parts.next()?.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Decision::from_words(purpose, reason, at, parts.next().filter(|source| !source.is_empty()))
}

/// A conversation's contact, when it is a person's.
pub(crate) fn contact_of(id: &ConversationId) -> Option<ContactId> {
    id.contact().cloned()
}

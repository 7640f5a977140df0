//! What colleagues write to each other in a thread, and how far each has read.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::agent::AgentId;
use domain::{ConversationId, MessageId, Slot};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::keys::Key;
use crate::outbound::written;
use crate::threads::StoredMessage;
use crate::united::Thread;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How long a mention is listed.
const MENTION_DAYS: i64 = 180;
/// Unread messages are counted up to this.
pub const MOST_UNREAD: usize = 99;

/// A note of a colleague, which no customer sees.
#[derive(Clone, Debug)]
pub struct ThreadNote<'a> {
    /// Where it stands.
    pub id: &'a MessageId,
    /// Who wrote it.
    pub by: &'a AgentId,
    /// What it says.
    pub text: &'a str,
    /// Whom it mentions.
    pub mentions: &'a [AgentId],
    /// When.
    pub at: Timestamp,
}

/// A note that mentions somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The note.
    pub note: MessageId,
    /// Who wrote it.
    pub by: AgentId,
    /// When.
    pub at: Timestamp,
}

/// A page of mentions, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MentionPage {
    /// The mentions.
    pub mentions: Vec<Mention>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// Writes a note, and tells those whom it mentions. Both or nothing; a repeat writes the same.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write_note(&self, note: &ThreadNote<'_>) -> Result<(), StoreError> {
        let mentions = note.mentions.iter().map(AgentId::as_str).collect::<Vec<_>>();
        let said = json!({ "by": note.by.as_str(), "text": note.text, "mentions": mentions });
        let (pk, sk) = keys::message(note.id);
        let mut item = item::at(&pk, &sk);
        item.put("d", s("n"));
        item.put("t", ms(note.at));
        item.put("ra", ms(note.at));
        item.put("k", s("note"));
        item.put("raw", s(json!({ "type": "note", "note": said }).to_string()));
        let mut actions = vec![self.put_action(&self.tables.conversations, item, None)];
        actions.extend(note.mentions.iter().map(|agent| self.mention(note, agent)));
        self.transact(actions).await.map(drop)
    }

    fn mention(&self, note: &ThreadNote<'_>, agent: &AgentId) -> TransactWriteItem {
        let (pk, sk) = mention_key(note.id, agent, note.at);
        let mut item = item::at(&pk, &sk);
        item.put("mk", s(note.id.to_string()));
        item.put("by", s(note.by.as_str()));
        item.put("t", ms(note.at));
        item.put("ttl", n(note.at.as_second() + MENTION_DAYS * 86_400));
        self.put_action(&self.tables.conversations, item, None)
    }

    /// Notes that mention somebody, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mentions(
        &self,
        agent: &AgentId,
        before: Option<&str>,
        limit: u16,
    ) -> Result<MentionPage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(keys::mentions(agent)))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let items = page.items();
        let more = items.len() > usize::from(limit);
        let items = &items[..items.len().min(limit.into())];
        let next = items.last().filter(|_| more).and_then(|item| item.text("sk")).map(str::to_owned);
        let read = |item: &Item| {
            Some(Mention {
                note: item.text("mk")?.parse().ok()?,
                by: AgentId::new(item.text("by")?)?,
                at: item.time("t")?,
            })
        };
        Ok(MentionPage { mentions: items.iter().filter_map(read).collect(), next })
    }

    /// Marks a conversation as read by somebody, up to a time by our clock. It never goes back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mark_read(
        &self,
        id: &ConversationId,
        agent: &AgentId,
        through: Timestamp,
    ) -> Result<(), StoreError> {
        let condition = Condition::ReadForward;
        let (pk, sk) = keys::read_mark(id, agent);
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET rt = :rt")
            .under(condition)
            .expression_attribute_values(":rt", ms(through));
        written(update).await.map(drop)
    }

    /// How far somebody has read each of these conversations. Those that they never read are left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn read_marks(
        &self,
        ids: &[ConversationId],
        agent: &AgentId,
    ) -> Result<std::collections::HashMap<ConversationId, Timestamp>, StoreError> {
        let keys = ids.iter().map(|id| keys::read_mark(id, agent)).collect();
        let items = self.batch_get(&self.tables.conversations, keys).await?;
        let read = |item: &Item| Some((keys::parse_conversation(item.text("pk")?)?, item.time("rt")?));
        Ok(items.iter().filter_map(read).collect())
    }

    /// How many of a customer's newest messages were received after a time, over all records of the person: exact up to
    /// [`MOST_UNREAD`].
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unread(&self, thread: &Thread, since: Option<Timestamp>) -> Result<usize, StoreError> {
        let most = u16::try_from(MOST_UNREAD).unwrap_or(u16::MAX);
        let pages =
            try_join_all(thread.members.iter().map(|member| self.messages_only(member, most))).await?;
        let is_unread = |message: &&StoredMessage| {
            message.direction == crate::Direction::Inbound
                && since.is_none_or(|since| message.received_at > since)
        };
        Ok(pages.iter().flatten().filter(is_unread).count().min(MOST_UNREAD))
    }
}

fn mention_key(note: &MessageId, agent: &AgentId, at: Timestamp) -> Key {
    let hash = domain::hash16(&note.to_string());
    (keys::mentions(agent), keys::listed(at.as_millisecond(), &hash))
}

/// The keys of the mentions that an item's note made. Whoever deletes a note deletes them too: they stand under the
/// agents whom it mentions, and name the conversation.
pub(crate) fn mentions_of(item: &Item) -> Vec<Key> {
    let keys = || {
        let id = MessageId {
            conversation: keys::parse_conversation(item.text("pk")?)?,
            slot: keys::parse_slot(item.text("sk")?)?,
        };
        let said: Value = serde_json::from_str(item.text("raw")?).ok()?;
        let agents = said.pointer("/note/mentions")?.as_array()?.iter().filter_map(Value::as_str);
        let at = item.time("t")?;
        Some(agents.filter_map(AgentId::new).map(|agent| mention_key(&id, &agent, at)).collect())
    };
    if item.text("k") == Some("note") { keys().unwrap_or_default() } else { Vec::new() }
}

/// A slot for a note: no two of one conversation share an id.
#[must_use]
pub fn note_slot(at: Timestamp, unique: &str) -> Slot {
    Slot::Message { at: at.as_millisecond(), hash: domain::hash16(unique) }
}

//! Who is there: at a conversation, at work, and whose turn it was.

use domain::ConversationId;
use domain::agent::AgentId;
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Somebody who looks at a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub agent: AgentId,
    /// What they do: `viewing` or `typing`.
    pub activity: String,
    /// Until when that holds, unless they say so again.
    pub until: Timestamp,
}

impl Store {
    /// Says that somebody looks at a conversation, until a time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn be_present(&self, id: &ConversationId, present: &Present) -> Result<(), StoreError> {
        let (pk, sk) = keys::presence(id, &present.agent);
        let mut item = item::at(&pk, &sk);
        item.put("ac", s(&present.activity));
        item.put("un", ms(present.until));
        item.put("ttl", n(present.until.as_second() + 3_600));
        let put = self.client.put_item().table_name(&self.tables.conversations).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Who looks at a conversation at this time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn present(&self, id: &ConversationId, now: Timestamp) -> Result<Vec<Present>, StoreError> {
        let found = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND begins_with(sk, :pres)")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":pres", s(keys::PRESENCE))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let read = |item: &Item| {
            Some(Present {
                agent: AgentId::new(item.text("sk")?.strip_prefix(keys::PRESENCE)?)?,
                activity: item.text("ac")?.to_owned(),
                until: item.time("un")?,
            })
        };
        Ok(found.items().iter().filter_map(read).filter(|present| present.until > now).collect())
    }

    /// Says that an agent is there to be given conversations, until a time; or is not, without one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn be_available(&self, agent: &AgentId, until: Option<Timestamp>) -> Result<(), StoreError> {
        let Some(until) = until else { return self.remove_listed(keys::PRESENT, agent.as_str()).await };
        let mut item = item::at(keys::PRESENT, agent.as_str());
        item.put("un", ms(until));
        item.put("ttl", n(until.as_second() + 3_600));
        self.put_listed(item).await
    }

    /// The agents who are there to be given conversations.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub(crate) async fn available(&self, now: Timestamp) -> Result<Vec<AgentId>, StoreError> {
        let items = self.listed(keys::PRESENT).await?;
        let there = items.iter().filter(|item| item.time("un").is_some_and(|until| until > now));
        Ok(there.filter_map(|item| AgentId::new(item.text("sk")?)).collect())
    }

    /// When each agent last had a turn of a number's policy.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub(crate) async fn turns(
        &self,
        number: &cloud_api::PhoneNumberId,
    ) -> Result<Vec<(AgentId, Timestamp)>, StoreError> {
        let items = self.listed(&keys::turns(number)).await?;
        Ok(items.iter().filter_map(|item| Some((AgentId::new(item.text("sk")?)?, item.time("t")?))).collect())
    }

    /// Gives an agent a turn, if their last one is still the one that was seen. `false` if somebody else was first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn take_turn(
        &self,
        number: &cloud_api::PhoneNumberId,
        agent: &AgentId,
        seen: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let condition = Condition::TurnUnchanged;
        // Two turns of one millisecond are two turns.
        let at = at.as_millisecond().max(seen.map_or(0, |seen| seen.as_millisecond() + 1));
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(keys::turns(number)))
            .key("sk", s(agent.as_str()))
            .update_expression("SET t = :t")
            .under(condition)
            .expression_attribute_values(":t", n(at))
            .expression_attribute_values(":seen", n(seen.map_or(-1, Timestamp::as_millisecond)));
        written(update).await
    }
}

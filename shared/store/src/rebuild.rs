//! A conversation's state, told anew from its messages.

use cloud_api::webhook::message::InboundMessage;
use domain::ConversationId;
use domain::activity::{Said, Standing, company_preview, of_customer, standing};
use domain::sending::SendState;
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::item::{Get, Item, ms, n, s};
use crate::outbound::written;
use crate::threads::{Direction, StoredMessage};
use crate::united::Thread;
use crate::{Condition, Store, StoreError, keys};

/// How many messages are looked at, from the newest back. Whoever waits for longer than that waits since the oldest
/// of these.
const BACK: u16 = 1_000;
/// How often a state is told again when others move it at the same time.
const ROUNDS: usize = 8;

impl Store {
    /// Writes the state of a thread's root from the messages of all its records.
    pub(crate) async fn rebuild_state(&self, thread: &Thread) -> Result<(), StoreError> {
        let id = &thread.root;
        let key = (keys::conversation(id), keys::STATE.to_owned());
        for _ in 0..ROUNDS {
            let there = self.get(&self.tables.conversations, &key, true).await?;
            let standing = standing(&self.said_in(thread).await?);
            match there {
                None if standing.is_none() => return Ok(()),
                // Nobody wrote a state yet: an empty one, and then this one upon it.
                None => self.begin_state(id).await?,
                Some(there) => {
                    if self.write_standing(id, &there, standing.as_ref()).await? {
                        return Ok(());
                    }
                }
            }
        }
        Err(StoreError::Contended)
    }

    async fn begin_state(&self, id: &ConversationId) -> Result<(), StoreError> {
        let update = self.state_update(id).update_expression("SET ver = if_not_exists(ver, :zero)");
        let update = update.expression_attribute_values(":zero", n(0));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    async fn write_standing(
        &self,
        id: &ConversationId,
        there: &Item,
        standing: Option<&Standing>,
    ) -> Result<bool, StoreError> {
        let (mut sets, mut removes) = (vec!["ver = :ver"], vec!["al", "xib", "xqk"]);
        let seen = there.number("ver").unwrap_or_default();
        let mut update = self.state_update(id).expression_attribute_values(":ver", n(seen + 1));
        let kept = |name: &str, kept: &str| there.text(name).or(there.text(kept)).map(str::to_owned);
        match standing {
            Some(standing) => {
                sets.extend(["la = :la", "lr = :lr", "wo = :wo", "pv = :pv", "ib = :ib", "im = :im"]);
                let ms_of = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_millisecond);
                update = update
                    .expression_attribute_values(":la", ms(standing.active_at))
                    .expression_attribute_values(":lr", n(ms_of(standing.received_at)))
                    .expression_attribute_values(":wo", n(ms_of(standing.window_from)))
                    .expression_attribute_values(":pv", s(&standing.preview))
                    .expression_attribute_values(
                        ":ib",
                        s(kept("ib", "xib").unwrap_or_else(|| keys::inbox(id))),
                    )
                    .expression_attribute_values(":im", s(keys::minute(standing.active_at.as_millisecond())));
            }
            None => removes.extend(["la", "lr", "wo", "pv", "ib", "im"]),
        }
        match standing.and_then(|standing| standing.waiting_since) {
            Some(since) => {
                sets.extend(["qk = :qk", "qs = :qs"]);
                let queue = kept("qk", "xqk").unwrap_or_else(|| keys::unassigned(id));
                update = update
                    .expression_attribute_values(":qk", s(queue))
                    .expression_attribute_values(":qs", s(since.as_second().to_string()));
            }
            None => removes.extend(["qk", "qs"]),
        }
        match standing.and_then(|standing| standing.from.as_ref()).filter(|from| id.contact() != Some(from)) {
            Some(from) => {
                sets.push("fm = :fm");
                update = update.expression_attribute_values(":fm", s(from.as_str()));
            }
            None => removes.push("fm"),
        }
        let condition = Condition::StateUnchanged;
        for (place, attribute) in condition.names() {
            update = update.expression_attribute_names(*place, *attribute);
        }
        let update = update
            .update_expression(format!("SET {} REMOVE {}", sets.join(", "), removes.join(", ")))
            .condition_expression(condition.expression())
            .expression_attribute_values(":seen", n(seen));
        written(update).await
    }

    pub(crate) fn state_update(
        &self,
        id: &ConversationId,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.tables.conversations);
        update.key("pk", s(keys::conversation(id))).key("sk", s(keys::STATE))
    }

    async fn said_in(&self, thread: &Thread) -> Result<Vec<Said>, StoreError> {
        let pages = thread.members.iter().map(async |member| {
            let page = self.messages(member, None, BACK).await?;
            let related = page.related.into_iter().map(|related| related.message);
            let all = page.messages.into_iter().chain(related);
            Ok::<Vec<_>, StoreError>(all.filter_map(|message| said(member, &message)).collect())
        });
        Ok(try_join_all(pages).await?.into_iter().flatten().collect())
    }
}

/// What a message says about its thread. Nothing, if it is no part of a conversation, or never left.
fn said(conversation: &ConversationId, message: &StoredMessage) -> Option<Said> {
    match message.direction {
        Direction::Inbound => {
            let read = InboundMessage::parse(&message.raw).ok()?;
            let (window_from, preview) = of_customer(&read, message.sent_at)?;
            let by = conversation.contact().cloned();
            Some(Said { by, at: message.received_at, window_from, preview })
        }
        Direction::Outbound => {
            let left = matches!(message.state, Some(SendState::Accepted | SendState::Unknown));
            let preview = company_preview(&message.raw, &message.kind);
            left.then_some(Said { by: None, at: message.received_at, window_from: None, preview })
        }
        Direction::Note => None,
    }
}

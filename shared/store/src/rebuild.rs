//! A conversation's state, told anew from its messages, and from how its parts were handled.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::webhook::message::InboundMessage;
use domain::activity::{Said, Standing, company_preview, of_customer, standing};
use domain::loan::{Part, unite};
use domain::sending::SendState;
use domain::{ConversationId, greeting};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::Value;

use crate::handling::{attributes, read_handling};
use crate::item::{Get, Item, ms, n, s};
use crate::loans::{read_loans, write_loans};
use crate::outbound::written;
use crate::threads::{Direction, MessagePage, StoredMessage};
use crate::united::Thread;
use crate::writes::{Changes, Guarded};
use crate::{Condition, Store, StoreError, keys};

/// How many messages are looked at, from the newest back. Whoever waits for longer than that waits since the oldest
/// of these.
const BACK: u16 = 1_000;
/// How often a state is told again when others move it at the same time.
const ROUNDS: usize = 8;

/// A record's messages, and since when it is part of another one.
struct Read<'a> {
    of: &'a ConversationId,
    merged_at: Option<Timestamp>,
    page: MessagePage,
}

impl Store {
    /// Writes the state of a thread's root from the messages of all its records, and from how the conversations of all
    /// of them were handled.
    pub(crate) async fn rebuild_state(&self, thread: &Thread, now: Timestamp) -> Result<(), StoreError> {
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
                    let parts = self.parts_of(thread).await?;
                    if self.write_standing(id, &there, standing.as_ref(), &parts, now).await? {
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

    /// How the conversations were handled, each by itself, that are part of a thread's root by now.
    async fn parts_of(&self, thread: &Thread) -> Result<Vec<Part>, StoreError> {
        let parts = thread.members.iter().filter(|member| **member != thread.root).map(async |member| {
            let key = (keys::conversation(member), keys::STATE.to_owned());
            let there = self.get(&self.tables.conversations, &key, true).await?;
            // Without any activity there never was a conversation.
            let there = there.filter(|there| there.contains_key("la"));
            Ok::<_, StoreError>(there.zip(member.contact()).map(|(there, of)| {
                let (mut handling, mut loans) = (read_handling(&there), read_loans(&there));
                unite(&mut handling, &mut loans, &[], (false, None), Timestamp::UNIX_EPOCH);
                Part { of: of.clone(), handling }
            }))
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    async fn write_standing(
        &self,
        id: &ConversationId,
        there: &Item,
        standing: Option<&Standing>,
        parts: &[Part],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let seen = there.number("ver").unwrap_or_default();
        let condition = Condition::StateUnchanged;
        let mut update = self
            .state_update(id)
            .under(condition)
            .expression_attribute_values(":ver", n(seen + 1))
            .expression_attribute_values(":seen", n(seen));
        let (mut sets, mut removes) = (vec!["ver = :ver".to_owned()], vec!["al".to_owned()]);
        update = update.changing(rebuilt(id, there, standing, parts, now), &mut sets, &mut removes);
        written(update.update_expression(format!("SET {} REMOVE {}", sets.join(", "), removes.join(", "))))
            .await
    }

    pub(crate) fn state_update(
        &self,
        id: &ConversationId,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.tables.conversations);
        update.key("pk", s(keys::conversation(id))).key("sk", s(keys::STATE))
    }

    async fn said_in(&self, thread: &Thread) -> Result<Vec<Said>, StoreError> {
        let read = thread.members.iter().map(async |of| {
            let page = self.messages(of, (None, None), BACK).await?;
            let merged_at = match of.contact().filter(|_| *of != thread.root) {
                Some(contact) => self.profile(contact).await?.and_then(|profile| profile.time("mg")),
                None => None,
            };
            Ok::<_, StoreError>(Read { of, merged_at, page })
        });
        let read = try_join_all(read).await?;
        let closings =
            read.iter().flat_map(|read| read.page.messages.iter().map(move |line| (read.of, line)));
        let closings: Vec<_> = closings.filter_map(|(of, line)| closing(line).map(|at| (of, at))).collect();
        let all = read.iter().flat_map(|read| {
            // What was closed elsewhere before the two were one says nothing about this one.
            let counts = |of: &ConversationId, at: Timestamp| {
                of == read.of || read.merged_at.is_some_and(|merged_at| at > merged_at)
            };
            let ended = closings.iter().filter(|(of, at)| counts(of, *at)).map(|(_, at)| *at).max();
            let related = read.page.related.iter().map(|related| &related.message);
            let messages = read.page.messages.iter().chain(related);
            messages.filter_map(|message| said(read.of, message, ended)).collect::<Vec<_>>()
        });
        Ok(all.collect())
    }
}

/// What the state is to hold; `None` is not there.
fn rebuilt(
    id: &ConversationId,
    there: &Item,
    standing: Option<&Standing>,
    parts: &[Part],
    now: Timestamp,
) -> Vec<(&'static str, Option<AttributeValue>)> {
    let received_at = standing.and_then(|standing| standing.received_at);
    let (mut handling, mut loans) = (read_handling(there), read_loans(there));
    // It comes back, and a customer wrote while it was part of another one.
    if there.contains_key("al") && received_at > there.time("lr") {
        handling = handling.received();
    }
    unite(&mut handling, &mut loans, parts, (!there.contains_key("la"), received_at), now);
    let mut all = attributes(id, &handling);
    let Some(standing) = standing else {
        // Nothing was said in it: it is in no list.
        all.retain(|(name, _)| !["ib", "qk", "qs", "ik"].contains(name));
        let gone = ["la", "lr", "wo", "pv", "ib", "im", "qk", "qs", "ik", "fm"];
        all.extend(gone.map(|name| (name, None)));
        all.push(("ln", write_loans(&loans)));
        return all;
    };
    let from = standing.from.as_ref().filter(|from| id.contact() != Some(from));
    all.extend([
        ("la", Some(ms(standing.active_at))),
        ("lr", standing.received_at.map(ms)),
        ("wo", standing.window_from.map(ms)),
        ("pv", Some(s(&standing.preview))),
        ("im", Some(s(keys::minute(standing.active_at.as_millisecond())))),
        ("fm", from.map(|from| s(from.as_str()))),
        ("ln", write_loans(&loans)),
    ]);
    if handling.lets_wait() {
        all.push(("qs", standing.waiting_since.map(|since| s(keys::seconds(since)))));
    }
    all
}

/// What a message says about its thread. Nothing, if it is no part of a conversation, or never left. `ended`: when its
/// conversation was closed last.
fn said(conversation: &ConversationId, message: &StoredMessage, ended: Option<Timestamp>) -> Option<Said> {
    match message.direction {
        Direction::Inbound => {
            let read = InboundMessage::parse(&message.raw).ok()?;
            let (window_from, preview) = of_customer(&read, message.sent_at)?;
            let by = conversation.contact().cloned();
            let is_closed = ended.is_some_and(|ended| ended > message.received_at);
            Some(Said { by, at: message.received_at, window_from, preview, is_answer: false, is_closed })
        }
        Direction::Outbound => {
            let left = matches!(message.state, Some(SendState::Accepted | SendState::Unknown));
            let preview = company_preview(&message.raw, &message.kind);
            let is_answer = message.source.as_deref().is_none_or(greeting::is_answer);
            let (by, at) = (None, message.received_at);
            left.then_some(Said { by, at, window_from: None, preview, is_answer, is_closed: false })
        }
        Direction::Note => None,
    }
}

/// When a line of the thread closed the conversation, if it did.
fn closing(line: &StoredMessage) -> Option<Timestamp> {
    if line.direction != Direction::Note {
        return None;
    }
    let said: Value = serde_json::from_str(&line.raw).ok()?;
    let changes = said.pointer("/note/changes")?.as_array()?;
    let closes = |change: &Value| change["what"] == "state" && change["to"][0] == "closed";
    changes.iter().any(closes).then_some(line.sent_at)
}

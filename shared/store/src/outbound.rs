//! A message of ours: claimed, written ahead, attempted, and its outcome recorded.
//!
//! The state `sending` is written before the request leaves. Whoever finds it there later knows that the
//! request may have left, and that it must not leave again.

use std::collections::HashMap;

use cloud_api::Wamid;
use domain::consent::Decision;
use domain::sending::SendState;
use domain::{ConversationId, MessageId};
use jiff::Timestamp;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::threads::write_decision;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How long a claim is kept: longer than any queue keeps its request.
const CLAIM_DAYS: i64 = 30;

/// A request that wants to be sent.
#[derive(Clone, Debug)]
pub struct NewSend<'a> {
    /// Who asks.
    pub source: &'a str,
    /// The asker's id of the request.
    pub request_id: &'a str,
    /// Hash of what is asked.
    pub body_hash: &'a str,
    /// Where the message will stand.
    pub message: &'a MessageId,
    /// When it was asked.
    pub at: Timestamp,
}

/// What a claim found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This request, now or before, is this message.
    Ours(MessageId),
    /// The id was used before for something else.
    OtherBody,
}

/// A message of ours before it is sent.
#[derive(Clone, Debug)]
pub struct Outbound<'a> {
    /// Where it stands.
    pub id: &'a MessageId,
    /// Who asked, as `source#id`.
    pub request: String,
    /// Meta's `type`.
    pub kind: &'a str,
    /// The message in Meta's shape.
    pub raw: String,
    /// The wamid it is about or answers, if any.
    pub about: Option<&'a Wamid>,
    /// The upload that it sends, if it sends one.
    pub upload: Option<&'a str>,
    /// The id that the request came with, for the log lines of its statuses.
    pub correlation: Option<&'a str>,
    /// What the asker wants to have back with every event about it.
    pub callback: Option<&'a str>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Whether an attempt may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It begins, with this number. `sending` is written.
    Begun(u32),
    /// The message is in another state: somebody else attends to it, or it is over.
    Not,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Meta took it.
    Accepted {
        /// Meta's id.
        wamid: Wamid,
        /// Meta's `message_status`, where it says more than `accepted`.
        held: Option<String>,
    },
    /// Refused for good: Meta's errors, as JSON.
    Failed {
        /// The errors.
        errors: String,
    },
    /// Nobody knows.
    Unknown,
    /// Nothing left us: it may be tried again.
    Back,
    /// Refused for now.
    Waiting {
        /// Until then.
        until: Timestamp,
        /// The errors, as JSON.
        errors: String,
    },
}

/// What a message of ours is to the customer who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Somebody answered.
    Answer,
    /// A welcome, or a word that nobody is there: the customer waits on.
    Automatic,
}

impl Store {
    /// Claims a request. The same request finds the message that it made before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn claim_send(&self, send: &NewSend<'_>) -> Result<Claim, StoreError> {
        let (pk, sk) = keys::claim(send.source, send.request_id);
        let mut item = item::at(&pk, &sk);
        item.put("h", s(send.body_hash));
        item.put("mk", s(send.message.to_string()));
        item.put("t", ms(send.at));
        item.put("ttl", n(send.at.as_second() + CLAIM_DAYS * 86_400));
        match self.put_if(&self.tables.conversations, item, Condition::ClaimAbsent).await? {
            Conditional::Written => Ok(Claim::Ours(send.message.clone())),
            Conditional::Refused(there) if there.text("h") == Some(send.body_hash) => {
                let message = there.text("mk").and_then(|id| id.parse().ok());
                Ok(Claim::Ours(message.ok_or(StoreError::Corrupt("a claim names no message"))?))
            }
            Conditional::Refused(_) => Ok(Claim::OtherBody),
        }
    }

    /// Reads a claim that may have been made before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn claim_of(
        &self,
        source: &str,
        request_id: &str,
        body_hash: &str,
    ) -> Result<Option<Claim>, StoreError> {
        let item = self.get(&self.tables.conversations, &keys::claim(source, request_id), true).await?;
        let Some(there) = item else { return Ok(None) };
        if there.text("h") != Some(body_hash) {
            return Ok(Some(Claim::OtherBody));
        }
        let message = there.text("mk").and_then(|id| id.parse().ok());
        Ok(Some(Claim::Ours(message.ok_or(StoreError::Corrupt("a claim names no message"))?)))
    }

    /// Writes a message of ours ahead of its send, if it does not stand there yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write_ahead(&self, message: &Outbound<'_>) -> Result<(), StoreError> {
        let (pk, sk) = keys::message(message.id);
        let mut item = item::at(&pk, &sk);
        item.put("d", s("o"));
        item.put("rq", s(&message.request));
        item.put("t", ms(message.at));
        item.put("ra", ms(message.at));
        item.put("k", s(message.kind));
        item.put("raw", s(&message.raw));
        item.put_text("ab", message.about.map(Wamid::as_str));
        item.put_text("ci", message.correlation);
        item.put_text("cb", message.callback);
        if let Some(upload) = message.upload {
            crate::media::put_copying(&mut item);
            item.put("mu", s(upload));
        }
        item.put("ss", s(SendState::Queued.as_str()));
        item.put("at", n(0));
        match self.put_if(&self.tables.conversations, item, Condition::OutboundAbsent).await? {
            Conditional::Written | Conditional::Refused(_) => Ok(()),
        }
    }

    /// Begins attempt `before + 1`: writes `sending` with why it may go, unless something may be on its way
    /// already.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_attempt(
        &self,
        id: &MessageId,
        before: u32,
        decision: Option<&Decision>,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let attempt = before + 1;
        let decided = if decision.is_some() { ", dc = :decision" } else { "" };
        let update = self
            .message_update(id, Condition::MayAttempt)
            .set_expression_attribute_values(decision_value(decision))
            .update_expression(format!(
                "SET ss = :sending, #attempt = :attempt, sa = :now{decided} REMOVE nb"
            ))
            .expression_attribute_names("#attempt", "at")
            .expression_attribute_values(":sending", s(SendState::Sending.as_str()))
            .expression_attribute_values(":attempt", n(attempt.into()))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":queued", s(SendState::Queued.as_str()))
            .expression_attribute_values(":waiting", s(SendState::Waiting.as_str()))
            .expression_attribute_values(":before", n(before.into()));
        Ok(if written(update).await? { Attempt::Begun(attempt) } else { Attempt::Not })
    }

    /// Marks an attempt that a crash left open as unknown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn give_up_attempt(&self, id: &MessageId, attempt: u32) -> Result<(), StoreError> {
        let update = self
            .message_update(id, Condition::StillSending)
            .update_expression("SET ss = :unknown")
            .expression_attribute_values(":unknown", s(SendState::Unknown.as_str()))
            .expression_attribute_values(":sending", s(SendState::Sending.as_str()))
            .expression_attribute_values(":attempt", n(attempt.into()));
        written(update).await.map(drop)
    }

    /// Records what came of an attempt. An attempt that is not open any more keeps what it has.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_outcome(
        &self,
        id: &MessageId,
        attempt: u32,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = self
            .message_update(id, Condition::AttemptOpen)
            .expression_attribute_values(":sending", s(SendState::Sending.as_str()))
            .expression_attribute_values(":unknown", s(SendState::Unknown.as_str()))
            .expression_attribute_values(":attempt", n(attempt.into()));
        let state = |update: UpdateItemFluentBuilder, state: SendState| {
            update.expression_attribute_values(":to", s(state.as_str()))
        };
        let update = match outcome {
            Outcome::Accepted { wamid, held } => {
                let held_set = if held.is_some() { ", hq = :held" } else { "" };
                let update = state(update, SendState::Accepted)
                    .update_expression(format!(
                        "SET ss = :to, w = if_not_exists(w, :wamid), ac = :now{held_set}"
                    ))
                    .expression_attribute_values(":wamid", s(wamid.as_str()))
                    .expression_attribute_values(":now", ms(now));
                match held {
                    Some(held) => update.expression_attribute_values(":held", s(held)),
                    None => update,
                }
            }
            Outcome::Failed { errors } => state(update, SendState::Failed)
                .update_expression("SET ss = :to, er = :errors, fa = :now")
                .expression_attribute_values(":errors", s(errors))
                .expression_attribute_values(":now", ms(now)),
            // `unknown` is a value of the condition already.
            Outcome::Unknown => update.update_expression("SET ss = :unknown"),
            Outcome::Back => state(update, SendState::Queued).update_expression("SET ss = :to"),
            Outcome::Waiting { until, errors } => state(update, SendState::Waiting)
                .update_expression("SET ss = :to, nb = :until, er = :errors")
                .expression_attribute_values(":until", ms(*until))
                .expression_attribute_values(":errors", s(errors)),
        };
        written(update).await.map(drop)
    }

    /// Fails a message by a rule of our own, before anything left.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn refuse_send(
        &self,
        id: &MessageId,
        errors: &str,
        decision: Option<&Decision>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let decided = if decision.is_some() { ", dc = :decision" } else { "" };
        let update = self
            .message_update(id, Condition::MayWait)
            .set_expression_attribute_values(decision_value(decision))
            .update_expression(format!("SET ss = :failed, er = :errors, fa = :now{decided}"))
            .expression_attribute_values(":failed", s(SendState::Failed.as_str()))
            .expression_attribute_values(":errors", s(errors))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":queued", s(SendState::Queued.as_str()))
            .expression_attribute_values(":waiting", s(SendState::Waiting.as_str()));
        written(update).await.map(drop)
    }

    /// Moves a conversation's activity to a message of ours, and, if it is an answer, ends the customer's wait,
    /// unless something newer came. The conversation of a record that was merged meanwhile is the other record's.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_answer(
        &self,
        id: &ConversationId,
        preview: &str,
        at: Timestamp,
        sent: Sent,
    ) -> Result<(), StoreError> {
        if !self.answer(id, preview, at, sent).await? {
            let (root, _) = self.moved_to(id).await?;
            self.answer(&root, preview, at, sent).await?;
        }
        Ok(())
    }

    /// `false` if the conversation is part of another record's.
    async fn answer(
        &self,
        id: &ConversationId,
        preview: &str,
        at: Timestamp,
        sent: Sent,
    ) -> Result<bool, StoreError> {
        let condition = Condition::ActivityForward;
        let answers = match sent {
            Sent::Answer => ", an = :yes REMOVE qs",
            Sent::Automatic => "",
        };
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(keys::conversation(id)))
            .key("sk", s(keys::STATE))
            .update_expression(format!(
                "SET la = :la, pv = :pv, ib = if_not_exists(ib, :ib), im = :im, \
                 ver = if_not_exists(ver, :zero) + :one{answers}"
            ))
            .under(condition)
            .expression_attribute_values(":la", ms(at))
            .expression_attribute_values(":pv", s(preview))
            .expression_attribute_values(":ib", s(keys::inbox(id)))
            .expression_attribute_values(":im", s(keys::minute(at.as_millisecond())))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if sent == Sent::Answer {
            update = update.expression_attribute_values(":yes", AttributeValue::Bool(true));
        }
        let Err(error) = update.send().await else { return Ok(true) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(there)) => {
                Ok(there.item().is_none_or(|there| !there.contains_key("al")))
            }
            _ => Err(StoreError::from_sdk(&error)),
        }
    }

    /// An update of a message under a condition.
    pub(crate) fn message_update(&self, id: &MessageId, condition: Condition) -> UpdateItemFluentBuilder {
        let (pk, sk) = keys::message(id);
        self.client
            .update_item()
            .table_name(&self.tables.conversations)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .under(condition)
    }
}

fn decision_value(decision: Option<&Decision>) -> Option<HashMap<String, AttributeValue>> {
    let decision = decision?;
    Some(HashMap::from([(":decision".to_owned(), s(write_decision(decision)))]))
}

/// Sends a conditional update. `false` if the condition did not hold.
pub(crate) async fn written(update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
    Ok(conditional(update).await?.is_some())
}

/// The same, with the attributes that the update returns. `None` if the condition did not hold.
pub(crate) async fn conditional(update: UpdateItemFluentBuilder) -> Result<Option<Item>, StoreError> {
    match update.send().await {
        Ok(answer) => Ok(Some(answer.attributes.unwrap_or_default())),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
            _ => Err(StoreError::from_sdk(&error)),
        },
    }
}

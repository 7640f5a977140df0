//! Two records that are one person, and two again.
//!
//! A merge is an alias: the record keeps its identities, its fields and its messages where they are, so that undoing
//! is exact, and what arrived meanwhile stands where it belongs. What changes is what is shown: the record leaves the
//! lists, and its conversations are part of the other record's.
//!
//! The records are written first, in one transaction; identities and states follow, each repeatable, and repeating the
//! whole finishes what a crash broke off.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::identity::Given;
use domain::{ContactId, ConversationId};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::outbound::written;
use crate::transact::update_action;
use crate::united::{LONGEST_CHAIN, MOST_RECORDS, alias_of};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// What came of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// They are one person, now or since before.
    Done,
    /// There is no such record.
    Missing,
    /// A record is not merged into itself.
    Same,
    /// It is merged into another record already.
    Elsewhere(ContactId),
    /// The other record is merged itself, into this one.
    IntoMerged(ContactId),
    /// The person would be made of too many records.
    TooMany,
}

/// What came of an undoing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parted {
    /// They are two again; it was merged into this one.
    Done(ContactId),
    /// There is no such record.
    Missing,
    /// It is not merged, or not into the record that was seen.
    NotMerged,
}

impl Store {
    /// Merges a record into another.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it is harmless, and finishes what was broken off. [`StoreError::Erased`] if one of
    /// them was erased.
    pub async fn merge_contact(
        &self,
        loser: &ContactId,
        into: &ContactId,
        by: &str,
        now: Timestamp,
    ) -> Result<Merged, StoreError> {
        if loser == into {
            return Ok(Merged::Same);
        }
        let (Some(lost), Some(kept)) = (self.profile(loser).await?, self.profile(into).await?) else {
            return Ok(Merged::Missing);
        };
        if lost.contains_key("er") || kept.contains_key("er") {
            return Err(StoreError::Erased);
        }
        if let Some(further) = alias_of(&kept) {
            return Ok(Merged::IntoMerged(further));
        }
        match alias_of(&lost) {
            Some(other) if other == *into => {}
            Some(other) => return Ok(Merged::Elsewhere(other)),
            None => {
                let (ours, theirs) = (self.records_of(loser).await?, self.records_of(into).await?);
                if ours.len() + theirs.len() > MOST_RECORDS || self.depth(loser).await? >= LONGEST_CHAIN {
                    return Ok(Merged::TooMany);
                }
                if let Conditional::Refused(()) = self.write_merge(loser, into, by, now).await? {
                    // Another merge came between.
                    return Err(StoreError::Contended);
                }
            }
        }
        self.settle_merge(loser, into, now).await?;
        Ok(Merged::Done)
    }

    /// What follows from a merge that is written: done again, it changes nothing.
    pub(crate) async fn settle_merge(
        &self,
        loser: &ContactId,
        into: &ContactId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.mark_identities(loser, true).await?;
        let numbers = self.numbers().await?;
        let settled = numbers.iter().map(async |number| {
            self.withdraw(&ConversationId::with_contact(number.id.clone(), loser.clone()), into).await?;
            let id = ConversationId::with_contact(number.id.clone(), into.clone());
            self.rebuild_state(&self.thread(&id).await?, now).await
        });
        try_join_all(settled).await.map(drop)
    }

    /// How many merges already lead to a record, one upon the other.
    async fn depth(&self, contact: &ContactId) -> Result<usize, StoreError> {
        let mut level = vec![contact.clone()];
        for depth in 0..=LONGEST_CHAIN {
            let profiles = try_join_all(level.iter().map(|contact| self.profile(contact))).await?;
            level = profiles.iter().flatten().flat_map(crate::united::merged_into).collect();
            if level.is_empty() {
                return Ok(depth);
            }
        }
        Ok(LONGEST_CHAIN)
    }

    async fn write_merge(
        &self,
        loser: &ContactId,
        into: &ContactId,
        by: &str,
        now: Timestamp,
    ) -> Result<Conditional<()>, StoreError> {
        let lost = self
            .update_of(&keys::profile(loser))
            .update_expression(
                "SET alias_of = :into, mg = :now, ver = if_not_exists(ver, :zero) + :one REMOVE wk, wid",
            )
            .expression_attribute_values(":into", s(into.as_str()))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        let kept = self
            .update_of(&keys::profile(into))
            .update_expression("SET ver = if_not_exists(ver, :zero) + :one ADD als :loser")
            .expression_attribute_values(":loser", AttributeValue::Ss(vec![loser.to_string()]))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        let (pk, sk) = keys::merge(loser, now.as_millisecond());
        let mut note = item::at(&pk, &sk);
        note.put("into", s(into.as_str()));
        note.put("by", s(by));
        note.put("at", ms(now));
        let actions = vec![
            update_action(lost.under(Condition::NotMerged)),
            update_action(kept.under(Condition::IntoNotMerged)),
            self.put_action(&self.tables.contacts, note, None),
        ];
        self.transact(actions).await
    }

    /// Parts a merged record from the one that it was merged into: both are as if they never had been one, and what
    /// came meanwhile stands with the record that it came for. `from` is the record that it was seen merged into; if
    /// it is merged into another by now, nothing is undone.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it is harmless, and finishes what was broken off.
    pub async fn unmerge_contact(
        &self,
        loser: &ContactId,
        from: Option<&ContactId>,
        by: &str,
        now: Timestamp,
    ) -> Result<Parted, StoreError> {
        let lost = self.profile(loser).await?.filter(|lost| !lost.contains_key("er"));
        let Some(lost) = lost else { return Ok(Parted::Missing) };
        let Some(merge) = self.last_merge(loser).await? else { return Ok(Parted::NotMerged) };
        let into = merge.text("into").and_then(ContactId::new);
        let into = into.ok_or(StoreError::Corrupt("a merge into nothing"))?;
        let from = from.unwrap_or(&into);
        if alias_of(&lost).is_some() {
            if let Conditional::Refused(()) = self.write_parting(loser, from, &merge, by, now).await? {
                return Ok(Parted::NotMerged);
            }
        } else if into != *from {
            return Ok(Parted::NotMerged);
        }
        self.mark_identities(loser, false).await?;
        let numbers = self.numbers().await?;
        let settled = numbers.iter().map(async |number| {
            let of = |contact: &ContactId| ConversationId::with_contact(number.id.clone(), contact.clone());
            self.rebuild_state(&self.thread(&of(loser)).await?, now).await?;
            self.rebuild_state(&self.thread(&of(from)).await?, now).await
        });
        try_join_all(settled).await?;
        Ok(Parted::Done(from.clone()))
    }

    async fn write_parting(
        &self,
        loser: &ContactId,
        into: &ContactId,
        merge: &Item,
        by: &str,
        now: Timestamp,
    ) -> Result<Conditional<()>, StoreError> {
        let merged_at = merge.number("at").ok_or(StoreError::Corrupt("a merge without a time"))?;
        let lost = self
            .update_of(&keys::profile(loser))
            .update_expression("SET wk = :wk, wid = :wid, ver = ver + :one REMOVE alias_of, mg")
            .expression_attribute_values(":wk", s(keys::walk_shard(loser)))
            .expression_attribute_values(":wid", s(loser.as_str()))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":into", s(into.as_str()))
            .expression_attribute_values(":merged_at", n(merged_at));
        let kept = self
            .update_of(&keys::profile(into))
            .update_expression("SET ver = ver + :one DELETE als :loser")
            .expression_attribute_values(":loser", AttributeValue::Ss(vec![loser.to_string()]))
            .expression_attribute_values(":one", n(1));
        let undone = self
            .update_of(&keys::merge(loser, merged_at))
            .update_expression("SET ua = :now, ub = :by")
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":by", s(by));
        let actions = vec![
            update_action(lost.under(Condition::MergeStands)),
            update_action(kept),
            update_action(undone),
        ];
        self.transact(actions).await
    }

    /// The newest merge of a record, undone or not.
    async fn last_merge(&self, contact: &ContactId) -> Result<Option<Item>, StoreError> {
        let found = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk AND begins_with(sk, :merge)")
            .expression_attribute_values(":pk", s(keys::profile(contact).0))
            .expression_attribute_values(":merge", s("MERGE#"))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(found.items.unwrap_or_default().pop())
    }

    /// Whether somebody undid this very merge.
    pub(crate) async fn was_parted(&self, loser: &ContactId, into: &ContactId) -> Result<bool, StoreError> {
        let last = self.last_merge(loser).await?;
        Ok(last.is_some_and(|last| last.contains_key("ua") && last.text("into") == Some(into.as_str())))
    }

    /// Notes on a record's identities that it is merged, or not any more. So whoever is found by them is found as
    /// cheaply as anybody, and only a merged record is asked who it is by now.
    async fn mark_identities(&self, contact: &ContactId, is_merged: bool) -> Result<(), StoreError> {
        let profile = self.profile(contact).await?.unwrap_or_default();
        let held = profile.texts("ids").into_iter().filter_map(|id| Given::of_record(&id));
        let keys = held.map(|given| keys::given(&given, contact));
        let marked = keys.map(async |key| {
            let condition = Condition::IdentityOwned;
            let mut update = self.client.update_item().table_name(&self.tables.contacts);
            update = update.key("pk", s(&key.0)).key("sk", s(&key.1));
            update = if is_merged {
                update
                    .update_expression("SET al = :yes")
                    .expression_attribute_values(":yes", AttributeValue::Bool(true))
            } else {
                update.update_expression("REMOVE al")
            };
            update = update.under(condition);
            // An identity that went to somebody else is no business of this record's.
            written(update.expression_attribute_values(":owner", s(contact.as_str()))).await
        });
        try_join_all(marked).await.map(drop)
    }

    /// Takes a conversation out of every list: it is part of the other record's from now on. What is on its way to it
    /// finds the mark, and goes there too. How it was handled stays with it, for the day when it comes back.
    async fn withdraw(&self, id: &ConversationId, into: &ContactId) -> Result<(), StoreError> {
        let update = self
            .state_update(id)
            .update_expression(
                "SET al = :into, ver = if_not_exists(ver, :zero) + :one REMOVE ib, im, qk, qs, ik",
            )
            .expression_attribute_values(":into", s(into.as_str()))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

//! The ledger of a portfolio's messaging limit: how many people were written to, by quarter of an hour.
//!
//! What is written, and why nothing passes the limit, is decided in `domain::tier`. Slots are added and subtracted, never
//! set, so that workers get into each other's way only where slots come back or stop counting.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, Update};
use cloud_api::webhook::event::numbers::MessagingLimit;
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::number::facts::Fact;
use domain::tier::{Allowance, Bucket, Change, Ledger, Limit};

use crate::item::{Get, Item, n, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, Subject, keys};

/// A ledger, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLedger {
    /// What is taken.
    pub ledger: Ledger,
    /// Grows when slots come back or stop counting.
    version: i64,
}

impl Store {
    /// The ledger of a portfolio, consistently read, under the limit that Meta gives now; made if it is not there. A limit
    /// that changed holds from here on, for everybody.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn tier_ledger(&self, portfolio: &PortfolioId, limit: Limit) -> Result<KeptLedger, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::tier(portfolio), true).await?;
        let there = item.as_ref().map(read_ledger).transpose()?;
        if let Some(kept) = there.filter(|kept| kept.ledger.allowance.limit == limit) {
            return Ok(kept);
        }
        let by_hand = item.as_ref().is_some_and(|item| item.is_set("bh"));
        let told = item.as_ref().and_then(|item| read_allowance(item.text("al")?)).filter(|_| by_hand);
        let allowance = told.map_or(Allowance::usual(limit), |told| Allowance { limit, ..told });
        self.write_allowance(portfolio, allowance, by_hand).await
    }

    /// The same ledger for whoever only looks: nothing is written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn look_at_tier_ledger(
        &self,
        portfolio: &PortfolioId,
        limit: Limit,
    ) -> Result<KeptLedger, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::tier(portfolio), false).await?;
        let Some(item) = item else {
            return Ok(KeptLedger { ledger: Ledger::new(Allowance::usual(limit)), version: 0 });
        };
        let mut kept = read_ledger(&item)?;
        let by_hand = item.is_set("bh");
        let told = kept.ledger.allowance;
        kept.ledger.allowance = if by_hand { Allowance { limit, ..told } } else { Allowance::usual(limit) };
        Ok(kept)
    }

    /// The messaging limit that numbers of one portfolio have. Meta tells it of each; the lowest word is safe.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn limit_of(&self, numbers: &[PhoneNumberId]) -> Result<Limit, StoreError> {
        let mut lowest = None;
        for number in numbers {
            let facts = self.facts(Subject::Number(number)).await?;
            let told =
                facts.get(&Fact::Limit).map(|known| Limit::from(&MessagingLimit::from(known.value.as_str())));
            lowest = lowest.into_iter().chain(told).min();
        }
        Ok(lowest.unwrap_or(Limit::LOWEST))
    }

    /// Sets how many people of the limit campaigns leave alone: for single messages, and for other applications that send
    /// from the same portfolio.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_allowance(
        &self,
        portfolio: &PortfolioId,
        allowance: Allowance,
    ) -> Result<KeptLedger, StoreError> {
        self.write_allowance(portfolio, allowance, true).await
    }

    /// From now on campaigns leave alone what they leave alone where nobody has said anything.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_allowance(
        &self,
        portfolio: &PortfolioId,
        limit: Limit,
    ) -> Result<KeptLedger, StoreError> {
        self.write_allowance(portfolio, Allowance::usual(limit), false).await
    }

    async fn write_allowance(
        &self,
        portfolio: &PortfolioId,
        allowance: Allowance,
        by_hand: bool,
    ) -> Result<KeptLedger, StoreError> {
        let (pk, sk) = keys::tier(portfolio);
        let written = self
            .client
            .update_item()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression(
                "SET al = :al, bh = :bh, #t = if_not_exists(#t, :zero), v = if_not_exists(v, :zero)",
            )
            .expression_attribute_names("#t", "t")
            .expression_attribute_values(":al", s(write_allowance(allowance)))
            .expression_attribute_values(":bh", AttributeValue::Bool(by_hand))
            .expression_attribute_values(":zero", n(0))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        read_ledger(&written.attributes.unwrap_or_default())
    }

    /// Counts people again whose message arrived late. This may pass the limit; then nobody takes a slot for a while.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn count_late(&self, portfolio: &PortfolioId, change: &Change) -> Result<(), StoreError> {
        let (pk, sk) = keys::tier(portfolio);
        let mut update = self.client.update_item().table_name(&self.tables.campaigns);
        update = update.key("pk", s(pk)).key("sk", s(sk));
        let mut parts = vec!["#t :total".to_owned()];
        update = update
            .expression_attribute_names("#t", "t")
            .expression_attribute_values(":total", n(change.total));
        for (index, (bucket, slots)) in change.add.iter().enumerate() {
            parts.push(format!("#b{index} :b{index}"));
            update = update.expression_attribute_names(format!("#b{index}"), attribute(*bucket));
            update = update.expression_attribute_values(format!(":b{index}"), n(*slots));
        }
        let update = update.update_expression(format!("ADD {}", parts.join(", ")));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// A change of a ledger, for a transaction with whatever the slots are for.
    pub(crate) fn ledger_update(
        &self,
        portfolio: &PortfolioId,
        kept: &KeptLedger,
        change: &Change,
    ) -> UpdateBuilder {
        let (pk, sk) = keys::tier(portfolio);
        let mut update =
            Update::builder().table_name(&self.tables.campaigns).key("pk", s(pk)).key("sk", s(sk));
        let mut adds = vec!["#sum :sum".to_owned()];
        update = update
            .expression_attribute_names("#sum", "t")
            .expression_attribute_values(":sum", n(change.total));
        for (index, (bucket, slots)) in change.add.iter().enumerate() {
            adds.push(format!("#b{index} :b{index}"));
            update = update.expression_attribute_names(format!("#b{index}"), attribute(*bucket));
            update = update.expression_attribute_values(format!(":b{index}"), n(*slots));
        }
        let mut removes = Vec::new();
        for (index, (bucket, _)) in change.gone.iter().enumerate() {
            removes.push(format!("#g{index}"));
            update = update.expression_attribute_names(format!("#g{index}"), attribute(*bucket));
        }
        let (allowance, most) = change.within.unwrap_or((kept.ledger.allowance, i64::MAX));
        let allowance = s(write_allowance(allowance));
        let only_takes = change.gone.is_empty() && change.add.values().all(|slots| *slots > 0);
        let condition = if only_takes {
            update = update.expression_attribute_values(":room_al", allowance);
            update = update.expression_attribute_values(":room_most", n(most));
            Condition::LedgerRoom
        } else {
            adds.push("#version :one".to_owned());
            update =
                update.expression_attribute_names("#version", "v").expression_attribute_values(":one", n(1));
            update = update.expression_attribute_values(":whole_seen", n(kept.version));
            update = update.expression_attribute_values(":whole_al", allowance);
            update = update.expression_attribute_values(":whole_most", n(most));
            Condition::LedgerUnchanged
        };
        let remove =
            if removes.is_empty() { String::new() } else { format!(" REMOVE {}", removes.join(", ")) };
        update.update_expression(format!("ADD {}{remove}", adds.join(", "))).under(condition)
    }
}

fn attribute(bucket: Bucket) -> String {
    format!("b_{}", bucket.code())
}

/// `<people or u>.<head room>.<others>`: one attribute, so that one comparison says that nothing of it changed.
fn write_allowance(allowance: Allowance) -> String {
    let limit = match allowance.limit {
        Limit::People(people) => people.to_string(),
        Limit::Unlimited => "u".to_owned(),
    };
    format!("{limit}.{}.{}", allowance.head_room, allowance.others)
}

fn read_allowance(text: &str) -> Option<Allowance> {
    let mut parts = text.split('.');
    let limit = match parts.next()? {
        "u" => Limit::Unlimited,
        people => Limit::People(people.parse().ok()?),
    };
    Some(Allowance { limit, head_room: parts.next()?.parse().ok()?, others: parts.next()?.parse().ok()? })
}

fn read_ledger(item: &Item) -> Result<KeptLedger, StoreError> {
    // A ledger that late deliveries made has no allowance yet: the lowest limit is safe, and is put right at once.
    let allowance = match item.text("al") {
        Some(text) => read_allowance(text).ok_or(StoreError::Corrupt("a ledger's allowance"))?,
        None => Allowance::usual(Limit::LOWEST),
    };
    let mut ledger = Ledger::new(allowance);
    for name in item.keys() {
        let Some(code) = name.strip_prefix("b_") else { continue };
        let bucket = Bucket::from_code(code).ok_or(StoreError::Corrupt("a ledger's bucket"))?;
        let taken = item.number(name).and_then(|taken| u32::try_from(taken).ok());
        let taken = taken.ok_or(StoreError::Corrupt("a ledger's bucket"))?;
        ledger.buckets.insert(bucket, taken);
    }
    Ok(KeptLedger { ledger, version: item.number("v").unwrap_or_default() })
}

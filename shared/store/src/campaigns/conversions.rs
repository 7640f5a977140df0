//! What people did that a campaign was meant for, as other systems tell it. It stands with the campaign, for the report, and
//! with the person, so that it goes with them.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::campaign::CampaignId;
use domain::campaign::conversion::{Conversion, Worth};
use domain::campaign::log::{Chunk, PARTITIONS};
use domain::rates::Micros;
use domain::{ContactId, sha256};
use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};

use super::chunks::read_members;
use super::lines::CampaignLine;
use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Condition, Store, StoreError, keys};

/// How many chunks are read at the same time.
const AT_ONCE: usize = 16;

/// What came of telling of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Converted {
    /// It is written.
    New,
    /// It was told before.
    Known,
    /// Its id stands for another one.
    Other,
}

impl Store {
    /// Writes a conversion under its id in the system that tells of it. The id itself is not kept.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn record_conversion(
        &self,
        campaign: &CampaignId,
        id: &str,
        conversion: &Conversion,
    ) -> Result<Converted, StoreError> {
        let hash = &sha256(id.as_bytes())[..32];
        let (pk, sk) = keys::conversion(campaign, hash);
        let mut told = item::at(&pk, &sk);
        put(&mut told, conversion);
        told.put("ct", s(conversion.contact.as_str()));
        told.put("rs", AttributeValue::Ss(conversion.records.iter().map(ToString::to_string).collect()));
        let (pk, sk) = keys::converted(&conversion.contact, campaign, hash);
        let mut own = item::at(&pk, &sk);
        put(&mut own, conversion);
        let actions = vec![
            self.put_action(&self.tables.campaigns, told, Some(Condition::ConversionAbsent)),
            self.put_action(&self.tables.contacts, own, None),
        ];
        match self.transact(actions).await? {
            Conditional::Written => Ok(Converted::New),
            Conditional::Refused(()) => {
                let there = self.get(&self.tables.campaigns, &keys::conversion(campaign, hash), true).await?;
                let there = there.as_ref().and_then(read);
                let same = |there: Conversion| Conversion { records: conversion.records.clone(), ..there };
                let is_same = there.map(same).as_ref() == Some(conversion);
                Ok(if is_same { Converted::Known } else { Converted::Other })
            }
        }
    }

    /// Every conversion that was told of for a campaign.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversions(&self, campaign: &CampaignId) -> Result<Vec<Conversion>, StoreError> {
        let parts = (0..PARTITIONS).map(async |partition| {
            let query = self.client.query().table_name(&self.tables.campaigns);
            let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :conversions)");
            let query = query.expression_attribute_values(":pk", s(keys::results(campaign, partition)));
            let query = query.expression_attribute_values(":conversions", s(keys::CONVERSIONS));
            let mut pages = query.into_paginator().send();
            let mut conversions = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::from_sdk(&error))?;
                conversions.extend(page.items().iter().filter_map(read));
            }
            Ok::<_, StoreError>(conversions)
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    /// What a record did for which campaigns.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversions_of(
        &self,
        contact: &ContactId,
    ) -> Result<Vec<(CampaignId, Conversion)>, StoreError> {
        let query = self.client.query().table_name(&self.tables.contacts);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :converted)");
        let query = query.expression_attribute_values(":pk", s(keys::profile(contact).0));
        let query = query.expression_attribute_values(":converted", s(keys::CONVERTED));
        let mut pages = query.into_paginator().send();
        let mut conversions = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            conversions.extend(page.items().iter().filter_map(|item| {
                let (campaign, _) = keys::parse_converted(item.text("sk")?)?;
                Some((campaign, read_of(contact.clone(), item)?))
            }));
        }
        Ok(conversions)
    }

    /// The lines of some people of a campaign, by who they are in the audience. It looks through the whole log for them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_lines_of(
        &self,
        campaign: &CampaignId,
        people: &BTreeSet<ContactId>,
    ) -> Result<HashMap<ContactId, CampaignLine>, StoreError> {
        let parts = (0..PARTITIONS).map(|partition| self.chunks_with(campaign, partition, people));
        let chunks: Vec<u64> = try_join_all(parts).await?.into_iter().flatten().collect();
        let reader = &self.campaign_lines(campaign);
        let lines = stream::iter(chunks).map(|chunk| reader.of_chunk(chunk)).buffer_unordered(AT_ONCE);
        let lines: Vec<Vec<CampaignLine>> = lines.try_collect().await?;
        let wanted = lines.into_iter().flatten().filter(|line| people.contains(&line.contact));
        Ok(wanted.map(|line| (line.contact.clone(), line)).collect())
    }

    /// The chunks of an audience, in one partition, in which one of these people is.
    async fn chunks_with(
        &self,
        campaign: &CampaignId,
        partition: u64,
        people: &BTreeSet<ContactId>,
    ) -> Result<Vec<u64>, StoreError> {
        let (first, last) = keys::WALKED_CHUNKS;
        let query = self.client.query().table_name(&self.tables.campaigns).projection_expression("sk, mb");
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(keys::results(campaign, partition)));
        let query = query.expression_attribute_values(":first", s(first));
        let mut pages = query.expression_attribute_values(":last", s(last)).into_paginator().send();
        let mut chunks = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            chunks.extend(page.items().iter().filter_map(|item| {
                // A run has a number where its chunk has people.
                let members = read_members(item.text("mb")?)?;
                let is_wanted = members.iter().any(|member| people.contains(&member.contact));
                match item.text("sk").and_then(keys::parse_chunk)? {
                    Chunk::Walked(number) if is_wanted => Some(number),
                    _ => None,
                }
            }));
        }
        Ok(chunks)
    }
}

fn put(item: &mut Item, conversion: &Conversion) {
    item.put("k", s(&conversion.kind));
    item.put("t", ms(conversion.at));
    if let Some(worth) = &conversion.value {
        item.put("vm", n(i64::try_from(worth.amount.0).unwrap_or(i64::MAX)));
        item.put("vc", s(&worth.currency));
    }
}

fn read(item: &Item) -> Option<Conversion> {
    let records = item.texts("rs").into_iter().filter_map(ContactId::new).collect();
    Some(Conversion { records, ..read_of(ContactId::new(item.text("ct")?)?, item)? })
}

fn read_of(contact: ContactId, item: &Item) -> Option<Conversion> {
    let amount = item.number("vm").and_then(|micros| u64::try_from(micros).ok()).map(Micros);
    let currency = item.text("vc").map(str::to_owned);
    Some(Conversion {
        records: BTreeSet::from([contact.clone()]),
        contact,
        kind: item.text("k")?.to_owned(),
        value: amount.zip(currency).map(|(amount, currency)| Worth { amount, currency }),
        at: item.time("t")?,
    })
}

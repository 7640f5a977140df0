//! A campaign's item: what it is, where it stands, and how far its log has come.
//!
//! Who changes the definition or the state writes upon the version that was read. What workers note of the log beside
//! it moves no version, so that a campaign that runs can be paused at any time.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::Delete;
use aws_sdk_dynamodb::types::TransactWriteItem;
use aws_sdk_dynamodb::types::Update;
use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::campaign::CampaignId;
use domain::campaign::definition::Definition;
use domain::campaign::standing::Before;
use domain::campaign::state::State;
use domain::campaign::watch::Watch;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// What it is. Nobody changes it once it has started.
    pub definition: Definition,
    /// Where it stands.
    pub state: State,
    /// Who made it: the `sub` of their tokens, or a program's name.
    pub by: String,
    /// The recurring campaign that this one is a run of.
    pub parent: Option<CampaignId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its definition or state last changed.
    pub updated_at: Timestamp,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// What was frozen when it started.
    pub snapshot: Option<Snapshot>,
    /// How far its log has come.
    pub log: Log,
    /// What guards have found.
    pub watch: Watch,
    /// Grows with each change of its definition or state.
    pub version: i64,
}

/// What of numbers and templates was frozen when a campaign started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The numbers that send, in the order of the definition.
    pub senders: Vec<Sender>,
    /// The templates as Meta had them: one for each WABA, name and language that could be sent.
    #[serde(default)]
    pub templates: Vec<FrozenTemplate>,
    /// The filters of the audience's segments, by the segments' ids: as they were at the start.
    #[serde(default)]
    pub segments: BTreeMap<String, String>,
    /// Whether a template of unknown category counts as marketing.
    #[serde(default)]
    pub strict: bool,
}

/// A number that sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The number.
    pub number: PhoneNumberId,
    /// The WABA that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba: Option<WabaId>,
    /// The portfolio whose limit counts, and whose gates.
    pub portfolio: PortfolioId,
    /// How many messages a second Meta lets it send.
    pub per_second: u64,
    /// Its quality rating, as Meta writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Its messaging limit, in people; `None` is unlimited or unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

impl Sender {
    /// What guards compare with.
    #[must_use]
    pub fn before(&self) -> Before {
        Before { quality: self.quality.clone(), limit: self.limit }
    }
}

/// A template as it was when a campaign started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenTemplate {
    /// The WABA that has it.
    pub waba: WabaId,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its category, as [`Purpose`](domain::consent::Purpose) writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The hash of its content.
    pub hash: String,
}

/// How far a campaign's log has come. Derived from chunks and their runs; never counted up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// When everybody was in a chunk.
    pub frozen_at: Option<Timestamp>,
    /// How many chunks the frozen audience has.
    pub chunks: u64,
    /// How many people.
    pub people: u64,
    /// So many places of the send order are released, from the first.
    pub released_upto: u64,
    /// When the last of them was.
    pub released_at: Option<Timestamp>,
    /// So many places, from the first, are through without a gap.
    pub done_upto: u64,
    /// When `done_upto` last grew; before the audience is frozen, when a piece of the fan-out last began.
    pub heartbeat: Option<Timestamp>,
    /// Hours since 1970 that have chunks of people who were put off, and are not through; with how many of these chunks
    /// are released.
    pub deferred: BTreeMap<u64, u64>,
}

impl Campaign {
    /// A campaign that is being written.
    #[must_use]
    pub fn draft(id: CampaignId, definition: Definition, by: String, now: Timestamp) -> Self {
        Self {
            id,
            definition,
            state: State::Draft,
            by,
            parent: None,
            created_at: now,
            updated_at: now,
            started_at: None,
            snapshot: None,
            log: Log::default(),
            watch: Watch::default(),
            version: 1,
        }
    }

    /// Whether somebody has to look at it each minute: it starts by itself, or has started and is not over.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state != State::Draft && !self.state.is_over()
    }
}

impl Store {
    /// A campaign, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign(&self, id: &CampaignId) -> Result<Option<Campaign>, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::campaign(id), true).await?;
        item.as_ref().map(read_campaign).transpose()
    }

    /// Writes a campaign that is not there yet, with its place in the lists. `false` if there is one of this id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn create_campaign(&self, campaign: &Campaign) -> Result<bool, StoreError> {
        let table = &self.tables.campaigns;
        let (pk, sk) = keys::campaign(&campaign.id);
        let mut item = item::at(&pk, &sk);
        for (name, value) in attributes(campaign)? {
            if let Some(value) = value {
                item.put(name, value);
            }
        }
        item.put("by", s(&campaign.by));
        item.put_text("pa", campaign.parent.as_ref().map(CampaignId::as_str));
        item.put("ca", ms(campaign.created_at));
        let listed = item::at(keys::CAMPAIGNS, campaign.id.as_str());
        let mut actions = vec![
            self.put_action(table, item, Some(Condition::CampaignAbsent)),
            self.put_action(table, listed, None),
        ];
        if campaign.is_active() {
            actions.push(self.put_action(table, item::at(keys::ACTIVE, campaign.id.as_str()), None));
        }
        Ok(matches!(self.transact(actions).await?, Conditional::Written))
    }

    /// Writes the definition, the state and what was frozen, upon the version that was read; and gives the campaign its
    /// new version. What is noted of the log stays.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if somebody changed it meanwhile. See [`StoreError`].
    pub async fn change_campaign(&self, campaign: &mut Campaign, was_active: bool) -> Result<(), StoreError> {
        let next = Campaign { version: campaign.version + 1, ..campaign.clone() };
        let mut actions = vec![self.campaign_action(&next, campaign.version)?];
        let listed = item::at(keys::ACTIVE, campaign.id.as_str());
        match (was_active, next.is_active()) {
            (false, true) => actions.push(self.put_action(&self.tables.campaigns, listed, None)),
            (true, false) => actions.push(self.delete_action(listed)),
            _ => {}
        }
        match self.transact(actions).await? {
            Conditional::Written => {
                *campaign = next;
                Ok(())
            }
            Conditional::Refused(()) => Err(StoreError::Contended),
        }
    }

    /// Removes a campaign as it was read.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if somebody changed it meanwhile. See [`StoreError`].
    pub async fn remove_campaign(&self, campaign: &Campaign) -> Result<(), StoreError> {
        let (pk, sk) = keys::campaign(&campaign.id);
        let delete = Delete::builder()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .under(Condition::CampaignUnchanged)
            .expression_attribute_values(":camp_seen", n(campaign.version));
        let actions = vec![
            // Table and key are always set.
            TransactWriteItem::builder().set_delete(delete.build().ok()).build(),
            self.delete_action(item::at(keys::CAMPAIGNS, campaign.id.as_str())),
            self.delete_action(item::at(keys::ACTIVE, campaign.id.as_str())),
        ];
        match self.transact(actions).await? {
            Conditional::Written => Ok(()),
            Conditional::Refused(()) => Err(StoreError::Contended),
        }
    }

    fn campaign_action(&self, campaign: &Campaign, seen: i64) -> Result<TransactWriteItem, StoreError> {
        let (pk, sk) = keys::campaign(&campaign.id);
        let mut update =
            Update::builder().table_name(&self.tables.campaigns).key("pk", s(pk)).key("sk", s(sk));
        let mut parts = Vec::new();
        for (name, value) in attributes(campaign)? {
            // Nothing that was set once is ever taken away.
            let Some(value) = value else { continue };
            parts.push(format!("#{name} = :{name}"));
            update = update.expression_attribute_names(format!("#{name}"), name);
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let update = update
            .update_expression(format!("SET {}", parts.join(", ")))
            .expression_attribute_values(":camp_seen", n(seen));
        Ok(update_action(update.under(Condition::CampaignUnchanged)))
    }

    fn delete_action(&self, key: Item) -> TransactWriteItem {
        let delete = Delete::builder().table_name(&self.tables.campaigns).set_key(Some(key));
        // Table and key are always set.
        TransactWriteItem::builder().set_delete(delete.build().ok()).build()
    }
}

type Attributes = Vec<(&'static str, Option<AttributeValue>)>;

fn attributes(campaign: &Campaign) -> Result<Attributes, StoreError> {
    let json = |value: serde_json::Result<String>| {
        value.map(s).map_err(|_| StoreError::Corrupt("a campaign that cannot be written"))
    };
    let snapshot = campaign.snapshot.as_ref().map(|snapshot| json(serde_json::to_string(snapshot)));
    Ok(vec![
        ("js", Some(json(serde_json::to_string(&campaign.definition))?)),
        ("st", Some(json(serde_json::to_string(&campaign.state))?)),
        ("ua", Some(ms(campaign.updated_at))),
        ("sa", campaign.started_at.map(ms)),
        ("sn", snapshot.transpose()?),
        ("gd", Some(json(serde_json::to_string(&campaign.watch))?)),
        ("ver", Some(n(campaign.version))),
    ])
}

pub(super) fn read_campaign(item: &Item) -> Result<Campaign, StoreError> {
    const CORRUPT: StoreError = StoreError::Corrupt("a campaign");
    let text = |name: &str| item.text(name).ok_or(CORRUPT);
    let time = |name: &str| item.time(name).ok_or(CORRUPT);
    let id = text("pk")?.strip_prefix("CAMP#").and_then(CampaignId::new).ok_or(CORRUPT)?;
    let snapshot = item.text("sn").map(serde_json::from_str).transpose().map_err(|_| CORRUPT)?;
    Ok(Campaign {
        id,
        definition: serde_json::from_str(text("js")?).map_err(|_| CORRUPT)?,
        state: serde_json::from_str(text("st")?).map_err(|_| CORRUPT)?,
        by: text("by")?.to_owned(),
        parent: item.text("pa").and_then(CampaignId::new),
        created_at: time("ca")?,
        updated_at: time("ua")?,
        started_at: item.time("sa"),
        snapshot,
        log: read_log(item),
        watch: item
            .text("gd")
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| CORRUPT)?
            .unwrap_or_default(),
        version: item.number("ver").ok_or(CORRUPT)?,
    })
}

fn read_log(item: &Item) -> Log {
    let number = |name: &str| item.number(name).and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
    let hours = item.get("dh").and_then(|hours| hours.as_ns().ok());
    Log {
        frozen_at: item.time("fz"),
        chunks: number("cn"),
        people: number("pp"),
        released_upto: number("ru"),
        released_at: item.time("ra"),
        done_upto: number("du"),
        heartbeat: item.time("hb"),
        deferred: hours
            .into_iter()
            .flatten()
            .filter_map(|hour| Some((hour.parse().ok()?, number(&format!("d{hour}")))))
            .collect(),
    }
}

//! The newest pre-flight of a campaign: how far it has counted.

use domain::campaign::CampaignId;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Condition, Store, StoreError, keys};

/// A pre-flight, and how far it has come. A campaign keeps its newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreflightJob {
    /// Its id.
    pub id: String,
    /// Whether it is `running`, `finished` or `failed`.
    pub state: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The version of the campaign that it counts for.
    pub of_version: i64,
    /// What was frozen for it, as JSON: as the run's snapshot.
    pub snapshot: String,
    /// Where in the audience it goes on.
    pub place: Option<String>,
    /// How many people it has looked at.
    pub people: u64,
    /// What it has counted, as JSON.
    pub counts: Option<String>,
    /// When it was asked for: the instant that it decides at.
    pub created_at: Timestamp,
    /// When it last got on.
    pub updated_at: Timestamp,
    /// Grows with each piece.
    pub version: i64,
}

impl Store {
    /// The newest pre-flight of a campaign.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn preflight(&self, id: &CampaignId) -> Result<Option<PreflightJob>, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::preflight(id), true).await?;
        Ok(item.as_ref().and_then(read_preflight))
    }

    /// Begins a pre-flight; one that is there is forgotten.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_preflight(&self, id: &CampaignId, job: &PreflightJob) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.tables.campaigns);
        let put = put.set_item(Some(write_preflight(id, job))).send().await;
        put.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Writes how far a pre-flight has come, if it is still the newest and nobody else went on with it. It then has its
    /// new version.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if somebody did. See [`StoreError`].
    pub async fn put_preflight(&self, id: &CampaignId, job: &mut PreflightJob) -> Result<(), StoreError> {
        let next = PreflightJob { version: job.version + 1, ..job.clone() };
        let values = vec![(":pre_id", s(&job.id)), (":pre_seen", n(job.version))];
        let item = write_preflight(id, &next);
        let condition = Condition::PreflightUnchanged;
        match self.put_if_with(&self.tables.campaigns, item, condition, values).await? {
            Conditional::Written => {
                *job = next;
                Ok(())
            }
            Conditional::Refused(_) => Err(StoreError::Contended),
        }
    }
}

fn write_preflight(id: &CampaignId, job: &PreflightJob) -> Item {
    let (pk, sk) = keys::preflight(id);
    let mut item = item::at(&pk, &sk);
    item.put("id", s(&job.id));
    item.put("st", s(&job.state));
    item.put_text("why", job.reason.as_deref());
    item.put("of", n(job.of_version));
    item.put("sn", s(&job.snapshot));
    item.put_text("place", job.place.as_deref());
    item.put("pp", n(i64::try_from(job.people).unwrap_or(i64::MAX)));
    item.put_text("js", job.counts.as_deref());
    item.put("ca", ms(job.created_at));
    item.put("ua", ms(job.updated_at));
    item.put("ver", n(job.version));
    item
}

fn read_preflight(item: &Item) -> Option<PreflightJob> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    Some(PreflightJob {
        id: text("id")?,
        state: text("st")?,
        reason: text("why"),
        of_version: item.number("of")?,
        snapshot: text("sn")?,
        place: text("place"),
        people: item.number("pp").and_then(|people| u64::try_from(people).ok()).unwrap_or_default(),
        counts: text("js"),
        created_at: item.time("ca")?,
        updated_at: item.time("ua")?,
        version: item.number("ver")?,
    })
}

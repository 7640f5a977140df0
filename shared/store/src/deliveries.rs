//! What became of an event on its way to an endpoint: one row for each, kept for 30 days.

use domain::endpoint::EndpointId;
use domain::event::EventId;
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// How long rows are kept, in days.
const ROW_DAYS: i64 = 30;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Asked for again, and not tried yet.
    Queued,
    /// It failed, and will be tried again.
    Retrying,
    /// The receiver has it.
    Delivered,
    /// Given up: it is a dead letter.
    Failed,
}

impl DeliveryState {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Queued, Self::Retrying, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// Which delivery: an event and its time, for an endpoint. Written `<13 digits>-<event id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// When the event happened, Unix milliseconds.
    pub at: i64,
    /// The event.
    pub event: EventId,
}

impl Delivered {
    /// Reads it back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at, event) = text.split_once('-')?;
        let at = Some(at).filter(|at| at.len() == 13 && at.bytes().all(|b| b.is_ascii_digit()))?;
        Some(Self { at: at.parse().ok()?, event: EventId::parse(event)? })
    }

    fn sort_key(&self) -> String {
        keys::listed(self.at, self.event.as_str())
    }
}

impl std::fmt::Display for Delivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", keys::digits(self.at), self.event)
    }
}

/// A delivery as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Which.
    pub id: Delivered,
    /// The event's type.
    pub kind: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// The round of attempts that it is about.
    pub round: i64,
    /// Attempts of that round that failed.
    pub failed: u32,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// Why the last attempt failed, without content.
    pub reason: Option<String>,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// When this was written.
    pub changed_at: Timestamp,
    /// The job, to be tried again by hand. Not kept of one that has people's words: its dead letter has it.
    pub job: Option<String>,
}

/// A page of deliveries, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub rows: Vec<DeliveryRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// Writes where a delivery stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_delivery(&self, endpoint: &EndpointId, row: &DeliveryRow) -> Result<(), StoreError> {
        let mut item = item::at(&keys::deliveries(endpoint), &row.id.sort_key());
        item.put("ty", s(&row.kind));
        item.put("st", s(row.state.as_str()));
        item.put("rd", n(row.round));
        item.put("fl", n(row.failed.into()));
        if let Some(status) = row.status {
            item.put("hs", n(status.into()));
        }
        item.put_text("why", row.reason.as_deref());
        if let Some(next) = row.next_at {
            item.put("nx", ms(next));
        }
        item.put("ra", ms(row.changed_at));
        item.put_text("job", row.job.as_deref());
        item.put("ttl", n(row.changed_at.as_second() + ROW_DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// A delivery.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delivery(
        &self,
        endpoint: &EndpointId,
        id: &Delivered,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        let key = (keys::deliveries(endpoint), id.sort_key());
        Ok(self.get(&self.tables.journal, &key, true).await?.as_ref().and_then(read_row))
    }

    /// A page of an endpoint's deliveries, newest event first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn deliveries(
        &self,
        endpoint: &EndpointId,
        before: Option<&str>,
        limit: u16,
    ) -> Result<DeliveryPage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(keys::deliveries(endpoint)))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let mut items: Vec<&Item> = page.items().iter().collect();
        let more = items.len() > usize::from(limit) || page.last_evaluated_key().is_some();
        items.truncate(limit.into());
        let next = items.last().filter(|_| more).and_then(|item| item.text("sk")).map(str::to_owned);
        Ok(DeliveryPage { rows: items.into_iter().filter_map(read_row).collect(), next })
    }
}

fn read_row(item: &Item) -> Option<DeliveryRow> {
    let (at, event) = item.text("sk")?.split_once('#')?;
    Some(DeliveryRow {
        id: Delivered { at: at.parse().ok()?, event: EventId::parse(event)? },
        kind: item.text("ty")?.to_owned(),
        state: DeliveryState::from_word(item.text("st")?)?,
        round: item.number("rd")?,
        failed: item.number("fl")?.try_into().ok()?,
        status: item.number("hs").and_then(|status| status.try_into().ok()),
        reason: item.text("why").map(str::to_owned),
        next_at: item.time("nx"),
        changed_at: item.time("ra")?,
        job: item.text("job").map(str::to_owned),
    })
}

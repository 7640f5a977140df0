//! The journal: webhook events that are neither message nor status.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, ToSpan};

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Condition, Store, StoreError, keys};

/// How long events are kept, in days.
const EVENT_DAYS: i64 = 90;

/// A webhook event, as Meta sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Its id: the hash of what was sent, so that a repeat is the same event.
    pub id: String,
    /// `entry[].id`: the WABA, with few exceptions.
    pub waba: String,
    /// The webhook field.
    pub field: String,
    /// The number that it is about, if it names one.
    pub number: Option<String>,
    /// `entry[].time`, if Meta sent one.
    pub time: Option<Timestamp>,
    /// When we received it.
    pub received_at: Timestamp,
    /// The change's `value`, or the key in the bucket where it lies.
    pub raw: Result<String, String>,
    /// What our model made of it: `known`, `unknown` or `malformed`.
    pub reading: String,
}

/// A page of events, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// The events.
    pub events: Vec<WebhookEvent>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// Records an event, once. One of somebody who was erased after it is not recorded.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_event(&self, event: &WebhookEvent) -> Result<(), StoreError> {
        let (Ok(text) | Err(text)) = &event.raw;
        if self.is_forgotten(text).await? {
            return Ok(());
        }
        let (pk, sk) = keys::event(&event.id);
        let received = event.received_at.as_millisecond();
        let expires = n(event.received_at.as_second() + EVENT_DAYS * 86_400);
        let mut item = item::at(&pk, &sk);
        item.put("wb", s(&event.waba));
        item.put("f", s(&event.field));
        item.put_text("pn", event.number.as_deref());
        if let Some(time) = event.time {
            item.put("t", ms(time));
        }
        item.put("ra", ms(event.received_at));
        match &event.raw {
            Ok(raw) => item.put("raw", s(raw)),
            Err(key) => item.put("rawk", s(key)),
        }
        item.put("rd", s(&event.reading));
        item.put("ttl", expires.clone());
        let mut row =
            item::at(&keys::events_of(&keys::day(event.received_at)), &keys::listed(received, &event.id));
        row.put("f", s(&event.field));
        row.put("ttl", expires);
        self.transact(vec![
            self.put_action(&self.tables.journal, item, Some(Condition::EventAbsent)),
            self.put_action(&self.tables.journal, row, None),
        ])
        .await
        .map(drop)
    }

    /// A page of events of one field, or of all, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn events(
        &self,
        field: Option<&str>,
        before: Option<&str>,
        limit: u16,
        now: Timestamp,
    ) -> Result<EventPage, StoreError> {
        let wanted = usize::from(limit);
        let mut ids: Vec<(String, String)> = Vec::new();
        let start = before
            .and_then(|cursor| cursor.split('#').next()?.parse().ok())
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .unwrap_or(now);
        for back in 0..=EVENT_DAYS {
            let Ok(day) = start.checked_sub((back * 24).hours()) else { break };
            let upper = before.filter(|_| back == 0);
            ids.extend(self.events_of_day(&keys::day(day), field, upper, wanted + 1 - ids.len()).await?);
            if ids.len() > wanted {
                break;
            }
        }
        let more = ids.len() > wanted;
        ids.truncate(wanted);
        let next = ids.last().filter(|_| more).map(|(sk, _)| sk.clone());
        let found =
            self.batch_get(&self.tables.journal, ids.iter().map(|(_, id)| keys::event(id)).collect()).await?;
        let mut events: Vec<_> = found.iter().filter_map(read_event).collect();
        let place = |event: &WebhookEvent| keys::listed(event.received_at.as_millisecond(), &event.id);
        events.sort_by_key(|event| std::cmp::Reverse(place(event)));
        Ok(EventPage { events, next })
    }

    /// The newest rows of a day: sort key and id.
    async fn events_of_day(
        &self,
        day: &str,
        field: Option<&str>,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(keys::events_of(day)))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false);
        if let Some(field) = field {
            query = query
                .filter_expression("f = :field")
                .expression_attribute_values(":field", AttributeValue::S(field.to_owned()));
        }
        let mut pages = query.into_paginator().page_size(200).send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            let read = |item: &Item| {
                let sk = item.text("sk")?;
                Some((sk.to_owned(), sk.split_once('#')?.1.to_owned()))
            };
            rows.extend(page.items().iter().filter_map(read));
            if rows.len() >= limit {
                break;
            }
        }
        rows.truncate(limit);
        Ok(rows)
    }
}

fn read_event(item: &Item) -> Option<WebhookEvent> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    Some(WebhookEvent {
        id: item.text("pk")?.strip_prefix("EVENT#")?.to_owned(),
        waba: text("wb").unwrap_or_default(),
        field: text("f").unwrap_or_default(),
        number: text("pn"),
        time: item.time("t"),
        received_at: item.time("ra")?,
        raw: text("raw").ok_or_else(|| text("rawk").unwrap_or_default()),
        reading: text("rd").unwrap_or_default(),
    })
}

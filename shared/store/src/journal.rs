//! The journal: webhook events that are neither message nor status, and dead letters.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{DeadLetter, DeadLetterId};
use jiff::{Timestamp, ToSpan};

use crate::error::Conditional;
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

/// A page of dead letters, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetterPage {
    /// The letters.
    pub letters: Vec<DeadLetter>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// Records an event, once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_event(&self, event: &WebhookEvent) -> Result<(), StoreError> {
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

    /// Keeps a dead letter, once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let (pk, sk) = keys::letter(&letter.id);
        let mut item = item::at(&pk, &sk);
        item.put("src", s(&letter.source));
        item.put("why", s(&letter.reason));
        item.put("job", s(&letter.job));
        item.put("tries", n(letter.attempts.into()));
        item.put("ca", ms(letter.at));
        let mut row = item::at(keys::LETTERS, &keys::listed(letter.at.as_millisecond(), letter.id.as_str()));
        row.put("src", s(&letter.source));
        let written = self.transact(vec![
            self.put_action(&self.tables.journal, item, Some(Condition::LetterAbsent)),
            self.put_action(&self.tables.journal, row, None),
        ]);
        match written.await? {
            Conditional::Written => Ok(()),
            Conditional::Refused(()) => self.reopen_letter(letter).await,
        }
    }

    /// The same poison again: the letter stands open, whether or not it was put back meanwhile.
    async fn reopen_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let (pk, sk) = keys::letter(&letter.id);
        self.client
            .update_item()
            .table_name(&self.tables.journal)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET why = :why REMOVE rdv")
            .expression_attribute_values(":why", s(&letter.reason))
            .send()
            .await
            .map(drop)
            .map_err(|error| StoreError::from_sdk(&error))
    }

    /// A page of dead letters, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn letters(&self, before: Option<&str>, limit: u16) -> Result<LetterPage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(keys::LETTERS))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::from(limit) + 1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let rows: Vec<&str> = page.items().iter().filter_map(|item| item.text("sk")).collect();
        let more = rows.len() > usize::from(limit);
        let rows = &rows[..rows.len().min(limit.into())];
        let next = rows.last().filter(|_| more).map(|row| (*row).to_owned());
        let id = |row: &&str| DeadLetterId::parse(row.split_once('#')?.1);
        let ids: Vec<_> = rows.iter().filter_map(id).collect();
        let found = self.batch_get(&self.tables.journal, ids.iter().map(keys::letter).collect()).await?;
        let mut letters: Vec<_> = found.iter().filter_map(read_letter).collect();
        let place = |letter: &DeadLetter| keys::listed(letter.at.as_millisecond(), letter.id.as_str());
        letters.sort_by_key(|letter| std::cmp::Reverse(place(letter)));
        Ok(LetterPage { letters, next })
    }

    /// A dead letter.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn letter(&self, id: &DeadLetterId) -> Result<Option<DeadLetter>, StoreError> {
        let item = self.get(&self.tables.journal, &keys::letter(id), true).await?;
        Ok(item.as_ref().and_then(read_letter))
    }

    /// Notes that a letter was put back on its queue. It stays: if it fails again, it says so again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_redrive(&self, id: &DeadLetterId, now: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = keys::letter(id);
        self.client
            .update_item()
            .table_name(&self.tables.journal)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET rdv = :now")
            .expression_attribute_values(":now", ms(now))
            .send()
            .await
            .map(drop)
            .map_err(|error| StoreError::from_sdk(&error))
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

fn read_letter(item: &Item) -> Option<DeadLetter> {
    Some(DeadLetter {
        id: DeadLetterId::parse(item.text("pk")?.strip_prefix("DEAD#")?)?,
        source: item.text("src")?.to_owned(),
        reason: item.text("why")?.to_owned(),
        job: item.text("job")?.to_owned(),
        attempts: item.number("tries")?.try_into().ok()?,
        at: item.time("ca")?,
        redriven_at: item.time("rdv"),
    })
}

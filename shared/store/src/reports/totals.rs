//! Sums: what a number had on a day, added up from its facts; and which days are to be added up.

use std::collections::BTreeMap;

use domain::report::Sheet;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::SUM_DAYS;
use super::facts::{counted, read_counted};
use super::lines::looked;
use crate::item::{self, Get, Item, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How many months of numbers are read side by side.
const AT_ONCE: usize = 12;

/// A day of a number that is to be added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The day, of UTC.
    pub day: Date,
    /// The number.
    pub number: String,
    /// Not before this time: a wait of the day may end by itself then.
    pub due: Timestamp,
    /// How often it was marked.
    version: i64,
}

impl Store {
    /// Marks a day of a number, to be added up.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mark_day(&self, day: Date, number: &str, now: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = keys::mark(day, number);
        let update = self.client.update_item().table_name(&self.tables.journal);
        let update = update.key("pk", s(pk)).key("sk", s(sk)).update_expression("SET du = :du ADD v :one");
        let update = update.expression_attribute_values(":du", n(now.as_millisecond()));
        let update = update.expression_attribute_values(":one", n(1));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// The days that are to be added up, also those whose time has not come.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn marked_days(&self) -> Result<Vec<Mark>, StoreError> {
        let items = self.all_under(&self.tables.journal, keys::MARKS).await?;
        Ok(items.iter().filter_map(read_mark).collect())
    }

    /// Adds up a day of a number, from facts as they stand now, and takes its mark away; where a wait goes on, until then.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn add_up(&self, mark: &Mark, now: Timestamp) -> Result<(), StoreError> {
        let now = looked(now);
        let (mut sheet, mut changes) = (Sheet::default(), None::<i64>);
        for fact in self.facts_of_number(mark.day, &mark.number).await? {
            let (part, then) = fact.at(now);
            sheet.join(&part);
            changes = changes.into_iter().chain(then).min();
        }
        self.put_sum(mark.day, &mark.number, &sheet, now).await?;
        self.end_mark(mark, changes.and_then(|second| Timestamp::from_second(second).ok())).await
    }

    /// Writes what a number had on a day, unless it was added up later already.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_sum(
        &self,
        day: Date,
        number: &str,
        sheet: &Sheet,
        looked_at: Timestamp,
    ) -> Result<(), StoreError> {
        let midnight = domain::report::Hour::first_of(day).start().as_second();
        let at = item::at(&keys::report_of(number, day), &day.to_string());
        let item = counted(at, sheet, looked_at, midnight + SUM_DAYS * 86_400)?;
        self.put_recount(item, looked_at).await
    }

    /// Takes a mark away, or puts it off, unless the day was marked again since.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_mark(&self, mark: &Mark, until: Option<Timestamp>) -> Result<(), StoreError> {
        let (pk, sk) = keys::mark(mark.day, &mark.number);
        if let Some(until) = until {
            let update = self.client.update_item().table_name(&self.tables.journal);
            let update = update.key("pk", s(pk)).key("sk", s(sk)).update_expression("SET du = :du");
            let update = update.under(Condition::MarkUnchanged);
            let update = update.expression_attribute_values(":du", n(until.as_millisecond()));
            return written(update.expression_attribute_values(":seen", n(mark.version))).await.map(drop);
        }
        let delete = self.client.delete_item().table_name(&self.tables.journal);
        let delete = delete.key("pk", s(pk)).key("sk", s(sk)).under(Condition::MarkUnchanged);
        match delete.expression_attribute_values(":seen", n(mark.version)).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => Ok(()),
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// What numbers had on days of UTC, by number: all days of each as one sheet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn reported(
        &self,
        numbers: &[String],
        (from, to): (Date, Date),
    ) -> Result<BTreeMap<String, Sheet>, StoreError> {
        let months = from.first_of_month().series(1.month()).take_while(|month| *month <= to);
        let wanted: Vec<_> =
            months.flat_map(|month| numbers.iter().map(move |number| (number.clone(), month))).collect();
        let read = wanted.into_iter().map(|(number, month)| async move {
            let sheet = self.reported_month(&keys::report_of(&number, month), (from, to)).await?;
            Ok::<_, StoreError>((number, sheet))
        });
        let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
        let mut parts = stream::iter(read).buffer_unordered(AT_ONCE);
        while let Some((number, sheet)) = parts.try_next().await? {
            sheets.entry(number).or_default().join(&sheet);
        }
        Ok(sheets)
    }

    async fn reported_month(&self, pk: &str, (from, to): (Date, Date)) -> Result<Sheet, StoreError> {
        let query = self.client.query().table_name(&self.tables.journal);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to");
        let query = query.expression_attribute_values(":pk", s(pk));
        let query = query.expression_attribute_values(":from", s(from.to_string()));
        let mut pages = query.expression_attribute_values(":to", s(to.to_string())).into_paginator().send();
        let mut sheet = Sheet::default();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            page.items().iter().filter_map(read_counted::<Sheet>).for_each(|day| sheet.join(&day));
        }
        Ok(sheet)
    }
}

fn read_mark(item: &Item) -> Option<Mark> {
    let (day, number) = item.text("sk")?.split_once('#')?;
    let (day, number) = (day.parse().ok()?, number.to_owned());
    Some(Mark { day, number, due: item.time("du")?, version: item.number("v")? })
}

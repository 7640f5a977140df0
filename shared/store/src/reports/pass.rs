//! How far the roll-up is, and which conversations it has to look at.

use std::collections::HashMap;

use domain::ConversationId;
use domain::report::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use super::reach;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// How long it is remembered that a conversation is to be counted.
const TOLD_DAYS: i64 = 3;

/// How far the roll-up is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Everything that changed before this time was looked at.
    pub through: Option<Timestamp>,
    /// The last day that was recounted a day after it was over.
    pub once: Option<Date>,
    /// The last day that was recounted three days after it was over.
    pub twice: Option<Date>,
}

/// Which recount of a day that is over: statuses come late, and change nothing that a list would tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// After a day.
    Once,
    /// After three days.
    Twice,
}

impl Again {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Once => "d1",
            Self::Twice => "d3",
        }
    }

    /// The last day that is due for it.
    #[must_use]
    pub fn due(self, now: Timestamp) -> Date {
        use jiff::ToSpan;
        let days = match self {
            Self::Once => 2,
            Self::Twice => 4,
        };
        day_of(now).saturating_sub(days.days())
    }
}

impl Pass {
    /// The next day that is to be recounted, oldest first. Nobody recounts what is out of reach.
    #[must_use]
    pub fn next_again(&self, now: Timestamp) -> Option<(Again, Date)> {
        let next = |again: Again, done: Option<Date>| {
            let day = done?.tomorrow().ok()?.max(reach(now));
            (day <= again.due(now)).then_some((again, day))
        };
        next(Again::Once, self.once).or_else(|| next(Again::Twice, self.twice))
    }
}

impl Store {
    /// How far the roll-up is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn report_pass(&self) -> Result<Pass, StoreError> {
        let items = self.all_under(&self.tables.journal, keys::PASS).await?;
        let read = |item: &Item| Pass {
            through: item.time("th"),
            once: item.text("d1").and_then(|day| day.parse().ok()),
            twice: item.text("d3").and_then(|day| day.parse().ok()),
        };
        Ok(items.first().map(read).unwrap_or_default())
    }

    /// Notes that something of a conversation is to be counted that does not move its state: somebody chose something in the
    /// settings of WhatsApp.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn tell_reports(&self, id: &ConversationId, now: Timestamp) -> Result<(), StoreError> {
        let mut item = item::at(keys::TOLD, &id.to_string());
        item.put("t", ms(now));
        item.put("ttl", n(now.as_second() + TOLD_DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// The conversations that were noted since a time, and some before: clocks differ.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn told_to_reports(&self, since: Timestamp) -> Result<Vec<ConversationId>, StoreError> {
        let since = since.saturating_sub(jiff::SignedDuration::from_mins(5)).unwrap_or(since);
        let items = self.all_under(&self.tables.journal, keys::TOLD).await?;
        let new = items.iter().filter(|item| item.time("t").is_some_and(|at| at >= since));
        Ok(new.filter_map(|item| item.text("sk")?.parse().ok()).collect())
    }

    /// Writes down that everything up to a time was looked at. Two passes at once come to the same: what is looked at
    /// twice is the same.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_pass(&self, through: Timestamp) -> Result<(), StoreError> {
        let begin = |again: Again| s(again.due(through).to_string());
        let update = self.client.update_item().table_name(&self.tables.journal);
        let update = update
            .key("pk", s(keys::PASS))
            .key("sk", s(keys::PASS))
            .update_expression("SET th = :th, d1 = if_not_exists(d1, :d1), d3 = if_not_exists(d3, :d3)")
            .expression_attribute_values(":th", ms(through))
            .expression_attribute_values(":d1", begin(Again::Once))
            .expression_attribute_values(":d3", begin(Again::Twice));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Writes down that a day was recounted.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn recounted(&self, again: Again, day: Date) -> Result<(), StoreError> {
        let update = self.client.update_item().table_name(&self.tables.journal);
        let update = update.key("pk", s(keys::PASS)).key("sk", s(keys::PASS));
        let update = update.update_expression("SET #day = :day");
        let update = update.expression_attribute_names("#day", again.attribute());
        let update = update.expression_attribute_values(":day", s(day.to_string()));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// A page of a number's conversations in which something was said since a time: for who does not remember what changed.
    /// `after` is a partition of the index, and the entry in it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn active_since(
        &self,
        number: &str,
        since: Timestamp,
        (partition, after): (u8, &str),
        limit: u16,
    ) -> Result<(Vec<ConversationId>, Option<(u8, String)>), StoreError> {
        let half = if partition < keys::INBOX_SHARDS { "open" } else { "closed" };
        let ib = keys::inbox_shard(number, half, partition % keys::INBOX_SHARDS);
        let start = after.split_once('|').map(|(minute, pk)| {
            HashMap::from([
                ("ib".to_owned(), s(&ib)),
                ("im".to_owned(), s(minute)),
                ("pk".to_owned(), s(pk)),
                ("sk".to_owned(), s(keys::STATE)),
            ])
        });
        let page = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .index_name("inbox")
            .key_condition_expression("ib = :ib AND im >= :since")
            .expression_attribute_values(":ib", s(&ib))
            .expression_attribute_values(":since", s(keys::minute(since.as_millisecond())))
            .set_exclusive_start_key(start)
            .limit(limit.into())
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let found =
            page.items().iter().filter_map(|item| keys::parse_conversation(item.text("pk")?)).collect();
        let place = |last: &Item| Some(format!("{}|{}", last.text("im")?, last.text("pk")?));
        let next = match page.last_evaluated_key().and_then(place) {
            Some(place) => Some((partition, place)),
            None => Some((partition + 1, String::new())).filter(|(next, _)| *next < 2 * keys::INBOX_SHARDS),
        };
        Ok((found, next))
    }
}

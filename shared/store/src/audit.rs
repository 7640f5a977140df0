//! The audit trail: who did what to whom, by day. It never has what was said.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// How long the trail is kept, in days.
const KEPT_DAYS: i64 = 366;
/// How many queries one page takes at most: a day without entries is one, a busy one several.
const QUERIES: usize = 40;

/// Something that somebody did, or was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: a token's `sub`.
    pub who: String,
    /// As what: a role, or `client`.
    pub role: String,
    /// The HTTP method.
    pub method: String,
    /// The route's template, such as `/v1/contacts/{id}`.
    pub route: String,
    /// The ids that stood in the path.
    pub ids: Vec<String>,
    /// The path of the thing that was made.
    pub location: Option<String>,
    /// From where: an address.
    pub address: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The request's id, as it stands in the log.
    pub request_id: String,
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter<'a> {
    /// Of one person or client.
    pub who: Option<&'a str>,
    /// Of one route's template.
    pub route: Option<&'a str>,
    /// Of one day, in UTC.
    pub day: Option<Date>,
}

/// A page of the trail, newest first. One with a filter may be short, and have a next one all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins: a day and the place in it.
    pub next: Option<(Date, String)>,
}

impl Store {
    /// Adds to the trail.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let place = keys::listed(entry.at.as_millisecond(), &entry.request_id);
        let mut item = item::at(&keys::audit_of(&keys::day(entry.at)), &place);
        item.put("ca", ms(entry.at));
        item.put("wh", s(&entry.who));
        item.put("rl", s(&entry.role));
        item.put("mt", s(&entry.method));
        item.put("rt", s(&entry.route));
        if !entry.ids.is_empty() {
            item.put("ids", AttributeValue::L(entry.ids.iter().map(s).collect()));
        }
        item.put_text("lo", entry.location.as_deref());
        item.put_text("ip", entry.address.as_deref());
        item.put("st", n(entry.status.into()));
        item.put("ttl", n(entry.at.as_second() + KEPT_DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.journal).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// A page of the trail from a place on, or from now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audit(
        &self,
        filter: AuditFilter<'_>,
        after: Option<&(Date, String)>,
        limit: u16,
        now: Timestamp,
    ) -> Result<AuditPage, StoreError> {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let oldest = today.saturating_sub(KEPT_DAYS.days());
        let mut day = after.map_or(filter.day.unwrap_or(today), |(day, _)| *day);
        let mut before = after.map_or_else(|| "~".to_owned(), |(_, place)| place.clone());
        let mut entries: Vec<AuditEntry> = Vec::new();
        for _ in 0..QUERIES {
            let (found, rest) = self.audit_of_day(day, &before, filter).await?;
            let room = usize::from(limit) - entries.len();
            let more = found.len() > room;
            entries.extend(found.into_iter().take(room));
            if entries.len() == usize::from(limit) && (more || rest.is_some()) {
                let last =
                    entries.last().map(|last| keys::listed(last.at.as_millisecond(), &last.request_id));
                return Ok(AuditPage { entries, next: last.map(|last| (day, last)) });
            }
            match rest {
                Some(rest) => before = rest,
                None if filter.day.is_some() || day <= oldest => {
                    return Ok(AuditPage { entries, next: None });
                }
                None => (day, before) = (day.saturating_sub(1.day()), "~".to_owned()),
            }
            if entries.len() == usize::from(limit) {
                break;
            }
        }
        Ok(AuditPage { entries, next: Some((day, before)) })
    }

    /// What one query finds of a day, and where the next goes on.
    async fn audit_of_day(
        &self,
        day: Date,
        before: &str,
        filter: AuditFilter<'_>,
    ) -> Result<(Vec<AuditEntry>, Option<String>), StoreError> {
        let mut values: HashMap<String, AttributeValue> = HashMap::from([
            (":pk".to_owned(), s(keys::audit_of(&day.to_string()))),
            (":before".to_owned(), s(before)),
        ]);
        let mut wanted = Vec::new();
        for (expression, name, value) in
            [("wh = :who", ":who", filter.who), ("rt = :route", ":route", filter.route)]
        {
            if let Some(value) = value {
                wanted.push(expression);
                values.insert(name.to_owned(), s(value));
            }
        }
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .set_filter_expression((!wanted.is_empty()).then(|| wanted.join(" AND ")))
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(false)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let rest = page.last_evaluated_key().and_then(|key| key.text("sk")).map(str::to_owned);
        Ok((page.items().iter().filter_map(read_entry).collect(), rest))
    }
}

fn read_entry(item: &Item) -> Option<AuditEntry> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    let ids = item.get("ids").and_then(|ids| ids.as_l().ok());
    let ids = ids.into_iter().flatten().filter_map(|id| id.as_s().ok().cloned());
    Some(AuditEntry {
        at: item.time("ca")?,
        who: text("wh")?,
        role: text("rl").unwrap_or_default(),
        method: text("mt")?,
        route: text("rt")?,
        ids: ids.collect(),
        location: text("lo"),
        address: text("ip"),
        status: item.number("st")?.try_into().ok()?,
        request_id: item.text("sk")?.split_once('#')?.1.to_owned(),
    })
}

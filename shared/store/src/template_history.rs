//! How templates changed: items of the journal that are added and never changed.

use domain::hash16;
use domain::number::facts::Source;
use domain::template::{Aspect, Change};
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, s};
use crate::{Store, StoreError, TemplateKey, keys};

impl Store {
    /// A page of a template's history, newest first, before a place; with the place of the last line.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn template_history(
        &self,
        key: &TemplateKey,
        before: Option<&str>,
        limit: u16,
    ) -> Result<(Vec<Change>, Option<String>), StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(partition(key)))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let next = page.last_evaluated_key().and_then(|key| key.text("sk")).map(str::to_owned);
        Ok((page.items().iter().filter_map(read_change).collect(), next))
    }
}

fn partition(key: &TemplateKey) -> String {
    let (list, place) = key.place();
    keys::history(&format!("{list}#{place}"))
}

/// Its place is what happened and when, so that writing it twice is writing it once.
pub(crate) fn history_item(key: &TemplateKey, change: &Change, now: Timestamp) -> Item {
    let place = format!("{}#{}", change.aspect.as_str(), &hash16(&change.to)[..8]);
    let mut item = item::at(&partition(key), &keys::listed(change.at.as_millisecond(), &place));
    item.put("fc", s(change.aspect.as_str()));
    if let Some(from) = &change.from {
        item.put("fr", s(from));
    }
    item.put("to", s(&change.to));
    item.put_text("rs", change.reason.as_deref());
    item.put("t", ms(change.at));
    item.put("so", s(change.source.as_str()));
    item.put("ra", ms(now));
    item
}

fn read_change(item: &Item) -> Option<Change> {
    Some(Change {
        aspect: Aspect::from_word(item.text("fc")?)?,
        from: item.text("fr").map(str::to_owned),
        to: item.text("to")?.to_owned(),
        reason: item.text("rs").map(str::to_owned),
        at: item.time("t")?,
        source: Source::from_word(item.text("so")?)?,
    })
}

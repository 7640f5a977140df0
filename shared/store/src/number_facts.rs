//! What Meta says of numbers and WABAs, and how it changed.
//!
//! Facts stand on the item of their number or WABA. Each change is one more item of the journal, written in the same
//! transaction, and never changed.

use aws_sdk_dynamodb::types::Update as UpdateAction;
use cloud_api::manage::NumberNode;
use cloud_api::{PhoneNumberId, WabaId};
use domain::hash16;
use domain::number::facts::{Change, Fact, Facts, Source, Update};
use domain::number::told::seen_in;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Number, Store, StoreError, keys};

/// How often a writer looks again after others were faster.
const TRIES: u32 = 10;

/// Of whom facts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A number that is in the directory.
    Number(&'a PhoneNumberId),
    /// A WABA; it comes into the directory with its first fact.
    Waba(&'a WabaId),
}

impl Subject<'_> {
    fn key(&self) -> keys::Key {
        match self {
            Self::Number(id) => (keys::NUMBERS.to_owned(), id.as_str().to_owned()),
            Self::Waba(id) => (keys::WABAS.to_owned(), id.as_str().to_owned()),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Number(id) => id.as_str(),
            Self::Waba(id) => id.as_str(),
        }
    }
}

/// A page of a history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// The changes.
    pub changes: Vec<Change>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// Folds words into what is known, and adds what changed to the history. Gives the changes; none for a number that
    /// is not in the directory.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_facts(
        &self,
        subject: Subject<'_>,
        updates: &[Update],
        now: Timestamp,
    ) -> Result<Vec<Change>, StoreError> {
        let key = subject.key();
        for _ in 0..TRIES {
            let item = self.get(&self.tables.directory, &key, true).await?;
            if item.is_none() && matches!(subject, Subject::Number(_)) {
                return Ok(Vec::new());
            }
            let item = item.unwrap_or_default();
            let known = read_facts(&item)?;
            let mut facts = known.clone();
            let changes = facts.fold(updates);
            if facts == known {
                return Ok(changes);
            }
            let version = item.number("fv").unwrap_or_default();
            let mut actions = vec![update_action(self.facts_update(&key, &facts, version)?)];
            for change in &changes {
                let item = history_item(subject.id(), change, now);
                actions.push(self.put_action(&self.tables.journal, item, None));
            }
            match self.transact(actions).await {
                Ok(Conditional::Written) => return Ok(changes),
                // Somebody else was faster: look again.
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    fn facts_update(
        &self,
        (pk, sk): &keys::Key,
        facts: &Facts,
        version: i64,
    ) -> Result<aws_sdk_dynamodb::types::builders::UpdateBuilder, StoreError> {
        let json = serde_json::to_string(facts)
            .map_err(|_| StoreError::Refused("facts that cannot be written".to_owned()))?;
        let update = UpdateAction::builder()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET fx = :facts, fv = :next")
            .expression_attribute_values(":facts", s(json))
            .expression_attribute_values(":next", n(version + 1))
            .expression_attribute_values(":seen", n(version))
            .expression_attribute_values(":zero", n(0));
        Ok(update.under(Condition::FactsUnchanged))
    }

    /// What Meta says of a number or a WABA.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn facts(&self, subject: Subject<'_>) -> Result<Facts, StoreError> {
        let item = self.get(&self.tables.directory, &subject.key(), true).await?;
        item.as_ref().map_or_else(|| Ok(Facts::default()), read_facts)
    }

    /// Enters the numbers that Meta shows for a WABA, and folds in what it says of each. Gives how many facts changed.
    ///
    /// # Errors
    /// See [`StoreError`]. Numbers before the one that failed are done.
    pub async fn record_nodes(
        &self,
        waba: &WabaId,
        nodes: &[NumberNode],
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut changed = 0;
        for node in nodes {
            let display = node.display_phone_number.as_ref().map(|display| display.as_str().to_owned());
            let number = Number { display, waba: Some(waba.clone()), ..Number::new(node.id.clone()) };
            self.meet_number(&number, now).await?;
            let updates = seen_in(node, asked_at);
            changed += self.note_facts(Subject::Number(&node.id), &updates, now).await?.len();
        }
        Ok(changed)
    }

    /// A page of the history of a number or a WABA.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn history(
        &self,
        subject: Subject<'_>,
        before: Option<&str>,
        limit: u16,
    ) -> Result<HistoryPage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(keys::history(subject.id())))
            .expression_attribute_values(":before", s(before.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let next = page.last_evaluated_key().and_then(|key| key.text("sk")).map(str::to_owned);
        Ok(HistoryPage { changes: page.items().iter().filter_map(read_change).collect(), next })
    }
}

pub(crate) fn read_facts(item: &Item) -> Result<Facts, StoreError> {
    let Some(json) = item.text("fx") else { return Ok(Facts::default()) };
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt("facts of a number"))
}

/// Its place is what happened and when, so that writing it twice is writing it once.
fn history_item(id: &str, change: &Change, now: Timestamp) -> Item {
    let place = format!("{}#{}", change.fact, &hash16(&change.to)[..8]);
    let mut item = item::at(&keys::history(id), &keys::listed(change.at.as_millisecond(), &place));
    item.put("fc", s(change.fact.to_string()));
    if let Some(from) = &change.from {
        item.put("fr", s(from));
    }
    item.put("to", s(&change.to));
    item.put("t", ms(change.at));
    item.put("so", s(change.source.as_str()));
    item.put("ra", ms(now));
    item
}

fn read_change(item: &Item) -> Option<Change> {
    Some(Change {
        fact: Fact::from(item.text("fc")?.to_owned()),
        from: item.text("fr").map(str::to_owned),
        to: item.text("to")?.to_owned(),
        at: item.time("t")?,
        source: Source::from_word(item.text("so")?)?,
    })
}

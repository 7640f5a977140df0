//! Dead letters in the journal: what could not be processed, kept until somebody handles it.
//!
//! A letter is three items: itself, its row in the list of all, and, as long as it stands open, a row in the
//! list of those that do. The third makes the open ones countable without reading those that were handled; it
//! costs two write units when a letter is kept (six instead of four) and two when it is put back.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use domain::{DeadLetter, DeadLetterId};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::transact::update_action;
use crate::{Condition, Store, StoreError, keys};

/// Counts are exact up to this.
const MOST_COUNTED: u16 = 999;

/// A page of dead letters, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetterPage {
    /// The letters.
    pub letters: Vec<DeadLetter>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The dead letters that nobody has put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenLetters {
    /// How many; exact up to 999.
    pub count: u16,
    /// Whether there are more.
    pub more: bool,
    /// Since when the oldest of them is open. If there are more, an older one may be among those.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// Keeps a dead letter, once. One of somebody who was erased after it is not kept.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        if self.is_forgotten(&letter.job).await? {
            return Ok(());
        }
        self.keep_letter(letter).await
    }

    /// Keeps a dead letter that names people by our own ids only, whether or not they were erased: a job that
    /// erases somebody must not get lost.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let (pk, sk) = keys::letter(&letter.id);
        let mut item = item::at(&pk, &sk);
        item.put("src", s(&letter.source));
        item.put("why", s(&letter.reason));
        item.put("job", s(&letter.job));
        item.put("tries", n(letter.attempts.into()));
        item.put("ca", ms(letter.at));
        let mut row = item::at(keys::LETTERS, &keys::listed(letter.at.as_millisecond(), letter.id.as_str()));
        row.put("src", s(&letter.source));
        let (open, id) = keys::open_letter(&letter.id);
        let mut open = item::at(&open, &id);
        open.put("ca", ms(letter.at));
        let written = self.transact(vec![
            self.put_action(&self.tables.journal, item, Some(Condition::LetterAbsent)),
            self.put_action(&self.tables.journal, row, None),
            self.put_action(&self.tables.journal, open, None),
        ]);
        match written.await? {
            Conditional::Written => Ok(()),
            Conditional::Refused(()) => self.reopen_letter(letter).await,
        }
    }

    /// The same poison again: the letter stands open, whether or not it was put back meanwhile.
    async fn reopen_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let closed = self.letter_update(&letter.id).update_expression("SET why = :why REMOVE rdv");
        // One that stands open keeps the time since when it does.
        let open = self.update_at(keys::open_letter(&letter.id));
        let open = open.update_expression("SET ca = if_not_exists(ca, :at)");
        let written = self.transact(vec![
            update_action(closed.expression_attribute_values(":why", s(&letter.reason))),
            update_action(open.expression_attribute_values(":at", ms(letter.at))),
        ]);
        written.await.map(drop)
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
        let redriven = self.letter_update(id).update_expression("SET rdv = :now");
        let (pk, sk) = keys::open_letter(id);
        let open = Delete::builder().table_name(&self.tables.journal).key("pk", s(pk)).key("sk", s(sk));
        let written = self.transact(vec![
            update_action(redriven.expression_attribute_values(":now", ms(now))),
            // Table and key are set.
            TransactWriteItem::builder().set_delete(open.build().ok()).build(),
        ]);
        written.await.map(drop)
    }

    /// How many letters stand open, and since when. Reads at most a thousand small rows: about a dozen read
    /// units if there are so many, and half of one if there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_letters(&self) -> Result<OpenLetters, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(keys::OPEN_LETTERS))
            .projection_expression("ca");
        let (mut open, mut start) = (OpenLetters::default(), None);
        loop {
            let left = MOST_COUNTED + 1 - open.count;
            let page = query.clone().limit(left.into()).set_exclusive_start_key(start).send().await;
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            for row in page.items() {
                open.count += 1;
                open.oldest = [open.oldest, row.time("ca")].into_iter().flatten().min();
            }
            start = page.last_evaluated_key().cloned();
            open.more = open.count > MOST_COUNTED;
            if open.more || start.is_none() {
                open.count = open.count.min(MOST_COUNTED);
                return Ok(open);
            }
        }
    }

    fn update_at(&self, (pk, sk): keys::Key) -> UpdateBuilder {
        Update::builder().table_name(&self.tables.journal).key("pk", s(pk)).key("sk", s(sk))
    }

    fn letter_update(&self, id: &DeadLetterId) -> UpdateBuilder {
        self.update_at(keys::letter(id))
    }
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

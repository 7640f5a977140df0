//! Erasing a person. The tombstone and the gate stand before the first piece; every piece may be done again.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::privacy::Mentions;
use domain::{ContactId, ConversationId};
use jiff::Timestamp;
use lambda_kit::Failure;
use platform::BucketError;
use queue::{Content, EraseStep, Pack, Task};
use serde::{Deserialize, Serialize};
use store::{AudienceKind, Erasure, Removed};
use tracing::info;

use crate::{Given, Jobs, failure, no_bucket};

/// Pages of the journal that one piece looks through.
const PAGES: usize = 20;
/// How long the second round waits: longer than any function that had read the record before its tombstone can live.
const SECOND_ROUND: Duration = Duration::from_secs(90);
/// Where the list of erasures lies, outside of the tables.
const LIST: &str = "erasures/";

/// Who is erased.
struct Person {
    /// All records that were merged into one.
    records: Vec<ContactId>,
    /// What they were known by, whenever.
    identities: Vec<String>,
}

impl Person {
    fn is_named(&self, text: &str) -> bool {
        Mentions::of(text).names(&self.records, &self.identities)
    }
}

/// An erasure in the list outside of the tables.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    contact: String,
    /// Records that were merged into it. What is restored may know them as people of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    merged: Vec<String>,
    /// Unix milliseconds.
    erased_at: i64,
    /// Hashes under the stack's key.
    identities: Vec<String>,
}

impl Jobs {
    pub(crate) async fn erase(
        &self,
        given: &Given,
        contact: &ContactId,
        round: u8,
        step: EraseStep,
        after: Option<&str>,
    ) -> Result<(), Failure> {
        let Some(erasure) = self.store.erasure(contact).await.map_err(failure)? else {
            return Err(Failure::Dead("nobody asked for this erasure".to_owned()));
        };
        let person = self.erased(&erasure).await?;
        let next = |step, after| Task::Erase { contact: contact.to_string(), round, step, after };
        let (removed, task) = match step {
            EraseStep::Content => {
                let removed = self.erase_content(&erasure, &person).await?;
                (removed, Some(next(EraseStep::Letters, None)))
            }
            EraseStep::Letters => {
                let (removed, rest) = self.erase_letters(&person, after).await?;
                let step = if rest.is_some() { EraseStep::Letters } else { EraseStep::Events };
                (removed, Some(next(step, rest)))
            }
            EraseStep::Events => {
                let (removed, rest) = self.erase_events(&person, after).await?;
                (removed, rest.map(|rest| next(EraseStep::Events, Some(rest))))
            }
        };
        if removed != Removed::default() {
            let erasure = Erasure { removed: erasure.removed.plus(removed), ..erasure.clone() };
            self.store.put_erasure(&erasure).await.map_err(failure)?;
        }
        match task {
            Some(task) => self.go_on(given, task, Duration::ZERO).await,
            None if round == 0 => {
                let step = EraseStep::Content;
                let task = Task::Erase { contact: contact.to_string(), round: 1, step, after: None };
                self.go_on(given, task, SECOND_ROUND).await
            }
            None => self.certify(contact).await,
        }
    }

    /// The records and identities of whom is erased.
    async fn erased(&self, erasure: &Erasure) -> Result<Person, Failure> {
        let mut identities = BTreeSet::new();
        for record in &erasure.records {
            identities.extend(self.store.identities_ever(record).await.map_err(failure)?);
        }
        Ok(Person { records: erasure.records.clone(), identities: identities.into_iter().collect() })
    }

    async fn erase_content(&self, erasure: &Erasure, person: &Person) -> Result<Removed, Failure> {
        let at = erasure.erased_at;
        self.list_erasure(erasure).await?;
        for record in &person.records {
            self.store.mark_erased(record, at).await.map_err(failure)?;
        }
        for hash in &erasure.identities {
            self.store.put_tombstone(hash, at).await.map_err(failure)?;
        }
        let taken = self.store.erase_identities(&person.records, &person.identities, at).await;
        let mut removed = Removed { identities: taken.map_err(failure)?, ..Removed::default() };
        let numbers = self.store.numbers().await.map_err(failure)?;
        for record in &person.records {
            for number in &numbers {
                let swept = self.store.erase_conversation(record, &number.id).await.map_err(failure)?;
                removed = removed.plus(swept.removed);
                let now = self.kit.clock.now();
                removed.other += self.store.erase_facts(record, &number.id, now).await.map_err(failure)?;
                removed.objects += self.delete_objects(&swept.objects).await?;
                // What was being copied while the messages went.
                let conversation = ConversationId::with_contact(number.id.clone(), record.clone());
                removed.objects += self.delete_under(&domain::media::places(&conversation)).await?;
            }
            let exports = self.bucket.list(&format!("exports/{record}/"), None).await.map_err(no_bucket)?;
            let exports: Vec<_> = exports.into_iter().map(|object| object.key).collect();
            removed.objects += self.delete_objects(&exports).await?;
        }
        for list in self.store.audiences(AudienceKind::List).await.map_err(failure)? {
            self.store.change_members(&list.id, &person.records, false).await.map_err(failure)?;
        }
        Ok(removed)
    }

    /// Dead letters that name the person, in their job or in what it points to.
    async fn erase_letters(
        &self,
        person: &Person,
        after: Option<&str>,
    ) -> Result<(Removed, Option<String>), Failure> {
        let (mut removed, mut after) = (Removed::default(), after.map(str::to_owned));
        for _ in 0..PAGES {
            let page = self.store.letters(after.as_deref(), 25).await.map_err(failure)?;
            for letter in &page.letters {
                let objects = stored_of(&letter.job);
                let mut names = person.is_named(&letter.job);
                for key in &objects {
                    names = names || self.object_names(key, person).await?;
                }
                if names {
                    removed.objects += self.delete_objects(&objects).await?;
                    self.store.delete_letter(letter).await.map_err(failure)?;
                    removed.dead_letters += 1;
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok((removed, after))
    }

    /// Webhook events that name the person.
    async fn erase_events(
        &self,
        person: &Person,
        after: Option<&str>,
    ) -> Result<(Removed, Option<String>), Failure> {
        let (mut removed, mut after) = (Removed::default(), after.map(str::to_owned));
        let now = self.kit.clock.now();
        for _ in 0..PAGES {
            let page = self.store.events(None, after.as_deref(), 50, now).await.map_err(failure)?;
            for event in &page.events {
                let names = match &event.raw {
                    Ok(raw) => person.is_named(raw),
                    Err(key) => self.object_names(key, person).await?,
                };
                if !names {
                    continue;
                }
                if let Err(key) = &event.raw {
                    removed.objects += self.delete_objects(std::slice::from_ref(key)).await?;
                }
                self.store.delete_event(event).await.map_err(failure)?;
                removed.events += 1;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok((removed, after))
    }

    async fn object_names(&self, key: &str, person: &Person) -> Result<bool, Failure> {
        match self.bucket.read(key).await {
            Ok(bytes) => Ok(person.is_named(&String::from_utf8_lossy(&bytes))),
            Err(BucketError::Missing) => Ok(false),
            Err(error) => Err(no_bucket(error)),
        }
    }

    pub(crate) async fn delete_objects(&self, keys: &[String]) -> Result<u32, Failure> {
        for key in keys {
            self.bucket.delete(key).await.map_err(no_bucket)?;
        }
        Ok(keys.len().try_into().unwrap_or(u32::MAX))
    }

    /// Everything under a place in the bucket.
    async fn delete_under(&self, place: &str) -> Result<u32, Failure> {
        let mut deleted = 0;
        loop {
            let objects = self.bucket.list(place, None).await.map_err(no_bucket)?;
            if objects.is_empty() {
                return Ok(deleted);
            }
            let keys: Vec<_> = objects.into_iter().map(|object| object.key).collect();
            deleted += self.delete_objects(&keys).await?;
        }
    }

    /// The last piece: nothing is left of the records but their tombstones, and the certificate says so.
    async fn certify(&self, contact: &ContactId) -> Result<(), Failure> {
        let Some(erasure) = self.store.erasure(contact).await.map_err(failure)? else { return Ok(()) };
        let mut removed = Removed::default();
        // The root last: if this breaks off, the others are still found through it.
        for record in erasure.records.iter().rev() {
            let gone = self.store.erase_record(record, erasure.erased_at).await.map_err(failure)?;
            removed = removed.plus(gone);
        }
        let completed_at = erasure.completed_at.or(Some(self.kit.clock.now()));
        let erasure = Erasure { removed: erasure.removed.plus(removed), completed_at, ..erasure };
        self.store.put_erasure(&erasure).await.map_err(failure)?;
        info!(contact.id = %contact, "Erased a person");
        Ok(())
    }

    async fn list_erasure(&self, erasure: &Erasure) -> Result<(), Failure> {
        let listed = Listed {
            contact: erasure.contact.clone(),
            merged: erasure.records.iter().skip(1).map(ToString::to_string).collect(),
            erased_at: erasure.erased_at.as_millisecond(),
            identities: erasure.identities.clone(),
        };
        let body = serde_json::to_vec(&listed).unwrap_or_default();
        let key = format!("{LIST}{}.json", erasure.contact);
        self.bucket.put(&key, "application/json", body).await.map_err(no_bucket)
    }

    /// Erases again everybody on the list, as of the first time.
    pub(crate) async fn reapply_erasures(&self, given: &Given, after: Option<&str>) -> Result<(), Failure> {
        let objects = self.bucket.list(LIST, after).await.map_err(no_bucket)?;
        for object in objects.iter().take(100) {
            let bytes = self.bucket.read(&object.key).await.map_err(no_bucket)?;
            let Ok(listed) = serde_json::from_slice::<Listed>(&bytes) else { continue };
            let Ok(at) = Timestamp::from_millisecond(listed.erased_at) else { continue };
            for hash in &listed.identities {
                self.store.put_tombstone(hash, at).await.map_err(failure)?;
            }
            let why = ("jobs", "erased before; the tables were restored");
            let mut begun = BTreeSet::new();
            let records = std::iter::once(&listed.contact).chain(&listed.merged);
            for record in records.filter_map(|record| ContactId::new(record.as_str())) {
                let erasure = self.store.begin_erasure(&record, why, at).await.map_err(failure)?;
                begun.extend(erasure.map(|erasure| erasure.contact));
            }
            for contact in begun {
                let task = Task::Erase { contact, round: 0, step: EraseStep::Content, after: None };
                self.go_on(given, task, Duration::ZERO).await?;
            }
        }
        match objects.get(99) {
            Some(last) if objects.len() > 100 => {
                let task = Task::ReapplyErasures { after: Some(last.key.clone()) };
                self.go_on(given, task, Duration::ZERO).await
            }
            _ => Ok(()),
        }
    }
}

/// Keys in the bucket that a job of a webhook's items points to.
fn stored_of(job: &str) -> Vec<String> {
    let Ok(pack) = Pack::parse(job) else { return Vec::new() };
    let stored = |item: &queue::Item<'_>| match &item.content {
        Content::Stored(key) => Some(key.to_string()),
        _ => None,
    };
    pack.items.iter().filter_map(stored).collect()
}

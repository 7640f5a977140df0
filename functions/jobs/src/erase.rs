//! Erasing a person. The tombstone and the gate stand before the first piece; every piece may be done again.

use std::time::Duration;

use domain::ContactId;
use domain::privacy::Mentions;
use jiff::Timestamp;
use lambda_kit::Failure;
use platform::BucketError;
use queue::{Content, EraseStep, Pack, Task};
use serde::{Deserialize, Serialize};
use store::{Erasure, Removed};
use tracing::info;

use crate::{Given, Jobs, failure, no_bucket};

/// Pages of the journal that one piece looks through.
const PAGES: usize = 20;
/// How long the second round waits: longer than any function that had read the record before its tombstone can live.
const SECOND_ROUND: Duration = Duration::from_secs(90);
/// Where the list of erasures lies, outside of the tables.
const LIST: &str = "erasures/";

/// An erasure in the list outside of the tables.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    contact: String,
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
        let identities = self.store.identities_ever(contact).await.map_err(failure)?;
        let next = |step, after| Task::Erase { contact: contact.to_string(), round, step, after };
        let (removed, task) = match step {
            EraseStep::Content => {
                let removed = self.erase_content(contact, &erasure, &identities).await?;
                (removed, Some(next(EraseStep::Letters, None)))
            }
            EraseStep::Letters => {
                let (removed, rest) = self.erase_letters(contact, &identities, after).await?;
                let step = if rest.is_some() { EraseStep::Letters } else { EraseStep::Events };
                (removed, Some(next(step, rest)))
            }
            EraseStep::Events => {
                let (removed, rest) = self.erase_events(contact, &identities, after).await?;
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

    async fn erase_content(
        &self,
        contact: &ContactId,
        erasure: &Erasure,
        identities: &[String],
    ) -> Result<Removed, Failure> {
        let at = erasure.erased_at;
        self.list_erasure(erasure).await?;
        self.store.mark_erased(contact, at).await.map_err(failure)?;
        for hash in &erasure.identities {
            self.store.put_tombstone(hash, at).await.map_err(failure)?;
        }
        let taken = self.store.erase_identities(contact, identities, at).await.map_err(failure)?;
        let mut removed = Removed { identities: taken, ..Removed::default() };
        for number in self.store.numbers().await.map_err(failure)? {
            let swept = self.store.erase_conversation(contact, &number.id).await.map_err(failure)?;
            removed = removed.plus(swept.removed);
            removed.objects += self.delete_objects(&swept.objects).await?;
        }
        let exports = self.bucket.list(&format!("exports/{contact}/"), None).await.map_err(no_bucket)?;
        let exports: Vec<_> = exports.into_iter().map(|object| object.key).collect();
        removed.objects += self.delete_objects(&exports).await?;
        Ok(removed)
    }

    /// Dead letters that name the person, in their job or in what it points to.
    async fn erase_letters(
        &self,
        contact: &ContactId,
        identities: &[String],
        after: Option<&str>,
    ) -> Result<(Removed, Option<String>), Failure> {
        let (mut removed, mut after) = (Removed::default(), after.map(str::to_owned));
        for _ in 0..PAGES {
            let page = self.store.letters(after.as_deref(), 25).await.map_err(failure)?;
            for letter in &page.letters {
                let objects = stored_of(&letter.job);
                let mut names = Mentions::of(&letter.job).names(contact.as_str(), identities);
                for key in &objects {
                    names = names || self.object_names(key, contact, identities).await?;
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
        contact: &ContactId,
        identities: &[String],
        after: Option<&str>,
    ) -> Result<(Removed, Option<String>), Failure> {
        let (mut removed, mut after) = (Removed::default(), after.map(str::to_owned));
        let now = self.kit.clock.now();
        for _ in 0..PAGES {
            let page = self.store.events(None, after.as_deref(), 50, now).await.map_err(failure)?;
            for event in &page.events {
                let names = match &event.raw {
                    Ok(raw) => Mentions::of(raw).names(contact.as_str(), identities),
                    Err(key) => self.object_names(key, contact, identities).await?,
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

    async fn object_names(
        &self,
        key: &str,
        contact: &ContactId,
        identities: &[String],
    ) -> Result<bool, Failure> {
        match self.bucket.read(key).await {
            Ok(bytes) => {
                Ok(Mentions::of(&String::from_utf8_lossy(&bytes)).names(contact.as_str(), identities))
            }
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

    /// The last piece: nothing is left of the record but its tombstone, and the certificate says so.
    async fn certify(&self, contact: &ContactId) -> Result<(), Failure> {
        let Some(erasure) = self.store.erasure(contact).await.map_err(failure)? else { return Ok(()) };
        let removed = self.store.erase_record(contact, erasure.erased_at).await.map_err(failure)?;
        let completed_at = erasure.completed_at.or(Some(self.kit.clock.now()));
        let erasure = Erasure { removed: erasure.removed.plus(removed), completed_at, ..erasure };
        self.store.put_erasure(&erasure).await.map_err(failure)?;
        info!(contact.id = %contact, "Erased a person");
        Ok(())
    }

    async fn list_erasure(&self, erasure: &Erasure) -> Result<(), Failure> {
        let listed = Listed {
            contact: erasure.contact.clone(),
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
            let (Some(contact), Ok(at)) =
                (ContactId::new(listed.contact.as_str()), Timestamp::from_millisecond(listed.erased_at))
            else {
                continue;
            };
            for hash in &listed.identities {
                self.store.put_tombstone(hash, at).await.map_err(failure)?;
            }
            let why = ("jobs", "erased before; the tables were restored");
            let begun = self.store.begin_erasure(&contact, why, at).await.map_err(failure)?;
            if begun.is_some() {
                let step = EraseStep::Content;
                let task = Task::Erase { contact: contact.to_string(), round: 0, step, after: None };
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

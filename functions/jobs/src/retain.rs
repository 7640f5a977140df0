//! Deleting what is older than the company keeps it.

use std::time::Duration;

use domain::{ContactId, ConversationId};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use queue::Task;
use store::Place;
use tracing::info;

use crate::{Given, Jobs, failure, no_bucket};

/// Contacts that one piece looks at.
const CONTACTS: u16 = 50;

impl Jobs {
    pub(crate) async fn retain(&self, given: &Given, after: Option<&str>) -> Result<(), Failure> {
        let retention = self.store.retention().await.map_err(failure)?;
        let now = self.kit.clock.now();
        if after.is_none() {
            self.retain_exports(retention.exports.map(|days| before(now, days))).await?;
            self.retain_letters(retention.dead_letters.map(|days| before(now, days))).await?;
        }
        let Some(days) = retention.messages else { return Ok(()) };
        let after = after.and_then(ContactId::new);
        let page = self.store.contacts(after.as_ref(), CONTACTS).await.map_err(failure)?;
        let numbers = self.store.numbers().await.map_err(failure)?;
        let mut deleted = 0;
        for contact in &page.contacts {
            // Records that were merged are in no list; their messages stand with them.
            for record in self.store.records_of(&contact.id).await.map_err(failure)? {
                for number in &numbers {
                    let id = ConversationId::with_contact(number.id.clone(), record.clone());
                    let swept = self.store.delete_messages_before(&id, before(now, days)).await;
                    let swept = swept.map_err(failure)?;
                    self.delete_objects(&swept.objects).await?;
                    deleted += swept.removed.messages;
                }
            }
        }
        info!(retention.deleted = deleted, "Deleted messages that were kept long enough");
        match page.next {
            Some(Place::Contact(next)) => {
                let after = Some(next.to_string());
                self.go_on(given, Task::Retain { after }, Duration::ZERO).await
            }
            Some(Place::Name(_)) | None => Ok(()),
        }
    }

    async fn retain_exports(&self, before: Option<Timestamp>) -> Result<(), Failure> {
        let Some(before) = before else { return Ok(()) };
        let exports = self.bucket.list("exports/", None).await.map_err(no_bucket)?;
        let old = exports.into_iter().filter(|object| object.modified_at < before.as_second());
        let old: Vec<_> = old.map(|object| object.key).collect();
        self.delete_objects(&old).await.map(drop)
    }

    /// Those that were put back, and did not fail again. Open ones stay until somebody handled them.
    async fn retain_letters(&self, before: Option<Timestamp>) -> Result<(), Failure> {
        let Some(before) = before else { return Ok(()) };
        let mut after = None;
        loop {
            let page = self.store.letters(after.as_deref(), 50).await.map_err(failure)?;
            for letter in &page.letters {
                if letter.redriven_at.is_some_and(|at| at < before) {
                    self.store.delete_letter(letter).await.map_err(failure)?;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

fn before(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::UNIX_EPOCH)
}

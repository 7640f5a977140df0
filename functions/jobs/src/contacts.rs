//! Contacts into files: everybody whom a filter finds, a file for each 50,000.

use std::time::Duration;

use domain::record::lines::harmless;
use domain::record::{FieldDef, Filter};
use domain::{Contact, ContactId};
use jiff::SignedDuration;
use lambda_kit::Failure;
use queue::Task;
use serde::Deserialize;
use store::{FileKind, FileState, Place};
use tracing::info;

use crate::{Given, Jobs, failure, no_bucket};

/// How many lines a file has at most: some 10 MB.
const LINES: usize = 50_000;
/// How many contacts are read at a time.
const PAGE: u16 = 500;
/// How long one piece works before it hands over to the next.
const PIECE: SignedDuration = SignedDuration::from_secs(30);
/// The columns that every file has; fields of the company's own follow.
const COLUMNS: [&str; 15] = [
    "id",
    "kind",
    "name",
    "profile_name",
    "phone",
    "username",
    "user_id",
    "email",
    "organization",
    "owner",
    "labels",
    "important",
    "source",
    "last_active",
    "created_at",
];

#[derive(Deserialize)]
struct Plan {
    #[serde(default)]
    filter: String,
}

impl Jobs {
    pub(crate) async fn export_contacts(&self, given: &Given, id: &str) -> Result<(), Failure> {
        let begun = self.kit.clock.now();
        let job = self.store.file_job(FileKind::Export, id).await.map_err(failure)?;
        let Some(mut job) = job else { return Err(Failure::Dead("nobody asked for this export".to_owned())) };
        if job.state == FileState::Finished {
            return Ok(());
        }
        let plan: Plan = serde_json::from_str(&job.plan).map_err(|error| Failure::Dead(error.to_string()))?;
        let defs = self.store.fields().await.map_err(failure)?;
        let filter = Filter::parse(&plan.filter, &defs);
        let filter =
            filter.map_err(|_| Failure::Dead("the filter speaks of fields that are gone".to_owned()))?;
        while job.state != FileState::Finished {
            let mut file = csv::Writer::from_writer(Vec::new());
            let fields = defs.iter().map(|def| format!("field.{}", def.id));
            // Written to memory: it cannot fail.
            let _ = file.write_record(COLUMNS.iter().map(|name| (*name).to_owned()).chain(fields));
            let mut next = job.clone();
            let mut lines = 0;
            while lines < LINES {
                let place = next.place.as_deref().and_then(Place::from_text);
                let page = self.store.find_contacts(&filter, place.as_ref(), PAGE).await.map_err(failure)?;
                for contact in &page.contacts {
                    let _ = file.write_record(line(contact, &defs));
                }
                lines += page.contacts.len();
                next.place = page.next.map(|place| place.to_text());
                if next.place.is_none() {
                    next.state = FileState::Finished;
                    break;
                }
            }
            next.lines += i64::try_from(lines).unwrap_or_default();
            next.parts += 1;
            next.updated_at = self.kit.clock.now();
            let bytes = file.into_inner().unwrap_or_default();
            let key = part_of(id, next.parts);
            self.bucket.put(&key, "text/csv; charset=utf-8", bytes).await.map_err(no_bucket)?;
            self.store.put_file_job(FileKind::Export, &mut next).await.map_err(failure)?;
            job = next;
            let late = self.kit.clock.now().duration_since(begun) > PIECE;
            if job.state != FileState::Finished && late {
                let task = Task::ExportContacts { export: id.to_owned() };
                return self.go_on(given, task, Duration::ZERO).await;
            }
        }
        info!(export.id = id, export.lines = job.lines, "Wrote contacts into files");
        Ok(())
    }
}

fn line(contact: &Contact, defs: &[FieldDef]) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let id = |value: Option<&ContactId>| value.map(ToString::to_string).unwrap_or_default();
    let labels: Vec<_> = contact.labels.iter().map(String::as_str).collect();
    let own = [
        contact.id.to_string(),
        contact.kind.as_str().to_owned(),
        text(&contact.name),
        text(&contact.profile_name),
        text(&contact.phone),
        text(&contact.username),
        text(&contact.user_id),
        text(&contact.email),
        id(contact.organization.as_ref()),
        contact.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        labels.join("; "),
        contact.important.to_string(),
        contact.source.as_ref().map(|source| source.kind.as_str()).unwrap_or_default().to_owned(),
        text(&contact.active_month),
        contact.created_at.to_string(),
    ];
    let fields =
        defs.iter().map(|def| contact.fields.get(&def.id).map(ToString::to_string).unwrap_or_default());
    own.into_iter().chain(fields).map(|cell| harmless(&cell)).collect()
}

/// Where a part of an export lies.
pub(crate) fn part_of(id: &str, part: i64) -> String {
    format!("contact-exports/{id}/contacts-{part:05}.csv")
}

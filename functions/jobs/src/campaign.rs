//! What became of everybody of a campaign, into files: a line a person, a file for each 50,000.

use std::collections::HashMap;
use std::time::Duration;

use domain::campaign::result::Entry;
use domain::campaign::story::{self, Line};
use domain::campaign::{CampaignId, attribution::Method};
use domain::record::lines::harmless;
use domain::{Contact, ContactId};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use queue::Task;
use serde::Deserialize;
use store::{Campaign, CampaignLine, CampaignLines, FileKind, FileState};
use tracing::info;

use crate::{Given, Jobs, failure, no_bucket};

/// How many chunks a file has at most: some 10 MB.
const CHUNKS: u64 = 500;
/// How many chunks are read at the same time.
const AT_ONCE: usize = 8;
/// How long one piece works before it hands over to the next.
const PIECE: SignedDuration = SignedDuration::from_secs(30);
/// The columns.
const COLUMNS: [&str; 14] = [
    "contact",
    "name",
    "outcome",
    "template",
    "country",
    "code",
    "sent_at",
    "delivered_at",
    "read_at",
    "failed_at",
    "replied_at",
    "replied_by",
    "opted_out_at",
    "story",
];

#[derive(Deserialize)]
struct Plan {
    campaign: CampaignId,
}

impl Jobs {
    pub(crate) async fn export_campaign(&self, given: &Given, id: &str) -> Result<(), Failure> {
        let begun = self.kit.clock.now();
        let job = self.store.file_job(FileKind::CampaignExport, id).await.map_err(failure)?;
        let Some(mut job) = job else { return Err(Failure::Dead("nobody asked for this export".to_owned())) };
        let plan: Plan = serde_json::from_str(&job.plan).map_err(|error| Failure::Dead(error.to_string()))?;
        let campaign = self.store.campaign(&plan.campaign).await.map_err(failure)?;
        let Some(campaign) = campaign else { return Err(Failure::Dead("the campaign is gone".to_owned())) };
        let chunks = campaign.log.frozen_at.map_or(0, |_| campaign.log.chunks);
        let lines = self.store.campaign_lines(&campaign.id);
        while job.state != FileState::Finished {
            let mut file = csv::Writer::from_writer(Vec::new());
            // Written to memory: it cannot fail.
            let _ = file.write_record(COLUMNS);
            let mut next = job.clone();
            let from: u64 = next.place.as_deref().and_then(|place| place.parse().ok()).unwrap_or_default();
            let until = (from + CHUNKS).min(chunks);
            let mut read = stream::iter(from..until)
                .map(|chunk| self.lines_of(&campaign, &lines, chunk))
                .buffered(AT_ONCE);
            while let Some(records) = read.try_next().await? {
                next.lines += i64::try_from(records.len()).unwrap_or_default();
                for record in records {
                    let _ = file.write_record(record);
                }
            }
            drop(read);
            if until == chunks {
                next.state = FileState::Finished;
            }
            next.place = Some(until.to_string());
            next.parts += 1;
            next.updated_at = self.kit.clock.now();
            let key = format!("campaign-exports/{id}/people-{:05}.csv", next.parts);
            let bytes = file.into_inner().unwrap_or_default();
            self.bucket.put(&key, "text/csv; charset=utf-8", bytes).await.map_err(no_bucket)?;
            self.store.put_file_job(FileKind::CampaignExport, &mut next).await.map_err(failure)?;
            job = next;
            let late = self.kit.clock.now().duration_since(begun) > PIECE;
            if job.state != FileState::Finished && late {
                let task = Task::ExportCampaign { export: id.to_owned() };
                return self.go_on(given, task, Duration::ZERO).await;
            }
        }
        info!(export.id = id, campaign.id = %campaign.id, export.lines = job.lines, "Wrote the lines of a campaign into files");
        Ok(())
    }

    async fn lines_of(
        &self,
        campaign: &Campaign,
        lines: &CampaignLines,
        chunk: u64,
    ) -> Result<Vec<[String; COLUMNS.len()]>, Failure> {
        let lines = lines.of_chunk(chunk).await.map_err(failure)?;
        let ids = lines.iter().map(|line| line.contact.clone()).collect();
        let contacts = self.store.contacts_of(ids).await.map_err(failure)?;
        Ok(lines.iter().map(|line| record(campaign, &contacts, line)).collect())
    }
}

fn record(
    campaign: &Campaign,
    contacts: &HashMap<ContactId, Contact>,
    line: &CampaignLine,
) -> [String; COLUMNS.len()] {
    let started_at = campaign.started_at.unwrap_or(campaign.created_at);
    let told = story::tell(&line.entries, line.begun, started_at);
    let contact = contacts.get(&line.contact).filter(|contact| !contact.erased);
    let newest = line.entries.iter().rev().find(|entry| **entry != Entry::default());
    let newest = newest.cloned().unwrap_or_default();
    let at = |seconds: Option<u32>| {
        let at = seconds.and_then(|seconds| {
            started_at.saturating_add(SignedDuration::from_secs(i64::from(seconds))).ok()
        });
        at.map(|at: Timestamp| at.to_string()).unwrap_or_default()
    };
    let (variant, country) =
        newest.outcome.as_ref().map(|placed| (placed.variant, placed.market.clone())).unzip();
    let template = variant.and_then(|variant| campaign.definition.templates.get(usize::from(variant)));
    let method = newest.reply.map(|(method, _)| match method {
        Method::Button => "button",
        Method::Quote => "quote",
        Method::Window => "window",
    });
    [
        line.contact.to_string(),
        contact.and_then(Contact::display_name).unwrap_or_default().to_owned(),
        told.outcome.clone(),
        template.map(|template| template.template.clone()).unwrap_or_default(),
        country.unwrap_or_default(),
        newest.error.map(|code| code.to_string()).unwrap_or_default(),
        at(newest.sent),
        at(newest.delivered),
        at(newest.read),
        at(newest.failed),
        at(newest.reply.map(|(_, at)| at)),
        method.unwrap_or_default().to_owned(),
        at(newest.opted_out),
        story_of(&told),
    ]
    .map(|cell| harmless(&cell))
}

/// The steps in one cell.
fn story_of(line: &Line) -> String {
    let step = |step: &story::Step| match &step.why {
        Some(why) => format!("{}: {why}", step.what),
        None => step.what.clone(),
    };
    line.steps.iter().map(step).collect::<Vec<_>>().join("; ")
}

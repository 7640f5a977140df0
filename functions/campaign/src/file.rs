//! A file as an audience: each line is a person, found by phone, with what fills the templates.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::record::FieldDef;
use domain::record::import::{Line, Mapping, Target};
use domain::record::lines::{self, Row};
use domain::{Contact, ContactId, ContactKind, Source, SourceKind};
use jiff::Timestamp;
use lambda_kit::Failure;
use platform::BucketError;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{FileKind, ImportFrame, ImportLine, LineOutcome};

use crate::audience::{Candidate, Mode, Part};
use crate::{Campaigns, failure, no_bucket};

/// How much of a file is read at a time: some two thousand lines.
const BLOCK: u64 = 128 << 10;
/// How many lines are looked up together.
const BATCH: usize = 100;

/// How a file is to be understood, as the API checked and wrote it.
#[derive(Debug, Deserialize)]
struct Plan {
    phone: String,
    #[serde(default)]
    calling_code: Option<String>,
}

/// A file that can be walked.
pub(crate) struct AudienceFile {
    id: String,
    mapping: Mapping,
    delimiter: u8,
    /// The columns that fill parameters, by their place in a line.
    kept: BTreeMap<usize, String>,
    created_at: Timestamp,
    now: Timestamp,
}

impl AudienceFile {
    /// Opens a file. `None` if it is not there, or has no such columns.
    pub(crate) async fn open(
        work: &Campaigns,
        id: &str,
        (columns, now): (&BTreeSet<String>, Timestamp),
    ) -> Result<Option<Self>, Failure> {
        let job = work.store.file_job(FileKind::Audience, id).await.map_err(failure)?;
        let Some(job) = job else { return Ok(None) };
        let plan: Plan = serde_json::from_str(&job.plan).map_err(|error| Failure::Dead(error.to_string()))?;
        let head = match work.bucket.read_part(&place_of(id), 0, BLOCK).await {
            Ok(head) => head,
            Err(BucketError::Missing) => return Ok(None),
            Err(error) => return Err(no_bucket(error)),
        };
        let mark = lines::mark(&head);
        let delimiter = lines::delimiter(&head[mark..]);
        let is_all = (head.len() as u64) < BLOCK;
        let first = lines::rows(&head[mark..], mark as u64, delimiter, is_all).rows.into_iter().next();
        let Some(header) = first.and_then(|row| row.cells) else { return Ok(None) };
        let header: Vec<_> = header.iter().map(|name| name.trim().to_owned()).collect();
        if !header.contains(&plan.phone) {
            return Ok(None);
        }
        let target = |name: &String| (*name == plan.phone).then_some(Target::Phone);
        let kept = header.iter().enumerate().filter(|(_, name)| columns.contains(*name));
        let kept = kept.map(|(place, name)| (place, name.clone())).collect();
        let mapping = Mapping {
            columns: header.iter().map(target).collect(),
            kind: ContactKind::Lead,
            labels: BTreeSet::new(),
            calling_code: plan.calling_code,
        };
        Ok(Some(Self { id: job.id, mapping, delimiter, kept, created_at: job.created_at, now }))
    }

    /// A block of lines from a place on.
    pub(crate) async fn part(
        &self,
        work: &Campaigns,
        key: Option<&str>,
        (defs, mode): (&[FieldDef], Mode),
    ) -> Result<Part, Failure> {
        let at: u64 = key.map_or(Ok(0), str::parse).map_err(|_| Failure::Dead("not a place".to_owned()))?;
        let block = work.bucket.read_part(&place_of(&self.id), at, BLOCK).await.map_err(no_bucket)?;
        let is_last = (block.len() as u64) < BLOCK;
        let skip = if at == 0 { lines::mark(&block) } else { 0 };
        let read = lines::rows(&block[skip..], at + skip as u64, self.delimiter, is_last);
        if read.next == at && !is_last {
            return Err(Failure::Dead("a line of the audience's file is longer than 128 KB".to_owned()));
        }
        let rows = if at == 0 { read.rows.get(1..).unwrap_or_default() } else { &read.rows[..] };
        let mut part = Part { next: (!is_last).then(|| read.next.to_string()), ..Part::default() };
        // A line's place behind it is where the next one begins.
        let behind: Vec<u64> = rows.iter().skip(1).map(|row| row.at).chain([read.next]).collect();
        let (mut waiting, mut phones) = (Vec::new(), HashSet::new());
        for (row, behind) in rows.iter().zip(behind) {
            let Some((line, kept)) = self.read(row, defs) else {
                part.unreadable += 1;
                continue;
            };
            let phone = line.phone.as_deref().map(domain::phone::line);
            // The same person twice in a block: the first line counts. In other blocks the gate stops the second.
            if !phones.insert(phone) {
                continue;
            }
            let new_id = self.new_id(row.at);
            waiting.push((ImportLine { line, new_id }, kept, behind));
            if waiting.len() == BATCH {
                self.look_up(work, &mut waiting, (defs, mode, &mut part)).await?;
            }
        }
        self.look_up(work, &mut waiting, (defs, mode, &mut part)).await?;
        Ok(part)
    }

    fn read(&self, row: &Row, defs: &[FieldDef]) -> Option<(Line, BTreeMap<String, String>)> {
        let cells = row.cells.as_ref()?;
        let line = self.mapping.read(cells.iter().map(String::as_str), defs).ok()?;
        line.phone.as_ref()?;
        let kept =
            self.kept.iter().filter_map(|(place, name)| Some((name.clone(), cells.get(*place)?.clone())));
        Some((line, kept.collect()))
    }

    /// Finds the people of some lines, or enters them.
    async fn look_up(
        &self,
        work: &Campaigns,
        waiting: &mut Vec<(ImportLine, BTreeMap<String, String>, u64)>,
        (defs, mode, part): (&[FieldDef], Mode, &mut Part),
    ) -> Result<(), Failure> {
        if waiting.is_empty() {
            return Ok(());
        }
        let source = Source { id: Some(self.id.clone()), ..Source::of(SourceKind::Import) };
        let frame = ImportFrame {
            defs,
            kind: ContactKind::Lead,
            source: &source,
            consent_at: None,
            dry_run: mode == Mode::DryRun,
            now: self.now,
        };
        let batch = std::mem::take(waiting);
        let lines: Vec<_> = batch.iter().map(|(line, ..)| line.clone()).collect();
        let outcomes = work.store.import_lines(&lines, &frame).await.map_err(failure)?;
        let ids: Vec<_> = outcomes.iter().filter_map(id_of).cloned().collect();
        let records = work.store.contacts_of(ids).await.map_err(failure)?;
        for ((line, kept, behind), outcome) in batch.into_iter().zip(outcomes) {
            let Some(id) = id_of(&outcome) else {
                part.erased += 1;
                continue;
            };
            let record = records.get(id).cloned().unwrap_or_else(|| {
                // Nobody yet, where nothing is written.
                Contact { phone: line.line.phone.clone(), ..Contact::new(id.clone(), self.now) }
            });
            let line = (!kept.is_empty()).then_some(kept);
            part.candidates.push(Candidate { record, line, after: behind.to_string() });
        }
        Ok(())
    }

    /// The id of a record that a line makes: the same whenever this line of this file comes.
    fn new_id(&self, at: u64) -> ContactId {
        let digest = Sha256::digest(format!("{}\n{at}", self.id).as_bytes());
        let random = digest[..10].iter().fold(0_u128, |random, byte| (random << 8) | u128::from(*byte));
        let ms = u64::try_from(self.created_at.as_millisecond()).unwrap_or_default();
        let id = ulid::Ulid::from_parts(ms, random).to_string();
        // A ULID has letters and digits only.
        ContactId::new(id).unwrap_or_else(|| unreachable!("a ULID is an id"))
    }
}

fn id_of(outcome: &LineOutcome) -> Option<&ContactId> {
    match outcome {
        LineOutcome::Created(id) | LineOutcome::Updated(id) | LineOutcome::Unchanged(id) => Some(id),
        LineOutcome::Refused(_) => None,
    }
}

/// Where a file with an audience lies.
fn place_of(id: &str) -> String {
    format!("audiences/{id}/file.csv")
}

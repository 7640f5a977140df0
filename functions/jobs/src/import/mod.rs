//! Contacts from a file: in blocks, each written and reported before the next is read, so that it goes on where it was
//! killed and a million lines need no more memory than a few thousand.

mod consents;
mod plan;
mod report;

use std::collections::HashSet;
use std::time::Duration;

use domain::record::FieldDef;
use domain::record::import::{LineFault, Mapping};
use domain::record::lines::{self, Row};
use domain::{ContactId, Source, SourceKind};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use platform::BucketError;
use queue::Task;
use sha2::{Digest, Sha256};
use store::{FileJob, FileKind, FileState, ImportFrame, ImportLine, LineOutcome};
use tracing::info;

use self::plan::Plan;
use self::report::Report;
use crate::{Given, Jobs, failure, no_bucket};

/// How much of a file is read at a time: some ten thousand lines.
const BLOCK: u64 = 1 << 20;
/// How many lines are written together.
const BATCH: usize = 100;
/// How long one piece works before it hands over to the next: well under the function's timeout.
const PIECE: SignedDuration = SignedDuration::from_secs(30);

/// What does not change while a file is read.
struct Setting {
    plan: Plan,
    mapping: Mapping,
    delimiter: u8,
    defs: Vec<FieldDef>,
    source: Source,
}

impl Jobs {
    pub(crate) async fn import(&self, given: &Given, id: &str) -> Result<(), Failure> {
        let begun = self.kit.clock.now();
        let job = self.store.file_job(FileKind::Import, id).await.map_err(failure)?;
        let Some(mut job) = job else { return Err(Failure::Dead("nobody asked for this import".to_owned())) };
        if matches!(job.state, FileState::Finished | FileState::Failed) {
            return Ok(());
        }
        let Some(setting) = self.prepare(&mut job).await? else { return Ok(()) };
        while job.done < job.size {
            self.read_block(&mut job, &setting, begun).await?;
            if job.done < job.size && self.kit.clock.now().duration_since(begun) > PIECE {
                return self.go_on(given, Task::Import { import: id.to_owned() }, Duration::ZERO).await;
            }
        }
        job.state = FileState::Finished;
        self.save(&mut job).await?;
        info!(import.id = id, import.lines = job.lines, "An import is finished");
        Ok(())
    }

    /// Everything that has to be known before a line is written. `None` if nothing is to be done any more.
    async fn prepare(&self, job: &mut FileJob) -> Result<Option<Setting>, Failure> {
        let key = file_of(&job.id);
        let plan: Plan = serde_json::from_str(&job.plan).map_err(|error| Failure::Dead(error.to_string()))?;
        if job.hash.is_none() {
            let Some((hash, size)) = self.hash(&key, &job.plan).await? else {
                return self.fail(job, "the file is not there").await;
            };
            if !job.dry_run {
                let owner = self.store.claim_file(&hash, &job.id).await.map_err(failure)?;
                if owner != job.id {
                    job.reason = Some(format!("the same file with the same mapping was import {owner}"));
                    job.state = FileState::Finished;
                    return self.save(job).await.map(|()| None);
                }
            }
            (job.hash, job.size, job.state) = (Some(hash), size, FileState::Running);
            self.save(job).await?;
        }
        let head = self.bucket.read_part(&key, 0, BLOCK).await.map_err(no_bucket)?;
        let mark = lines::mark(&head);
        let delimiter = lines::delimiter(&head[mark..]);
        let is_all = head.len() as i64 >= job.size;
        let first = lines::rows(&head[mark..], mark as u64, delimiter, is_all).rows.into_iter().next();
        let Some(header) = first.and_then(|row| row.cells) else {
            return self.fail(job, "the file has no line with the names of its columns").await;
        };
        let mapping = match plan.mapping(&header) {
            Ok(mapping) => mapping,
            Err(reason) => return self.fail(job, &reason).await,
        };
        let defs = self.store.fields().await.map_err(failure)?;
        let source = Source { id: Some(job.id.clone()), ..Source::of(SourceKind::Import) };
        Ok(Some(Setting { plan, mapping, delimiter, defs, source }))
    }

    /// The hash of a plan and a file, and the file's size.
    async fn hash(&self, key: &str, plan: &str) -> Result<Option<(String, i64)>, Failure> {
        let mut hash = Sha256::new();
        hash.update(plan.as_bytes());
        hash.update([0]);
        let mut size = 0_u64;
        loop {
            let part = match self.bucket.read_part(key, size, 8 * BLOCK).await {
                Ok(part) => part,
                Err(BucketError::Missing) if size == 0 => return Ok(None),
                Err(error) => return Err(no_bucket(error)),
            };
            hash.update(&part);
            size += part.len() as u64;
            if (part.len() as u64) < 8 * BLOCK {
                let size = i64::try_from(size).unwrap_or(i64::MAX);
                return Ok((size > 0).then(|| (hex::encode(hash.finalize()), size)));
            }
        }
    }

    /// One block, or as much of it as there is time for: its lines written, reported, counted.
    async fn read_block(
        &self,
        job: &mut FileJob,
        setting: &Setting,
        begun: Timestamp,
    ) -> Result<(), Failure> {
        let at = u64::try_from(job.done).unwrap_or_default();
        let block = self.bucket.read_part(&file_of(&job.id), at, BLOCK).await.map_err(no_bucket)?;
        let is_last = at + block.len() as u64 >= u64::try_from(job.size).unwrap_or_default();
        // Only the very beginning may carry the mark, and the names of the columns.
        let skip = if at == 0 { lines::mark(&block) } else { 0 };
        let read = lines::rows(&block[skip..], at + skip as u64, setting.delimiter, is_last);
        if read.next == at && !is_last {
            let reason =
                format!("line {} is longer than 1 MB, or a quote in it is not closed", job.lines + 2);
            self.fail::<()>(job, &reason).await?;
            return Ok(());
        }
        let rows = if at == 0 { read.rows.get(1..).unwrap_or_default() } else { &read.rows[..] };
        let mut report = Report::new();
        let (mut next, mut done) = (job.clone(), read.next);
        for (batch, some) in rows.chunks(BATCH).enumerate() {
            self.batch(&mut next, setting, some, &mut report).await?;
            // A block of short lines takes longer than the function may: the next piece goes on at this line.
            let left = rows.get((batch + 1) * BATCH);
            if let Some(row) = left.filter(|_| self.kit.clock.now().duration_since(begun) > PIECE) {
                done = row.at;
                break;
            }
        }
        next.parts += 1;
        next.done = i64::try_from(done).unwrap_or(next.size);
        let place = report_of(&next.id, next.parts);
        self.bucket.put(&place, "text/csv; charset=utf-8", report.into_bytes()).await.map_err(no_bucket)?;
        *job = next;
        self.save(job).await
    }

    async fn batch(
        &self,
        job: &mut FileJob,
        setting: &Setting,
        rows: &[Row],
        report: &mut Report,
    ) -> Result<(), Failure> {
        let hash = job.hash.clone().unwrap_or_default();
        let mut outcomes: Vec<Option<Result<LineOutcome, Vec<LineFault>>>> = vec![None; rows.len()];
        let mut waiting: Vec<(usize, ImportLine)> = Vec::new();
        let mut phones = HashSet::new();
        for (index, row) in rows.iter().enumerate() {
            match read(setting, row) {
                Err(faults) => outcomes[index] = Some(Err(faults)),
                Ok(line) => {
                    // A phone that comes twice, in whatever form: the second line changes what the first one wrote.
                    let phone = line.phone.as_deref().map(domain::phone::line);
                    if phone.as_ref().is_some_and(|phone| !phones.insert(phone.clone())) {
                        self.write(job, setting, &mut waiting, &mut outcomes).await?;
                        phones.clear();
                        phones.extend(phone);
                    }
                    let new_id = id_of(&hash, row.at, job.created_at.as_millisecond());
                    waiting.push((index, ImportLine { line, new_id }));
                }
            }
        }
        self.write(job, setting, &mut waiting, &mut outcomes).await?;
        for outcome in outcomes.into_iter().flatten() {
            job.lines += 1;
            let count = match &outcome {
                Ok(LineOutcome::Created(_)) => &mut job.created,
                Ok(LineOutcome::Updated(_)) => &mut job.updated,
                Ok(LineOutcome::Unchanged(_)) => &mut job.unchanged,
                Ok(LineOutcome::Refused(_)) | Err(_) => &mut job.refused,
            };
            *count += 1;
            // The first line has the names of the columns.
            report.add(job.lines + 1, &outcome);
        }
        Ok(())
    }

    async fn write(
        &self,
        job: &FileJob,
        setting: &Setting,
        waiting: &mut Vec<(usize, ImportLine)>,
        outcomes: &mut [Option<Result<LineOutcome, Vec<LineFault>>>],
    ) -> Result<(), Failure> {
        let (places, lines): (Vec<_>, Vec<_>) = std::mem::take(waiting).into_iter().unzip();
        if lines.is_empty() {
            return Ok(());
        }
        let frame = ImportFrame {
            defs: &setting.defs,
            kind: setting.mapping.kind,
            source: &setting.source,
            consent_at: setting.plan.consent.as_ref().map(|agreed| agreed.given_at),
            dry_run: job.dry_run,
            now: self.kit.clock.now(),
        };
        let mut written = self.store.import_lines(&lines, &frame).await.map_err(failure)?;
        if !job.dry_run {
            self.note_consents(job, &setting.plan, &lines, &mut written).await?;
            self.put_on_list(&setting.plan, &written).await?;
        }
        for (place, outcome) in places.into_iter().zip(written) {
            outcomes[place] = Some(Ok(outcome));
        }
        Ok(())
    }

    async fn put_on_list(&self, plan: &Plan, written: &[LineOutcome]) -> Result<(), Failure> {
        let Some(list) = &plan.list else { return Ok(()) };
        let ids: Vec<ContactId> = written.iter().filter_map(contact_of).cloned().collect();
        self.store.change_members(list, &ids, true).await.map_err(failure)
    }

    async fn fail<T>(&self, job: &mut FileJob, reason: &str) -> Result<Option<T>, Failure> {
        (job.state, job.reason) = (FileState::Failed, Some(reason.to_owned()));
        // Whoever waits for the end of the file waits no longer.
        job.done = job.size;
        self.save(job).await.map(|()| None)
    }

    pub(crate) async fn save(&self, job: &mut FileJob) -> Result<(), Failure> {
        job.updated_at = self.kit.clock.now();
        self.store.put_file_job(FileKind::Import, job).await.map_err(failure)
    }
}

/// The contact that a line is about.
fn contact_of(outcome: &LineOutcome) -> Option<&ContactId> {
    match outcome {
        LineOutcome::Created(id) | LineOutcome::Updated(id) | LineOutcome::Unchanged(id) => Some(id),
        LineOutcome::Refused(_) => None,
    }
}

fn read(setting: &Setting, row: &Row) -> Result<domain::record::import::Line, Vec<LineFault>> {
    let not_text = || vec![LineFault { target: "line".to_owned(), what: "is not UTF-8".to_owned() }];
    let cells = row.cells.as_ref().ok_or_else(not_text)?;
    setting.mapping.read(cells.iter().map(String::as_str), &setting.defs)
}

/// The id of a record that a line makes: the same whenever this line of this file comes.
fn id_of(hash: &str, at: u64, ms: i64) -> ContactId {
    let digest = Sha256::digest(format!("{hash}\n{at}").as_bytes());
    let random = digest[..10].iter().fold(0_u128, |random, byte| (random << 8) | u128::from(*byte));
    let id = ulid::Ulid::from_parts(u64::try_from(ms).unwrap_or_default(), random).to_string();
    // A ULID has letters and digits only.
    ContactId::new(id).unwrap_or_else(|| unreachable!("a ULID is an id"))
}

/// Where an import's file lies.
pub(crate) fn file_of(id: &str) -> String {
    format!("imports/{id}/file.csv")
}

/// Where a part of an import's report lies.
pub(crate) fn report_of(id: &str, part: i64) -> String {
    format!("imports/{id}/report-{part:05}.csv")
}

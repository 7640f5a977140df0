//! Imports of contacts, and exports of them: how far each has come.

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};
use jiff::Timestamp;

/// How far an import or export has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nobody has started it: an import waits for its file.
    Waiting,
    /// It is being worked on, or waits for its turn.
    Running,
    /// It is done.
    Finished,
    /// It cannot be done; the reason says why.
    Failed,
}

impl FileState {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "finished" => Self::Finished,
            "failed" => Self::Failed,
            _ => Self::Waiting,
        }
    }
}

/// A file that is read into records, or written from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileJob {
    /// Its id.
    pub id: String,
    /// Who asked.
    pub by: String,
    /// What was asked, as JSON.
    pub plan: String,
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// How far it has come.
    pub state: FileState,
    /// Why it cannot be done, or what it is the repeat of.
    pub reason: Option<String>,
    /// SHA-256 of an import's plan and file.
    pub hash: Option<String>,
    /// The file's bytes.
    pub size: i64,
    /// The bytes that are done; of an export, none.
    pub done: i64,
    /// Where an export goes on.
    pub place: Option<String>,
    /// Lines that are done.
    pub lines: i64,
    /// Records made.
    pub created: i64,
    /// Records changed.
    pub updated: i64,
    /// Lines that changed nothing.
    pub unchanged: i64,
    /// Lines that were refused.
    pub refused: i64,
    /// Files written: of an import's report, or of an export.
    pub parts: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last got on.
    pub updated_at: Timestamp,
    /// Grows with each step, so that two workers do not do the same one.
    pub version: i64,
}

impl FileJob {
    /// A job that nobody has begun.
    #[must_use]
    pub fn new(id: String, by: String, plan: String, now: Timestamp) -> Self {
        Self {
            id,
            by,
            plan,
            dry_run: false,
            state: FileState::Waiting,
            reason: None,
            hash: None,
            size: 0,
            done: 0,
            place: None,
            lines: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            refused: 0,
            parts: 0,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }
}

/// Imports, exports, or audiences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// From a file.
    Import,
    /// Into files.
    Export,
    /// Whom a campaign is for, with what fills their templates.
    Audience,
    /// What became of everybody of a campaign, into files.
    CampaignExport,
}

impl FileKind {
    fn key(self) -> &'static str {
        match self {
            Self::Import => keys::IMPORTS,
            Self::Export => keys::CONTACT_EXPORTS,
            Self::Audience => keys::AUDIENCE_FILES,
            Self::CampaignExport => keys::CAMPAIGN_EXPORTS,
        }
    }
}

impl Store {
    /// A job with a file.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_job(&self, kind: FileKind, id: &str) -> Result<Option<FileJob>, StoreError> {
        let key = (kind.key().to_owned(), id.to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_job))
    }

    /// The newest hundred, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_jobs(&self, kind: FileKind) -> Result<Vec<FileJob>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(kind.key()))
            .scan_index_forward(false)
            .limit(100)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(page.items().iter().filter_map(read_job).collect())
    }

    /// Writes how far a job has come, if nobody else did since it was read. The job then has its new version.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if somebody did. See [`StoreError`].
    pub async fn put_file_job(&self, kind: FileKind, job: &mut FileJob) -> Result<(), StoreError> {
        let seen = job.version;
        let next = FileJob { version: seen + 1, ..job.clone() };
        let condition = Condition::FileJobUnchanged;
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.directory)
            .set_item(Some(write_job(kind, &next)))
            .under(condition)
            .expression_attribute_values(":seen", n(seen));
        match put.send().await {
            Ok(_) => {
                *job = next;
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => {
                    Err(StoreError::Contended)
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// Claims a file and its mapping for an import, and says whose they are: another's, if it was imported before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn claim_file(&self, hash: &str, import: &str) -> Result<String, StoreError> {
        let mut item = item::at(keys::IMPORTED, hash);
        item.put("im", s(import));
        match self.put_if(&self.tables.directory, item, Condition::FileUnclaimed).await? {
            Conditional::Written => Ok(import.to_owned()),
            Conditional::Refused(there) => {
                there.text("im").map(str::to_owned).ok_or(StoreError::Corrupt("a file of no import"))
            }
        }
    }
}

fn write_job(kind: FileKind, job: &FileJob) -> Item {
    let mut item = item::at(kind.key(), &job.id);
    item.put("by", s(&job.by));
    item.put("plan", s(&job.plan));
    item.put("dry", aws_sdk_dynamodb::types::AttributeValue::Bool(job.dry_run));
    item.put("st", s(job.state.as_str()));
    item.put_text("why", job.reason.as_deref());
    item.put_text("hash", job.hash.as_deref());
    item.put_text("place", job.place.as_deref());
    for (name, value) in [
        ("sz", job.size),
        ("dn", job.done),
        ("ln", job.lines),
        ("cn", job.created),
        ("cu", job.updated),
        ("cs", job.unchanged),
        ("cr", job.refused),
        ("pt", job.parts),
        ("ver", job.version),
    ] {
        item.put(name, n(value));
    }
    item.put("ca", ms(job.created_at));
    item.put("ua", ms(job.updated_at));
    item
}

fn read_job(item: &Item) -> Option<FileJob> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    let number = |name: &str| item.number(name).unwrap_or_default();
    Some(FileJob {
        id: text("sk")?,
        by: text("by").unwrap_or_default(),
        plan: text("plan")?,
        dry_run: item.get("dry").and_then(|dry| dry.as_bool().ok()).copied().unwrap_or_default(),
        state: FileState::from_word(item.text("st").unwrap_or_default()),
        reason: text("why"),
        hash: text("hash"),
        place: text("place"),
        size: number("sz"),
        done: number("dn"),
        lines: number("ln"),
        created: number("cn"),
        updated: number("cu"),
        unchanged: number("cs"),
        refused: number("cr"),
        parts: number("pt"),
        created_at: item.time("ca")?,
        updated_at: item.time("ua")?,
        version: number("ver"),
    })
}

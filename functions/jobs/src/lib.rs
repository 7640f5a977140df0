#![doc = include_str!("../README.md")]

mod block;
mod campaign;
mod config;
mod contacts;
mod erase;
mod event;
mod export;
mod import;
mod number;
mod page;
mod profile;
mod report;
mod retain;
mod template;

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud_api::language::Language;
pub use config::{Access, Config};
use domain::{ContactId, DeadLetter};
pub use event::{Event, Scheduled};
use graph::Graph;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Kit, Seal, Secret, Worker, batch};
use platform::{Bucket, BucketError};
use queue::{CorrelationId, Entry, Job, Queue, QueueError, Task};
use store::{Store, StoreError, TemplateKey};

use crate::profile::Wanted;

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs {
    /// The tables.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// Where large bodies, exports and the list of erasures lie.
    pub bucket: Bucket,
    /// The Graph API.
    pub graph: Graph,
    /// What opens it.
    pub access: Secret<Access>,
    /// What opens codes and PINs.
    pub seal: Seal,
    /// The clock and the metrics.
    pub kit: Kit,
    /// The queue of jobs.
    pub queue_url: String,
}

/// What a schedule asked for was not begun.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// It is not on the queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A job, as the batch loop sees it.
#[derive(Clone, Debug)]
pub struct Given {
    body: String,
    pub(crate) job: Job,
}

impl lambda_kit::Job for Given {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        self.job.correlation_id.as_ref().map(CorrelationId::as_str)
    }
}

impl Jobs {
    /// Serves whatever calls the function. Only a queue hears an answer.
    ///
    /// # Errors
    /// What a schedule asked for is not on the queue, or was not begun; it comes again with the schedule.
    pub async fn serve(&self, event: Event) -> Result<Option<SqsBatchResponse>, NotBegun> {
        match event {
            Event::Jobs(event) => Ok(Some(self.work_through(event).await)),
            Event::Scheduled(Scheduled::Retain {}) => {
                let job = Job::of(Task::Retain { after: None }, None);
                self.queue.send(&self.queue_url, Entry::new(job.to_json())).await?;
                Ok(None)
            }
            Event::Scheduled(Scheduled::RollUp {}) => {
                if let Some(place) = self.begin_roll_up().await? {
                    let job = Job::of(place.task(), None);
                    self.queue.send(&self.queue_url, Entry::new(job.to_json())).await?;
                }
                Ok(None)
            }
        }
    }

    async fn work_through(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::run(self, event).await
    }

    /// Puts the next piece on the queue.
    pub(crate) async fn go_on(&self, given: &Given, task: Task, after: Duration) -> Result<(), Failure> {
        let next = Job::of(task, given.job.correlation_id.clone());
        let entry = Entry::new(next.to_json()).after(after);
        self.queue.send(&self.queue_url, entry).await.map_err(|error| Failure::Retry(error.to_string()))
    }
}

impl Worker for Jobs {
    type Item = Given;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "jobs"
    }

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    /// Pieces wait on purpose.
    fn lags(&self) -> bool {
        false
    }

    fn open(&self, body: &str) -> Result<Parcel<Given>, String> {
        let job = Job::parse(body).map_err(|error| error.to_string())?;
        Ok(Parcel::of_one(Given { body: body.to_owned(), job }))
    }

    async fn work(&self, given: &Given, _tries: u32) -> Result<(), Failure> {
        match &given.job.task {
            Task::Erase { contact, round, step, after } => {
                self.erase(given, &contact_id(contact)?, *round, *step, after.as_deref()).await
            }
            Task::Export { export } => self.export(export).await,
            Task::Import { import } => self.import(given, import).await,
            Task::ExportContacts { export } => self.export_contacts(given, export).await,
            Task::ExportCampaign { export } => self.export_campaign(given, export).await,
            Task::Block { contact, number, blocked } => {
                self.block(&contact_id(contact)?, &number.as_str().into(), *blocked).await
            }
            Task::Number { number, id, ask } => self.ask_of_number(&number.as_str().into(), id, ask).await,
            Task::Profile { number, id, change, picture } => {
                let wanted = Wanted { change: change.as_ref(), picture: picture.as_deref() };
                self.profile(&number.as_str().into(), id, wanted).await
            }
            Task::SyncNumbers { waba } => self.sync_numbers(&waba.as_str().into()).await,
            Task::Template { waba, name, language, id } => {
                let (waba, name) = (waba.as_str().into(), name.clone());
                let key = TemplateKey { waba, name, language: Language::new(language) };
                self.ask_of_template(&key, id).await
            }
            Task::SyncTemplates { waba, name } => {
                self.sync_templates(&waba.as_str().into(), name.as_deref()).await
            }
            Task::RollUp { until, step, after } => {
                self.roll_up(given, *until, (*step, after.as_deref())).await
            }
            Task::Retain { after } => self.retain(given, after.as_deref()).await,
            Task::ReapplyErasures { after } => self.reapply_erasures(given, after.as_deref()).await,
        }
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.keep_letter(&letter).await.map_err(|error| error.to_string())
    }
}

fn contact_id(text: &str) -> Result<ContactId, Failure> {
    ContactId::new(text).ok_or_else(|| Failure::Dead("the job names no contact".to_owned()))
}

/// What a store's error means for a job.
pub(crate) fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}

/// What the bucket's error means for a job.
pub(crate) fn no_bucket(error: BucketError) -> Failure {
    Failure::Retry(error.to_string())
}

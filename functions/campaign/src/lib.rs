#![doc = include_str!("../README.md")]

mod audience;
mod canary;
mod config;
mod event;
mod file;
mod freeze;
mod guards;
mod preflight;
mod release;
mod start;
mod tick;

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
pub use config::Config;
use domain::DeadLetter;
use domain::campaign::CampaignId;
pub use event::{Event, Scheduled};
use jiff::SignedDuration;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Kit, Worker, batch};
use platform::{Bucket, BucketError};
use queue::{CampaignJob, CampaignTask, CorrelationId, Entry, Queue};
use store::{Campaign, Store, StoreError};

/// How long one piece works before it hands over to the next: well under the function's timeout.
pub(crate) const PIECE: SignedDuration = SignedDuration::from_secs(30);

/// The function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Campaigns {
    /// The tables.
    pub store: Store,
    /// The queues' client.
    pub queue: Queue,
    /// Where files with audiences lie.
    pub bucket: Bucket,
    /// The clock and the metrics.
    pub kit: Kit,
    /// The queue of jobs.
    pub queue_url: String,
    /// The queue of hints.
    pub chunks_queue_url: String,
}

/// A job, as the batch loop sees it.
#[derive(Clone, Debug)]
pub struct Given {
    body: String,
    job: CampaignJob,
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

impl Campaigns {
    /// Serves whatever calls the function. Only a queue hears an answer.
    ///
    /// # Errors
    /// The campaigns could not be looked at; the next minute looks again.
    pub async fn serve(&self, event: Event) -> Result<Option<SqsBatchResponse>, StoreError> {
        match event {
            Event::Jobs(event) => Ok(Some(self.work_through(event).await)),
            Event::Scheduled(Scheduled::Tick {}) => self.tick().await.map(|()| None),
        }
    }

    async fn work_through(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::run(self, event).await
    }

    /// Puts the next step on the queue.
    pub(crate) async fn go_on(
        &self,
        task: CampaignTask,
        correlation: Option<CorrelationId>,
    ) -> Result<(), Failure> {
        let entry = Entry::new(CampaignJob::of(task, correlation).to_json()).after(Duration::ZERO);
        self.queue.send(&self.queue_url, entry).await.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// A campaign that is not over; of one that is over or was removed, nothing is left to do.
    pub(crate) async fn open(&self, id: &str) -> Result<Option<Campaign>, Failure> {
        let id = CampaignId::new(id).ok_or_else(|| Failure::Dead("the job names no campaign".to_owned()))?;
        let campaign = self.store.campaign(&id).await.map_err(failure)?;
        Ok(campaign.filter(|campaign| !campaign.state.is_over()))
    }
}

impl Worker for Campaigns {
    type Item = Given;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "campaigns"
    }

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn open(&self, body: &str) -> Result<Parcel<Given>, String> {
        let job = CampaignJob::parse(body).map_err(|error| error.to_string())?;
        Ok(Parcel::of_one(Given { body: body.to_owned(), job }))
    }

    async fn work(&self, given: &Given, _tries: u32) -> Result<(), Failure> {
        let correlation = given.job.correlation_id.clone();
        match &given.job.task {
            CampaignTask::Start { campaign } => self.start(campaign, correlation).await,
            CampaignTask::Freeze { campaign } => self.freeze(campaign, correlation).await,
            CampaignTask::Release { campaign, again } => self.release(campaign, *again).await,
            CampaignTask::Preflight { campaign, preflight } => {
                self.preflight(campaign, preflight, correlation).await
            }
            CampaignTask::Watch {} => self.watch().await,
        }
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.keep_letter(&letter).await.map_err(|error| error.to_string())
    }
}

/// What a store's error means for a job.
pub(crate) fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}

/// What the bucket's error means for a job.
pub(crate) fn no_bucket(error: BucketError) -> Failure {
    Failure::Retry(error.to_string())
}

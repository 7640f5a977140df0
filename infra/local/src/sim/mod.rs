#![doc = include_str!("README.md")]

mod config;
mod control;
mod defaults;
mod error;
mod faults;
mod graph;
mod ids;
mod inbound;
mod ledger;
mod model;
mod moves;
mod people;
mod persist;
mod restore;
mod rules;
mod state;
mod statuses;
mod templates;
mod webhooks;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use futures::StreamExt as _;
use jiff::Timestamp;
use lambda_kit::Clock;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

pub use config::SimConfig;
pub use error::{ControlError, SimError};
use state::State;
use webhooks::Job;

/// The simulated Meta. Cheap to clone; all clones are the same world.
#[derive(Clone)]
pub struct Sim {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    clock: Clock,
    client: reqwest::Client,
    /// Rung whenever something new may be due.
    changed: Notify,
    concurrency: usize,
}

impl Sim {
    /// Opens the world of a directory, or a fresh one.
    ///
    /// # Errors
    /// When `sim.db` cannot be opened or read back.
    pub fn open(config: SimConfig, clock: Clock) -> Result<Self, SimError> {
        // Meta's own time-out is not documented; 20 s is the longest that practitioners report.
        let client =
            ::graph::client().timeout(Duration::from_secs(20)).user_agent("facebookexternalua").build()?;
        let concurrency = config.concurrency.max(1);
        let state = Mutex::new(State::open(config, clock.now())?);
        Ok(Self { inner: Arc::new(Inner { state, clock, client, changed: Notify::new(), concurrency }) })
    }

    /// The Graph API, for `/graph` or for the root of a server of its own.
    pub fn graph_router(&self) -> Router {
        graph::router(self.clone())
    }

    /// The control API, for `/sim`.
    pub fn control_router(&self) -> Router {
        control::router(self.clone())
    }

    /// The earliest time at which something happens by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.read(|state| state.due.keys().next().map(|(at, _)| *at))
    }

    /// Whether nothing is planned and no webhook is under way. Held webhooks and phones that are off wait
    /// for somebody, so they do not count.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.read(|state| state.due.is_empty() && state.in_flight.is_empty())
    }

    /// Whether a webhook is under way.
    #[must_use]
    pub fn is_posting(&self) -> bool {
        self.read(|state| !state.in_flight.is_empty())
    }

    /// Lets everything happen that is due now, and returns when its webhooks have been answered.
    pub async fn run_due(&self) {
        loop {
            let jobs = self.take_due();
            if jobs.is_empty() {
                return;
            }
            let posts = futures::stream::iter(jobs.into_iter().map(|job| self.post(job)));
            posts.buffer_unordered(self.inner.concurrency).collect::<Vec<()>>().await;
        }
    }

    /// A task that does by itself what [`Sim::run_due`] does, for a world on the system clock.
    #[must_use]
    pub fn spawn(&self) -> JoinHandle<()> {
        let sim = self.clone();
        tokio::spawn(async move {
            let slots = Arc::new(Semaphore::new(sim.inner.concurrency));
            loop {
                let changed = sim.inner.changed.notified();
                for job in sim.take_due() {
                    let (sim, slots) = (sim.clone(), Arc::clone(&slots));
                    tokio::spawn(async move {
                        let _slot = slots.acquire_owned().await;
                        sim.post(job).await;
                    });
                }
                match sim.next_due() {
                    None => changed.await,
                    Some(next) => tokio::select! {
                        () = changed => {}
                        () = sim.inner.clock.sleep_until(next) => {}
                    },
                }
            }
        })
    }

    /// Says where webhooks go; those that waited for an address leave.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        let now = self.inner.clock.now();
        self.read(|state| {
            state.config.webhook_url = url.into();
            state.address_known(now);
        });
        self.inner.changed.notify_one();
    }

    /// Says where the Graph API is reached, for the addresses of media.
    pub fn set_base_url(&self, url: impl Into<String>) {
        self.read(|state| state.config.base_url = url.into());
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    fn read<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.inner.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world and writes it down before anybody learns of it.
    pub(crate) fn write<T>(
        &self,
        change: impl FnOnce(&mut State, Timestamp) -> Result<T, ControlError>,
    ) -> Result<T, ControlError> {
        let now = self.inner.clock.now();
        let result = self.read(|state| {
            let result = change(state, now);
            state.commit()?;
            result
        });
        self.inner.changed.notify_one();
        result
    }

    fn take_due(&self) -> Vec<Job> {
        let now = self.inner.clock.now();
        self.read(|state| {
            let jobs = state.take_due(now);
            log_failure(state.commit());
            jobs
        })
    }

    async fn post(&self, job: Job) {
        let id = job.id;
        let result = self.deliver(job).await;
        let now = self.inner.clock.now();
        self.read(|state| {
            state.finish_post(id, now, result);
            log_failure(state.commit());
        });
        self.inner.changed.notify_one();
    }

    /// One POST to the webhook: its status, or why there is none.
    pub(crate) async fn deliver(&self, job: Job) -> Result<u16, String> {
        let mut request =
            self.inner.client.post(&job.url).header("content-type", "application/json").body(job.body);
        if let Some(signature) = job.signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        let status = answer.status().as_u16();
        // The body is read so that the connection can be used again.
        _ = answer.bytes().await;
        Ok(status)
    }
}

fn log_failure(written: Result<(), SimError>) {
    if let Err(error) = written {
        tracing::error!(%error, "the simulator could not write its file; it will try again");
    }
}

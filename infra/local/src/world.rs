//! A whole world: tables, queues, bucket, functions and a simulated WhatsApp on two listeners.

mod lock;
mod options;
mod start;
mod time;
mod timetable;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use lambda_kit::{Clock, ManualClock, Metrics};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::dynamo::Dynamo;
use crate::events::Events;
use crate::lambda::{Activity, Links, Progress};
use crate::s3::S3;
use crate::scheduler::Scheduler;
use crate::secrets::SecretsManager;
use crate::sim::Sim;
use crate::sockets::Sockets;
use crate::sqs::Sqs;
use crate::template::Template;
use crate::tokens::{Claims, Role, Tokens};
use crate::users::Users;

pub use options::{Secrets, Time, WorldOptions};
pub use start::StartError;

/// How long a world that is asked to stop lets its functions finish.
const PATIENCE: Duration = Duration::from_secs(25);

/// A running world. Dropping it kills it.
pub struct World {
    /// Where the public listener stands.
    pub public: SocketAddr,
    /// Where the private listener stands.
    pub admin: SocketAddr,
    /// The world's clock.
    pub clock: Clock,
    /// The clock's hand, if it is moved by hand.
    pub manual: Option<ManualClock>,
    /// What the world was made from.
    pub template: Template,
    /// The queues.
    pub sqs: Sqs,
    /// The bucket.
    pub s3: S3,
    /// The functions' secrets.
    pub secrets: SecretsManager,
    /// The schedules.
    pub scheduler: Scheduler,
    /// The event buses.
    pub events: Events,
    /// The simulated WhatsApp, unless a real Graph API is used.
    pub sim: Option<Sim>,
    /// Functions of the template that have no handler here.
    pub missing_functions: Vec<String>,
    /// The WebSocket connections.
    pub sockets: Sockets,
    dynamo: Arc<Dynamo>,
    timetable: timetable::Timetable,
    /// Those who sign in with a password.
    pub users: Users,
    /// Whether tokens are handed out for the asking: only on loopback, and only while WhatsApp is simulated.
    for_newcomers: bool,
    tokens: Arc<Tokens>,
    links: Links,
    /// Where browsers reach the public listener.
    origin: String,
    sdk: SdkConfig,
    metrics: BTreeMap<String, Metrics>,
    /// Calls of functions.
    activity: Activity,
    /// Calls of AWS services.
    calls: Activity,
    /// Queues that a function takes messages from.
    mapped: Vec<String>,
    lanes: Vec<Progress>,
    changes: watch::Sender<u64>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// What the simulator does now, under a clock that is moved by hand.
    simulating: Mutex<Option<JoinHandle<()>>>,
    swept: Mutex<Timestamp>,
    /// Held for as long as the world lives.
    _lock: Option<lock::Lock>,
}

impl World {
    /// The public listener's URL, e.g. `http://127.0.0.1:8080`.
    #[must_use]
    pub fn public_url(&self) -> String {
        format!("http://{}", start::reachable(self.public))
    }

    /// Where browsers reach the public listener: its URL, unless a reverse proxy has another.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The private listener's URL.
    #[must_use]
    pub fn admin_url(&self) -> String {
        format!("http://{}", self.admin)
    }

    /// The URL of the queue with this logical id, e.g. `SendQueue`.
    #[must_use]
    pub fn queue_url(&self, id: &str) -> Option<String> {
        let queue = self.template.queue(id)?;
        Some(crate::sqs::queue_url(&self.admin_url(), &queue.name))
    }

    /// A bearer token for a person of this role.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn token(&self, role: Role) -> Result<String, jsonwebtoken::errors::Error> {
        self.tokens.issue(role)
    }

    /// A bearer token with these claims.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn token_for(&self, claims: Claims) -> Result<String, jsonwebtoken::errors::Error> {
        self.tokens.issue_for(claims)
    }

    /// What points an AWS client at this world.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// What a function, by the name of its binary, has counted since the world began.
    #[must_use]
    pub fn metrics(&self, binary: &str) -> Metrics {
        self.metrics.get(binary).cloned().unwrap_or_else(|| Metrics::new("local", binary))
    }

    /// A DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk)
    }

    /// The database itself, for what would take hours by its protocol.
    #[must_use]
    pub fn database(&self) -> &dynoxide::Database {
        self.dynamo.database()
    }

    /// An SQS client.
    #[must_use]
    pub fn sqs_client(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk)
    }

    /// An S3 client.
    #[must_use]
    pub fn s3_client(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Whether tokens are handed out for the asking. Where they are not, people sign in with passwords.
    #[must_use]
    pub fn is_for_newcomers(&self) -> bool {
        self.for_newcomers
    }

    /// The number of DynamoDB writes so far.
    #[must_use]
    pub fn changes(&self) -> u64 {
        *self.changes.borrow()
    }

    /// Whether a function runs, though it may only wait for the clock.
    pub(crate) fn is_working(&self) -> bool {
        self.activity.working() > 0
    }

    /// Stops: no new requests and batches; what is under way comes to its end.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("Some functions did not finish in time; their batches will come again");
        }
        self.kill().await;
    }

    /// Ends everything at once, as `kill -9` does: connections are cut, functions dropped, nothing is
    /// acknowledged any more. Returns when the files can be opened again.
    pub async fn kill(mut self) {
        self.tasks.shutdown().await;
        let simulating = self.simulating.lock().map(|mut task| task.take()).ok().flatten();
        if let Some(task) = simulating {
            task.abort();
            // Its end, by abortion or not, is all that is waited for.
            let _ = task.await;
        }
    }
}

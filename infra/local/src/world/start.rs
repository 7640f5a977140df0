//! How a world comes to be.

mod functions;
mod listeners;
mod services;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lambda_kit::{Clock, ManualClock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::lock::Lock;
use super::options::{Time, WorldOptions};
use super::{World, time};
use crate::demo;
use crate::dynamo::DynamoError;
use crate::http::{self, Admin, Entry, Files, Health, OAuth, OAuthSettings, Public, SignIn};
use crate::iam::Permissions;
use crate::lambda::{Activity, BoxError, Functions, Invoker, Links, stopped};
use crate::sockets::{Gateway, Sockets};
use crate::template::{Function, TemplateError};

use listeners::Listeners;
use services::Services;

pub(in crate::world) use listeners::reachable;

/// Why a world does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The private listener would be reachable from other machines.
    #[error(
        "--admin-listen {0} is not a loopback address: whoever reaches it may read and change everything"
    )]
    AdminNotPrivate(SocketAddr),
    /// A listener's address cannot be had.
    #[error("{option} {address}: {source}; choose another address with {option}")]
    Listen {
        /// The option that names the address.
        option: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The data directory is in use.
    #[error("--data {}: another process uses this directory", .directory.display())]
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// The data directory cannot be used.
    #[error("--data {}: {source}", .directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The database does not start.
    #[error(transparent)]
    Database(#[from] DynamoError),
    /// The queues, the bucket or the simulator do not start.
    #[error("{service}: {source}")]
    Service {
        /// Which one.
        service: &'static str,
        /// Why not.
        source: BoxError,
    },
    /// The functions cannot be made.
    #[error("the functions cannot be made: {0}")]
    Functions(BoxError),
}

impl StartError {
    fn service(service: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Service { service, source: source.into() }
    }
}

/// Whether whoever asks may be anybody: only on loopback, and only while WhatsApp is simulated.
fn is_for_newcomers(options: &WorldOptions) -> bool {
    options.graph_url.is_none() && options.listen.ip().is_loopback()
}

impl World {
    /// Starts a world and returns once it answers.
    ///
    /// # Errors
    /// [`StartError`] says what is missing, and by which option it is chosen.
    pub async fn start(options: WorldOptions) -> Result<Self, StartError> {
        let lock = options.data.as_deref().map(Lock::take).transpose()?;
        let listeners = Listeners::bind(&options).await?;
        // A demo company lives through its last week first.
        let moves_in =
            options.demo && options.graph_url.is_none() && options.data.as_deref().is_none_or(is_new);
        let (clock, manual) = clock(options.time, moves_in);
        let services = Services::start(&options, &clock, &listeners).await?;
        let (stop, stopped) = watch::channel(false);
        let (sockets, connections) = Sockets::new(clock.clone(), stopped.clone());
        let mut world = Self {
            public: listeners.public_address,
            admin: listeners.admin_address,
            swept: Mutex::new(clock.now()),
            clock,
            manual,
            template: services.template,
            sqs: services.sqs,
            s3: services.s3,
            secrets: services.secrets,
            scheduler: services.timetable.scheduler.clone(),
            events: services.timetable.events.clone(),
            timetable: services.timetable,
            for_newcomers: is_for_newcomers(&options),
            links: links(&listeners.origin(&options))?,
            origin: listeners.origin(&options),
            users: services.users,
            sim: services.sim,
            missing_functions: Vec::new(),
            dynamo: services.dynamo,
            tokens: services.tokens,
            sdk: services.sdk,
            metrics: BTreeMap::new(),
            activity: Activity::default(),
            calls: Activity::default(),
            mapped: Vec::new(),
            lanes: Vec::new(),
            sockets: sockets.clone(),
            changes: watch::Sender::new(0),
            stop,
            tasks: JoinSet::new(),
            simulating: Mutex::new(None),
            _lock: lock,
        };
        world.tasks.spawn(connections);
        // Functions may call the services while they are made, so those answer first.
        let health = world.health(&options);
        let permissions = Permissions::new(&world.template, options.record_calls.as_deref())
            .map_err(|error| StartError::service("the record of calls", error))?;
        world.serve_admin(listeners.admin, (health.clone(), permissions.clone()), stopped.clone())?;
        world.enter_team()?;
        let functions = world.make_functions(&options).await?;
        let parts = (&functions, health.clone(), permissions);
        world.serve_public(listeners.public, parts, stopped.clone());
        world.map_sources(&functions, options.data.as_deref(), &stopped)?;
        world.run_schedules(&functions, stopped);
        world.run_clockwork();
        let built = world.template.functions.iter().map(|function| function.binary.clone());
        let built = built.filter(|name| !world.missing_functions.contains(name)).collect();
        // Whoever wants to try the program out can do so without the rest of a demo company.
        if moves_in && let Err(error) = demo::move_in(&world).await {
            tracing::warn!(%error, "The demo company has not moved in whole");
        }
        health.functions.get_or_init(|| built);
        Ok(world)
    }

    fn health(&self, options: &WorldOptions) -> Health {
        Health {
            whatsapp: if self.sim.is_some() { "simulated" } else { "real" },
            storage: if options.data.is_some() { "disk" } else { "memory" },
            functions: Arc::default(),
        }
    }

    fn serve_admin(
        &mut self,
        listener: TcpListener,
        (health, permissions): (Health, Permissions),
        stop: watch::Receiver<bool>,
    ) -> Result<(), StartError> {
        let database = http::DatabaseProxy::new(self.dynamo.address(), self.changes.clone())
            .map_err(|error| StartError::service("the way to the database", error))?;
        let admin = Admin {
            sqs: self.sqs.clone(),
            s3: self.s3.clone(),
            secrets: self.secrets.clone(),
            scheduler: self.scheduler.clone(),
            events: self.events.clone(),
            sockets: self.sockets.clone(),
            database,
            sim: self.sim.clone(),
            tokens: self.for_newcomers.then(|| Arc::clone(&self.tokens)),
            buckets: self.template.buckets.clone().into(),
            functions: self.template.functions.clone(),
            endpoint: self.admin_url(),
            permissions,
            health,
            calls: self.calls.clone(),
        };
        self.tasks.spawn(http::serve(listener, admin.router(), stop));
        Ok(())
    }

    fn serve_public(
        &mut self,
        listener: TcpListener,
        (functions, health, permissions): (&Functions, Health, Permissions),
        stop: watch::Receiver<bool>,
    ) {
        let entry = match self.for_newcomers {
            true => Entry::Newcomer,
            false => Entry::SignIn(SignIn { users: self.users.clone(), tokens: Arc::clone(&self.tokens) }),
        };
        let host = self.origin.split_once("://").map_or("", |(_, host)| host).to_owned();
        let secret = self.links.secret.clone();
        let oauth = OAuth::new(OAuthSettings {
            users: self.users.clone(),
            tokens: Arc::clone(&self.tokens),
            clock: self.clock.clone(),
            origin: self.origin.clone(),
            loopback: self.public.ip().is_loopback().then(|| self.public.port()),
            free: self.for_newcomers,
        });
        let public = Public {
            console: self.invoker(self.template.function("console")),
            files: Files { s3: self.s3.router(), permissions, host, secret },
            oauth,
            sim: self.sim.clone(),
            functions: functions.clone(),
            routes: self.template.routes.clone(),
            tokens: Arc::clone(&self.tokens),
            webhook: self.invoker(self.template.function("webhook")),
            api: self.invoker(self.template.function("api")),
            sockets: self.socket_gateway(functions),
            health,
            entry,
        };
        self.tasks.spawn(http::serve(listener, public.router(), stop));
    }

    /// What stands before the function of the WebSocket API, as the template says: only tickets open `$connect`.
    fn socket_gateway(&self, functions: &Functions) -> Option<Gateway> {
        let routes = &self.template.socket_routes;
        let has = |key: &str| routes.iter().find(|route| route.key == key);
        let opens = has("$connect").is_some_and(|route| route.authorized);
        let handler = functions.sockets.clone().filter(|_| opens && has("$default").is_some())?;
        let invoker = self.invoker(self.template.function("realtime"));
        Some(Gateway { sockets: self.sockets.clone(), handler, invoker })
    }

    /// The team that everybody may be, where nothing is real; nowhere else.
    fn enter_team(&self) -> Result<(), StartError> {
        let entered = match self.for_newcomers {
            true => demo::TEAM.iter().try_for_each(|it| self.users.enter_freely(it.name, it.id, it.role)),
            false => self.users.remove_free(),
        };
        entered.map_err(|error| StartError::service("the list of those who sign in", error))
    }

    fn invoker(&self, function: Option<&Function>) -> Invoker {
        // A function that the template does not have is not called either; Lambda's own default then.
        let timeout = function.map_or(std::time::Duration::from_secs(3), |function| function.timeout);
        Invoker { timeout, clock: self.clock.clone(), activity: self.activity.clone() }
    }

    /// What happens by itself under the machine's clock. A clock that is moved by hand asks for it instead.
    fn run_clockwork(&mut self) {
        if let Some(sim) = &self.sim {
            sim.set_webhook_url(format!("{}/webhook", self.public_url()));
        }
        if self.manual.is_some() {
            return;
        }
        if let Some(sim) = &self.sim {
            let task = Cut(sim.spawn());
            self.tasks.spawn(until_stopped(self.stop.subscribe(), async move {
                let _task = task;
                std::future::pending::<()>().await;
            }));
        }
        let (dynamo, clock, changes) = (Arc::clone(&self.dynamo), self.clock.clone(), self.changes.clone());
        self.tasks.spawn(until_stopped(self.stop.subscribe(), async move {
            loop {
                time::sweep(Arc::clone(&dynamo), clock.now()).await;
                changes.send_modify(|change| *change += 1);
                clock.sleep_until(clock.now() + time::SWEEP).await;
            }
        }));
    }
}

/// Links into the bucket, signed by a secret of this process: they end with it.
fn links(origin: &str) -> Result<Links, StartError> {
    let secret =
        lambda_kit::random_bytes().map_err(|error| StartError::service("links into the bucket", error))?;
    Ok(Links {
        // The client puts bucket and key behind the last slash.
        endpoint: format!("{origin}{}/", http::FILES),
        secret: hex::encode(secret).into(),
    })
}

/// A task that ends with this value.
struct Cut(tokio::task::JoinHandle<()>);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn until_stopped(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stopped(&mut stop) => {}
        () = work => {}
    }
}

/// Whether nothing was ever kept in a directory: the lock that this process has just taken is no data.
fn is_new(directory: &Path) -> bool {
    !directory.join("sim.db").exists()
}

fn clock(time: Time, late: bool) -> (Clock, Option<ManualClock>) {
    match time {
        Time::System if late => (Clock::late(demo::WEEK), None),
        Time::Ahead if late => (Clock::ahead_from(demo::WEEK), None),
        Time::System => (Clock::system(), None),
        Time::Ahead => (Clock::ahead(), None),
        Time::Manual(start) => {
            let (clock, hand) = Clock::manual(start);
            (clock, Some(hand))
        }
    }
}

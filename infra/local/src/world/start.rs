//! How a world comes to be.

mod functions;
mod services;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use lambda_kit::{Clock, ManualClock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::lock::Lock;
use super::options::{Time, WorldOptions};
use super::{World, time};
use crate::dynamo::DynamoError;
use crate::http::{self, Admin, Entry, Health, Public, SignIn};
use crate::iam::Permissions;
use crate::lambda::{Activity, BoxError, Functions, Invoker, stopped};
use crate::sockets::{Gateway, Sockets};
use crate::template::{Function, TemplateError};

use services::Services;

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

/// Listeners that are bound and not yet served, so that every address is known before anything is made.
struct Listeners {
    public: TcpListener,
    admin: TcpListener,
    public_address: SocketAddr,
    admin_address: SocketAddr,
}

impl Listeners {
    async fn bind(options: &WorldOptions) -> Result<Self, StartError> {
        if !options.admin_listen.ip().is_loopback() {
            return Err(StartError::AdminNotPrivate(options.admin_listen));
        }
        let (public, public_address) = bind("--listen", options.listen).await?;
        let (admin, admin_address) = bind("--admin-listen", options.admin_listen).await?;
        Ok(Self { public, admin, public_address, admin_address })
    }
}

async fn bind(option: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { option, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Where this machine reaches a listener: one that stands on all addresses is reached on loopback.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        _ => address,
    }
}

impl World {
    /// Starts a world and returns once it answers.
    ///
    /// # Errors
    /// [`StartError`] says what is missing, and by which option it is chosen.
    pub async fn start(options: WorldOptions) -> Result<Self, StartError> {
        let lock = options.data.as_deref().map(Lock::take).transpose()?;
        let listeners = Listeners::bind(&options).await?;
        let (clock, manual) = clock(options.time);
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
            for_newcomers: services.sim.is_some() && options.listen.ip().is_loopback(),
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
        world.serve_admin(listeners.admin, (health.clone(), permissions), stopped.clone())?;
        let functions = world.make_functions(&options).await?;
        world.serve_public(listeners.public, (&functions, health.clone()), stopped.clone());
        world.map_sources(&functions, options.data.as_deref(), &stopped)?;
        world.run_schedules(&functions, stopped);
        world.run_clockwork();
        let built = world.template.functions.iter().map(|function| function.binary.clone());
        let built = built.filter(|name| !world.missing_functions.contains(name)).collect();
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
        (functions, health): (&Functions, Health),
        stop: watch::Receiver<bool>,
    ) {
        let entry = match self.for_newcomers {
            true => Entry::Newcomer,
            false => Entry::SignIn(SignIn { users: self.users.clone(), tokens: Arc::clone(&self.tokens) }),
        };
        let public = Public {
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

fn clock(time: Time) -> (Clock, Option<ManualClock>) {
    match time {
        Time::System => (Clock::system(), None),
        Time::Ahead => (Clock::ahead(), None),
        Time::Manual(start) => {
            let (clock, hand) = Clock::manual(start);
            (clock, Some(hand))
        }
    }
}

//! Plays API Gateway's WebSocket API: connections with their limits, the routes of a function, and the management API.

mod connection;
mod event;
mod manage;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use lambda_kit::Clock;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::lambda::stopped;

pub(crate) use connection::Gateway;

/// The logical id of the API in the template; on AWS it is a random one.
pub const API: &str = "WebSocketApi";
/// Where it stands on the public listener.
pub const PATH: &str = "/realtime";

/// After so long without a word a connection is ended ([quotas], read 2026-11).
///
/// [quotas]: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const IDLE: Duration = Duration::from_secs(10 * 60);
/// After so long it is ended in any case.
const LIFETIME: Duration = Duration::from_secs(2 * 3_600);
/// The most bytes of a message.
const LARGEST: usize = 128 * 1024;

/// What the management API asks of a connection.
enum Command {
    /// A frame of text for the client.
    Post(String),
    /// The end.
    End,
}

/// A connection, as the management API knows it.
struct Held {
    commands: mpsc::UnboundedSender<Command>,
    source: String,
    since: Timestamp,
    active_at: Timestamp,
}

type Task = BoxFuture<'static, ()>;

/// Every connection. Cheap to clone.
#[derive(Clone)]
pub struct Sockets {
    held: Arc<Mutex<HashMap<String, Held>>>,
    clock: Clock,
    tasks: mpsc::UnboundedSender<Task>,
    stop: watch::Receiver<bool>,
}

impl Sockets {
    /// No connection yet; and what runs them, which ends with the world: dropped, it cuts all of them.
    pub(crate) fn new(clock: Clock, stop: watch::Receiver<bool>) -> (Self, impl Future<Output = ()> + Send) {
        let (tasks, mut begun) = mpsc::unbounded_channel::<Task>();
        let mut stopping = stop.clone();
        let run = async move {
            let mut running = JoinSet::new();
            loop {
                tokio::select! {
                    () = stopped(&mut stopping) => break,
                    Some(_) = running.join_next() => {}
                    task = begun.recv() => match task {
                        Some(task) => { running.spawn(task); }
                        None => break,
                    },
                }
            }
            while running.join_next().await.is_some() {}
        };
        (Self { held: Arc::default(), clock, tasks, stop }, run)
    }

    /// How many connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Cuts a connection and forgets it without a word to the function, as happens when `$disconnect` is lost.
    pub fn cut(&self, id: &str) {
        self.lock().remove(id);
    }

    /// The ids of all connections.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn hold(&self, id: &str, source: String) -> mpsc::UnboundedReceiver<Command> {
        let (commands, received) = mpsc::unbounded_channel();
        let now = self.clock.now();
        self.lock().insert(id.to_owned(), Held { commands, source, since: now, active_at: now });
        received
    }

    /// Notes traffic in either direction; gives when the connection ends if there is no more.
    fn active(&self, id: &str) {
        let now = self.clock.now();
        if let Some(held) = self.lock().get_mut(id) {
            held.active_at = now;
        }
    }

    fn deadline(&self, id: &str) -> Option<Timestamp> {
        let held = self.lock();
        let held = held.get(id)?;
        Some((held.active_at + IDLE).min(held.since + LIFETIME))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

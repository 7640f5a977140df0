//! Pushing, and what becomes of connections that take nothing any more.

use futures::StreamExt;
use futures::stream;
use jiff::SignedDuration;
use lambda_kit::metrics;
use platform::Pushed;
use store::Connection;
use tracing::{info, warn};

use crate::Realtime;
use crate::frame::Frame;

/// To how many connections is pushed at the same time.
const AT_ONCE: usize = 32;
/// How long a connection may not be known to the gateway yet.
const YOUNG: SignedDuration = SignedDuration::from_secs(10);

impl Realtime {
    /// Pushes frames to a connection, in order. One that is gone is forgotten. One that cannot be reached is ended: its
    /// client connects anew and reads what it missed.
    pub(crate) async fn push(&self, connection: &str, texts: &[String]) {
        for text in texts {
            match self.connections.push(connection, text).await {
                Ok(Pushed::Taken) => self.kit.metrics.record(metrics::PUSHES, 1),
                Ok(Pushed::Gone) => return Box::pin(self.forget_gone(connection)).await,
                Err(error) => {
                    warn!(%error, "A frame was not taken");
                    self.kit.metrics.record(metrics::PUSHES_FAILED, 1);
                    return self.end(connection).await;
                }
            }
        }
    }

    /// Forgets a connection that is gone. The gateway knows a new one only once `$connect` has answered, so a new one is
    /// left alone: what it misses now its client reads.
    async fn forget_gone(&self, connection: &str) {
        match self.store.connection(connection).await {
            Ok(Some(known)) if self.kit.clock.now().duration_since(known.since) < YOUNG => {}
            _ => self.forget(connection).await,
        }
    }

    /// Pushes to many, each its own frames.
    pub(crate) async fn push_all(&self, frames: Vec<(String, Vec<String>)>) {
        let pushes = frames.into_iter().filter(|(_, texts)| !texts.is_empty());
        let push = async |(connection, texts): (String, Vec<String>)| self.push(&connection, &texts).await;
        stream::iter(pushes).for_each_concurrent(AT_ONCE, push).await;
    }

    /// Ends a connection. If even that fails, its client learns at its next ping that nobody knows it.
    pub(crate) async fn end(&self, connection: &str) {
        Box::pin(self.forget(connection)).await;
        if let Err(error) = self.connections.end(connection).await {
            info!(%error, "A connection could not be ended");
        }
    }

    /// Forgets a connection, and tells those who saw its agent.
    pub(crate) async fn forget(&self, connection: &str) {
        match self.store.disconnect(connection).await {
            Ok(Some(Connection { open: Some(open), .. })) => self.tell_presence(&open, None).await,
            Ok(_) => {}
            // Time takes it away, and whoever pushes to it meanwhile finds it gone.
            Err(error) => warn!(%error, "A connection that is gone could not be forgotten"),
        }
    }

    /// Tells a connection that it may not see a conversation, or that it is not there any more.
    pub(crate) async fn push_gone(&self, connection: &str, conversation: String) {
        self.push(connection, &[Frame::Gone { conversation }.text()]).await;
    }
}

//! Rows of lists: once a second at most, each conversation once, to those who see it.

use std::collections::HashMap;
use std::time::Duration;

use domain::ConversationId;
use domain::agent::AgentId;
use domain::realtime::{ListPush, Moved, Seat, coalesce, list_push};
use domain::sight::Sight;
use jiff::Timestamp;
use queue::PushJob;
use serde_json::{Value, json};
use store::{Connection, ConversationRow, StoreError};
use tracing::warn;
use views::ConversationView;

use crate::Realtime;
use crate::frame::{Frame, MOST_BYTES};
use crate::known::Directory;

/// More rows than these are not pushed: a client shows fewer, and reads the page that it shows anew.
const MOST_ROWS: usize = 80;
/// After so long a push that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// What changed, as it stands now.
struct Changed {
    moved: Vec<Moved>,
    rows: HashMap<ConversationId, ConversationRow>,
    at: Timestamp,
}

impl Realtime {
    /// Serves the queue of pushes.
    pub(crate) async fn serve_pushes(&self, event: &Value) -> Value {
        let mut failures = Vec::new();
        for record in event["Records"].as_array().into_iter().flatten() {
            let job = PushJob::read(record["body"].as_str().unwrap_or_default());
            let count = record["attributes"]["ApproximateReceiveCount"].as_str().unwrap_or("1");
            // Whoever had it before may have taken what was to be pushed, and died.
            let job = if count == "1" { job } else { PushJob::Resync };
            let done = match job {
                PushJob::Lists => self.push_lists().await,
                PushJob::Resync => self.resync().await,
            };
            if let Err(error) = done {
                warn!(%error, "A push of lists has to be made again");
                failures.push(json!({ "itemIdentifier": record["messageId"] }));
                let handle = record["receiptHandle"].as_str().unwrap_or_default();
                // Without it the message comes back in its own time.
                if let Err(error) = self.queue.retry_after(&self.pushes_queue_url, handle, AGAIN).await {
                    warn!(%error, "It cannot be made again soon");
                }
            }
        }
        json!({ "batchItemFailures": failures })
    }

    async fn push_lists(&self) -> Result<(), StoreError> {
        let moved = coalesce(self.store.take_pending().await?);
        if moved.is_empty() {
            return Ok(());
        }
        let connections = self.store.connections().await?;
        if connections.is_empty() {
            return Ok(());
        }
        if moved.len() > MOST_ROWS {
            self.tell_all(connections).await;
            return Ok(());
        }
        let ids: Vec<_> = moved.iter().map(|moved| moved.conversation.clone()).collect();
        let rows = self.store.rows_of(&ids).await?;
        let rows = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        self.tell_rows(connections, &Changed { moved, rows, at: self.kit.clock.now() }).await
    }

    async fn tell_rows(&self, connections: Vec<Connection>, changed: &Changed) -> Result<(), StoreError> {
        let directory = self.directory_with(changed.rows.keys().map(|id| &id.number)).await?;
        // Several tabs of one person hear the same.
        let mut told: HashMap<(AgentId, String), Vec<String>> = HashMap::new();
        let mut frames = Vec::new();
        for connection in connections {
            let who = (connection.agent.clone(), connection.role.clone());
            let Some(viewer) = directory.viewer(&who.0, &who.1) else {
                self.end(&connection.id).await;
                continue;
            };
            let texts = match told.get(&who) {
                Some(texts) => texts.clone(),
                None => {
                    let sight = directory.sight(&viewer);
                    let texts = self.texts(&who.0, sight.as_ref(), &directory, changed).await?;
                    told.insert(who, texts.clone());
                    texts
                }
            };
            frames.push((connection.id, texts));
        }
        self.push_all(frames).await;
        Ok(())
    }

    /// What somebody is told: one frame with the rows, and one for each conversation that they see no more.
    async fn texts(
        &self,
        agent: &AgentId,
        sight: Option<&Sight>,
        directory: &Directory,
        changed: &Changed,
    ) -> Result<Vec<String>, StoreError> {
        let (mut seen, mut gone) = (Vec::new(), Vec::new());
        for moved in &changed.moved {
            let Some(row) = changed.rows.get(&moved.conversation) else { continue };
            let handling = &row.state.handling;
            let is = Seat { assignee: handling.assignee.clone(), department: handling.department.clone() };
            match list_push(sight, moved, &is) {
                ListPush::Row => seen.push(row),
                ListPush::Gone => gone.push(Frame::Gone { conversation: row.id.to_string() }.text()),
                ListPush::Nothing => {}
            }
        }
        if !seen.is_empty() {
            let ids: Vec<_> = seen.iter().map(|row| row.id.clone()).collect();
            let marks = self.store.read_marks(&ids, agent).await?;
            let view = |row: &ConversationRow| {
                let (state, contact) = (row.state.clone(), row.contact.clone());
                let display = directory.display(&row.id.number);
                let mark = marks.get(&row.id).copied();
                ConversationView::new(&row.id, state, contact, display, changed.at).seen(mark)
            };
            let conversations = seen.into_iter().map(view).collect();
            let text = Frame::Conversations { conversations, at: changed.at.into() }.text();
            let fits = text.len() <= MOST_BYTES;
            gone.push(if fits { text } else { Frame::Resync { conversation: None }.text() });
        }
        Ok(gone)
    }

    /// Something was lost on the way: everybody reads anew.
    async fn resync(&self) -> Result<(), StoreError> {
        self.store.take_pending().await?;
        let connections = self.store.connections().await?;
        self.tell_all(connections).await;
        Ok(())
    }

    async fn tell_all(&self, connections: Vec<Connection>) {
        let text = Frame::Resync { conversation: None }.text();
        let frames = connections.into_iter().map(|connection| (connection.id, vec![text.clone()]));
        self.push_all(frames.collect()).await;
    }
}

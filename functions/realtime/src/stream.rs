//! A batch of the stream of conversations: what is on a screen is pushed at once, what is in lists within a second.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use domain::ConversationId;
use domain::realtime::{Moved, coalesce};
use futures::future::join_all;
use lambda_kit::metrics;
use queue::{Entry, PushJob};
use serde_json::{Value, json};
use store::{ChangeRecord, Live, StoreError};
use tracing::warn;

use crate::Realtime;
use crate::frame::Frame;

/// How long changes of lists are gathered before they are pushed.
const GATHERED: Duration = Duration::from_secs(1);

/// What a batch says, in the order in which it matters.
#[derive(Default)]
struct Batch {
    /// Changes of each conversation's messages, with the place of the first.
    messages: BTreeMap<ConversationId, (usize, Vec<Live>)>,
    /// Rows that changed, with the place of the first.
    rows: Vec<Moved>,
    first_row: Option<usize>,
    /// Conversations of which something does not read.
    broken: Vec<ConversationId>,
}

/// Why it does not read, without content. A panic is one bad record, and not its neighbours' end.
fn live(record: &Value) -> Result<Option<Live>, String> {
    let read = || ChangeRecord::read(record)?.live();
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error: store::BadChange| error.to_string()),
        Err(_) => Err("a panic".to_owned()),
    }
}

impl Batch {
    fn read(records: &[Value]) -> (Self, u64) {
        let (mut batch, mut inbound) = (Self::default(), 0);
        for (index, record) in records.iter().enumerate() {
            match live(record) {
                Ok(Some(Live::Row(moved))) => {
                    batch.first_row.get_or_insert(index);
                    batch.rows.push(moved);
                }
                Ok(Some(live)) => {
                    inbound += u64::from(live.is_inbound() && record["eventName"] == "INSERT");
                    let id = live.conversation().clone();
                    batch.messages.entry(id).or_insert((index, Vec::new())).1.push(live);
                }
                Ok(None) => {}
                Err(reason) => {
                    let sequence = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default();
                    warn!(stream.sequence = sequence, reason, "A change does not read");
                    let id = ChangeRecord::read(record).ok().and_then(|record| record.conversation());
                    batch.broken.extend(id);
                }
            }
        }
        (batch, inbound)
    }
}

impl Realtime {
    /// Serves a batch. What could not be done because a table did not answer comes again, from the first record of it
    /// on: whatever is pushed twice is the same. What Lambda gives up goes to the queue of pushes, and everybody reads
    /// anew.
    pub(crate) async fn serve_stream(&self, event: &Value) -> Value {
        let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
        let (batch, inbound) = Batch::read(records);
        self.kit.metrics.record(metrics::INBOUND_TOLD, inbound);
        let failed = self.tell(&batch, records).await;
        // Without a number the whole batch comes again.
        let number = |index: usize| records[index]["dynamodb"]["SequenceNumber"].clone();
        let failures = failed.into_iter().min().map(|index| json!({ "itemIdentifier": number(index) }));
        json!({ "batchItemFailures": failures.into_iter().collect::<Vec<_>>() })
    }

    /// Tells what a batch says, and gives the places of what could not be told.
    async fn tell(&self, batch: &Batch, records: &[Value]) -> Vec<usize> {
        let mut failed: Vec<usize> = Vec::new();
        let fail = |what: &str, error: &dyn std::fmt::Display, index: usize| {
            warn!(%error, what, "A batch of the stream was not told as a whole");
            index
        };
        // Before connections are read: who connects in between finds it noted, or is pushed to.
        if let Some(first) = batch.first_row
            && let Err(error) = self.note(&batch.rows).await
        {
            failed.push(fail("noting", &error, first));
        }
        match self.store.is_anybody_connected().await {
            Ok(true) => {}
            Ok(false) => return failed,
            Err(error) => {
                let places = batch.messages.values().map(|(index, _)| *index).chain(batch.first_row);
                failed.extend(places.min().map(|first| fail("connections", &error, first)));
                return failed;
            }
        }
        let shown = batch.messages.iter().map(async |(id, (index, changes))| {
            self.show(id, changes).await.map_err(|error| fail("a screen", &error, *index))
        });
        failed.extend(join_all(shown).await.into_iter().filter_map(Result::err));
        if let Some(first) = batch.first_row {
            let by = records[first]["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default();
            if let Err(reason) = self.gather(&batch.rows, by).await {
                failed.push(fail("lists", &reason, first));
            }
        }
        for id in &batch.broken {
            self.read_anew(id).await;
        }
        failed
    }

    /// Notes which conversations changed, for who is away.
    async fn note(&self, rows: &[Moved]) -> Result<(), StoreError> {
        let ids: Vec<_> =
            coalesce(rows.iter().cloned()).into_iter().map(|moved| moved.conversation).collect();
        self.store.note_changed(&ids, self.kit.clock.now()).await
    }

    /// Adds what changed to the next push, and orders that push, if nobody has. Batches are named by their first record: one
    /// that comes again because its order was lost orders again.
    async fn gather(&self, rows: &[Moved], by: &str) -> Result<(), String> {
        let added = self.store.add_pending(rows, by, self.kit.clock.now()).await;
        if added.map_err(|error| error.to_string())? {
            let order = Entry::new(PushJob::Lists.to_json()).after(GATHERED);
            if let Err(error) = self.queue.send(&self.pushes_queue_url, order).await {
                // Whoever comes next has to order it.
                self.store.forget_order().await.map_err(|error| error.to_string())?;
                return Err(error.to_string());
            }
        }
        Ok(())
    }

    /// Tells all who have a conversation on the screen to read it anew.
    async fn read_anew(&self, id: &ConversationId) {
        match self.store.watchers(id).await {
            Ok(watchers) => {
                let frame = |root: &ConversationId| Frame::Resync { conversation: Some(root.to_string()) };
                let frames = watchers.iter();
                let frames = frames.map(|it| (it.connection.clone(), vec![frame(&it.root).text()]));
                self.push_all(frames.collect()).await;
            }
            Err(error) => warn!(%error, "Nobody could be told to read anew"),
        }
    }
}

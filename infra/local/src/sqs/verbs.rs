//! The verbs of SQS, each counted as AWS counts calls. Queues are named by name here; URLs are the
//! protocol's.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Sqs;
use super::errors::SqsError;
use super::spec::QueueSpec;
use super::store::{Store, timestamp};
use super::types::{
    BatchOutcome, Entry, Message, NewMessage, Receive, Sent, VisibilityChange, attributes_size,
};

/// # Errors
/// All verbs answer what AWS answers, and [`SqsError::Storage`] when nothing could be done.
impl Sqs {
    /// Sends one message.
    pub async fn send(&self, queue: &str, message: NewMessage) -> Result<Sent, SqsError> {
        self.count("SendMessage", queue, message.size());
        self.on(queue, move |store, queue| store.send(queue, &message)).await
    }

    /// Sends up to ten messages; those that could not be taken stand in `failed`.
    pub async fn send_batch(
        &self,
        queue: &str,
        entries: Vec<Entry<NewMessage>>,
    ) -> Result<BatchOutcome<Sent>, SqsError> {
        let size = entries.iter().map(|it| it.request.size()).sum();
        self.count("SendMessageBatch", queue, size);
        self.on(queue, move |store, queue| store.send_batch(queue, entries)).await
    }

    /// Receives messages, waiting for the first as long as is asked.
    pub async fn receive(&self, queue: &str, receive: Receive) -> Result<Vec<Message>, SqsError> {
        let received = self.receive_or_wait(queue, receive).await;
        let messages = received.as_deref().unwrap_or_default();
        let size = messages.iter().map(|it| it.body.len() + attributes_size(&it.attributes)).sum();
        self.count("ReceiveMessage", queue, size);
        received
    }

    /// Receives for an event source mapping: what there is now.
    pub async fn receive_for_mapping(
        &self,
        queue: &str,
        max: u32,
        visibility: Option<u32>,
    ) -> Result<Vec<Message>, SqsError> {
        self.receive(queue, Receive { max, visibility, wait: Some(0) }).await
    }

    async fn receive_or_wait(&self, queue: &str, receive: Receive) -> Result<Vec<Message>, SqsError> {
        let bell = self.inner.bells.of(queue);
        let mut deadline = None;
        loop {
            let mut rung = std::pin::pin!(bell.notified());
            rung.as_mut().enable();
            let received = self.on(queue, move |store, queue| {
                let wait = receive.wait.unwrap_or(store.queue(queue)?.spec.wait);
                Ok((store.receive(queue, receive)?, wait))
            });
            let (received, wait) = received.await?;
            let now = self.inner.clock.now();
            let until: Timestamp =
                *deadline.get_or_insert_with(|| now + SignedDuration::from_secs(i64::from(wait)));
            if !received.messages.is_empty() || now >= until {
                return Ok(received.messages);
            }
            let due = received.next_due.map_or(until, |due| timestamp(due).min(until));
            tokio::select! {
                () = rung => {}
                () = self.inner.clock.sleep_until(due) => {}
            }
        }
    }

    /// Deletes a received message.
    pub async fn delete(&self, queue: &str, receipt_handle: &str) -> Result<(), SqsError> {
        self.count("DeleteMessage", queue, 0);
        let handle = receipt_handle.to_owned();
        self.on(queue, move |store, queue| store.delete(queue, &handle)).await
    }

    /// Deletes up to ten received messages, by their handles.
    pub async fn delete_batch(
        &self,
        queue: &str,
        entries: Vec<Entry<String>>,
    ) -> Result<BatchOutcome<()>, SqsError> {
        self.count("DeleteMessageBatch", queue, 0);
        self.on(queue, move |store, queue| store.delete_batch(queue, entries)).await
    }

    /// Changes how long a received message stays hidden.
    pub async fn change_visibility(&self, queue: &str, change: VisibilityChange) -> Result<(), SqsError> {
        self.count("ChangeMessageVisibility", queue, 0);
        self.on(queue, move |store, queue| store.change_visibility(queue, &change)).await
    }

    /// Changes how long up to ten received messages stay hidden.
    pub async fn change_visibility_batch(
        &self,
        queue: &str,
        entries: Vec<Entry<VisibilityChange>>,
    ) -> Result<BatchOutcome<()>, SqsError> {
        self.count("ChangeMessageVisibilityBatch", queue, 0);
        self.on(queue, move |store, queue| store.change_visibility_batch(queue, entries)).await
    }

    /// All attributes of a queue, its depth included.
    pub async fn attributes(&self, queue: &str) -> Result<BTreeMap<String, String>, SqsError> {
        self.count("GetQueueAttributes", queue, 0);
        self.on(queue, Store::attributes).await
    }

    /// Changes attributes of a queue.
    pub async fn set_attributes(
        &self,
        queue: &str,
        attributes: BTreeMap<String, String>,
    ) -> Result<(), SqsError> {
        self.count("SetQueueAttributes", queue, 0);
        self.on(queue, move |store, queue| store.set_attributes(queue, &attributes)).await
    }

    /// Removes all messages of a queue.
    pub async fn purge(&self, queue: &str) -> Result<(), SqsError> {
        self.count("PurgeQueue", queue, 0);
        self.on(queue, Store::purge).await
    }

    /// Shows again what was received and not deleted. For a queue whose receivers were functions of a process
    /// that is gone: nobody will delete those messages, and waiting two minutes for them helps nobody.
    pub async fn release(&self, queue: &str) -> Result<(), SqsError> {
        self.on(queue, Store::release).await
    }

    /// Makes a queue, or gives an existing one these settings: what a start from a template needs. A
    /// dead-letter queue comes before the queues that name it. Not a call of SQS, so not counted.
    pub async fn create_queue(&self, spec: QueueSpec) -> Result<(), SqsError> {
        self.inner.worker.run(move |store| store.ensure_queue(spec)).await
    }

    /// Makes a queue as the API's `CreateQueue` does: one that exists must have the same attributes.
    pub async fn create_queue_if_new(
        &self,
        name: &str,
        attributes: BTreeMap<String, String>,
    ) -> Result<(), SqsError> {
        self.count("CreateQueue", name, 0);
        self.on(name, move |store, name| store.create_queue(name, &attributes)).await
    }

    /// Removes a queue and all that is in it.
    pub async fn delete_queue(&self, queue: &str) -> Result<(), SqsError> {
        self.count("DeleteQueue", queue, 0);
        self.on(queue, Store::delete_queue).await
    }

    /// The names of all queues that begin with `prefix`.
    pub async fn list_queues(&self, prefix: &str) -> Result<Vec<String>, SqsError> {
        self.count("ListQueues", "", 0);
        let all = |store: &mut Store, prefix: &str| {
            Ok(store.queues.keys().filter(|it| it.starts_with(prefix)).cloned().collect())
        };
        self.on(prefix, all).await
    }

    /// The names of the queues that send their dead letters to this one.
    pub async fn list_dead_letter_sources(&self, queue: &str) -> Result<Vec<String>, SqsError> {
        self.count("ListDeadLetterSourceQueues", queue, 0);
        let sources = |store: &mut Store, queue: &str| {
            store.queue(queue)?;
            let target = |it: &QueueSpec| it.redrive.as_ref().is_some_and(|it| it.dead_letter_queue == queue);
            let sources = store.queues.values().filter(|it| target(&it.spec));
            Ok(sources.map(|it| it.spec.name.clone()).collect())
        };
        self.on(queue, sources).await
    }

    /// Finds a queue by its name; its URL is `queue_url` of the host one talks to.
    pub async fn get_queue_url(&self, name: &str) -> Result<(), SqsError> {
        self.count("GetQueueUrl", name, 0);
        self.on(name, |store, name| store.queue(name).map(|_| ())).await
    }

    async fn on<T: Send + 'static>(
        &self,
        queue: &str,
        work: impl FnOnce(&mut Store, &str) -> Result<T, SqsError> + Send + 'static,
    ) -> Result<T, SqsError> {
        let queue = queue.to_owned();
        self.inner.worker.run(move |store| work(store, &queue)).await
    }
}

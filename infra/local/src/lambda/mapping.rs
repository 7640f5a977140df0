//! An event source mapping from a queue to a function.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use lambda_kit::invocation;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::activity::Working;
use super::event::sqs_event;
use super::invoke::Invoker;
use super::registry::SqsHandler;
use super::stopped;
use crate::sqs::{Entry, Message, Sqs, SqsError};
use crate::template::QueueSource;

/// After trouble with the queue's storage.
const PAUSE: Duration = Duration::from_secs(1);

/// Lambda takes 6 MB in a call, and adds some of its own to each message. Ten more may come on top of this.
const FULL: usize = 4_000_000;

/// Receives from one queue and calls one function, until it is told to stop.
#[derive(Clone)]
pub struct Mapping {
    /// The queues.
    pub sqs: Sqs,
    /// What the template says of the mapping.
    pub source: QueueSource,
    /// The function's handler.
    pub handler: SqsHandler,
    /// Calls it.
    pub invoker: Invoker,
}

impl Mapping {
    /// Polls until `stop` turns true, then lets the calls under way come to their end. Dropping the future
    /// drops the calls as well: what they had not acknowledged becomes visible again in its time.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let free = Arc::new(Semaphore::new(self.source.concurrency.max(1)));
        let mut calls = JoinSet::new();
        loop {
            let next = async {
                let permit = Arc::clone(&free).acquire_owned().await;
                self.sqs.wait_for_message(&self.source.queue).await.map(|()| permit)
            };
            let permit = tokio::select! {
                () = stopped(&mut stop) => break,
                Some(_) = calls.join_next() => continue,
                permit = next => permit,
            };
            match permit {
                Ok(Ok(permit)) => self.take(permit, &mut calls).await,
                // The semaphore is never closed.
                Ok(Err(_)) => break,
                Err(error) => self.pause(&error).await,
            }
        }
        while calls.join_next().await.is_some() {}
    }

    async fn take(&self, permit: OwnedSemaphorePermit, calls: &mut JoinSet<()>) {
        // Before the receive: between the queue and the handler a message must not look settled.
        let working = self.invoker.activity.begin();
        match self.gather().await {
            Ok(messages) if messages.is_empty() => {}
            Ok(messages) => {
                let mapping = self.clone();
                calls.spawn(async move { mapping.call(messages, working, permit).await });
            }
            Err(error) => self.pause(&error).await,
        }
    }

    /// What is there, ten at a time; where the template gives it a window, what comes until that ends.
    async fn gather(&self) -> Result<Vec<Message>, SqsError> {
        let until = tokio::time::Instant::now() + self.source.window;
        let mut messages = self.receive(self.source.batch_size).await?;
        let is_full = |messages: &[Message]| {
            let bytes: usize = messages.iter().map(|message| message.body.len()).sum();
            messages.len() >= self.source.batch_size || bytes >= FULL
        };
        while !self.source.window.is_zero() && !messages.is_empty() && !is_full(&messages) {
            match tokio::time::timeout_at(until, self.sqs.wait_for_message(&self.source.queue)).await {
                Ok(Ok(())) => messages.extend(self.receive(self.source.batch_size - messages.len()).await?),
                // What was received is worked on, whatever became of the rest.
                Ok(Err(_)) | Err(_) => break,
            }
        }
        Ok(messages)
    }

    async fn receive(&self, most: usize) -> Result<Vec<Message>, SqsError> {
        let most = u32::try_from(most.clamp(1, 10)).unwrap_or(10);
        self.sqs.receive_for_mapping(&self.source.queue, most, None).await
    }

    async fn call(self, messages: Vec<Message>, _working: Working, _permit: OwnedSemaphorePermit) {
        let event = sqs_event(&self.source.queue, &messages);
        let handler = Arc::clone(&self.handler);
        let span = invocation(&ulid::Ulid::generate().to_string(), None);
        let call = async move { handler(event).await };
        let done: Vec<&Message> = match self.invoker.call(call.instrument(span)).await {
            Ok(Ok(answer)) => self.done(&messages, &answer),
            Ok(Err(error)) => {
                tracing::warn!(
                    queue = self.source.queue,
                    error,
                    "A function failed; its batch will come again"
                );
                Vec::new()
            }
            Err(error) => {
                tracing::warn!(queue = self.source.queue, %error, "A batch will come again");
                Vec::new()
            }
        };
        if let Err(error) = self.delete(&done).await {
            tracing::error!(queue = self.source.queue, %error, "A batch that was done could not be deleted");
        }
    }

    /// What the answer acknowledges. One that names no message of the batch is void, as on Lambda: then the
    /// whole batch has failed.
    fn done<'a>(&self, messages: &'a [Message], answer: &SqsBatchResponse) -> Vec<&'a Message> {
        if !self.source.reports_failures {
            return messages.iter().collect();
        }
        let failed: HashSet<&str> =
            answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
        let known: HashSet<&str> = messages.iter().map(|message| message.message_id.as_str()).collect();
        if !failed.is_subset(&known) {
            tracing::warn!(queue = self.source.queue, "A function named a message that it was not given");
            return Vec::new();
        }
        messages.iter().filter(|message| !failed.contains(message.message_id.as_str())).collect()
    }

    async fn delete(&self, done: &[&Message]) -> Result<(), SqsError> {
        for ten in done.chunks(10) {
            let entries = ten.iter().enumerate();
            let entries =
                entries.map(|(n, message)| Entry::new(n.to_string(), message.receipt_handle.clone()));
            let outcome = self.sqs.delete_batch(&self.source.queue, entries.collect()).await?;
            if let Some(failed) = outcome.failed.into_iter().next() {
                return Err(failed.request);
            }
        }
        Ok(())
    }

    async fn pause(&self, error: &SqsError) {
        tracing::error!(queue = self.source.queue, %error, "A queue cannot be read");
        self.invoker.clock.sleep_until(self.invoker.clock.now() + PAUSE).await;
    }
}

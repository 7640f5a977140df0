//! Functions are called as Lambda calls them: batches, partial failures, timeouts, deaths, redrive.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod batches;
mod failures;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use local::lambda::{BoxError, Functions, SqsHandler};
use local::sqs::NewMessage;
use local::world::{Time, World, WorldOptions};

type Answer = Result<SqsBatchResponse, BoxError>;

/// The batches that a function was called with.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<SqsEvent>>>);

impl Seen {
    fn note(&self, event: SqsEvent) {
        self.0.lock().unwrap().push(event);
    }

    fn batches(&self) -> Vec<SqsEvent> {
        self.0.lock().unwrap().clone()
    }

    fn bodies(&self) -> Vec<String> {
        let batches = self.batches();
        batches.iter().flat_map(|batch| &batch.records).map(|record| record.body.clone().unwrap()).collect()
    }
}

fn handler<F>(work: impl Fn(SqsEvent) -> F + Send + Sync + 'static) -> SqsHandler
where
    F: Future<Output = Answer> + Send + 'static,
{
    Arc::new(move |event| Box::pin(work(event)))
}

fn done() -> Answer {
    Ok(SqsBatchResponse::default())
}

fn start_time() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

async fn world(binary: &str, work: SqsHandler) -> World {
    let functions = Functions { sqs: HashMap::from([(binary.to_owned(), work)]), ..Functions::default() };
    let options = WorldOptions {
        time: Time::Manual(start_time()),
        functions: Arc::new(move |_| {
            let functions = functions.clone();
            Box::pin(async move { Ok(functions) })
        }),
        ..WorldOptions::default()
    };
    World::start(options).await.unwrap()
}

async fn send(world: &World, queue: &str, bodies: impl IntoIterator<Item = &str>) {
    for body in bodies {
        world.sqs.send(queue, NewMessage::new(body)).await.unwrap();
    }
}

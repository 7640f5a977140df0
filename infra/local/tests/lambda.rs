//! Functions are called as Lambda calls them: batches, partial failures, timeouts, deaths, redrive.

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

#[tokio::test]
async fn a_message_reaches_its_function_once_in_lambdas_shape_and_is_gone() {
    let seen = Seen::default();
    let noted = seen.clone();
    let world = world(
        "inbound",
        handler(move |event| {
            noted.note(event);
            async { done() }
        }),
    )
    .await;
    let url = world.queue_url("InboundQueue").unwrap();
    let sent = world.sqs_client().send_message().queue_url(url).message_body("ping").send().await.unwrap();
    world.settle().await;
    let batches = seen.batches();
    let event = serde_json::to_value(&batches[0]).unwrap();
    let record = &event["Records"][0];
    assert_eq!(record["messageId"], sent.message_id().unwrap());
    assert_eq!(record["body"], "ping");
    assert_eq!(record["md5OfBody"], sent.md5_of_message_body().unwrap());
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], "arn:aws:sqs:us-east-1:000000000000:local-inbound");
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["attributes"]["SentTimestamp"], start_time().as_millisecond().to_string());
    world.advance(Duration::from_secs(3600)).await;
    assert_eq!(seen.batches().len(), 1);
    assert_eq!(world.sqs.depth("local-inbound").await.unwrap().total(), 0);
}

#[tokio::test]
async fn a_backlog_is_taken_in_tens() {
    let seen = Seen::default();
    let noted = seen.clone();
    let bodies: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    let world = world(
        "inbound",
        handler(move |event| {
            noted.note(event);
            async { done() }
        }),
    )
    .await;
    // Delayed, so that the queue is full before the function is there for the first of them.
    for body in &bodies {
        let message = NewMessage { delay: Some(5), ..NewMessage::new(body) };
        world.sqs.send("local-inbound", message).await.unwrap();
    }
    world.sqs.reset_calls();
    world.advance(Duration::from_secs(5)).await;
    let sizes: Vec<usize> = seen.batches().iter().map(|batch| batch.records.len()).collect();
    assert_eq!(sizes, [10, 10, 10, 10]);
    let calls = world.sqs.calls();
    let deletes: u64 =
        calls.iter().filter(|call| call.action == "DeleteMessageBatch").map(|call| call.calls).sum();
    assert_eq!(deletes, 4);
}

#[tokio::test]
async fn only_the_messages_that_failed_come_again_and_after_ten_times_they_are_dead_letters() {
    let seen = Seen::default();
    let noted = seen.clone();
    let world = world(
        "inbound",
        handler(move |event| {
            let mut answer = SqsBatchResponse::default();
            for record in &event.records {
                if record.body.as_deref() == Some("bad") {
                    answer.add_failure(record.message_id.clone().unwrap());
                }
            }
            noted.note(event);
            async { Ok(answer) }
        }),
    )
    .await;
    send(&world, "local-inbound", ["good", "bad", "good"]).await;
    world.settle().await;
    let bodies = || -> (usize, usize) {
        let all = seen.bodies();
        (all.iter().filter(|body| *body == "good").count(), all.iter().filter(|body| *body == "bad").count())
    };
    assert_eq!(bodies(), (2, 1));
    world.advance(Duration::from_secs(119)).await;
    assert_eq!(bodies(), (2, 1));
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(bodies(), (2, 2));
    world.advance(Duration::from_secs(3600)).await;
    assert_eq!(bodies(), (2, 10));
    assert_eq!(world.sqs.depth("local-inbound").await.unwrap().total(), 0);
    assert_eq!(world.sqs.depth("local-inbound-dlq").await.unwrap().visible, 1);
}

#[tokio::test]
async fn a_panic_an_error_and_a_void_answer_bring_the_whole_batch_again() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let world = world(
        "inbound",
        handler(move |event| {
            let call = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                let mut answer = SqsBatchResponse::default();
                match call {
                    0 => panic!("a defect"),
                    1 => return Err("no database".into()),
                    2 => answer.add_failure(""),
                    3 => answer.add_failure("a message of somebody else"),
                    _ => assert_eq!(event.records[0].attributes["ApproximateReceiveCount"], "5"),
                }
                Ok(answer)
            }
        }),
    )
    .await;
    send(&world, "local-inbound", ["one"]).await;
    for expected in 1..=5 {
        world.settle().await;
        assert_eq!(calls.load(Ordering::SeqCst), expected);
        world.advance(Duration::from_secs(120)).await;
    }
    assert_eq!(calls.load(Ordering::SeqCst), 5);
    assert_eq!(world.sqs.depth("local-inbound").await.unwrap().total(), 0);
}

#[tokio::test]
async fn a_call_that_hangs_is_dropped_at_its_timeout_and_one_that_dies_acknowledges_nothing() {
    let calls = Arc::new(AtomicUsize::new(0));
    let alive = Arc::new(AtomicUsize::new(0));
    struct Alive(Arc<AtomicUsize>);
    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let (counted, living) = (Arc::clone(&calls), Arc::clone(&alive));
    let world = world(
        "inbound",
        handler(move |_| {
            let call = counted.fetch_add(1, Ordering::SeqCst);
            living.fetch_add(1, Ordering::SeqCst);
            let guard = Alive(Arc::clone(&living));
            async move {
                let _guard = guard;
                match call {
                    0 => std::future::pending().await,
                    1 => {
                        local::lambda::kill();
                        done()
                    }
                    _ => done(),
                }
            }
        }),
    )
    .await;
    send(&world, "local-inbound", ["one"]).await;
    world.settle().await;
    assert_eq!(alive.load(Ordering::SeqCst), 1, "it hangs");
    world.advance(Duration::from_secs(19)).await;
    assert_eq!(alive.load(Ordering::SeqCst), 1, "its twenty seconds are not over");
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "the message is still hidden");
    world.advance(Duration::from_secs(100)).await;
    assert_eq!(calls.load(Ordering::SeqCst), 2, "it came again and died");
    world.advance(Duration::from_secs(120)).await;
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!(world.sqs.depth("local-inbound").await.unwrap().total(), 0);
}

#[tokio::test]
async fn two_batches_never_hold_the_same_group_at_the_same_time_and_its_order_stands() {
    let seen = Seen::default();
    let held: Arc<Mutex<HashSet<String>>> = Arc::default();
    let noted = seen.clone();
    let world = world(
        "sender",
        handler(move |event| {
            let groups: HashSet<String> =
                event.records.iter().map(|record| record.attributes["MessageGroupId"].clone()).collect();
            for group in &groups {
                assert!(held.lock().unwrap().insert(group.clone()), "{group} is in two batches");
            }
            noted.note(event);
            let held = Arc::clone(&held);
            async move {
                tokio::time::sleep(Duration::from_millis(3)).await;
                held.lock().unwrap().retain(|group| !groups.contains(group));
                done()
            }
        }),
    )
    .await;
    for n in 0..60 {
        let message = NewMessage::new(n.to_string()).in_group(format!("g{}", n % 6), n.to_string());
        world.sqs.send("local-send.fifo", message).await.unwrap();
    }
    world.settle().await;
    let bodies: Vec<usize> = seen.bodies().iter().map(|body| body.parse().unwrap()).collect();
    assert_eq!(bodies.len(), 60);
    for group in 0..6 {
        let order: Vec<usize> = bodies.iter().copied().filter(|n| n % 6 == group).collect();
        assert!(order.is_sorted(), "group {group}: {order:?}");
    }
}

#[tokio::test]
async fn a_function_that_waits_for_the_clock_does_not_hold_the_world_up() {
    let finished = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&finished);
    let functions_clock: Arc<Mutex<Option<lambda_kit::Clock>>> = Arc::default();
    let given = Arc::clone(&functions_clock);
    let work = handler(move |_| {
        let (clock, counted) = (given.lock().unwrap().clone().unwrap(), Arc::clone(&counted));
        async move {
            clock.sleep_until(clock.now() + Duration::from_secs(7)).await;
            counted.fetch_add(1, Ordering::SeqCst);
            done()
        }
    });
    let options = WorldOptions {
        time: Time::Manual(start_time()),
        functions: Arc::new(move |context| {
            *functions_clock.lock().unwrap() = Some(context.clock.clone());
            let sqs = HashMap::from([("status".to_owned(), Arc::clone(&work))]);
            Box::pin(async move { Ok(Functions { sqs, ..Functions::default() }) })
        }),
        ..WorldOptions::default()
    };
    let world = World::start(options).await.unwrap();
    send(&world, "local-status", ["one"]).await;
    world.advance(Duration::from_secs(6)).await;
    assert_eq!(finished.load(Ordering::SeqCst), 0);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(finished.load(Ordering::SeqCst), 1);
    assert_eq!(world.sqs.depth("local-status").await.unwrap().total(), 0);
}

#[tokio::test]
async fn what_a_killed_world_had_not_acknowledged_is_there_when_it_starts_again() {
    let directory = tempfile::tempdir().unwrap();
    let seen = Seen::default();
    let start = async |hangs: bool, at: Timestamp| {
        let noted = seen.clone();
        let work = handler(move |event| {
            noted.note(event);
            async move {
                if hangs {
                    std::future::pending::<()>().await;
                }
                done()
            }
        });
        let functions =
            Functions { sqs: HashMap::from([("inbound".to_owned(), work)]), ..Functions::default() };
        let options = WorldOptions {
            data: Some(directory.path().to_owned()),
            time: Time::Manual(at),
            functions: Arc::new(move |_| {
                let functions = functions.clone();
                Box::pin(async move { Ok(functions) })
            }),
            ..WorldOptions::default()
        };
        World::start(options).await.unwrap()
    };
    let world = start(true, start_time()).await;
    let second =
        World::start(WorldOptions { data: Some(directory.path().to_owned()), ..WorldOptions::default() });
    let error = second.await.err().unwrap().to_string();
    assert!(error.contains("another process uses this directory"), "{error}");
    send(&world, "local-inbound", ["kept"]).await;
    world.settle().await;
    assert_eq!(seen.bodies(), ["kept"]);
    world.kill().await;
    let world = start(false, start_time() + Duration::from_secs(120)).await;
    world.settle().await;
    assert_eq!(seen.bodies(), ["kept", "kept"]);
    assert_eq!(world.sqs.depth("local-inbound").await.unwrap().total(), 0);
    world.stop().await;
}

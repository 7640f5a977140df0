//! Streams of tables: four lanes, order within a lane, retries, halving, a failure destination, positions.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use jiff::Timestamp;
use lambda_kit::{Clock, ManualClock};
use local::dynamo::Dynamo;
use local::events::Pattern;
use local::lambda::{Activity, BoxError, Invoker, LANES, Position, Progress, StreamHandler, StreamMapping};
use local::sqs::{QueueSpec, Receive, Sqs};
use local::template::{Settings, Sources, StreamSource, Table, Template};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

const TABLE: &str = "local-conversations";

type Answer = Result<DynamoDbEventResponse, BoxError>;

/// One table, its stream's four lanes, and the clock.
struct Stage {
    dynamo: Dynamo,
    sqs: Sqs,
    hand: ManualClock,
    lanes: Vec<Progress>,
    activity: Activity,
    changes: watch::Sender<u64>,
    _stop: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

fn tables() -> Vec<Table> {
    let parameters = [
        ("WebhookSecretArn", "arn"),
        ("GraphSecretArn", "arn"),
        ("StackSecretArn", "arn"),
        ("TokenIssuer", "issuer"),
        ("Stage", "local"),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = Settings { parameters, endpoint: "http://localhost".into() };
    Template::parse(&Sources::default(), &settings).unwrap().tables
}

fn source() -> StreamSource {
    StreamSource {
        event: "Changes".into(),
        table: TABLE.into(),
        batch_size: 5,
        bisect: true,
        attempts: 10,
        on_failure: Some("failures".into()),
        reports_failures: true,
        filters: Vec::new(),
    }
}

async fn stage(directory: Option<&Path>, work: StreamHandler) -> Stage {
    stage_with(directory, source(), work).await
}

async fn stage_with(directory: Option<&Path>, source: StreamSource, work: StreamHandler) -> Stage {
    let (clock, hand) = Clock::manual("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
    let dynamo = Dynamo::start(directory, &clock, &tables()).unwrap();
    let sqs = Sqs::open(None, clock.clone()).unwrap();
    sqs.create_queue(QueueSpec::new("failures")).await.unwrap();
    let (changes, activity) = (watch::Sender::new(0), Activity::default());
    let (stop, stopped) = watch::channel(false);
    let (mut lanes, mut tasks) = (Vec::new(), JoinSet::new());
    for lane in 0..LANES {
        let mapping = StreamMapping {
            database: dynamo.database().clone(),
            sqs: sqs.clone(),
            source: source.clone(),
            function: "Automation".into(),
            lane,
            handler: Arc::clone(&work),
            invoker: Invoker {
                timeout: Duration::from_secs(20),
                clock: clock.clone(),
                activity: activity.clone(),
            },
            position: Position::open(directory, &format!("lane-{lane}")).unwrap(),
            progress: Progress::default(),
        };
        lanes.push(mapping.progress.clone());
        tasks.spawn(mapping.run(changes.subscribe(), stopped.clone()));
    }
    Stage { dynamo, sqs, hand, lanes, activity, changes, _stop: stop, _tasks: tasks }
}

impl Stage {
    fn put(&self, pk: &str, n: usize) {
        let item =
            json!({ "TableName": TABLE, "Item": { "pk": { "S": pk }, "sk": { "S": format!("{n:04}") } } });
        self.dynamo.database().put_item(serde_json::from_value(item).unwrap()).unwrap();
        self.changes.send_modify(|change| *change += 1);
    }

    /// Until every lane has read everything, or pauses.
    async fn settle(&self) {
        loop {
            let change = *self.changes.borrow();
            let now = self.hand_time();
            let rests = self.lanes.iter().all(|lane| lane.is_at_rest(change, now));
            if rests && self.activity.working() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn hand_time(&self) -> Timestamp {
        self.hand.next_deadline().map_or(Timestamp::MAX, |next| next - Duration::from_micros(1))
    }

    /// Moves the clock until nobody waits for it.
    async fn run_out(&self) {
        self.settle().await;
        while let Some(next) = self.hand.next_deadline() {
            self.hand.set(next);
            tokio::time::sleep(Duration::from_millis(2)).await;
            self.settle().await;
        }
    }
}

/// Each record as partition key and sort key.
fn keys(event: &Event) -> Vec<(String, String)> {
    let event = serde_json::to_value(event).unwrap();
    let records = event["Records"].as_array().unwrap().iter();
    let text = |value: &Value| value["S"].as_str().unwrap().to_owned();
    records.map(|r| (text(&r["dynamodb"]["Keys"]["pk"]), text(&r["dynamodb"]["Keys"]["sk"]))).collect()
}

type Log = Arc<Mutex<Vec<Vec<(String, String)>>>>;

fn noting(log: &Log, answer: impl Fn(&Event) -> Answer + Send + Sync + 'static) -> StreamHandler {
    let log = Arc::clone(log);
    Arc::new(move |event| {
        log.lock().unwrap().push(keys(&event));
        let answer = answer(&event);
        Box::pin(async move { answer })
    })
}

fn all_done(_: &Event) -> Answer {
    Ok(DynamoDbEventResponse::default())
}

#[tokio::test]
async fn every_change_arrives_once_and_in_order_for_its_partition() {
    let log = Log::default();
    let stage = stage(None, noting(&log, all_done)).await;
    for n in 0..200 {
        stage.put(&format!("CONV#{}", n % 7), n);
    }
    stage.settle().await;
    let batches = log.lock().unwrap().clone();
    assert!(batches.iter().all(|batch| batch.len() <= 5));
    let mut by_partition: HashMap<String, Vec<String>> = HashMap::new();
    for (pk, sk) in batches.into_iter().flatten() {
        by_partition.entry(pk).or_default().push(sk);
    }
    assert_eq!(by_partition.values().map(Vec::len).sum::<usize>(), 200);
    for (pk, order) in by_partition {
        assert!(order.is_sorted(), "{pk}: {order:?}");
    }
}

#[tokio::test]
async fn a_function_is_handed_only_what_passes_a_filter_of_its_mapping() {
    let log = Log::default();
    let filter = |pattern: &str| Pattern::parse(pattern).unwrap();
    let filters = vec![
        filter(r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":["0001"]}}}}"#),
        filter(
            r#"{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"CAMP#"}]}},"OldImage":{"pk":{"S":[{"exists":false}]}}}}"#,
        ),
    ];
    let source = StreamSource { filters, ..source() };
    let stage = stage_with(None, source, noting(&log, all_done)).await;
    for n in [0, 1, 1, 2] {
        stage.put("CONV#1", n);
    }
    stage.put("CAMP#1", 3);
    stage.settle().await;
    let mut seen: Vec<_> = log.lock().unwrap().iter().flatten().cloned().collect();
    seen.sort();
    let expected = [("CAMP#1", "0003"), ("CONV#1", "0001")].map(|(pk, sk)| (pk.to_owned(), sk.to_owned()));
    assert_eq!(seen, expected, "the second write of the same item is no insert");
}

#[tokio::test]
async fn a_poison_record_is_halved_out_and_told_to_the_failure_destination_while_its_neighbours_pass() {
    let log = Log::default();
    let poison = |event: &Event| match keys(event).iter().any(|(_, sk)| sk == "0003") {
        true => Err("poison".into()),
        false => all_done(event),
    };
    let stage = stage(None, noting(&log, poison)).await;
    for n in 0..5 {
        stage.put("CONV#1", n);
    }
    stage.run_out().await;
    let passed: Vec<String> = log
        .lock()
        .unwrap()
        .iter()
        .filter(|batch| batch.iter().all(|(_, sk)| sk != "0003"))
        .flatten()
        .map(|(_, sk)| sk.clone())
        .collect();
    assert_eq!(passed, ["0000", "0001", "0002", "0004"]);
    let told = stage.sqs.receive("failures", Receive::up_to(10)).await.unwrap();
    assert_eq!(told.len(), 1);
    let told: Value = serde_json::from_str(&told[0].body).unwrap();
    assert_eq!(told["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(told["DDBStreamBatchInfo"]["batchSize"], 1);
    assert_eq!(told["records"][0]["dynamodb"]["Keys"]["sk"]["S"], "0003");
}

#[tokio::test]
async fn a_named_failure_repeats_the_batch_from_that_record_on() {
    let log = Log::default();
    let once = Arc::new(Mutex::new(true));
    let stage = stage(
        None,
        noting(&log, move |event| {
            let mut answer = DynamoDbEventResponse::default();
            let third = event.records.iter().find(|record| {
                record.change.sequence_number.is_some()
                    && serde_json::to_value(&record.change.keys).unwrap()["sk"]["S"] == "0002"
            });
            if let (Some(third), true) = (third, std::mem::take(&mut *once.lock().unwrap())) {
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = third.change.sequence_number.clone();
                answer.batch_item_failures.push(failure);
            } else if third.is_none() {
                *once.lock().unwrap() = true;
            }
            Ok(answer)
        }),
    )
    .await;
    // All at once, so that they come as one batch.
    let items: Vec<Value> = (0..4)
        .map(|n| json!({ "PutRequest": { "Item": { "pk": { "S": "CONV#1" }, "sk": { "S": format!("{n:04}") } } } }))
        .collect();
    let request = json!({ "RequestItems": { TABLE: items } });
    stage.dynamo.database().batch_write_item(serde_json::from_value(request).unwrap()).unwrap();
    stage.changes.send_modify(|change| *change += 1);
    stage.run_out().await;
    let seen: Vec<String> = log.lock().unwrap().iter().flatten().map(|(_, sk)| sk.clone()).collect();
    assert_eq!(seen[..2], ["0000", "0001"]);
    for sk in ["0000", "0001"] {
        assert_eq!(seen.iter().filter(|seen| *seen == sk).count(), 1, "{seen:?}");
    }
    assert_eq!(seen.iter().filter(|seen| *seen == "0002").count(), 2, "{seen:?}");
}

#[tokio::test]
async fn after_a_restart_a_lane_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::default();
    let first = stage(Some(directory.path()), noting(&log, all_done)).await;
    for n in 0..20 {
        first.put(&format!("CONV#{n}"), n);
    }
    first.settle().await;
    assert_eq!(log.lock().unwrap().iter().flatten().count(), 20);
    drop(first);
    let second = stage(Some(directory.path()), noting(&log, all_done)).await;
    second.put("CONV#new", 99);
    second.settle().await;
    let all: Vec<_> = log.lock().unwrap().iter().flatten().cloned().collect();
    assert_eq!(all.len(), 21);
    assert_eq!(all[20], ("CONV#new".to_owned(), "0099".to_owned()));
}

#[tokio::test]
async fn a_write_costs_the_same_however_much_the_stream_already_holds() {
    let (clock, _hand) = Clock::manual("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
    let dynamo = Dynamo::start(None, &clock, &tables()).unwrap();
    let write = |from: usize, to: usize| {
        let begun = std::time::Instant::now();
        for n in from..to {
            let item =
                json!({ "TableName": TABLE, "Item": { "pk": { "S": format!("P{n}") }, "sk": { "S": "0" } } });
            dynamo.database().put_item(serde_json::from_value(item).unwrap()).unwrap();
        }
        begun.elapsed()
    };
    let first = write(0, 1_000);
    write(1_000, 8_000);
    let last = write(8_000, 9_000);
    assert!(last < first * 3, "the first thousand took {first:?}, the ninth {last:?}");
}

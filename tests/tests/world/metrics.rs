//! What the functions count of what they do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lambda_kit::metrics::{self, Metric};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Faults, Moment, Stage};

/// What a function has counted, without times.
fn counted(stage: &Stage, binary: &str) -> BTreeMap<&'static str, u64> {
    let recorded = stage.world.metrics(binary);
    let counts = metrics::ALL.iter().filter(|metric| metric.unit == metrics::Unit::Count);
    let seen = counts.map(|metric: &Metric| (metric.name, recorded.recorded(*metric)));
    seen.filter(|(_, value)| *value > 0).collect()
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

#[tokio::test]
async fn a_message_its_answer_and_the_statuses_are_counted_where_they_pass() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    assert_eq!(counted(&stage, "webhook"), [("Items", 1)].into());
    assert_eq!(counted(&stage, "inbound"), [("Done", 1)].into());
    stage.asks("r1", json!({ "phone": "15550109901" }), text("Hi")).await;
    stage.pass(600).await;
    assert_eq!(counted(&stage, "sender"), [("Accepted", 1), ("Done", 1)].into());
    let statuses = counted(&stage, "status");
    assert!(statuses["Done"] >= 2 && statuses.len() == 1, "{statuses:?}");
    assert_eq!(counted(&stage, "webhook")["Items"], 1 + statuses["Done"]);
}

#[tokio::test]
async fn what_the_sender_cannot_send_is_counted_by_what_became_of_it() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let to = || json!({ "phone": "15550109901" });
    stage.asks("closed", to(), text("Hi")).await;
    stage.settle().await;
    assert_eq!(counted(&stage, "sender"), [("Done", 1), ("Refused", 1)].into());
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let faults = [
        json!({ "kind": "error", "code": 131_056, "next": 1 }),
        json!({ "kind": "error", "code": 131_026, "next": 1 }),
        json!({ "kind": "reset_after", "next": 1 }),
        json!({ "kind": "error", "code": 190, "next": 1 }),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        stage.sim().add_faults(json!({ "graph": [fault] })).unwrap();
        stage.asks(&format!("r{n}"), to(), text("Hi")).await;
        stage.pass(120).await;
    }
    let sender = counted(&stage, "sender");
    let of = |name: &str| sender.get(name).copied().unwrap_or_default();
    assert_eq!((of("Waiting"), of("Accepted"), of("Unknown")), (1, 1, 1), "{sender:?}");
    assert_eq!((of("Refused"), of("GraphAuthFailures")), (3, 1), "{sender:?}");
}

#[tokio::test]
async fn poison_and_forgery_are_counted() {
    let stage = Stage::start().await;
    assert_eq!(stage.meta_posts(b"no webhook").await, StatusCode::OK);
    stage.posts_with(b"{}", None).await;
    stage.settle().await;
    assert_eq!(counted(&stage, "webhook"), [("Items", 1), ("UnsignedWebhooks", 1)].into());
    assert_eq!(counted(&stage, "inbound"), [("DeadLettered", 1)].into());
}

#[tokio::test]
async fn how_long_the_oldest_record_was_on_its_queue_is_seen_when_its_batch_is_worked_on() {
    let faults = Faults::default();
    faults.kill("inbound", 0, Moment::Before);
    let stage = Stage::faulty(faults).await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    assert_eq!(stage.world.metrics("inbound").recorded(metrics::QUEUE_LAG), 0);
    // Killed, and back when its visibility ends.
    stage.pass(200).await;
    assert_eq!(stage.world.metrics("inbound").recorded(metrics::QUEUE_LAG), 120_000);
}

/// A Graph API that cannot be reached at first.
#[derive(Debug, Default)]
struct Unreachable(AtomicBool);

impl graph::Intercept for Unreachable {
    fn before(&self, call: &'static str) -> Result<(), graph::Cut> {
        // Whoever looks at numbers asks Meta as well.
        if call != "messages" || self.0.swap(true, Ordering::SeqCst) { Ok(()) } else { Err(graph::Cut) }
    }

    fn after(&self, _call: &'static str) -> Result<(), graph::Cut> {
        Ok(())
    }
}

#[tokio::test]
async fn a_send_that_is_tried_again_is_counted_as_such_and_once_as_done() {
    let stage = Stage::with_graph(Arc::new(Unreachable::default())).await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.asks("r1", json!({ "phone": "15550109901" }), text("Hi")).await;
    stage.pass(60).await;
    assert_eq!(counted(&stage, "sender"), [("Accepted", 1), ("Done", 1), ("Retried", 1)].into());
}

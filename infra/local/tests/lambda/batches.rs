//! What goes well: shapes, tens, groups, waiting.

use super::*;

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
async fn an_item_goes_when_its_time_has_come_and_the_world_has_moved_on() {
    let world = world("inbound", handler(|_| async { done() })).await;
    let text = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    let expires = aws_sdk_dynamodb::types::AttributeValue::N((start_time().as_second() + 3600).to_string());
    let put =
        world.dynamodb().put_item().table_name("local-journal").item("pk", text("A")).item("sk", text("B"));
    put.item("ttl", expires).send().await.unwrap();
    let count = async || world.dynamodb().scan().table_name("local-journal").send().await.unwrap().count();
    world.advance(Duration::from_secs(3500)).await;
    assert_eq!(count().await, 1);
    world.advance(Duration::from_secs(600)).await;
    assert_eq!(count().await, 0);
}

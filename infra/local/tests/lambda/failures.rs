//! What goes wrong: partial failures, panics, timeouts, deaths.

use super::*;

#[tokio::test]
async fn only_the_messages_that_failed_come_again_and_after_25_times_they_are_dead_letters() {
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
    assert_eq!(bodies(), (2, 25));
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

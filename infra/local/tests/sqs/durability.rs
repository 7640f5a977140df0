//! What a restart finds, an orderly one and a sudden one.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use lambda_kit::Clock;
use local::sqs::{Depth, NewMessage, QueueSpec, Receive, Sqs};

use crate::world::World;

#[tokio::test]
async fn a_restart_keeps_messages_what_is_in_flight_and_what_was_sent_already() {
    let directory = tempfile::tempdir().unwrap();
    let start = "2026-11-23T00:00:00Z".parse().unwrap();
    let open = |clock| Sqs::open(Some(directory.path()), clock).unwrap();
    let (clock, _) = Clock::manual(start);
    let sqs = open(clock);
    sqs.create_queue(QueueSpec::new("inbound")).await.unwrap();
    sqs.create_queue(QueueSpec::new("send.fifo")).await.unwrap();
    for text in ["one", "two"] {
        sqs.send("inbound", NewMessage::new(text)).await.unwrap();
    }
    let held = sqs.receive("inbound", Receive::up_to(1)).await.unwrap().remove(0);
    let sent = sqs.send("send.fifo", NewMessage::new("job").in_group("A", "job-1#0")).await.unwrap();
    drop(sqs);

    let (clock, time) = Clock::manual(start);
    let sqs = open(clock);
    sqs.create_queue(QueueSpec { visibility: 60, ..QueueSpec::new("inbound") }).await.unwrap();
    assert_eq!(sqs.depth("inbound").await.unwrap(), Depth { visible: 1, in_flight: 1, delayed: 0 });
    let again = sqs.send("send.fifo", NewMessage::new("job").in_group("A", "job-1#0")).await.unwrap();
    assert_eq!(again, sent);
    assert_eq!(sqs.depth("send.fifo").await.unwrap().total(), 1);
    time.set("2026-11-23T00:00:30Z".parse().unwrap());
    assert_eq!(sqs.receive("inbound", Receive::up_to(10)).await.unwrap().len(), 2);
    sqs.delete("inbound", &held.receipt_handle).await.unwrap();
    assert_eq!(sqs.depth("inbound").await.unwrap().total(), 1);
}

#[tokio::test]
async fn two_programs_cannot_have_the_same_queues_open() {
    let directory = tempfile::tempdir().unwrap();
    let first = Sqs::open(Some(directory.path()), Clock::system()).unwrap();
    first.create_queue(QueueSpec::new("inbound")).await.unwrap();
    let path = directory.path().to_owned();
    let second = tokio::task::spawn_blocking(move || Sqs::open(Some(&path), Clock::system()));
    assert!(second.await.unwrap().is_err());
}

/// Sends and says so until it is killed. Not a test of its own: the next one runs it in a process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own, started and killed by the next test"]
async fn sender_that_gets_killed() {
    let directory = std::env::var("QUEUES_DIRECTORY").unwrap();
    let sqs = Sqs::open(Some(directory.as_ref()), Clock::system()).unwrap();
    sqs.create_queue(QueueSpec::new("inbound")).await.unwrap();
    let senders = (0..8).map(|sender| {
        let sqs = sqs.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let body = format!("{sender}:{n}");
                sqs.send("inbound", NewMessage::new(&body)).await.unwrap();
                println!("sent {body}");
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let mut sender = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::sender_that_gets_killed", "--ignored", "--nocapture"])
        .env("QUEUES_DIRECTORY", directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(sender.stdout.take().unwrap()).lines();
    let told = |line: std::io::Result<String>| line.unwrap().strip_prefix("sent ").map(str::to_owned);
    let mut answered = lines.by_ref().filter_map(told).take(500).collect::<BTreeSet<_>>();
    sender.kill().unwrap();
    sender.wait().unwrap();
    answered.extend(lines.filter_map(|it| it.ok()?.strip_prefix("sent ").map(str::to_owned)));

    let sqs = Sqs::open(Some(directory.path()), Clock::system()).unwrap();
    let mut kept = BTreeSet::new();
    loop {
        let some = sqs.receive("inbound", Receive { visibility: Some(3600), ..Receive::up_to(10) });
        let some = some.await.unwrap();
        if some.is_empty() {
            break;
        }
        kept.extend(some.into_iter().map(|it| it.body));
    }
    let lost = answered.difference(&kept).collect::<Vec<_>>();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
}

#[tokio::test]
async fn a_failed_request_leaves_its_neighbours_alone() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let sends = (0..50).map(|n| {
        let body = if n % 5 == 0 { "\u{1}".to_owned() } else { n.to_string() };
        let send = world.client.send_message().queue_url(&queue).message_body(body).send();
        tokio::spawn(send)
    });
    let mut refused = 0;
    for send in sends.collect::<Vec<_>>() {
        refused += u32::from(send.await.unwrap().is_err());
    }
    assert_eq!(refused, 10);
    assert_eq!(world.sqs.depth("inbound").await.unwrap().visible, 40);
}

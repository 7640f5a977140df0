//! How fast the queues are, on disk and synced. Printed with `--nocapture`; the floor here is a tenth of
//! what is aimed at, so that only a mistake in the indexes fails a busy machine.

use std::time::Instant;

use lambda_kit::Clock;
use local::sqs::{Entry, NewMessage, QueueSpec, Receive, Sqs};

const SENDERS: usize = 16;
const BATCHES: usize = 50;
const MESSAGES: f64 = (SENDERS * BATCHES * 10) as f64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_messages_a_second_pass_through_synced_queues() {
    for name in ["inbound", "send.fifo"] {
        let directory = tempfile::tempdir().unwrap();
        let sqs = Sqs::open(Some(directory.path()), Clock::system()).unwrap();
        sqs.create_queue(QueueSpec::new(name)).await.unwrap();
        let sent = send_all(&sqs, name).await;
        let received = receive_all(&sqs, name).await;
        println!("{name}: {sent:.0} sends/s, {received:.0} receives with deletion/s");
        assert!(sent > 500.0 && received > 300.0);
    }
}

async fn send_all(sqs: &Sqs, queue: &'static str) -> f64 {
    let start = Instant::now();
    let senders = (0..SENDERS).map(|sender| {
        let sqs = sqs.clone();
        tokio::spawn(async move {
            for batch in 0..BATCHES {
                let entries = (0..10).map(|n| Entry::new(n.to_string(), message(queue, [sender, batch, n])));
                let outcome = sqs.send_batch(queue, entries.collect()).await.unwrap();
                assert_eq!(outcome.successful.len(), 10);
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    MESSAGES / start.elapsed().as_secs_f64()
}

fn message(queue: &str, [sender, batch, n]: [usize; 3]) -> NewMessage {
    let body = format!("{sender}:{batch}:{n}:{}", "x".repeat(900));
    let message = NewMessage::new(body);
    if queue.ends_with(".fifo") {
        message.in_group(format!("{sender}:{}", batch % 10), format!("{sender}:{batch}:{n}"))
    } else {
        message
    }
}

async fn receive_all(sqs: &Sqs, queue: &'static str) -> f64 {
    let start = Instant::now();
    let receivers = (0..SENDERS).map(|_| {
        let sqs = sqs.clone();
        tokio::spawn(async move {
            loop {
                let some = sqs.receive(queue, Receive::up_to(10)).await.unwrap();
                if some.is_empty() {
                    return;
                }
                let entries = some.into_iter().enumerate();
                let entries = entries.map(|(n, it)| Entry::new(n.to_string(), it.receipt_handle));
                sqs.delete_batch(queue, entries.collect()).await.unwrap();
            }
        })
    });
    for receiver in receivers.collect::<Vec<_>>() {
        receiver.await.unwrap();
    }
    while sqs.depth(queue).await.unwrap().total() > 0 {
        let left = sqs.receive(queue, Receive::up_to(10)).await.unwrap();
        for message in left {
            sqs.delete(queue, &message.receipt_handle).await.unwrap();
        }
    }
    MESSAGES / start.elapsed().as_secs_f64()
}

//! Standard queues: visibility, delay, waiting, age.

use std::collections::BTreeSet;

use aws_sdk_sqs::types::MessageSystemAttributeName as Name;

use local::sqs::{Depth, QueueSpec};

use crate::world::{World, attribute, body};

#[tokio::test]
async fn a_received_message_is_hidden_until_its_time_comes_and_counts_its_receives() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { visibility: 120, ..QueueSpec::new("inbound") }).await;
    world.send(&queue, "hello").await;
    let first = world.receive(&queue).await;
    assert_eq!(attribute(&first[0], Name::ApproximateReceiveCount), Some("1"));
    world.pass(119);
    assert!(world.receive(&queue).await.is_empty());
    assert_eq!(
        world.sqs.next_due(Some("inbound")).await.unwrap(),
        Some("2026-11-23T00:02:00Z".parse().unwrap())
    );
    world.pass(1);
    let second = world.receive(&queue).await;
    assert_eq!(second[0].message_id(), first[0].message_id());
    assert_ne!(second[0].receipt_handle(), first[0].receipt_handle());
    assert_eq!(attribute(&second[0], Name::ApproximateReceiveCount), Some("2"));
    assert_eq!(attribute(&second[0], Name::SentTimestamp), Some("1795392000000"));
    assert_eq!(attribute(&second[0], Name::ApproximateFirstReceiveTimestamp), Some("1795392000000"));
    assert!(attribute(&second[0], Name::SenderId).is_some());
}

#[tokio::test]
async fn a_message_given_back_is_there_at_once_and_one_held_longer_stays_away_longer() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    world.send(&queue, "hello").await;
    let message = world.receive(&queue).await.remove(0);
    world.hide(&queue, &message, 0).await;
    let message = world.receive(&queue).await.remove(0);
    world.hide(&queue, &message, 600).await;
    world.pass(599);
    assert!(world.receive(&queue).await.is_empty());
    world.pass(1);
    assert_eq!(world.receive(&queue).await.len(), 1);
}

#[tokio::test]
async fn nobody_holds_a_message_for_more_than_twelve_hours() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { visibility: 43_200, ..QueueSpec::new("inbound") }).await;
    world.send(&queue, "hello").await;
    let message = world.receive(&queue).await.remove(0);
    world.pass(10);
    let change = || {
        let change = world.client.change_message_visibility().queue_url(&queue);
        change.receipt_handle(message.receipt_handle().unwrap())
    };
    assert!(change().visibility_timeout(43_191).send().await.is_err());
    assert!(change().visibility_timeout(43_201).send().await.is_err());
    change().visibility_timeout(43_190).send().await.unwrap();
}

#[tokio::test]
async fn a_message_that_is_not_in_flight_cannot_be_held_and_a_deleted_one_neither() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    world.send(&queue, "hello").await;
    let message = world.receive(&queue).await.remove(0);
    world.pass(30);
    let change = || {
        let change = world.client.change_message_visibility().queue_url(&queue).visibility_timeout(5);
        change.receipt_handle(message.receipt_handle().unwrap()).send()
    };
    assert!(change().await.unwrap_err().into_service_error().is_message_not_inflight());
    world.delete(&queue, &message).await;
    assert!(change().await.is_err());
}

#[tokio::test]
async fn a_handle_from_an_earlier_receive_still_deletes_and_deleting_twice_is_fine() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    world.send(&queue, "hello").await;
    let early = world.receive(&queue).await.remove(0);
    world.pass(30);
    assert_eq!(world.receive(&queue).await.len(), 1);
    world.delete(&queue, &early).await;
    world.delete(&queue, &early).await;
    world.pass(3600);
    assert!(world.receive(&queue).await.is_empty());
    assert_eq!(world.sqs.depth("inbound").await.unwrap().total(), 0);
}

#[tokio::test]
async fn a_delayed_message_comes_when_its_delay_has_passed() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { delay: 60, ..QueueSpec::new("later") }).await;
    world.send(&queue, "by the queue").await;
    let send = world.client.send_message().queue_url(&queue).message_body("by itself").delay_seconds(900);
    send.send().await.unwrap();
    assert_eq!(world.sqs.depth("later").await.unwrap(), Depth { delayed: 2, ..Depth::default() });
    world.pass(60);
    assert_eq!(world.bodies(&queue).await, ["by the queue"]);
    world.pass(839);
    assert_eq!(world.sqs.depth("later").await.unwrap(), Depth { visible: 1, delayed: 1, in_flight: 0 });
    world.pass(1);
    assert_eq!(world.bodies(&queue).await, ["by the queue", "by itself"]);
    let send = world.client.send_message().queue_url(&queue).message_body("too late").delay_seconds(901);
    assert!(send.send().await.is_err());
}

#[tokio::test]
async fn a_message_older_than_the_queue_keeps_is_gone() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { retention: 3600, ..QueueSpec::new("inbound") }).await;
    world.send(&queue, "old").await;
    world.pass(3599);
    world.send(&queue, "young").await;
    world.pass(1);
    assert_eq!(world.bodies(&queue).await, ["young"]);
    assert_eq!(world.sqs.depth("inbound").await.unwrap().total(), 1);
}

#[tokio::test]
async fn who_waits_gets_a_message_as_soon_as_it_is_sent() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let wait = world.client.receive_message().queue_url(&queue).wait_time_seconds(20).send();
    let wait = tokio::spawn(wait);
    someone_waits_until(&world, "2026-11-23T00:00:20Z").await;
    world.send(&queue, "hello").await;
    assert_eq!(wait.await.unwrap().unwrap().messages().len(), 1);
}

#[tokio::test]
async fn who_waits_gets_a_message_when_the_clock_makes_it_visible_and_nothing_when_the_wait_is_over() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { visibility: 5, wait: 20, ..QueueSpec::new("inbound") }).await;
    world.send(&queue, "hello").await;
    assert_eq!(world.receive(&queue).await.len(), 1);
    let wait = tokio::spawn(world.client.receive_message().queue_url(&queue).visibility_timeout(60).send());
    someone_waits_until(&world, "2026-11-23T00:00:05Z").await;
    world.pass(5);
    assert_eq!(wait.await.unwrap().unwrap().messages().len(), 1);
    let wait = tokio::spawn(world.client.receive_message().queue_url(&queue).send());
    someone_waits_until(&world, "2026-11-23T00:00:25Z").await;
    world.pass(20);
    assert!(wait.await.unwrap().unwrap().messages().is_empty());
}

async fn someone_waits_until(world: &World, time: &str) {
    while world.time.next_deadline() != Some(time.parse().unwrap()) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_poller_hears_of_a_message_without_asking_again_and_again() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let sqs = world.sqs.clone();
    let wait = tokio::spawn(async move { sqs.wait_for_message("inbound").await });
    tokio::task::yield_now().await;
    let send = world.client.send_message().queue_url(&queue).message_body("later").delay_seconds(7);
    send.send().await.unwrap();
    someone_waits_until(&world, "2026-11-23T00:00:07Z").await;
    assert!(!world.sqs.has_receivable("inbound").await.unwrap());
    world.pass(7);
    wait.await.unwrap().unwrap();
    assert!(world.sqs.has_receivable("inbound").await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn receivers_at_the_same_time_never_share_a_message() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    for n in 0..200 {
        world.send(&queue, &n.to_string()).await;
    }
    let receivers = (0..8).map(|_| {
        let (client, queue) = (world.client.clone(), queue.clone());
        tokio::spawn(async move {
            let mut got = Vec::new();
            loop {
                let some = client.receive_message().queue_url(&queue).max_number_of_messages(3).send().await;
                let some = some.unwrap().messages.unwrap_or_default();
                if some.is_empty() {
                    return got;
                }
                got.extend(some.iter().map(|it| body(it).to_owned()));
            }
        })
    });
    let mut all = Vec::new();
    for receiver in receivers.collect::<Vec<_>>() {
        all.extend(receiver.await.unwrap());
    }
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 200);
}

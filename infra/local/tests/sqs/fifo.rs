//! FIFO queues: order within groups, and repeats.

use aws_sdk_sqs::types::MessageSystemAttributeName as Name;

use local::sqs::{DeduplicationScope, QueueSpec};

use crate::world::{World, attribute, body};

#[tokio::test]
async fn a_group_gives_its_messages_in_order_and_nothing_more_while_one_is_in_flight() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("send.fifo")).await;
    for (group, text) in [("A", "a1"), ("B", "b1"), ("A", "a2"), ("A", "a3")] {
        world.send_in(&queue, group, text).await;
    }
    let first = world.receive_up_to(&queue, 2).await;
    assert_eq!(first.iter().map(body).collect::<Vec<_>>(), ["a1", "a2"]);
    assert_eq!(world.bodies(&queue).await, ["b1"]);
    world.delete(&queue, &first[0]).await;
    assert!(world.receive(&queue).await.is_empty(), "a2 is still in flight");
    world.delete(&queue, &first[1]).await;
    assert_eq!(world.bodies(&queue).await, ["a3"]);
}

#[tokio::test]
async fn a_group_goes_on_from_its_first_message_when_that_is_visible_again() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { visibility: 30, ..QueueSpec::new("send.fifo") }).await;
    world.send_in(&queue, "A", "a1").await;
    world.send_in(&queue, "A", "a2").await;
    let both = world.receive(&queue).await;
    world.hide(&queue, &both[0], 0).await;
    assert!(world.receive(&queue).await.is_empty(), "a2 is still in flight");
    assert_eq!(world.sqs.next_due(None).await.unwrap(), Some("2026-11-23T00:00:30Z".parse().unwrap()));
    world.pass(30);
    assert_eq!(world.bodies(&queue).await, ["a1", "a2"]);
}

#[tokio::test]
async fn a_message_repeated_within_five_minutes_is_taken_once_and_answered_as_the_first() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("send.fifo")).await;
    let send = |body: &str| {
        let send = world.client.send_message().queue_url(&queue).message_body(body);
        send.message_group_id("A").message_deduplication_id("job-1#0").send()
    };
    let first = send("once").await.unwrap();
    world.delete(&queue, &world.receive(&queue).await[0]).await;
    world.pass(299);
    let repeat = send("once, in other words").await.unwrap();
    assert_eq!(repeat.message_id(), first.message_id());
    assert_eq!(repeat.sequence_number(), first.sequence_number());
    assert!(world.receive(&queue).await.is_empty());
    world.pass(1);
    let anew = send("once more").await.unwrap();
    assert!(anew.sequence_number() > first.sequence_number());
    assert_eq!(world.bodies(&queue).await, ["once more"]);
}

#[tokio::test]
async fn content_is_its_own_deduplication_id_when_the_queue_says_so() {
    let world = World::start().await;
    let spec = QueueSpec { content_based_deduplication: true, ..QueueSpec::new("send.fifo") };
    let queue = world.queue(spec).await;
    for text in ["same", "same", "other"] {
        let send = world.client.send_message().queue_url(&queue).message_body(text).message_group_id("A");
        send.send().await.unwrap();
    }
    let messages = world.receive(&queue).await;
    assert_eq!(messages.iter().map(body).collect::<Vec<_>>(), ["same", "other"]);
    assert_eq!(attribute(&messages[0], Name::MessageGroupId), Some("A"));
    assert_eq!(attribute(&messages[0], Name::MessageDeduplicationId).map(str::len), Some(64));
    assert_eq!(attribute(&messages[0], Name::SequenceNumber).map(str::len), Some(20));
}

#[tokio::test]
async fn a_queue_of_high_throughput_knows_repeats_within_a_group_only() {
    let world = World::start().await;
    let scope = DeduplicationScope::MessageGroup;
    let queue = world.queue(QueueSpec { deduplication_scope: scope, ..QueueSpec::new("send.fifo") }).await;
    for group in ["A", "B", "A"] {
        world.send_in(&queue, group, "same").await;
    }
    assert_eq!(world.receive(&queue).await.len(), 2);
}

#[tokio::test]
async fn a_fifo_queue_refuses_messages_without_group_or_identity_and_with_a_delay_of_their_own() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("send.fifo")).await;
    let send = || world.client.send_message().queue_url(&queue).message_body("hello");
    assert!(send().message_deduplication_id("1").send().await.is_err());
    assert!(send().message_group_id("A").send().await.is_err());
    assert!(send().message_group_id("a b").message_deduplication_id("1").send().await.is_err());
    let fit = || send().message_group_id("A").message_deduplication_id("1");
    assert!(fit().delay_seconds(1).send().await.is_err());
    fit().send().await.unwrap();
    let standard = world.queue(QueueSpec::new("inbound")).await;
    let tenant =
        || world.client.send_message().queue_url(&standard).message_body("hello").message_group_id("T");
    assert!(tenant().message_deduplication_id("1").send().await.is_err());
    tenant().send().await.unwrap();
    assert_eq!(attribute(&world.receive(&standard).await[0], Name::MessageGroupId), Some("T"));
}

#[tokio::test]
async fn a_handle_whose_time_has_passed_deletes_nothing_in_a_fifo_queue() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("send.fifo")).await;
    world.send_in(&queue, "A", "a1").await;
    let late = world.receive(&queue).await.remove(0);
    world.pass(30);
    let delete = || {
        let handle = late.receipt_handle().unwrap();
        world.client.delete_message().queue_url(&queue).receipt_handle(handle).send()
    };
    assert!(delete().await.is_err());
    let current = world.receive(&queue).await.remove(0);
    assert!(delete().await.is_err());
    world.delete(&queue, &current).await;
    assert_eq!(world.sqs.depth("send.fifo").await.unwrap().total(), 0);
}

#[tokio::test]
async fn the_delay_of_a_fifo_queue_holds_for_each_message_and_keeps_the_order() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec { delay: 10, ..QueueSpec::new("send.fifo") }).await;
    world.send_in(&queue, "A", "a1").await;
    world.pass(5);
    world.send_in(&queue, "A", "a2").await;
    world.pass(5);
    let first = world.receive(&queue).await;
    assert_eq!(first.iter().map(body).collect::<Vec<_>>(), ["a1"]);
    world.pass(5);
    assert!(world.receive(&queue).await.is_empty());
    world.delete(&queue, &first[0]).await;
    assert_eq!(world.bodies(&queue).await, ["a2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn groups_keep_their_order_under_many_receivers() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("send.fifo")).await;
    for n in 0..20 {
        for group in 0..5 {
            world.send_in(&queue, &format!("g{group}"), &format!("g{group}:{n}")).await;
        }
    }
    let done = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let workers = (0..6).map(|_| {
        let (client, queue, done) = (world.client.clone(), queue.clone(), done.clone());
        tokio::spawn(async move {
            while done.lock().unwrap().len() < 100 {
                let some = client.receive_message().queue_url(&queue).max_number_of_messages(3).send().await;
                for message in some.unwrap().messages() {
                    done.lock().unwrap().push(body(message).to_owned());
                    tokio::task::yield_now().await;
                    let handle = message.receipt_handle().unwrap();
                    client.delete_message().queue_url(&queue).receipt_handle(handle).send().await.unwrap();
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    let done = done.lock().unwrap();
    for group in 0..5 {
        let prefix = format!("g{group}:");
        let order = done.iter().filter_map(|it| it.strip_prefix(&prefix)?.parse::<u32>().ok());
        assert_eq!(order.collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    }
}

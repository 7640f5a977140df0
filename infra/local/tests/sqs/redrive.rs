//! Dead letters, and their way back.

use aws_sdk_sqs::types::MessageSystemAttributeName as Name;
use jiff::SignedDuration;

use local::sqs::{MoveStatus, QueueSpec, Redrive, arn_of};

use crate::world::{World, attribute};

fn redriven(name: &str, dead_letter_queue: &str, max_receive_count: u32) -> QueueSpec {
    let redrive = Some(Redrive { dead_letter_queue: dead_letter_queue.into(), max_receive_count });
    QueueSpec { redrive, ..QueueSpec::new(name) }
}

#[tokio::test]
async fn a_message_received_too_often_becomes_a_dead_letter_at_the_next_receive() {
    let world = World::start().await;
    let dead = world.queue(QueueSpec::new("inbound-dlq")).await;
    let queue = world.queue(redriven("inbound", "inbound-dlq", 2)).await;
    world.send(&queue, "poison").await;
    let first = world.receive(&queue).await.remove(0);
    world.pass(30);
    assert_eq!(world.receive(&queue).await.len(), 1);
    world.pass(30);
    assert_eq!(world.sqs.depth("inbound-dlq").await.unwrap().total(), 0);
    world.send(&queue, "fit").await;
    assert_eq!(world.bodies(&queue).await, ["fit"]);
    let letter = world.receive(&dead).await.remove(0);
    assert_eq!(letter.message_id(), first.message_id());
    assert_eq!(attribute(&letter, Name::ApproximateReceiveCount), Some("3"));
    assert_eq!(attribute(&letter, Name::SentTimestamp), attribute(&first, Name::SentTimestamp));
    assert_eq!(attribute(&letter, Name::DeadLetterQueueSourceArn), Some(arn_of("inbound").as_str()));
    world.delete(&queue, &first).await;
    world.pass(30);
    assert_eq!(world.receive(&dead).await.len(), 1, "a handle from before the move means nothing here");
}

#[tokio::test]
async fn a_poisoned_head_of_a_group_leaves_the_way_free_for_the_rest() {
    let world = World::start().await;
    let dead = world.queue(QueueSpec::new("send-dlq.fifo")).await;
    let queue = world.queue(redriven("send.fifo", "send-dlq.fifo", 1)).await;
    world.send_in(&queue, "A", "poison").await;
    world.send_in(&queue, "A", "fit").await;
    assert_eq!(world.receive_up_to(&queue, 1).await.len(), 1);
    assert!(world.receive(&queue).await.is_empty());
    world.pass(30);
    assert_eq!(world.bodies(&queue).await, ["fit"]);
    let letter = world.receive(&dead).await.remove(0);
    assert_eq!(letter.body(), Some("poison"));
    assert_eq!(attribute(&letter, Name::MessageGroupId), Some("A"));
}

#[tokio::test]
async fn a_dead_letter_queue_must_exist_and_be_of_the_same_kind() {
    let world = World::start().await;
    assert!(world.sqs.create_queue(redriven("inbound", "inbound-dlq", 2)).await.is_err());
    world.queue(QueueSpec::new("inbound-dlq")).await;
    assert!(world.sqs.create_queue(redriven("send.fifo", "inbound-dlq", 2)).await.is_err());
    let sources = || world.client.list_dead_letter_source_queues();
    let dead = local::sqs::queue_url(&world.base, "inbound-dlq");
    assert!(sources().queue_url(&dead).send().await.unwrap().queue_urls().is_empty());
    let queue = world.queue(redriven("inbound", "inbound-dlq", 2)).await;
    assert_eq!(sources().queue_url(&dead).send().await.unwrap().queue_urls(), [queue]);
}

#[tokio::test]
async fn dead_letters_go_back_where_they_came_from_and_start_anew() {
    let world = World::start().await;
    world.queue(QueueSpec::new("inbound-dlq")).await;
    let queue = world.queue(redriven("inbound", "inbound-dlq", 1)).await;
    for n in 0..3 {
        world.send(&queue, &n.to_string()).await;
    }
    assert_eq!(world.receive(&queue).await.len(), 3);
    world.pass(30);
    assert!(world.receive(&queue).await.is_empty());
    let arn = arn_of("inbound-dlq");
    let started = world.client.start_message_move_task().source_arn(&arn).send().await.unwrap();
    assert!(started.task_handle().is_some());
    ended(&world, &arn).await;
    let listed = world.client.list_message_move_tasks().source_arn(&arn).send().await.unwrap();
    let task = &listed.results()[0];
    assert_eq!(task.status(), Some("COMPLETED"));
    assert_eq!(task.approximate_number_of_messages_moved(), 3);
    let back = world.receive(&queue).await;
    assert_eq!(back.len(), 3);
    assert_eq!(attribute(&back[0], Name::ApproximateReceiveCount), Some("1"));
    assert_eq!(attribute(&back[0], Name::DeadLetterQueueSourceArn), None);
}

#[tokio::test]
async fn dead_letters_can_go_elsewhere_at_a_measured_rate_and_be_stopped() {
    let world = World::start().await;
    let dead = world.queue(QueueSpec::new("inbound-dlq")).await;
    world.queue(redriven("inbound", "inbound-dlq", 1)).await;
    world.queue(QueueSpec::new("elsewhere")).await;
    for n in 0..5 {
        world.send(&dead, &n.to_string()).await;
    }
    let (arn, to) = (arn_of("inbound-dlq"), arn_of("elsewhere"));
    let start = world.client.start_message_move_task().source_arn(&arn).destination_arn(to);
    let start = start.max_number_of_messages_per_second(2);
    let handle = start.clone().send().await.unwrap().task_handle.unwrap();
    let second = world.clock.now() + SignedDuration::from_secs(1);
    while world.time.next_deadline() != Some(second) {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.sqs.depth("elsewhere").await.unwrap().visible, 2);
    assert!(start.send().await.is_err(), "one task at a time");
    let cancelled = world.client.cancel_message_move_task().task_handle(handle).send().await.unwrap();
    assert_eq!(cancelled.approximate_number_of_messages_moved(), 2);
    world.pass(1);
    ended(&world, &arn).await;
    assert_eq!(world.sqs.list_message_move_tasks(&arn)[0].status, MoveStatus::Cancelled);
    assert_eq!(world.sqs.depth("elsewhere").await.unwrap().visible, 2);
}

#[tokio::test]
async fn only_dead_letters_are_moved_and_only_ones_whose_source_is_known() {
    let world = World::start().await;
    let dead = world.queue(QueueSpec::new("inbound-dlq")).await;
    world.queue(redriven("inbound", "inbound-dlq", 1)).await;
    let start = |arn: String| world.client.start_message_move_task().source_arn(arn).send();
    assert!(start(arn_of("inbound")).await.is_err());
    let missing = start(arn_of("nowhere")).await.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception());
    world.send(&dead, "put here by hand").await;
    start(arn_of("inbound-dlq")).await.unwrap();
    ended(&world, &arn_of("inbound-dlq")).await;
    let task = world.sqs.list_message_move_tasks(&arn_of("inbound-dlq")).remove(0);
    assert_eq!(
        (task.status, task.failure.as_deref()),
        (MoveStatus::Failed, Some("CouldNotDetermineMessageSource"))
    );
    assert_eq!(world.sqs.depth("inbound-dlq").await.unwrap().visible, 1);
}

async fn ended(world: &World, arn: &str) {
    let active = [MoveStatus::Running, MoveStatus::Cancelling];
    while active.contains(&world.sqs.list_message_move_tasks(arn)[0].status) {
        tokio::task::yield_now().await;
    }
}

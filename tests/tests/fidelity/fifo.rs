//! SQS: FIFO queues.

use aws_sdk_sqs::types::QueueAttributeName;
use tests::fidelity::{Attributes, bodies, create_queue, holds, receive, receive_one, refused};

use crate::check;

const BY_CONTENT: Attributes<'static> = &[(QueueAttributeName::ContentBasedDeduplication, "true")];

check!(a_group_keeps_its_order_and_waits_for_its_head_while_others_flow, async |place| {
    let url = create_queue(place, "groups.fifo", &[(QueueAttributeName::VisibilityTimeout, "5")]).await?;
    for (group, body) in [("A", "a1"), ("A", "a2"), ("B", "b1")] {
        let send = place.sqs().send_message().queue_url(&url).message_body(body);
        send.message_group_id(group).message_deduplication_id(body).send().await?;
    }
    let (head, handle) = receive_one(place, &url).await?;
    let others = receive(place, &url).await?;
    holds(head.body.as_deref() == Some("a1"), head)?;
    holds(bodies(&others) == ["b1"], bodies(&others))?;
    place.sqs().delete_message().queue_url(&url).receipt_handle(handle).send().await?;
    let next = receive(place, &url).await?;
    holds(bodies(&next) == ["a2"], bodies(&next))
});

check!(a_message_with_the_same_content_is_delivered_once, async |place| {
    let url = create_queue(place, "content.fifo", BY_CONTENT).await?;
    for _ in 0..2 {
        let send = place.sqs().send_message().queue_url(&url).message_body("same");
        send.message_group_id("A").send().await?;
    }
    let received = receive(place, &url).await?;
    holds(received.len() == 1, received)
});

check!(a_message_without_a_group_is_refused, async |place| {
    let url = create_queue(place, "groupless.fifo", BY_CONTENT).await?;
    refused(place.sqs().send_message().queue_url(&url).message_body("x").send().await, "MissingParameter")
});

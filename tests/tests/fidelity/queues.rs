//! SQS: standard queues.

use std::time::{Duration, Instant};

use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use tests::fidelity::{
    Differs, Place, arn_of, create_queue, eventually, holds, receive, receive_one, refused, send,
};

use crate::check;

const SECOND: Duration = Duration::from_secs(1);

fn entries(count: usize) -> Result<Vec<SendMessageBatchRequestEntry>, Differs> {
    let channel = MessageAttributeValue::builder().data_type("String").string_value("wa").build()?;
    let entry = |number| {
        let entry = SendMessageBatchRequestEntry::builder().id(format!("{number}"));
        entry.message_body(format!("m{number}")).message_attributes("t", channel.clone()).build()
    };
    Ok((0..count).map(entry).collect::<Result<_, _>>()?)
}

/// A queue that sends to another what was received too often.
async fn with_dead_letters(place: &Place, most: u32, visibility: &str) -> Result<(String, String), Differs> {
    let dead = create_queue(place, "dead", &[]).await?;
    let arn = arn_of(place, &dead).await?;
    let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{most}"}}"#);
    let attributes =
        [(QueueAttributeName::RedrivePolicy, &*redrive), (QueueAttributeName::VisibilityTimeout, visibility)];
    Ok((create_queue(place, "source", &attributes).await?, dead))
}

check!(ten_messages_are_sent_received_and_deleted_in_batches, async |place| {
    let url = create_queue(place, "batch", &[]).await?;
    let sqs = place.sqs();
    let sent = sqs.send_message_batch().queue_url(&url).set_entries(Some(entries(10)?)).send().await?;
    holds(sent.successful.len() == 10, sent)?;
    let mut received = Vec::new();
    for _ in 0..10 {
        received.extend(receive(place, &url).await?);
    }
    holds(received.len() == 10, received.len())?;
    let text =
        received[0].message_attributes().and_then(|attributes| attributes["t"].string_value.as_deref());
    holds(text == Some("wa"), text)?;
    let told = received[0]
        .attributes()
        .is_some_and(|told| told.contains_key(&MessageSystemAttributeName::SentTimestamp));
    holds(told, received[0].attributes())?;
    let entry = |(number, message): (usize, &aws_sdk_sqs::types::Message)| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(format!("{number}"));
        entry.set_receipt_handle(message.receipt_handle.clone()).build()
    };
    let delete = received.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
    let deleted = sqs.delete_message_batch().queue_url(&url).set_entries(Some(delete)).send().await?;
    holds(deleted.successful.len() == 10, deleted)?;
    let ask = sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    let attributes = ask.send().await?.attributes.unwrap_or_default();
    let left = [
        &attributes[&QueueAttributeName::ApproximateNumberOfMessages],
        &attributes[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible],
    ];
    holds(left == ["0", "0"], left)
});

check!(a_batch_of_eleven_or_of_none_is_refused, async |place| {
    let url = create_queue(place, "eleven", &[]).await?;
    let batch = || place.sqs().send_message_batch().queue_url(&url);
    refused(batch().set_entries(Some(entries(11)?)).send().await, "TooManyEntriesInBatchRequest")?;
    refused(batch().set_entries(Some(vec![])).send().await, "EmptyBatchRequest")
});

check!(a_message_above_1_mib_is_refused, async |place| {
    let url = create_queue(place, "large", &[]).await?;
    let sent = place.sqs().send_message().queue_url(&url).message_body("x".repeat(1_048_577)).send().await;
    refused(sent, "InvalidParameterValue")
});

check!(a_message_of_1_mib_is_accepted, async |place| {
    let url = create_queue(place, "large", &[]).await?;
    send(place, &url, &"x".repeat(300_000)).await?;
    send(place, &url, &"x".repeat(1_048_576)).await
});

check!(a_received_message_is_hidden_until_its_visibility_ends_or_is_ended, async |place| {
    let url = create_queue(place, "visibility", &[(QueueAttributeName::VisibilityTimeout, "2")]).await?;
    send(place, &url, "x").await?;
    receive_one(place, &url).await?;
    let hidden = receive(place, &url).await?;
    holds(hidden.is_empty(), hidden)?;
    place.pass(Duration::from_millis(2_300)).await;
    let (_, handle) = receive_one(place, &url).await?;
    let change = place.sqs().change_message_visibility().queue_url(&url).receipt_handle(handle);
    change.visibility_timeout(0).send().await?;
    let third = receive(place, &url).await?;
    let count = third
        .first()
        .and_then(|message| message.attributes())
        .and_then(|attributes| attributes.get(&MessageSystemAttributeName::ApproximateReceiveCount).cloned());
    holds(count.as_deref() == Some("3"), count)
});

check!(a_delayed_message_is_there_when_its_delay_ends, async |place| {
    let url = create_queue(place, "delay", &[]).await?;
    let send = place.sqs().send_message().queue_url(&url).message_body("x").delay_seconds(2);
    send.send().await?;
    let early = receive(place, &url).await?;
    holds(early.is_empty(), early)?;
    place.pass(Duration::from_millis(2_300)).await;
    let due = receive(place, &url).await?;
    holds(due.len() == 1, due)
});

check!(a_long_poll_ends_as_soon_as_a_message_comes, async |place| {
    let url = create_queue(place, "long-poll", &[]).await?;
    let begun = Instant::now();
    let poll = place.sqs().receive_message().queue_url(&url).wait_time_seconds(10).send();
    let later = async {
        tokio::time::sleep(SECOND).await;
        send(place, &url, "x").await
    };
    let (polled, sent) = tokio::join!(poll, later);
    sent?;
    let (received, took) = (polled?.messages.unwrap_or_default(), begun.elapsed());
    holds(received.len() == 1 && (SECOND..4 * SECOND).contains(&took), (received.len(), took))
});

check!(what_was_received_too_often_is_a_dead_letter, async |place| {
    let (url, dead) = with_dead_letters(place, 2, "1").await?;
    send(place, &url, "poison").await?;
    for _ in 0..2 {
        receive_one(place, &url).await?;
        place.pass(Duration::from_millis(1_200)).await;
    }
    let left = receive(place, &url).await?;
    let moved = receive(place, &dead).await?;
    holds(left.is_empty() && moved.len() == 1, (left, moved))
});

check!(dead_letters_go_back_to_their_queue_by_a_move_task, async |place| {
    let (url, dead) = with_dead_letters(place, 1, "30").await?;
    send(place, &url, "poison").await?;
    let (_, handle) = receive_one(place, &url).await?;
    let sqs = place.sqs();
    let end = sqs.change_message_visibility().queue_url(&url).receipt_handle(handle).visibility_timeout(0);
    end.send().await?;
    let left = receive(place, &url).await?;
    holds(left.is_empty(), left)?;
    sqs.start_message_move_task().source_arn(arn_of(place, &dead).await?).send().await?;
    eventually(5 * SECOND, async || {
        let back = receive(place, &url).await?;
        holds(back.len() == 1, back)
    })
    .await
});

check!(a_queue_that_is_not_there_is_said_to_be_missing, async |place| {
    let missing = place.sqs().get_queue_url().queue_name(place.fresh("missing")).send().await;
    match missing {
        Ok(found) => Err(Differs::because(format!("{found:?}"))),
        Err(error) => {
            let error = error.into_service_error();
            holds(error.is_queue_does_not_exist(), error)
        }
    }
});

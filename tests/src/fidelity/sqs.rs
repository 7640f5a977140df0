//! Queues, in few words.

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};

use super::{Differs, Place};

/// A queue's attributes.
pub type Attributes<'a> = &'a [(QueueAttributeName, &'a str)];

/// Creates a queue and gives its URL. A name that ends in `.fifo` makes a FIFO queue.
///
/// # Errors
/// It cannot be created.
pub async fn create_queue(place: &Place, name: &str, attributes: Attributes<'_>) -> Result<String, Differs> {
    let fifo = name.strip_suffix(".fifo");
    let mut create = place.sqs().create_queue();
    create = match fifo {
        Some(stem) => {
            create.queue_name(place.fresh(stem) + ".fifo").attributes(QueueAttributeName::FifoQueue, "true")
        }
        None => create.queue_name(place.fresh(name)),
    };
    for (attribute, value) in attributes {
        create = create.attributes(attribute.clone(), *value);
    }
    create.send().await?.queue_url.ok_or_else(|| Differs::because("no queue URL"))
}

/// The ARN of a queue.
///
/// # Errors
/// It does not exist.
pub async fn arn_of(place: &Place, url: &str) -> Result<String, Differs> {
    let ask = place.sqs().get_queue_attributes().queue_url(url);
    let told = ask.attribute_names(QueueAttributeName::QueueArn).send().await?.attributes;
    let arn = told.and_then(|attributes| attributes.get(&QueueAttributeName::QueueArn).cloned());
    arn.ok_or_else(|| Differs::because("no ARN"))
}

/// Sends a message.
///
/// # Errors
/// It is refused.
pub async fn send(place: &Place, url: &str, body: &str) -> Result<(), Differs> {
    place.sqs().send_message().queue_url(url).message_body(body).send().await?;
    Ok(())
}

/// Receives at most ten messages, without waiting.
///
/// # Errors
/// The queue does not exist.
pub async fn receive(place: &Place, url: &str) -> Result<Vec<Message>, Differs> {
    let receive = place.sqs().receive_message().queue_url(url).max_number_of_messages(10);
    let receive = receive.message_attribute_names("All");
    let received = receive.message_system_attribute_names(MessageSystemAttributeName::All).send().await?;
    Ok(received.messages.unwrap_or_default())
}

/// Receives one message and gives its receipt handle.
///
/// # Errors
/// There is none.
pub async fn receive_one(place: &Place, url: &str) -> Result<(Message, String), Differs> {
    let receive = place.sqs().receive_message().queue_url(url).max_number_of_messages(1);
    let message = receive.send().await?.messages.unwrap_or_default().pop();
    let message = message.ok_or_else(|| Differs::because("no message"))?;
    let handle = message.receipt_handle.clone().unwrap_or_default();
    Ok((message, handle))
}

/// What the messages say.
#[must_use]
pub fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(|message| message.body.as_deref()).collect()
}

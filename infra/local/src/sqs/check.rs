//! What AWS refuses of one message.

use super::errors::SqsError;
use super::spec::QueueSpec;
use super::types::{AttributeValue, MessageAttribute, NewMessage};

const OTHER_KIND: &str = "The request include parameter that is not valid for this queue type.";

/// Checks a message against the queue it is sent to.
pub(super) fn message(queue: &QueueSpec, message: &NewMessage) -> Result<(), SqsError> {
    if message.body.is_empty() {
        return Err(SqsError::MissingParameter("MessageBody"));
    }
    if message.size() > queue.max_message_size as usize {
        let reason = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
            queue.max_message_size
        );
        return Err(SqsError::InvalidParameterValue(reason));
    }
    characters(&message.body)?;
    delay(queue, message.delay)?;
    groups(queue, message)?;
    if message.attributes.len() > 10 {
        let reason = format!(
            "Number of message attributes [{}] exceeds the allowed maximum [10].",
            message.attributes.len()
        );
        return Err(SqsError::InvalidParameterValue(reason));
    }
    message.attributes.iter().try_for_each(|(name, it)| attribute(name, it))
}

/// The characters of XML 1.0, which is what SQS carries to this day.
fn characters(text: &str) -> Result<(), SqsError> {
    let allowed = |it: char| matches!(it, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}');
    if text.chars().all(allowed) { Ok(()) } else { Err(SqsError::InvalidMessageContents) }
}

fn delay(queue: &QueueSpec, delay: Option<u32>) -> Result<(), SqsError> {
    match delay {
        // A FIFO queue's delay is the queue's own; zero says nothing.
        Some(delay) if queue.fifo && delay > 0 => Err(SqsError::parameter("DelaySeconds", delay, OTHER_KIND)),
        Some(delay) if delay > 900 => {
            Err(SqsError::parameter("DelaySeconds", delay, "DelaySeconds must be >= 0 and <= 900."))
        }
        _ => Ok(()),
    }
}

fn groups(queue: &QueueSpec, message: &NewMessage) -> Result<(), SqsError> {
    if let Some(group) = &message.group_id {
        group_characters("MessageGroupId", group)?;
    } else if queue.fifo {
        return Err(SqsError::MissingParameter("MessageGroupId"));
    }
    let Some(id) = &message.deduplication_id else {
        if queue.fifo && !queue.content_based_deduplication {
            let reason = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly";
            return Err(SqsError::InvalidParameterValue(reason.into()));
        }
        return Ok(());
    };
    if !queue.fifo {
        return Err(SqsError::parameter("MessageDeduplicationId", id, OTHER_KIND));
    }
    group_characters("MessageDeduplicationId", id)
}

fn group_characters(name: &str, value: &str) -> Result<(), SqsError> {
    if (1..=128).contains(&value.len()) && value.bytes().all(|it| it.is_ascii_graphic()) {
        return Ok(());
    }
    let reason =
        format!("{name} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    Err(SqsError::parameter(name, value, &reason))
}

fn attribute(name: &str, attribute: &MessageAttribute) -> Result<(), SqsError> {
    let invalid = |reason: String| Err(SqsError::InvalidParameterValue(reason));
    let reserved = ["aws.", "amazon."].iter().any(|it| name.to_ascii_lowercase().starts_with(it));
    let letters = name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
    let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    if !(1..=256).contains(&name.len()) || reserved || !letters || dots {
        return invalid(format!("The message attribute name '{name}' is invalid."));
    }
    let kind = attribute.data_type.split('.').next().unwrap_or_default();
    let empty = attribute.value.as_bytes().is_empty();
    match (&attribute.value, kind) {
        _ if empty => invalid(format!("Message attribute '{name}' must contain a non-empty value.")),
        (AttributeValue::Text(text), "String") => characters(text),
        (AttributeValue::Text(text), "Number") if text.parse().is_ok_and(f64::is_finite) => Ok(()),
        (AttributeValue::Bytes(_), "Binary") => Ok(()),
        _ => invalid(format!(
            "The message attribute '{name}' has a value that does not fit its type {}.",
            attribute.data_type
        )),
    }
}

//! Messages of a queue as the event that Lambda makes of them.

use std::collections::HashMap;

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use md5::{Digest, Md5};

use crate::sqs::{AttributeValue, Message, MessageAttribute, arn_of};
use crate::template::{ACCOUNT, REGION};

/// The event for a batch received from a queue.
#[must_use]
pub fn sqs_event(queue: &str, messages: &[Message]) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(|message| record(queue, message)).collect();
    event
}

fn record(queue: &str, message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.message_id.clone());
    record.receipt_handle = Some(message.receipt_handle.clone());
    record.body = Some(message.body.clone());
    record.md5_of_body = Some(hex::encode(Md5::digest(message.body.as_bytes())));
    record.attributes = system_attributes(message);
    let own = message.attributes.iter();
    record.message_attributes = own.map(|(name, value)| (name.clone(), attribute(value))).collect();
    record.event_source = Some("aws:sqs".to_owned());
    record.event_source_arn = Some(arn_of(queue));
    record.aws_region = Some(REGION.to_owned());
    record
}

fn system_attributes(message: &Message) -> HashMap<String, String> {
    let always = [
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", message.sent.as_millisecond().to_string()),
        ("ApproximateFirstReceiveTimestamp", message.first_received.as_millisecond().to_string()),
        ("SenderId", ACCOUNT.to_owned()),
    ];
    let sometimes = [
        ("MessageGroupId", &message.group_id),
        ("MessageDeduplicationId", &message.deduplication_id),
        ("SequenceNumber", &message.sequence_number),
        ("AWSTraceHeader", &message.trace_header),
        ("DeadLetterQueueSourceArn", &message.dead_letter_source),
    ];
    let sometimes = sometimes.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
    always.into_iter().chain(sometimes).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn attribute(attribute: &MessageAttribute) -> SqsMessageAttribute {
    let mut shaped = SqsMessageAttribute::default();
    shaped.data_type = Some(attribute.data_type.clone());
    match &attribute.value {
        AttributeValue::Text(text) => shaped.string_value = Some(text.clone()),
        AttributeValue::Bytes(bytes) => {
            let mut data = Base64Data::default();
            Vec::clone_from(&mut data, bytes);
            shaped.binary_value = Some(data);
        }
    }
    shaped
}

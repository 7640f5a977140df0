//! Records of a stream that Lambda gave up: it says where they stand, and they can be read there for a day.

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType};
use serde_json::{Map, Value, json};

/// The most pages that are read for one place: a page may be empty, and still not be the last.
const PAGES: usize = 50;

/// The streams of the tables. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Streams(Client);

/// A stretch of a stream, as Lambda names it in `DDBStreamBatchInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamPlace {
    /// The stream.
    pub arn: String,
    /// The shard.
    pub shard: String,
    /// The number of the first record.
    pub first: String,
    /// The number of the last.
    pub last: String,
}

impl std::fmt::Display for StreamPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "shard {}, from {} to {}", self.shard, self.first, self.last)
    }
}

/// Records could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The stream has them no more: it forgets after a day.
    #[error("the stream has it no more")]
    Forgotten,
    /// No answer, or too much at once. Worth a retry.
    #[error("the stream is not available: {0}")]
    Unavailable(String),
}

impl StreamError {
    fn of<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(error: &SdkError<E>) -> Self {
        match error.code() {
            Some("TrimmedDataAccessException" | "ResourceNotFoundException" | "ValidationException") => {
                Self::Forgotten
            }
            _ => Self::Unavailable(DisplayErrorContext(error).to_string().replace('\n', " ")),
        }
    }
}

impl Streams {
    /// The streams that a client reads.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Reads a stretch, each record in the form in which Lambda hands it over.
    ///
    /// # Errors
    /// See [`StreamError`].
    pub async fn read(&self, place: &StreamPlace) -> Result<Vec<Value>, StreamError> {
        let iterator = self
            .0
            .get_shard_iterator()
            .stream_arn(&place.arn)
            .shard_id(&place.shard)
            .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
            .sequence_number(&place.first)
            .send()
            .await
            .map_err(|error| StreamError::of(&error))?;
        let (mut next, mut read) = (iterator.shard_iterator, Vec::new());
        for _ in 0..PAGES {
            let Some(iterator) = next else { break };
            let page = self.0.get_records().shard_iterator(iterator).send().await;
            let page = page.map_err(|error| StreamError::of(&error))?;
            for record in page.records() {
                let sequence = record.dynamodb().and_then(|told| told.sequence_number()).unwrap_or_default();
                if is_after(sequence, &place.last) {
                    return Ok(read);
                }
                read.push(written(record, &place.arn));
                if sequence == place.last {
                    return Ok(read);
                }
            }
            next = page.next_shard_iterator;
        }
        if read.is_empty() { Err(StreamError::Forgotten) } else { Ok(read) }
    }
}

/// Sequence numbers are numbers of up to 40 digits.
fn is_after(sequence: &str, other: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    let (sequence, other) = (digits(sequence), digits(other));
    (sequence.len(), &sequence) > (other.len(), &other)
}

fn written(record: &Record, arn: &str) -> Value {
    let told = record.dynamodb();
    let image = |items: Option<&std::collections::HashMap<String, AttributeValue>>| {
        items.map(|items| items.iter().map(|(name, value)| (name.clone(), attribute(value))).collect())
    };
    let mut change = Map::new();
    if let Some(told) = told {
        let images = [("Keys", told.keys()), ("NewImage", told.new_image()), ("OldImage", told.old_image())];
        for (name, items) in images {
            if let Some(image) = image(items) {
                change.insert(name.to_owned(), Value::Object(image));
            }
        }
        change.insert("SequenceNumber".to_owned(), json!(told.sequence_number()));
        let at = told
            .approximate_creation_date_time()
            .map(aws_sdk_dynamodbstreams::primitives::DateTime::as_secs_f64);
        change.insert("ApproximateCreationDateTime".to_owned(), json!(at));
    }
    let name = record.event_name().map(|name| name.as_str().to_owned());
    json!({
        "eventID": record.event_id(), "eventName": name, "eventSource": "aws:dynamodb",
        "eventSourceARN": arn, "dynamodb": change,
    })
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        AttributeValue::M(map) => {
            let members: Map<String, Value> =
                map.iter().map(|(name, it)| (name.clone(), attribute(it))).collect();
            json!({ "M": members })
        }
        // Nothing in these tables is binary.
        _ => json!({ "NULL": true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_are_compared_as_numbers() {
        assert!(is_after("100", "99") && is_after("000100", "99"));
        assert!(!is_after("99", "100") && !is_after("100", "100") && !is_after("0100", "100"));
    }
}

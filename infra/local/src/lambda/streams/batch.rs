//! A batch of stream records: tried, halved, given up.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use dynoxide::actions::get_records::Record;
use dynoxide::streams;
use serde_json::json;

use super::{StreamError, StreamMapping};
use crate::sqs::NewMessage;
use crate::template::{ACCOUNT, REGION};

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl StreamMapping {
    /// Delivers a batch: what fails is tried again, in halves if the mapping says so, and after the last
    /// attempt its place in the stream goes to the failure destination. Order within the lane holds throughout.
    pub(super) async fn deliver(&self, batch: &[Record]) -> Result<(), StreamError> {
        // Batches still to do, the next one last, with the attempts each has had.
        let mut open = vec![(batch, 0)];
        while let Some((batch, attempts)) = open.pop() {
            let working = self.invoker.activity.begin();
            let done = self.attempt(batch).await?;
            drop(working);
            let rest = &batch[done..];
            if rest.is_empty() {
                continue;
            }
            let attempts = if done > 0 { 1 } else { attempts + 1 };
            if rest.len() > 1 && self.source.bisect && attempts < self.source.attempts {
                let (first, second) = rest.split_at(rest.len() / 2);
                open.push((second, attempts));
                open.push((first, attempts));
            } else if attempts >= self.source.attempts {
                self.give_up(rest, attempts).await?;
                continue;
            } else {
                open.push((rest, attempts));
            }
            let pause = Duration::from_secs(1 << (attempts - 1).min(5)).min(LONGEST_PAUSE);
            self.progress.pause(&self.invoker.clock, pause).await;
        }
        Ok(())
    }

    /// Calls the function once; returns how many records, from the first, are done.
    async fn attempt(&self, batch: &[Record]) -> Result<usize, StreamError> {
        let event: Event = serde_json::from_value(json!({ "Records": shaped(&self.source.table, batch)? }))?;
        let handler = Arc::clone(&self.handler);
        let answer = match self.invoker.call(async move { handler(event).await }).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::warn!(table = self.source.table, error, "A function failed on stream records");
                return Ok(0);
            }
            Err(error) => {
                tracing::warn!(table = self.source.table, %error, "Stream records will come again");
                return Ok(0);
            }
        };
        if !self.source.reports_failures || answer.batch_item_failures.is_empty() {
            return Ok(batch.len());
        }
        // The earliest failure counts; one that names no record of the batch fails all of it.
        let places = answer.batch_item_failures.iter().map(|failure| {
            let name = failure.item_identifier.as_deref();
            batch.iter().position(|record| Some(record.dynamodb.sequence_number.as_str()) == name)
        });
        Ok(places.map(|place| place.unwrap_or(0)).min().unwrap_or(0))
    }

    /// Tells the failure destination what Lambda tells it: where in the stream the records stand.
    async fn give_up(&self, records: &[Record], attempts: u32) -> Result<(), StreamError> {
        tracing::error!(table = self.source.table, records = records.len(), "Stream records were given up");
        let (Some(queue), Some(first), Some(last)) =
            (&self.source.on_failure, records.first(), records.last())
        else {
            return Ok(());
        };
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", self.function);
        let told = json!({
            "version": "1.0",
            "timestamp": self.invoker.clock.now().to_string(),
            "requestContext": {
                "functionArn": arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "DDBStreamBatchInfo": {
                "shardId": format!("{}-{}", streams::shard_id(&self.source.table), self.lane),
                "streamArn": stream_arn(&self.source.table),
                "startSequenceNumber": first.dynamodb.sequence_number,
                "endSequenceNumber": last.dynamodb.sequence_number,
                "batchSize": records.len(),
            },
            // Lambda leaves the records in the stream, which forgets them after a day. Here they are kept.
            "records": shaped(&self.source.table, records)?,
        });
        self.sqs.send(queue, NewMessage::new(told.to_string())).await?;
        Ok(())
    }
}

/// A table's stream, as the template refers to it.
fn stream_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/local")
}

/// Records as Lambda hands them over.
fn shaped(table: &str, records: &[Record]) -> Result<serde_json::Value, StreamError> {
    let mut shaped = serde_json::to_value(records)?;
    for record in shaped.as_array_mut().into_iter().flatten() {
        record["awsRegion"] = json!(REGION);
        record["eventSourceARN"] = json!(stream_arn(table));
    }
    Ok(shaped)
}

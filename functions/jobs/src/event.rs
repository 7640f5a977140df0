//! What calls the function: its queue, or a schedule with a task.

use aws_lambda_events::event::sqs::SqsEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What calls the function.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub enum Event {
    /// Jobs.
    Jobs(SqsEvent),
    /// Something that is to become a job.
    Scheduled(Scheduled),
}

/// What a schedule asks for, as the template writes it: `{"task":"retain"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scheduled {
    /// Delete what is older than the company keeps it.
    Retain {},
    /// Tell anew what reports are made of.
    RollUp {},
}

impl TryFrom<Value> for Event {
    type Error = serde_json::Error;

    /// A queue's event has records and a task has none. Told apart first, so that the error of either is its own.
    fn try_from(event: Value) -> Result<Self, Self::Error> {
        if event.get("Records").is_some() {
            return serde_json::from_value(event).map(Self::Jobs);
        }
        serde_json::from_value(event).map(Self::Scheduled)
    }
}

//! What calls the function: messages of a dead-letter queue, or a schedule with a task.

use aws_lambda_events::event::sqs::SqsEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What calls the function.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub enum Event {
    /// Jobs that nobody could finish.
    DeadLetters(SqsEvent),
    /// Something to be done now.
    Task(Task),
}

/// What a schedule asks for, as the template writes it: `{"task":"count_dead_letters"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Say how many dead letters stand open, and since when.
    CountDeadLetters {},
    /// Ask Meta how the company's numbers stand.
    SyncNumbers {},
    /// Ask Meta how the company's templates stand.
    SyncTemplates {},
    /// Ask Meta how the numbers of campaigns that run stand.
    WatchNumbers {},
}

impl TryFrom<Value> for Event {
    type Error = serde_json::Error;

    /// A queue's event has records and a task has none. Told apart first, so that the error of either is its own.
    fn try_from(event: Value) -> Result<Self, Self::Error> {
        if event.get("Records").is_some() {
            return serde_json::from_value(event).map(Self::DeadLetters);
        }
        serde_json::from_value(event).map(Self::Task)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_queue_and_a_schedule_are_told_apart_and_an_unknown_task_is_an_error() {
        let read = |event: Value| serde_json::from_value::<Event>(event);
        assert!(matches!(read(json!({"Records": []})).unwrap(), Event::DeadLetters(_)));
        let task = read(json!({"task": "count_dead_letters"})).unwrap();
        assert!(matches!(task, Event::Task(Task::CountDeadLetters {})));
        let task = read(json!({"task": "sync_numbers"})).unwrap();
        assert!(matches!(task, Event::Task(Task::SyncNumbers {})));
        let task = read(json!({"task": "sync_templates"})).unwrap();
        assert!(matches!(task, Event::Task(Task::SyncTemplates {})));
        let task = read(json!({"task": "watch_numbers"})).unwrap();
        assert!(matches!(task, Event::Task(Task::WatchNumbers {})));
        let error = read(json!({"task": "count_sheep"})).unwrap_err().to_string();
        assert!(error.contains("count_sheep"), "{error}");
        assert!(read(json!({})).is_err());
        assert!(read(json!({"task": "count_dead_letters", "of": "inbound"})).is_err());
    }
}

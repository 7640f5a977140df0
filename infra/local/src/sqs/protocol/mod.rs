//! The AWS JSON 1.0 protocol: a request's target names the action, errors carry both names that SDKs know.

mod answer;
mod request;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::errors::SqsError;
use super::{MoveRequest, Sqs};
use request as ask;

const ACCOUNT: &str = "000000000000";
/// 1 MiB of messages, each character of which JSON may write as six.
const LONGEST_REQUEST: usize = 16 * 1024 * 1024;

impl Sqs {
    /// A router that serves the protocol at any path.
    pub fn router(&self) -> Router {
        let sqs = self.clone();
        let serve = move |request: axum::extract::Request| async move {
            let (parts, body) = request.into_parts();
            match axum::body::to_bytes(body, LONGEST_REQUEST).await {
                Ok(bytes) => sqs.handle(parts, bytes).await,
                Err(error) => refuse(&SqsError::Serialization(error.to_string())),
            }
        };
        Router::new().fallback(serve).layer(DefaultBodyLimit::disable())
    }

    /// Serves one request of the protocol.
    pub async fn handle(&self, parts: Parts, body: Bytes) -> Response {
        let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
        let target = header("x-amz-target").unwrap_or_default();
        let action = target.strip_prefix("AmazonSQS.").unwrap_or_default();
        let host = header("host").or(parts.uri.authority().map(http::uri::Authority::as_str));
        let base = format!("http://{}", host.unwrap_or("localhost"));
        let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
        match self.answer(action, &base, &body).await {
            Ok(answer) => respond(StatusCode::OK, &answer),
            Err(error) => refuse(&error),
        }
    }

    async fn answer(&self, action: &str, base: &str, body: &[u8]) -> Result<Value, SqsError> {
        match action {
            "SendMessage"
            | "SendMessageBatch"
            | "ReceiveMessage"
            | "DeleteMessage"
            | "DeleteMessageBatch"
            | "ChangeMessageVisibility"
            | "ChangeMessageVisibilityBatch" => self.answer_about_messages(action, body).await,
            "StartMessageMoveTask" | "ListMessageMoveTasks" | "CancelMessageMoveTask" => {
                self.answer_about_moves(action, body).await
            }
            _ => self.answer_about_queues(action, base, body).await,
        }
    }

    async fn answer_about_messages(&self, action: &str, body: &[u8]) -> Result<Value, SqsError> {
        match action {
            "SendMessage" => {
                let (queue, message) = parse::<ask::SendMessage>(body)?.into_message()?;
                Ok(answer::sent(&self.send(&queue, message).await?))
            }
            "SendMessageBatch" => {
                let (queue, entries) = parse::<ask::SendMessageBatch>(body)?.into_entries()?;
                Ok(answer::batch(self.send_batch(&queue, entries).await?, |it| answer::sent(&it)))
            }
            "ReceiveMessage" => {
                let (queue, receive, wanted) = parse::<ask::ReceiveMessage>(body)?.into_receive()?;
                Ok(answer::received(&self.receive(&queue, receive).await?, &wanted))
            }
            "DeleteMessage" => {
                let (queue, handle) = parse::<ask::ByHandle>(body)?.into_handle()?;
                self.delete(&queue, &handle).await.map(answer::nothing)
            }
            "DeleteMessageBatch" => {
                let (queue, entries) = parse::<ask::ByHandleBatch>(body)?.into_handles()?;
                Ok(answer::batch(self.delete_batch(&queue, entries).await?, answer::nothing))
            }
            "ChangeMessageVisibility" => {
                let (queue, change) = parse::<ask::ByHandle>(body)?.into_change()?;
                self.change_visibility(&queue, change).await.map(answer::nothing)
            }
            _ => {
                let (queue, entries) = parse::<ask::ByHandleBatch>(body)?.into_changes()?;
                Ok(answer::batch(self.change_visibility_batch(&queue, entries).await?, answer::nothing))
            }
        }
    }

    async fn answer_about_queues(&self, action: &str, base: &str, body: &[u8]) -> Result<Value, SqsError> {
        let request: ask::AboutQueue = parse(body)?;
        match action {
            "GetQueueUrl" => {
                let name = request.queue_name()?;
                self.get_queue_url(name).await?;
                Ok(json!({"QueueUrl": queue_url(base, name)}))
            }
            "CreateQueue" => {
                let name = request.queue_name()?;
                self.create_queue_if_new(name, request.attributes.clone()).await?;
                Ok(json!({"QueueUrl": queue_url(base, name)}))
            }
            "ListQueues" => {
                let prefix = request.queue_name_prefix.as_deref().unwrap_or_default();
                Ok(answer::urls("QueueUrls", base, &self.list_queues(prefix).await?))
            }
            "ListDeadLetterSourceQueues" => {
                let sources = self.list_dead_letter_sources(request.queue()?).await?;
                Ok(answer::urls("queueUrls", base, &sources))
            }
            "GetQueueAttributes" => {
                answer::attributes(self.attributes(request.queue()?).await?, &request.attribute_names)
            }
            "SetQueueAttributes" => {
                let attributes = request.attributes.clone();
                self.set_attributes(request.queue()?, attributes).await.map(answer::nothing)
            }
            "PurgeQueue" => self.purge(request.queue()?).await.map(answer::nothing),
            "DeleteQueue" => self.delete_queue(request.queue()?).await.map(answer::nothing),
            _ => Err(SqsError::UnknownOperation(action.to_owned())),
        }
    }

    async fn answer_about_moves(&self, action: &str, body: &[u8]) -> Result<Value, SqsError> {
        let request: ask::AboutMove = parse(body)?;
        match action {
            "StartMessageMoveTask" => {
                let request = MoveRequest {
                    source_arn: request.source_arn.ok_or(SqsError::MissingParameter("SourceArn"))?,
                    destination_arn: request.destination_arn,
                    max_per_second: request.max_number_of_messages_per_second,
                };
                Ok(json!({"TaskHandle": self.start_message_move_task(request).await?}))
            }
            "ListMessageMoveTasks" => {
                let arn = request.source_arn.ok_or(SqsError::MissingParameter("SourceArn"))?;
                let tasks = self.list_message_move_tasks(&arn);
                let shown = tasks.iter().take(request.max_results.unwrap_or(1)).map(answer::move_task);
                Ok(json!({"Results": shown.collect::<Vec<_>>()}))
            }
            _ => {
                let handle = request.task_handle.ok_or(SqsError::MissingParameter("TaskHandle"))?;
                let moved = self.cancel_message_move_task(&handle)?;
                Ok(json!({"ApproximateNumberOfMessagesMoved": moved}))
            }
        }
    }
}

/// The URL of a queue at a host, given as `http://host:port`.
#[must_use]
pub fn queue_url(base: &str, name: &str) -> String {
    format!("{}/{ACCOUNT}/{name}", base.trim_end_matches('/'))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body).map_err(|error| SqsError::Serialization(error.to_string()))
}

fn refuse(error: &SqsError) -> Response {
    let (status, fault) = if error.is_senders_fault() {
        (StatusCode::BAD_REQUEST, "Sender")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "Receiver")
    };
    let body = Map::from_iter([
        ("__type".to_owned(), Value::from(error.json_type())),
        ("message".to_owned(), Value::from(error.to_string())),
    ]);
    let mut response = respond(status, &Value::Object(body));
    if let Ok(code) = HeaderValue::from_str(&format!("{};{fault}", error.query_code())) {
        response.headers_mut().insert("x-amzn-query-error", code);
    }
    response
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

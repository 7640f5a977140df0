//! Queues behind a served router, a client of the real SDK, and the clock's handle.

use std::path::Path;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Region};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use jiff::Timestamp;

use lambda_kit::{Clock, ManualClock};
use local::sqs::{QueueSpec, Sqs, queue_url};

pub(crate) struct World {
    pub(crate) sqs: Sqs,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    pub(crate) time: ManualClock,
    pub(crate) base: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_at(None, "2026-11-23T00:00:00Z".parse().unwrap()).await
    }

    pub(crate) async fn start_at(directory: Option<&Path>, start: Timestamp) -> Self {
        let (clock, time) = Clock::manual(start);
        let sqs = Sqs::open(directory, clock.clone()).unwrap();
        let base = serve(sqs.router()).await;
        Self { client: client(&base), sqs, clock, time, base }
    }

    /// Makes a queue and returns its URL.
    pub(crate) async fn queue(&self, spec: QueueSpec) -> String {
        let url = queue_url(&self.base, &spec.name);
        self.sqs.create_queue(spec).await.unwrap();
        url
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.time.set(self.clock.now() + Duration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, queue: &str, body: &str) {
        self.client.send_message().queue_url(queue).message_body(body).send().await.unwrap();
    }

    pub(crate) async fn send_in(&self, queue: &str, group: &str, body: &str) {
        let send = self.client.send_message().queue_url(queue).message_body(body);
        send.message_group_id(group).message_deduplication_id(body).send().await.unwrap();
    }

    pub(crate) async fn receive(&self, queue: &str) -> Vec<Message> {
        self.receive_up_to(queue, 10).await
    }

    pub(crate) async fn receive_up_to(&self, queue: &str, max: i32) -> Vec<Message> {
        let receive = self.client.receive_message().queue_url(queue).max_number_of_messages(max);
        let receive = receive
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All");
        receive.send().await.unwrap().messages.unwrap_or_default()
    }

    pub(crate) async fn bodies(&self, queue: &str) -> Vec<String> {
        self.receive(queue).await.iter().map(|it| it.body().unwrap().to_owned()).collect()
    }

    pub(crate) async fn delete(&self, queue: &str, message: &Message) {
        let handle = message.receipt_handle().unwrap();
        self.client.delete_message().queue_url(queue).receipt_handle(handle).send().await.unwrap();
    }

    pub(crate) async fn hide(&self, queue: &str, message: &Message, seconds: i32) {
        let change = self.client.change_message_visibility().queue_url(queue).visibility_timeout(seconds);
        change.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    }
}

pub(crate) async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

pub(crate) fn client(base: &str) -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .http_client(lambda_kit::https())
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(base)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .build();
    Client::from_conf(config)
}

pub(crate) fn attribute(message: &Message, name: MessageSystemAttributeName) -> Option<&str> {
    message.attributes()?.get(&name).map(String::as_str)
}

pub(crate) fn body(message: &Message) -> &str {
    message.body().unwrap()
}

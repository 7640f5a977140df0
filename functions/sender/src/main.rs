//! The Lambda.

use aws_lambda_events::event::sqs::SqsEvent;
use graph::Graph;
use lambda_kit::{Clock, StartError};
use lambda_runtime::{LambdaEvent, service_fn};
use queue::Queue;
use sender::{Config, Sender};
use store::Store;

#[tokio::main]
async fn main() -> Result<(), StartError> {
    lambda_kit::init_logging(std::env::var("RUST_LOG").ok());
    let config = Config::from_vars(|name| std::env::var(name).ok())?;
    let aws = lambda_kit::aws_config().await;
    let sender = Sender {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        graph: Graph::new(&config.graph_url, config.tokens)?,
        clock: Clock::system(),
        send_queue_url: config.send_queue_url,
        later_queue_url: config.later_queue_url,
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let sender = sender.clone();
        async move { Ok::<_, StartError>(sender.serve(event.payload).await) }
    }))
    .await
}

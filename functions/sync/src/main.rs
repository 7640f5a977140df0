//! The Lambda.

use lambda_kit::{Clock, StartError};
use lambda_runtime::{LambdaEvent, service_fn};
use queue::Queue;
use store::Store;
use sync::{Config, Event, Sync};

#[tokio::main]
async fn main() -> Result<(), StartError> {
    lambda_kit::init_logging(std::env::var("RUST_LOG").ok());
    let config = Config::from_vars(|name| std::env::var(name).ok())?;
    let aws = lambda_kit::aws_config().await;
    let sync = Sync {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        clock: Clock::system(),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let sync = sync.clone();
        async move { Ok::<_, StartError>(sync.serve(event.payload).await?) }
    }))
    .await
}

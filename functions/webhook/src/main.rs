//! The Lambda.

use lambda_kit::{Clock, StartError};
use lambda_runtime::{LambdaEvent, service_fn};
use platform::Bucket;
use queue::Queue;
use webhook::{Config, Event, Webhook};

#[tokio::main]
async fn main() -> Result<(), StartError> {
    lambda_kit::init_logging(std::env::var("RUST_LOG").ok());
    let config = Config::from_vars(|name| std::env::var(name).ok())?;
    let aws = lambda_kit::aws_config().await;
    let webhook = Webhook {
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        bucket: Bucket::new(aws_sdk_s3::Client::new(&aws), &config.bucket),
        clock: Clock::system(),
        config,
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let webhook = webhook.clone();
        async move { Ok::<_, StartError>(webhook.serve(event.payload).await) }
    }))
    .await
}

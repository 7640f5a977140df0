//! The Lambda.

use lambda_kit::{Clock, StartError};
use platform::Bucket;
use queue::Queue;
use status::{Config, Status};
use store::Store;

#[tokio::main]
async fn main() -> Result<(), StartError> {
    lambda_kit::init_logging(std::env::var("RUST_LOG").ok());
    let config = Config::from_vars(|name| std::env::var(name).ok())?;
    let aws = lambda_kit::aws_config().await;
    lambda_kit::main_sqs(Status::new(
        Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        Queue::new(aws_sdk_sqs::Client::new(&aws)),
        Bucket::new(aws_sdk_s3::Client::new(&aws), config.bucket),
        Clock::system(),
        config.status_queue_url,
    ))
    .await
}

//! The Lambda.

use graph::Graph;
use lambda_kit::{Kit, Secret, StartError};
use media::{Config, Media};
use platform::Bucket;
use queue::Queue;
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("media"));
    let aws = lambda_kit::aws_config(vars)?;
    // Where something else plays AWS, a bucket has no host name of its own.
    let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(aws.endpoint_url().is_some()).build();
    let media = Media {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        bucket: Bucket::new(aws_sdk_s3::Client::from_conf(s3), config.bucket),
        graph: Graph::new(&config.graph_url)?,
        access: Secret::load(aws_sdk_secretsmanager::Client::new(&aws), config.graph_secret_arn, &kit)
            .await?,
        kit,
        media_queue_url: config.media_queue_url,
    };
    lambda_kit::run_sqs(media).await
}

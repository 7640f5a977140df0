//! The Lambda.

use inbound::{Config, Inbound, Queues};
use lambda_kit::{Kit, StartError};
use platform::Bucket;
use queue::Queue;
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("inbound"));
    let aws = lambda_kit::aws_config(vars)?;
    // Where something else plays AWS, a bucket has no host name of its own.
    let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(aws.endpoint_url().is_some()).build();
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let stack_key = lambda_kit::stack_key(secrets, config.stack_secret_arn, &kit).await?;
    lambda_kit::run_sqs(Inbound::new(
        Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables).with_stack_key(stack_key),
        Queue::new(aws_sdk_sqs::Client::new(&aws)),
        Bucket::new(aws_sdk_s3::Client::from_conf(s3), config.bucket),
        kit,
        Queues {
            inbound: config.inbound_queue_url,
            send: config.send_queue_url,
            jobs: config.jobs_queue_url,
            campaigns: config.campaigns_queue_url,
            media: config.media_queue_url,
        },
    ))
    .await
}

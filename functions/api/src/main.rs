//! The Lambda.

use api::{Api, Config};
use axum::middleware::from_fn;
use lambda_kit::{Kit, Seal, StartError};
use platform::Bucket;
use queue::Queue;
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let aws = lambda_kit::aws_config(vars)?;
    // Where something else plays AWS, a bucket has no host name of its own.
    let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(aws.endpoint_url().is_some()).build();
    // The gateway counts for this function; a secret that cannot be read ends it.
    let kit = Kit::new("", "api");
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let stack_key = lambda_kit::stack_key(secrets, config.stack_secret_arn, &kit).await?;
    let seal = Seal::of(&stack_key);
    let api = Api {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables).with_stack_key(stack_key),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        bucket: Bucket::new(aws_sdk_s3::Client::from_conf(s3), config.bucket),
        clock: kit.clock,
        queues: config.queues,
        reach: config.reach,
        realtime_url: config.realtime_url,
        seal,
    };
    lambda_http::run(api::router(api).layer(from_fn(api::identity::from_authorizer))).await
}

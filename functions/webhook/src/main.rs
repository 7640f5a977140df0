//! The Lambda.

use lambda_kit::{Kit, Secret, StartError};
use platform::Bucket;
use queue::Queue;
use webhook::{Config, Event, Webhook};

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("webhook"));
    let aws = lambda_kit::aws_config(vars)?;
    // Where something else plays AWS, a bucket has no host name of its own.
    let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(aws.endpoint_url().is_some()).build();
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let webhook = Webhook {
        shared: Secret::load(secrets, &config.webhook_secret_arn, &kit).await?,
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        bucket: Bucket::new(aws_sdk_s3::Client::from_conf(s3), &config.bucket),
        kit: kit.clone(),
        config,
    };
    let webhook = &webhook;
    lambda_kit::run(kit, async |event: Event| webhook.serve(event).await).await
}

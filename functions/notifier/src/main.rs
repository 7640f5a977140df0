//! The Lambda.

use lambda_kit::{Kit, StartError};
use notifier::{Config, Notifier, Poster};
use queue::Queue;
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("notifier"));
    let aws = lambda_kit::aws_config(vars)?;
    let notifier = Notifier {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        poster: Poster::new(config.reach)?,
        kit,
        deliveries_queue_url: config.deliveries_queue_url,
    };
    lambda_kit::run_sqs(notifier).await
}

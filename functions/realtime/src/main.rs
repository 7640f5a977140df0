//! The Lambda.

use lambda_kit::{Kit, StartError};
use platform::Connections;
use queue::Queue;
use realtime::{Config, Known, Realtime};
use serde_json::Value;
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("realtime"));
    let aws = lambda_kit::aws_config(vars)?;
    let gateway = aws_sdk_apigatewaymanagement::config::Builder::from(&aws)
        .endpoint_url(config.connections_url)
        .build();
    let realtime = Realtime {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        connections: Connections::new(aws_sdk_apigatewaymanagement::Client::from_conf(gateway)),
        kit: kit.clone(),
        pushes_queue_url: config.pushes_queue_url,
        known: Known::default(),
    };
    let realtime = &realtime;
    lambda_kit::try_run(kit, async |event: Value| realtime.serve(event).await).await
}

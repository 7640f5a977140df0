//! The Lambda.

use automation::{Automation, Config, RuleBook};
use lambda_kit::{Kit, StartError};
use platform::EventBus;
use queue::Queue;
use serde_json::Value;
use store::{Store, Streams};

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("automation"));
    let aws = lambda_kit::aws_config(vars)?;
    let automation = Automation {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables),
        streams: Streams::new(aws_sdk_dynamodbstreams::Client::new(&aws)),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        bus: EventBus::new(aws_sdk_eventbridge::Client::new(&aws), config.event_bus),
        kit: kit.clone(),
        deliveries_queue_url: config.deliveries_queue_url,
        changes_queue_url: config.changes_queue_url,
        rules: RuleBook::default(),
    };
    let automation = &automation;
    lambda_kit::try_run(kit, async |event: Value| automation.serve(event).await).await
}

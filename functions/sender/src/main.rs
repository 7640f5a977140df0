//! The Lambda.

use aws_lambda_events::event::sqs::SqsEvent;
use graph::Graph;
use lambda_kit::{Kit, Secret, StartError};
use queue::Queue;
use sender::{Config, Sender};
use store::Store;

// One thread: a function has a fraction of one core, and waits far more than it computes.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    let kit = Kit::new(&config.stage, vars("AWS_LAMBDA_FUNCTION_NAME").as_deref().unwrap_or("sender"));
    let aws = lambda_kit::aws_config(vars)?;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let stack_key = lambda_kit::stack_key(secrets.clone(), config.stack_secret_arn, &kit).await?;
    let sender = Sender {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.tables).with_stack_key(stack_key),
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws)),
        graph: Graph::new(&config.graph_url)?,
        access: Secret::load(secrets, config.graph_secret_arn, &kit).await?,
        kit: kit.clone(),
        send_queue_url: config.send_queue_url,
        later_queue_url: config.later_queue_url,
        chunks_queue_url: config.chunks_queue_url,
        campaigns_queue_url: config.campaigns_queue_url,
        media_queue_url: config.media_queue_url,
        time: sender::Time::default(),
    };
    let sender = &sender;
    lambda_kit::run(kit, async |event: SqsEvent| sender.serve(event).await).await
}

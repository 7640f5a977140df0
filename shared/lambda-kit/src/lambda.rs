//! Running as a Lambda.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::{Worker, batch};

/// A function could not start.
pub type StartError = Error;

/// The SDK's configuration from the environment that Lambda gives.
pub async fn aws_config() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

/// Serves SQS events for as long as Lambda keeps the process.
///
/// # Errors
/// The runtime API is not there.
pub async fn main_sqs<W: Worker + 'static>(worker: W) -> Result<(), StartError> {
    let worker = Arc::new(worker);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let worker = Arc::clone(&worker);
        async move { Ok::<_, Error>(batch::run(&*worker, event.payload).await) }
    }))
    .await
}

//! Running as a Lambda.

use std::future::Future;
use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{Kit, Worker, batch, invocation};

/// A function could not start.
pub type StartError = Error;

/// The SDK's configuration from the environment that Lambda gives.
pub async fn aws_config() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

/// Serves events for as long as Lambda keeps the process: each in a span with its ids, and at its end one line
/// with what was counted.
///
/// # Errors
/// The runtime API is not there.
pub async fn run<E, A, F>(kit: Kit, handler: impl Fn(E) -> F) -> Result<(), StartError>
where
    E: DeserializeOwned,
    A: Serialize,
    F: Future<Output = A>,
{
    try_run(kit, async |event| Ok::<_, Error>(handler(event).await)).await
}

/// The same for a handler that can fail. Whoever called the function hears of it, and may call again.
///
/// # Errors
/// The runtime API is not there.
pub async fn try_run<E, A, F, X>(kit: Kit, handler: impl Fn(E) -> F) -> Result<(), StartError>
where
    E: DeserializeOwned,
    A: Serialize,
    X: Into<Error>,
    F: Future<Output = Result<A, X>>,
{
    let serve = |event: LambdaEvent<E>| {
        let span = invocation(&event.context.request_id, event.context.xray_trace_id.as_deref());
        let work = handler(event.payload).instrument(span);
        let kit = kit.clone();
        async move {
            let answer = work.await;
            kit.metrics.write(kit.clock.now());
            answer.map_err(Into::into)
        }
    };
    lambda_runtime::run(service_fn(serve)).await
}

/// Serves the events of a queue.
///
/// # Errors
/// The runtime API is not there.
pub async fn run_sqs<W: Worker + 'static>(worker: W) -> Result<(), StartError> {
    let (kit, worker) = (worker.kit().clone(), Arc::new(worker));
    run(kit, move |event: SqsEvent| {
        let worker = Arc::clone(&worker);
        async move { batch::run(&*worker, event).await }
    })
    .await
}

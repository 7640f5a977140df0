//! Running as a Lambda.

use std::future::Future;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lambda_events::event::sqs::SqsEvent;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{ConfigError, Kit, Vars, Worker, batch, invocation};

/// A function could not start.
pub type StartError = Error;

/// The SDK's configuration, from the variables that Lambda sets for every function, and from `AWS_ENDPOINT_URL` where
/// something else plays AWS.
///
/// The SDK's own way would also look for profiles, roles to take on and a machine's metadata service. On Lambda none of
/// them ever answers, and each start would pay for asking.
///
/// # Errors
/// Names every variable that is missing.
pub fn aws_config(lookup: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, ConfigError> {
    let (token, endpoint) = (lookup("AWS_SESSION_TOKEN"), lookup("AWS_ENDPOINT_URL"));
    let mut vars = Vars::new(lookup);
    let region = Region::new(vars.required("AWS_REGION"));
    let (id, key) = (vars.required("AWS_ACCESS_KEY_ID"), vars.required("AWS_SECRET_ACCESS_KEY"));
    vars.finish()?;
    // They outlive the process: Lambda ends it before they expire.
    let credentials = Credentials::new(id, key, token, None, "Lambda");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(https())
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    config.set_endpoint_url(endpoint.filter(|endpoint| !endpoint.is_empty()));
    Ok(config.build())
}

/// The HTTP client of the SDK, which has none by itself here: see the workspace's Cargo.toml.
#[must_use]
pub fn https() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
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

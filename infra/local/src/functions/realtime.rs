//! The function behind the WebSocket API, which also reads a stream and a queue.

use std::sync::Arc;

use aws_credential_types::provider::SharedCredentialsProvider;
use futures::FutureExt;
use platform::Connections;
use realtime::{Config, Known, Realtime};

use super::Clients;
use crate::lambda::{BoxError, FunctionContext, SocketHandler, SqsHandler, StreamHandler};

/// Makes it, for each of what calls it.
pub(super) fn handlers(
    context: &FunctionContext,
) -> Result<(SqsHandler, StreamHandler, SocketHandler), BoxError> {
    let clients = Clients { context, function: "realtime" };
    let config = Config::from_vars(context.variables_of("realtime"))?;
    let realtime = Realtime {
        store: clients.plain_store(config.tables),
        queue: clients.queue(),
        connections: connections(&clients, config.connections_url),
        kit: clients.kit(),
        pushes_queue_url: config.pushes_queue_url,
        known: Known::default(),
    };
    let (queued, streamed) = (realtime.clone(), realtime.clone());
    let on_queue: SqsHandler = Arc::new(move |event| {
        let realtime = queued.clone();
        async move { Ok(serde_json::from_value(realtime.serve(serde_json::to_value(event)?).await?)?) }
            .boxed()
    });
    let on_stream: StreamHandler = Arc::new(move |event| {
        let realtime = streamed.clone();
        async move { Ok(serde_json::from_value(realtime.serve(serde_json::to_value(event)?).await?)?) }
            .boxed()
    });
    let on_socket: SocketHandler = Arc::new(move |event| {
        let realtime = realtime.clone();
        async move { Ok(realtime.serve(event).await?) }.boxed()
    });
    Ok((on_queue, on_stream, on_socket))
}

fn connections(clients: &Clients<'_>, url: String) -> Connections {
    let mut config =
        aws_sdk_apigatewaymanagement::config::Builder::from(&clients.context.sdk).endpoint_url(url);
    config.set_credentials_provider(Some(SharedCredentialsProvider::new(clients.credentials())));
    for interceptor in clients.context.interceptors_of(clients.function) {
        config.push_interceptor(interceptor);
    }
    Connections::new(aws_sdk_apigatewaymanagement::Client::from_conf(config.build()))
}

//! The function that copies files.

use lambda_kit::Secret;

use super::{Clients, on_sqs};
use crate::lambda::{BoxError, FunctionContext, SqsHandler};

pub(super) async fn media(context: &FunctionContext) -> Result<SqsHandler, BoxError> {
    let clients = Clients { context, function: "media" };
    let config = media::Config::from_vars(context.variables_of("media"))?;
    Ok(on_sqs(media::Media {
        store: clients.plain_store(config.tables),
        queue: clients.queue(),
        bucket: clients.bucket(config.bucket),
        graph: clients.graph(&config.graph_url)?,
        access: Secret::load(clients.secrets(), config.graph_secret_arn, &clients.kit()).await?,
        kit: clients.kit(),
        media_queue_url: config.media_queue_url,
    }))
}

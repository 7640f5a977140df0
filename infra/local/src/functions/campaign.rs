//! The function that goes on with campaigns.

use std::sync::Arc;

use ::campaign::{Campaigns, Config};
use futures::FutureExt;
use lambda_kit::batch;

use super::Clients;
use crate::lambda::{BoxError, FunctionContext, ScheduleHandler, SqsHandler};

pub(super) async fn campaign(context: &FunctionContext) -> Result<(SqsHandler, ScheduleHandler), BoxError> {
    let clients = Clients { context, function: "campaign" };
    let config = Config::from_vars(context.variables_of("campaign"))?;
    let campaigns = Campaigns {
        store: clients.store(config.tables, &config.stack_secret_arn).await?,
        queue: clients.queue(),
        bucket: clients.bucket(config.bucket),
        kit: clients.kit(),
        queue_url: config.campaigns_queue_url,
        chunks_queue_url: config.chunks_queue_url,
    };
    let scheduled = campaigns.clone();
    let on_queue: SqsHandler = Arc::new(move |event| {
        let campaigns = campaigns.clone();
        async move { Ok(batch::run(&campaigns, event).await) }.boxed()
    });
    let on_schedule: ScheduleHandler = Arc::new(move |event| {
        let campaigns = scheduled.clone();
        async move {
            campaigns.serve(serde_json::from_value(event)?).await?;
            Ok(())
        }
        .boxed()
    });
    Ok((on_queue, on_schedule))
}

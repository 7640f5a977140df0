//! The functions of this workspace, as the embedded world calls them: wired here as their `main.rs` wires
//! them, with the same configuration, on clients that point at this program.

mod campaign;
mod console;
mod media;
mod realtime;

use std::sync::Arc;

use api::{Api, Identity};
use automation::Automation;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lambda_events::event::sqs::SqsEvent;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures::FutureExt;
use graph::Graph;
use inbound::Inbound;
use jobs::Jobs;
use lambda_kit::{Kit, Seal, Secret, Worker, batch};
use notifier::{Notifier, Poster};
use platform::{Bucket, EventBus};
use queue::Queue;
use secrecy::ExposeSecret;
use sender::Sender;
use status::Status;
use store::{Store, Streams};
use sync::Sync;
use webhook::Webhook;

use crate::lambda::{
    BoxError, FunctionContext, Functions, ScheduleHandler, SqsHandler, StreamHandler, WebhookHandler,
};
use crate::tokens::Claims;

/// Makes every function from its own variables.
///
/// # Errors
/// When a function's configuration is not complete.
pub async fn build(context: FunctionContext) -> Result<Functions, BoxError> {
    let mut functions = Functions { webhook: Some(webhook(&context).await?), ..Functions::default() };
    functions.api = Some(api(&context).await?);
    functions.console = Some(console::console(&context)?);
    functions.sqs.insert("inbound".to_owned(), inbound(&context).await?);
    functions.sqs.insert("status".to_owned(), status(&context).await?);
    functions.sqs.insert("sender".to_owned(), sender(&context).await?);
    let (on_queue, on_stream) = automation(&context)?;
    functions.sqs.insert("automation".to_owned(), on_queue);
    functions.streams.insert("automation".to_owned(), on_stream);
    functions.sqs.insert("notifier".to_owned(), notifier(&context)?);
    let (on_queue, on_stream, on_socket) = realtime::handlers(&context)?;
    functions.sqs.insert("realtime".to_owned(), on_queue);
    functions.streams.insert("realtime".to_owned(), on_stream);
    functions.sockets = Some(on_socket);
    let (on_queue, on_schedule) = jobs(&context).await?;
    functions.sqs.insert("jobs".to_owned(), on_queue);
    functions.schedules.insert("jobs".to_owned(), on_schedule);
    functions.sqs.insert("media".to_owned(), media::media(&context).await?);
    let (on_queue, on_schedule) = campaign::campaign(&context).await?;
    functions.sqs.insert("campaign".to_owned(), on_queue);
    functions.schedules.insert("campaign".to_owned(), on_schedule);
    let (on_queue, on_schedule) = sync(&context).await?;
    functions.sqs.insert("sync".to_owned(), on_queue);
    functions.schedules.insert("sync".to_owned(), on_schedule);
    Ok(functions)
}

/// The AWS clients of one function.
struct Clients<'a> {
    context: &'a FunctionContext,
    function: &'static str,
}

impl Clients<'_> {
    /// The function's own access key: its role decides what it may do.
    fn credentials(&self) -> Credentials {
        Credentials::new(self.function, self.function, None, None, "local")
    }

    /// The tables, with the stack's key: whom the store must have forgotten, it knows everywhere.
    async fn store(&self, tables: store::Tables, stack_secret_arn: &str) -> Result<Store, BoxError> {
        let key = lambda_kit::stack_key(self.secrets(), stack_secret_arn, &self.kit()).await?;
        Ok(self.plain_store(tables).with_stack_key(key))
    }

    /// The same, with what seals secrets of people at a screen for a job.
    async fn sealed_store(
        &self,
        tables: store::Tables,
        stack_secret_arn: &str,
    ) -> Result<(Store, Seal), BoxError> {
        let key = lambda_kit::stack_key(self.secrets(), stack_secret_arn, &self.kit()).await?;
        let seal = Seal::of(&key);
        Ok((self.plain_store(tables).with_stack_key(key), seal))
    }

    /// The Graph API, through whatever a test has put before it.
    fn graph(&self, url: &str) -> Result<Graph, BoxError> {
        let graph = Graph::new(url)?;
        Ok(match &self.context.graph_intercept {
            Some(intercept) => graph.with_intercept(Arc::clone(intercept)),
            None => graph,
        })
    }

    /// The tables, for a function that writes nothing of what people say.
    fn plain_store(&self, tables: store::Tables) -> Store {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.context.sdk);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        Store::new(client, tables)
    }

    fn queue(&self) -> Queue {
        let mut config = aws_sdk_sqs::config::Builder::from(&self.context.sdk);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        Queue::new(aws_sdk_sqs::Client::from_conf(config.build()))
    }

    fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        let mut config = aws_sdk_secretsmanager::config::Builder::from(&self.context.sdk);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        aws_sdk_secretsmanager::Client::from_conf(config.build())
    }

    fn streams(&self) -> Streams {
        let mut config = aws_sdk_dynamodbstreams::config::Builder::from(&self.context.sdk);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        Streams::new(aws_sdk_dynamodbstreams::Client::from_conf(config.build()))
    }

    fn bus(&self, name: String) -> EventBus {
        let mut config = aws_sdk_eventbridge::config::Builder::from(&self.context.sdk);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        EventBus::new(aws_sdk_eventbridge::Client::from_conf(config.build()), name)
    }

    fn kit(&self) -> Kit {
        self.context.kit_of(self.function)
    }

    fn bucket(&self, name: String) -> Bucket {
        let mut config = aws_sdk_s3::config::Builder::from(&self.context.sdk).force_path_style(true);
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(self.credentials())));
        for interceptor in self.context.interceptors_of(self.function) {
            config.push_interceptor(interceptor);
        }
        let client = aws_sdk_s3::Client::from_conf(config.clone().build());
        // Signed by a secret of this process: `http/files.rs` verifies it.
        let links = &self.context.links;
        let signer = Credentials::new(self.function, links.secret.expose_secret(), None, None, "links");
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(signer)));
        let links = aws_sdk_s3::Client::from_conf(config.endpoint_url(&links.endpoint).build());
        Bucket::new(client, name).with_links(links)
    }
}

async fn webhook(context: &FunctionContext) -> Result<WebhookHandler, BoxError> {
    let clients = Clients { context, function: "webhook" };
    let config = webhook::Config::from_vars(context.variables_of("webhook"))?;
    let webhook = Arc::new(Webhook {
        shared: Secret::load(clients.secrets(), &config.webhook_secret_arn, &clients.kit()).await?,
        queue: clients.queue(),
        bucket: clients.bucket(config.bucket.clone()),
        kit: clients.kit(),
        config,
    });
    Ok(Arc::new(move |event| {
        let webhook = Arc::clone(&webhook);
        async move { webhook.serve(event.into()).await }.boxed()
    }))
}

async fn inbound(context: &FunctionContext) -> Result<SqsHandler, BoxError> {
    let clients = Clients { context, function: "inbound" };
    let config = inbound::Config::from_vars(context.variables_of("inbound"))?;
    Ok(on_sqs(Inbound::new(
        clients.store(config.tables, &config.stack_secret_arn).await?,
        clients.queue(),
        clients.bucket(config.bucket),
        clients.kit(),
        inbound::Queues {
            inbound: config.inbound_queue_url,
            send: config.send_queue_url,
            jobs: config.jobs_queue_url,
            campaigns: config.campaigns_queue_url,
            media: config.media_queue_url,
        },
    )))
}

async fn status(context: &FunctionContext) -> Result<SqsHandler, BoxError> {
    let clients = Clients { context, function: "status" };
    let config = status::Config::from_vars(context.variables_of("status"))?;
    Ok(on_sqs(Status::new(
        clients.store(config.tables, &config.stack_secret_arn).await?,
        clients.queue(),
        clients.bucket(config.bucket),
        clients.kit(),
        config.status_queue_url,
    )))
}

async fn sender(context: &FunctionContext) -> Result<SqsHandler, BoxError> {
    let clients = Clients { context, function: "sender" };
    let config = sender::Config::from_vars(context.variables_of("sender"))?;
    let sender = Sender {
        store: clients.store(config.tables, &config.stack_secret_arn).await?,
        queue: clients.queue(),
        graph: clients.graph(&config.graph_url)?,
        access: Secret::load(clients.secrets(), config.graph_secret_arn, &clients.kit()).await?,
        kit: clients.kit(),
        send_queue_url: config.send_queue_url,
        later_queue_url: config.later_queue_url,
        chunks_queue_url: config.chunks_queue_url,
        campaigns_queue_url: config.campaigns_queue_url,
        media_queue_url: config.media_queue_url,
        time: sender::Time::default(),
    };
    Ok(Arc::new(move |event| {
        let sender = sender.clone();
        async move { Ok(sender.serve(event).await) }.boxed()
    }))
}

async fn api(context: &FunctionContext) -> Result<Router, BoxError> {
    let clients = Clients { context, function: "api" };
    let config = api::Config::from_vars(context.variables_of("api"))?;
    let (store, seal) = clients.sealed_store(config.tables, &config.stack_secret_arn).await?;
    let router = api::router(Api {
        store,
        seal,
        queue: clients.queue(),
        bucket: clients.bucket(config.bucket),
        clock: context.clock.clone(),
        queues: config.queues,
        reach: config.reach,
        realtime_url: config.realtime_url,
    });
    Ok(router.layer(from_fn(identify)))
}

/// Hands the claims that the listener verified to the API, as API Gateway's authorizer hands them on.
async fn identify(mut request: Request, next: Next) -> Response {
    let identity = request.extensions().get::<Claims>().and_then(|claims| {
        let role = claims.role.to_string();
        Identity::from_claims(|name| match name {
            "sub" => Some(claims.sub.as_str()),
            "role" => Some(role.as_str()),
            _ => None,
        })
    });
    if let Some(identity) = identity {
        request.extensions_mut().insert(identity);
    }
    next.run(request).await
}

async fn sync(context: &FunctionContext) -> Result<(SqsHandler, ScheduleHandler), BoxError> {
    let clients = Clients { context, function: "sync" };
    let config = sync::Config::from_vars(context.variables_of("sync"))?;
    let sync = Sync {
        store: clients.store(config.tables, &config.stack_secret_arn).await?,
        queue: clients.queue(),
        graph: clients.graph(&config.graph_url)?,
        access: Secret::load(clients.secrets(), config.graph_secret_arn, &clients.kit()).await?,
        kit: clients.kit(),
    };
    let scheduled = sync.clone();
    let on_queue: SqsHandler = Arc::new(move |event| {
        let sync = sync.clone();
        async move { Ok(sync.drain(event).await) }.boxed()
    });
    let on_schedule: ScheduleHandler = Arc::new(move |event| {
        let sync = scheduled.clone();
        async move {
            sync.serve(serde_json::from_value(event)?).await?;
            Ok(())
        }
        .boxed()
    });
    Ok((on_queue, on_schedule))
}

fn automation(context: &FunctionContext) -> Result<(SqsHandler, StreamHandler), BoxError> {
    let clients = Clients { context, function: "automation" };
    let config = automation::Config::from_vars(context.variables_of("automation"))?;
    let automation = Automation {
        store: clients.plain_store(config.tables),
        streams: clients.streams(),
        queue: clients.queue(),
        bus: clients.bus(config.event_bus),
        kit: clients.kit(),
        deliveries_queue_url: config.deliveries_queue_url,
        changes_queue_url: config.changes_queue_url,
        rules: automation::RuleBook::default(),
    };
    let streaming = automation.clone();
    let on_queue: SqsHandler = Arc::new(move |event| {
        let automation = automation.clone();
        async move { Ok(automation.serve_aside(event).await) }.boxed()
    });
    let on_stream: StreamHandler = Arc::new(move |event| {
        let automation = streaming.clone();
        async move { Ok(automation.serve_stream(&serde_json::to_value(event)?).await) }.boxed()
    });
    Ok((on_queue, on_stream))
}

fn notifier(context: &FunctionContext) -> Result<SqsHandler, BoxError> {
    let clients = Clients { context, function: "notifier" };
    let config = notifier::Config::from_vars(context.variables_of("notifier"))?;
    Ok(on_sqs(Notifier {
        store: clients.plain_store(config.tables),
        queue: clients.queue(),
        poster: Poster::new(config.reach)?,
        kit: clients.kit(),
        deliveries_queue_url: config.deliveries_queue_url,
    }))
}

async fn jobs(context: &FunctionContext) -> Result<(SqsHandler, ScheduleHandler), BoxError> {
    let clients = Clients { context, function: "jobs" };
    let config = jobs::Config::from_vars(context.variables_of("jobs"))?;
    let (store, seal) = clients.sealed_store(config.tables, &config.stack_secret_arn).await?;
    let jobs = Jobs {
        store,
        seal,
        queue: clients.queue(),
        bucket: clients.bucket(config.bucket),
        graph: clients.graph(&config.graph_url)?,
        access: Secret::load(clients.secrets(), config.graph_secret_arn, &clients.kit()).await?,
        kit: clients.kit(),
        queue_url: config.jobs_queue_url,
    };
    let scheduled = jobs.clone();
    let on_queue: SqsHandler = Arc::new(move |event| {
        let jobs = jobs.clone();
        async move { Ok(batch::run(&jobs, event).await) }.boxed()
    });
    let on_schedule: ScheduleHandler = Arc::new(move |event| {
        let jobs = scheduled.clone();
        async move {
            jobs.serve(serde_json::from_value(event)?).await?;
            Ok(())
        }
        .boxed()
    });
    Ok((on_queue, on_schedule))
}

/// A worker, as a function with a queue as its source.
fn on_sqs<W: Worker + 'static>(worker: W) -> SqsHandler {
    let worker = Arc::new(worker);
    Arc::new(move |event: SqsEvent| {
        let worker = Arc::clone(&worker);
        async move { Ok(batch::run(&*worker, event).await) }.boxed()
    })
}

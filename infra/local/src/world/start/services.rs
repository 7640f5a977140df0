//! The services of a world: database, queues, bucket, WhatsApp, tokens.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use lambda_kit::Clock;
use secrecy::ExposeSecret;

use super::{Listeners, StartError, is_for_newcomers};
use crate::dynamo::Dynamo;
use crate::s3::S3;
use crate::secrets::{self, SecretsManager};
use crate::sim::{Sim, SimConfig};
use crate::sockets;
use crate::sqs::{DeduplicationScope, QueueSpec, Redrive, Sqs};
use crate::template::{Authorizer, Queue, REGION, STAGE, Settings, Sources, Template};
use crate::tokens::Tokens;
use crate::users::Users;
use crate::world::options::WorldOptions;
use crate::world::timetable::Timetable;

/// Who issues the tokens of the embedded world. Not its address: a token outlives a change of port.
const ISSUER: &str = "https://local.ventana.invalid";

pub(super) struct Services {
    pub(super) template: Template,
    pub(super) dynamo: Arc<Dynamo>,
    pub(super) sqs: Sqs,
    pub(super) s3: S3,
    pub(super) secrets: SecretsManager,
    pub(super) timetable: Timetable,
    pub(super) sim: Option<Sim>,
    pub(super) tokens: Arc<Tokens>,
    pub(super) users: Users,
    pub(super) sdk: SdkConfig,
}

impl Services {
    pub(super) async fn start(
        options: &WorldOptions,
        clock: &Clock,
        listeners: &Listeners,
    ) -> Result<Self, StartError> {
        let data = options.data.as_deref();
        let endpoint = format!("http://{}", listeners.admin_address);
        let template = template(options, &endpoint, &listeners.origin(options))?;
        let dynamo = database(data, clock, &template).await?;
        let sqs = queues(data, clock, &template).await?;
        let timetable = Timetable::open(data, clock, &sqs, &template)
            .await
            .map_err(|error| StartError::service("the embedded EventBridge", error))?;
        let s3 = S3::open(data.map(|data| data.join("s3")).as_deref(), clock.clone())
            .map_err(|error| StartError::service("the embedded S3", error))?;
        for bucket in &template.buckets {
            let made = s3.create_bucket(bucket);
            made.map_err(|error| StartError::service("the embedded S3", error))?;
        }
        let authorizer = template.authorizer.clone();
        let authorizer =
            authorizer.unwrap_or(Authorizer { issuer: ISSUER.into(), audience: vec![STAGE.into()] });
        let tokens = Tokens::open(data, authorizer, clock.clone())
            .map_err(|error| StartError::service("the issuer of tokens", error))?;
        let users = Users::open(data, clock.clone())
            .map_err(|error| StartError::service("the list of those who sign in", error))?;
        Ok(Self {
            template,
            dynamo: Arc::new(dynamo),
            sqs,
            s3,
            secrets: SecretsManager::new(clock.clone(), &options.secrets),
            timetable,
            sim: simulator(options, clock, &endpoint)?,
            tokens: Arc::new(tokens),
            users,
            sdk: sdk(&endpoint),
        })
    }
}

fn template(options: &WorldOptions, endpoint: &str, origin: &str) -> Result<Template, StartError> {
    let graph = options.graph_url.clone().unwrap_or_else(|| format!("{endpoint}/graph"));
    // Beside a real WhatsApp this machine's own addresses are as private as any: one of them is the database.
    let loopback = if options.graph_url.is_none() { "on" } else { "off" };
    let phone = if is_for_newcomers(options) { "on" } else { "off" };
    let parameters = [
        ("LoopbackEndpoints", loopback.to_owned()),
        ("Stage", STAGE.to_owned()),
        ("WebhookSecretArn", secrets::arn_of(secrets::WEBHOOK)),
        ("GraphSecretArn", secrets::arn_of(secrets::GRAPH)),
        ("StackSecretArn", secrets::arn_of(secrets::STACK)),
        ("TokenIssuer", ISSUER.to_owned()),
        ("GraphUrl", graph),
        ("RealtimeUrl", sockets::PATH.to_owned()),
        ("ConnectionsUrl", endpoint.to_owned()),
        ("SignInUrl", "here".to_owned()),
        ("MediaOrigin", origin.to_owned()),
        ("SimulatedPhone", phone.to_owned()),
    ];
    let parameters: BTreeMap<String, String> =
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Template::parse(&Sources::default(), &Settings { parameters, endpoint: endpoint.to_owned() })?)
}

/// Opening waits for the disk, so it happens outside of the threads that run futures.
async fn database(data: Option<&Path>, clock: &Clock, template: &Template) -> Result<Dynamo, StartError> {
    let (data, clock, tables) = (data.map(Path::to_owned), clock.clone(), template.tables.clone());
    let started = tokio::task::spawn_blocking(move || Dynamo::start(data.as_deref(), &clock, &tables)).await;
    Ok(started.map_err(|error| StartError::service("the embedded DynamoDB", error))??)
}

async fn queues(data: Option<&Path>, clock: &Clock, template: &Template) -> Result<Sqs, StartError> {
    let failed = |error| StartError::service("the embedded SQS", error);
    let sqs = Sqs::open(data, clock.clone()).map_err(failed)?;
    // A dead-letter queue comes before those that name it.
    let (last, first): (Vec<&Queue>, Vec<&Queue>) =
        template.queues.iter().partition(|queue| queue.redrive.is_some());
    for queue in first.into_iter().chain(last) {
        sqs.create_queue(spec(queue)).await.map_err(failed)?;
        // What functions of an earlier process had taken, they will never finish.
        sqs.release(&queue.name).await.map_err(failed)?;
    }
    Ok(sqs)
}

fn spec(queue: &Queue) -> QueueSpec {
    let mut spec = QueueSpec::new(&queue.name);
    spec.fifo = queue.fifo;
    spec.visibility = queue.visibility_timeout;
    spec.retention = queue.retention;
    spec.delay = queue.delay;
    spec.max_message_size = queue.maximum_message_size;
    spec.wait = queue.receive_wait;
    spec.content_based_deduplication = queue.content_based_deduplication;
    if queue.deduplicates_by_group {
        spec.deduplication_scope = DeduplicationScope::MessageGroup;
    }
    spec.redrive = queue.redrive.as_ref().map(|redrive| Redrive {
        dead_letter_queue: redrive.dead_letter_queue.clone(),
        max_receive_count: redrive.max_receive_count,
    });
    spec
}

fn simulator(options: &WorldOptions, clock: &Clock, endpoint: &str) -> Result<Option<Sim>, StartError> {
    if options.graph_url.is_some() {
        return Ok(None);
    }
    let secrets = &options.secrets;
    // Of several app secrets the first is the newest: it signs.
    let app_secret = secrets.app_secret.expose_secret().split(',').next().unwrap_or_default().trim();
    let config = SimConfig {
        directory: options.data.clone(),
        app_secret: app_secret.to_owned(),
        access_token: secrets.access_token.expose_secret().to_owned(),
        base_url: format!("{endpoint}/graph"),
        ..SimConfig::default()
    };
    let sim = Sim::open(config, clock.clone())
        .map_err(|error| StartError::service("the simulated WhatsApp", error))?;
    Ok(Some(sim))
}

/// Nothing of it comes from the machine's environment: a test must not find somebody's real account.
fn sdk(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(lambda_kit::https())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

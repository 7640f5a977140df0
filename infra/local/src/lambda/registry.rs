//! The functions of a world, by name, and what each is given to start with.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_lambda_events::event::dynamodb::Event as StreamEvent;
use aws_lambda_events::event::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use futures::future::BoxFuture;
use lambda_kit::{Clock, Kit, Metrics};
use secrecy::SecretString;

/// An error of a handler, as Lambda's runtime takes it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A function that takes messages of a queue.
pub type SqsHandler =
    Arc<dyn Fn(SqsEvent) -> BoxFuture<'static, Result<SqsBatchResponse, BoxError>> + Send + Sync>;

/// A function that takes records of a table's stream.
pub type StreamHandler =
    Arc<dyn Fn(StreamEvent) -> BoxFuture<'static, Result<DynamoDbEventResponse, BoxError>> + Send + Sync>;

/// A function that a schedule or rule calls, with what its input says. What it answers, nobody hears.
pub type ScheduleHandler =
    Arc<dyn Fn(serde_json::Value) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;

/// A function behind a WebSocket API: its authorizer and its routes.
pub type SocketHandler =
    Arc<dyn Fn(serde_json::Value) -> BoxFuture<'static, Result<serde_json::Value, BoxError>> + Send + Sync>;

/// The function behind the Function URL.
pub type WebhookHandler =
    Arc<dyn Fn(LambdaFunctionUrlRequest) -> BoxFuture<'static, LambdaFunctionUrlResponse> + Send + Sync>;

/// Makes the functions of a world.
pub type FunctionsBuilder =
    Arc<dyn Fn(FunctionContext) -> BoxFuture<'static, Result<Functions, BoxError>> + Send + Sync>;

/// Interceptors for the AWS clients of a function, by the name of its binary.
pub type Interceptors = Arc<dyn Fn(&str) -> Vec<SharedInterceptor> + Send + Sync>;

/// Handlers by the name of their binary. What has none is not called: its queue fills.
#[derive(Clone, Default)]
pub struct Functions {
    /// Functions with queues as sources.
    pub sqs: HashMap<String, SqsHandler>,
    /// Functions with streams as sources.
    pub streams: HashMap<String, StreamHandler>,
    /// Functions that schedules and rules call.
    pub schedules: HashMap<String, ScheduleHandler>,
    /// The function behind the WebSocket API.
    pub sockets: Option<SocketHandler>,
    /// The function behind the Function URL.
    pub webhook: Option<WebhookHandler>,
    /// The router behind the HTTP API; it finds [`Claims`](crate::tokens::Claims) in a request's extensions.
    pub api: Option<axum::Router>,
    /// The router of the console.
    pub console: Option<axum::Router>,
}

impl Functions {
    /// Whether there is a handler for this binary.
    #[must_use]
    pub fn has(&self, binary: &str) -> bool {
        match binary {
            "webhook" => self.webhook.is_some(),
            "api" => self.api.is_some(),
            "console" => self.console.is_some(),
            other => {
                self.sqs.contains_key(other)
                    || self.streams.contains_key(other)
                    || self.schedules.contains_key(other)
            }
        }
    }
}

/// What the functions of a world are made from.
#[derive(Clone)]
pub struct FunctionContext {
    /// Points every AWS client at the world's admin listener.
    pub sdk: SdkConfig,
    /// The world's clock.
    pub clock: Clock,
    /// To be added to every AWS client of the function that it is asked for: they count and inject faults.
    pub interceptors: Option<Interceptors>,
    /// Where calls of the Graph API pass through.
    pub graph_intercept: Option<Arc<dyn graph::Intercept>>,
    /// How links into the bucket are made.
    pub links: Links,
    /// A folder with the console's pages, instead of those of this build.
    pub pages: Option<PathBuf>,
    /// Variables by function and name, resolved from the template.
    pub variables: Arc<BTreeMap<String, BTreeMap<String, String>>>,
    /// Where each function counts.
    pub metrics: Arc<BTreeMap<String, Metrics>>,
}

/// How links into the bucket are made: for whoever has one, where browsers reach this program.
#[derive(Clone, Debug)]
pub struct Links {
    /// What a link begins with, e.g. `http://127.0.0.1:8080/files/`.
    pub endpoint: String,
    /// What it is signed with.
    pub secret: SecretString,
}

impl FunctionContext {
    /// The interceptors for the AWS clients of one function.
    #[must_use]
    pub fn interceptors_of(&self, binary: &str) -> Vec<SharedInterceptor> {
        self.interceptors.as_ref().map(|make| make(binary)).unwrap_or_default()
    }

    /// The clock and the metrics of one function.
    #[must_use]
    pub fn kit_of(&self, binary: &str) -> Kit {
        let metrics = self.metrics.get(binary).cloned().unwrap_or_else(|| Metrics::new("local", binary));
        Kit { clock: self.clock.clone(), metrics }
    }

    /// Looks up the variables of one function, as `std::env::var` would inside of it.
    pub fn variables_of(&self, binary: &str) -> impl Fn(&str) -> Option<String> + Send + Sync + use<> {
        let variables = self.variables.get(binary).cloned().unwrap_or_default();
        move |name| variables.get(name).cloned()
    }
}

impl fmt::Debug for FunctionContext {
    /// Without the variables' values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.keys().collect();
        f.debug_struct("FunctionContext").field("functions", &names).finish_non_exhaustive()
    }
}

//! The functions' release binaries, started as Lambda starts them, on a world's AWS endpoints.

mod gateway;
mod runtime;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use aws_lambda_events::event::sqs::SqsEvent;
use futures::FutureExt;
use local::lambda::{BoxError, FunctionContext, Functions};
use local::template::REGION;
use local::world::{Secrets, World, WorldOptions};

use crate::Stage;

pub use runtime::Runtime;

/// Builds the binaries.
pub const BUILD: &str = "infra/build";

/// The top of the repository.
#[must_use]
pub fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from)
}

/// Where [`BUILD`] puts a function's binary.
#[must_use]
pub fn bootstrap(function: &str) -> PathBuf {
    target().join("lambda").join(function).join("bootstrap")
}

/// What Lambda sets, beside a function's own variables; and the endpoint, which it does not.
#[must_use]
pub fn lambda_variables(function: &str, runtime_api: &str, endpoint: &str) -> BTreeMap<String, String> {
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", function),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/ventana/local"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_REGION", REGION),
        // The embedded world lets a function do what the role of this name may.
        ("AWS_ACCESS_KEY_ID", function),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_ENDPOINT_URL", endpoint),
    ];
    lambda.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A function's binary with these variables, and nothing of ours.
///
/// # Panics
/// It is not built.
#[must_use]
pub fn command(function: &str, variables: &BTreeMap<String, String>) -> Command {
    let path = bootstrap(function);
    assert!(path.is_file(), "{} is not there: build it with {BUILD}", path.display());
    let mut command = Command::new(path);
    command.env_clear().envs(variables);
    command
}

/// The variables that the template gives a function in a world.
///
/// # Panics
/// The template has no such function.
#[must_use]
pub fn own_variables(world: &World, function: &str) -> BTreeMap<String, String> {
    world.template.function(function).expect("a function of the template").variables.clone()
}

/// A stage on which every function is its release binary, under a Runtime API that is not ours.
pub struct Deployed {
    /// The stage. It goes by the machine's time, because the binaries do.
    pub stage: Stage,
    /// What calls the binaries.
    pub runtime: Arc<Runtime>,
}

impl Deployed {
    /// Starts a stage with these secrets and all binaries.
    ///
    /// # Panics
    /// The binaries or cargo-lambda are not there.
    pub async fn start(secrets: Secrets) -> Self {
        let runtime = Arc::new(Runtime::start().await);
        let calls = Arc::clone(&runtime);
        let functions = Arc::new(move |context: FunctionContext| {
            let functions = functions(&context, &calls);
            async { Ok(functions) }.boxed()
        });
        let stage = Stage::of(WorldOptions { functions, secrets, ..WorldOptions::default() }).await;
        for function in &stage.world.template.functions {
            runtime.run(&function.binary, &function.variables, &stage.world.admin_url());
        }
        Self { stage, runtime }
    }
}

/// Functions that hand every event to the binaries.
fn functions(context: &FunctionContext, runtime: &Arc<Runtime>) -> Functions {
    let mut functions = Functions::default();
    for name in context.variables.keys() {
        let (runtime, name) = (Arc::clone(runtime), name.clone());
        match name.as_str() {
            "webhook" => {
                functions.webhook = Some(Arc::new(move |event| {
                    let runtime = Arc::clone(&runtime);
                    async move { runtime.call("webhook", &event).await.expect("the webhook answers") }.boxed()
                }));
            }
            "api" => functions.api = Some(gateway::router(runtime)),
            _ => {
                let call = name.clone();
                let handler = move |event: SqsEvent| {
                    let (runtime, name) = (Arc::clone(&runtime), call.clone());
                    async move { runtime.call(&name, &event).await.map_err(BoxError::from) }.boxed()
                };
                functions.sqs.insert(name, Arc::new(handler));
            }
        }
    }
    functions
}

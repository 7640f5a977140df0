//! Functions of the template, with what calls them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::events::Event;
use super::resolve::Resolver;
use super::schedules::TemplateSchedule;
use super::{TemplateError, typed};
use crate::events::Pattern;

/// A Lambda function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Logical id, e.g. `InboundFunction`.
    pub id: String,
    /// Binary, which is also the crate's name.
    pub binary: String,
    /// ARN of the role that says what it may do.
    pub role: String,
    /// After which a call is given up.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory: u32,
    /// Its environment.
    pub variables: BTreeMap<String, String>,
    /// Queues that it is called with.
    pub sources: Vec<QueueSource>,
    /// Table streams that it is called with.
    pub streams: Vec<StreamSource>,
    /// Schedules that call it.
    pub schedules: Vec<TemplateSchedule>,
    /// Whether it has a URL of its own.
    pub url: bool,
}

/// An event source mapping from a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSource {
    /// The event's name in the template.
    pub event: String,
    /// The queue's real name.
    pub queue: String,
    /// Most messages in one call.
    pub batch_size: usize,
    /// How long it waits for them, from the first one on.
    pub window: Duration,
    /// Most calls at the same time.
    pub concurrency: usize,
    /// Whether the answer names the messages that failed.
    pub reports_failures: bool,
}

/// An event source mapping from a table's stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamSource {
    /// The event's name in the template.
    pub event: String,
    /// The table's real name.
    pub table: String,
    /// Most records in one call.
    pub batch_size: usize,
    /// Whether a failed batch is halved.
    pub bisect: bool,
    /// How often a batch is tried.
    pub attempts: u32,
    /// The queue that hears of records that were given up.
    pub on_failure: Option<String>,
    /// Whether the answer names the record that failed.
    pub reports_failures: bool,
    /// A record is handed over only if it matches one of these; none hand over every record.
    pub filters: Vec<Pattern>,
}

/// A route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// HTTP method, or `ANY`.
    pub method: String,
    /// Path, e.g. `/v1/{proxy+}`, or `$default`.
    pub path: String,
    /// The binary that answers it.
    pub binary: String,
    /// Whether no authorizer stands before it: the function verifies who asks.
    pub open: bool,
}

impl Route {
    /// The path of the route that takes what no other takes.
    pub(super) const DEFAULT: &str = "$default";

    /// Whether it takes what no other takes.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.path == Self::DEFAULT
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Globals {
    #[serde(default = "three")]
    timeout: u64,
    #[serde(default = "small")]
    memory_size: u32,
    #[serde(default)]
    environment: Environment,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Properties {
    timeout: Option<u64>,
    memory_size: Option<u32>,
    #[serde(default)]
    environment: Environment,
    function_url_config: Option<UrlConfig>,
    #[serde(default)]
    events: BTreeMap<String, Event>,
    // A role of its own instead of `Policies`: what SAM adds to those may touch every queue of the account.
    role: String,
    #[serde(rename = "FunctionName")]
    _name: Option<IgnoredAny>,
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "ReservedConcurrentExecutions")]
    _reserved: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UrlConfig {
    auth_type: String,
}

// Lambda's own defaults.
fn three() -> u64 {
    3
}
fn small() -> u32 {
    128
}

impl Globals {
    pub(super) fn read(resolver: &Resolver<'_>) -> Result<Self, TemplateError> {
        let globals = resolver.globals()?;
        // A template without them has Lambda's own defaults.
        typed("Globals", if globals.is_null() { Value::Object(Map::new()) } else { globals })
    }
}

impl Function {
    pub(super) fn read(
        id: &str,
        resolver: &Resolver<'_>,
        globals: &Globals,
    ) -> Result<(Self, Vec<Route>), TemplateError> {
        let binary = resolver.metadata(id)?["BuildProperties"]["Binary"].as_str().map(str::to_owned);
        let binary = binary
            .ok_or_else(|| TemplateError::new(id, "Metadata.BuildProperties.Binary", "it must be given"))?;
        let properties: Properties = typed(id, resolver.properties(id)?)?;
        let variables = globals.environment.variables.clone().into_iter();
        let mut function = Self {
            id: id.to_owned(),
            binary,
            role: properties.role,
            timeout: Duration::from_secs(properties.timeout.unwrap_or(globals.timeout)),
            memory: properties.memory_size.unwrap_or(globals.memory_size),
            variables: variables.chain(properties.environment.variables).collect(),
            sources: Vec::new(),
            streams: Vec::new(),
            schedules: Vec::new(),
            url: match properties.function_url_config.as_ref().map(|config| config.auth_type.as_str()) {
                None => false,
                Some("NONE") => true,
                Some(other) => {
                    let reason = format!("the embedded world does not know {other}");
                    return Err(TemplateError::new(id, "FunctionUrlConfig.AuthType", reason));
                }
            },
        };
        // What CloudFormation would put there stays in the function's configuration, for everybody who sees it.
        if let Some((name, _)) = function.variables.iter().find(|(_, value)| value.contains("{{resolve:")) {
            let reason = "the embedded world does not play dynamic references";
            return Err(TemplateError::new(id, &format!("Environment.Variables.{name}"), reason));
        }
        let mut routes = Vec::new();
        for (name, event) in properties.events {
            routes.extend(function.attach(name, event)?);
        }
        Ok((function, routes))
    }
}

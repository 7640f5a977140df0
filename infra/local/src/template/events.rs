//! What calls a function: queues, streams, schedules, routes.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::functions::{Function, QueueSource, Route, StreamSource};
use super::queues::name_of_arn;
use super::schedules::TemplateSchedule;
use super::{TemplateError, typed};
use crate::events::Pattern;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Event {
    #[serde(rename = "Type")]
    kind: String,
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct QueueEvent {
    #[serde(deserialize_with = "name_of_arn")]
    queue: String,
    #[serde(default = "ten")]
    batch_size: usize,
    #[serde(default, rename = "MaximumBatchingWindowInSeconds")]
    window: u64,
    #[serde(default)]
    function_response_types: Vec<String>,
    scaling_config: Option<ScalingConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScalingConfig {
    maximum_concurrency: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StreamEvent {
    stream: String,
    #[serde(default = "hundred")]
    batch_size: usize,
    #[serde(default)]
    bisect_batch_on_function_error: bool,
    #[serde(default = "ten_times")]
    maximum_retry_attempts: u32,
    destination_config: Option<DestinationConfig>,
    #[serde(default)]
    function_response_types: Vec<String>,
    #[serde(default)]
    filter_criteria: FilterCriteria,
    // The embedded world always begins with the oldest record.
    #[serde(rename = "StartingPosition")]
    _starting_position: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    pattern: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DestinationConfig {
    on_failure: OnFailure,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OnFailure {
    #[serde(rename = "Type")]
    _kind: Option<IgnoredAny>,
    #[serde(deserialize_with = "name_of_arn")]
    destination: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpEvent {
    #[serde(rename = "ApiId")]
    _api: IgnoredAny,
    path: Option<String>,
    method: Option<String>,
    auth: Option<HttpAuth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpAuth {
    authorizer: NoAuthorizer,
}

/// A route has the API's own authorizer, or none.
#[derive(Deserialize)]
enum NoAuthorizer {
    #[serde(rename = "NONE")]
    None,
}

// Lambda's defaults, and the ten attempts that this project gives a stream batch.
fn ten() -> usize {
    10
}
fn ten_times() -> u32 {
    10
}
fn hundred() -> usize {
    100
}

impl Function {
    /// Adds what an event of the template stands for.
    pub(super) fn attach(&mut self, name: String, event: Event) -> Result<Option<Route>, TemplateError> {
        let at = format!("{}, Events.{name}", self.id);
        match event.kind.as_str() {
            "SQS" => {
                let source: QueueEvent = typed(&at, event.properties)?;
                self.sources.push(QueueSource {
                    event: name,
                    queue: source.queue,
                    batch_size: source.batch_size,
                    window: Duration::from_secs(source.window),
                    concurrency: source.scaling_config.map_or(10, |scaling| scaling.maximum_concurrency),
                    reports_failures: reports(&source.function_response_types),
                });
                Ok(None)
            }
            "DynamoDB" => {
                let source: StreamEvent = typed(&at, event.properties)?;
                let table = source.stream.split('/').nth(1).unwrap_or_default().to_owned();
                self.streams.push(StreamSource {
                    event: name,
                    table,
                    batch_size: source.batch_size,
                    bisect: source.bisect_batch_on_function_error,
                    attempts: source.maximum_retry_attempts,
                    on_failure: source.destination_config.map(|config| config.on_failure.destination),
                    reports_failures: reports(&source.function_response_types),
                    filters: source.filter_criteria.read(&at)?,
                });
                Ok(None)
            }
            "ScheduleV2" => {
                self.schedules.push(TemplateSchedule::read(&self.id, name, &at, event.properties)?);
                Ok(None)
            }
            "HttpApi" => {
                let route: HttpEvent = typed(&at, event.properties)?;
                let open = matches!(route.auth, Some(HttpAuth { authorizer: NoAuthorizer::None }));
                // As SAM has it: an event that names neither is the API's default route.
                let (method, path) = match (route.method, route.path) {
                    (Some(method), Some(path)) => (method, path),
                    (None, None) => ("ANY".to_owned(), Route::DEFAULT.to_owned()),
                    _ => return Err(TemplateError::new(&at, "Path", "a path and a method, or neither")),
                };
                Ok(Some(Route { method, path, binary: self.binary.clone(), open }))
            }
            kind => Err(TemplateError::new(&at, "Type", format!("the embedded world does not play {kind}"))),
        }
    }
}

/// The most filters of a mapping, as [Lambda] has it without asking for more, read 2026-11.
///
/// [Lambda]: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
const MOST_FILTERS: usize = 5;

impl FilterCriteria {
    fn read(&self, at: &str) -> Result<Vec<Pattern>, TemplateError> {
        if self.filters.len() > MOST_FILTERS {
            let reason = format!("at most {MOST_FILTERS} filters");
            return Err(TemplateError::new(at, "FilterCriteria.Filters", reason));
        }
        let read = |filter: &Filter| {
            let refused = |reason| TemplateError::new(at, "FilterCriteria.Filters.Pattern", reason);
            Pattern::parse(&filter.pattern).map_err(refused)
        };
        self.filters.iter().map(read).collect()
    }
}

fn reports(types: &[String]) -> bool {
    types.iter().any(|kind| kind == "ReportBatchItemFailures")
}

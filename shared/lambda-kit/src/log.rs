//! Structured logs. They name things; they never carry message text, phone numbers, names or tokens.
//!
//! One JSON object a line. Lambda takes a line's level and time only if it has `level` and an RFC 3339
//! `timestamp`; a line without counts as INFO, whatever it says ([Lambda/Log-level filtering], read 2026-11).
//! The fields of the spans around an event stand beside its own, so that `correlation.id` is a field to ask for.

use std::fmt;
use std::io::Write;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Span, Subscriber, info_span};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::Clock;

/// The runtime's own span has the same ids as ours, under other names.
const DEFAULT: [(&str, Level); 1] = [("lambda_runtime", Level::WARN)];

/// Starts logging to standard output, as CloudWatch reads it. `filter` is a level, or `target=level` for parts of
/// the program, separated by commas.
pub fn init(filter: Option<&str>) {
    let write = |line: &str| {
        // Without a standard output there is nobody to tell.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    };
    // A second call in one process (a test) leaves the first in place.
    let _ = tracing::subscriber::set_global_default(subscriber(filter, Clock::system(), write));
}

/// What [`init`] starts, with lines that go elsewhere.
pub fn subscriber(
    filter: Option<&str>,
    clock: Clock,
    write: impl Fn(&str) + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let filter = filter.and_then(|filter| filter.parse::<Targets>().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(Level::INFO).with_targets(DEFAULT));
    let lines = Lines { clock, write: Box::new(write) };
    tracing_subscriber::registry().with(filter).with(lines)
}

/// The span of one call of a function. `trace` is X-Ray's header, as Lambda hands it over.
#[must_use]
pub fn invocation(request_id: &str, trace: Option<&str>) -> Span {
    let root = trace.and_then(|trace| trace.split(';').find_map(|part| part.trim().strip_prefix("Root=")));
    info_span!("invocation", function.request_id = request_id, xray_trace_id = root)
}

/// The span of work that has a cause; see the README on what is connected to what.
#[must_use]
pub fn correlated(id: Option<&str>) -> Span {
    id.map_or_else(Span::none, |id| info_span!("work", correlation.id = id))
}

struct Lines {
    clock: Clock,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

/// The fields of a span or an event.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), format!("{:.3}", self.clock.now()).into());
        line.insert("level".to_owned(), metadata.level().as_str().into());
        let mut fields = Fields::default();
        event.record(&mut fields);
        add(&mut line, fields.0);
        line.entry("target").or_insert_with(|| metadata.target().into());
        // From the innermost outwards: what is nearest stands.
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<Fields>() {
                add(&mut line, fields.0.clone());
            }
        }
        (self.write)(&Value::Object(line).to_string());
    }
}

/// Adds fields that are not there yet.
fn add(line: &mut Map<String, Value>, fields: Map<String, Value>) {
    for (name, value) in fields {
        line.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing::{error, info, warn};

    use super::*;

    /// What is logged, with this filter.
    fn logged(filter: Option<&str>, log: impl FnOnce()) -> Vec<Value> {
        let (clock, _) = Clock::manual("2026-11-23T09:00:00.123456Z".parse().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&lines);
        let write = move |line: &str| into.lock().unwrap().push(serde_json::from_str(line).unwrap());
        tracing::subscriber::with_default(subscriber(filter, clock, write), log);
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn a_line_has_what_lambda_asks_for_and_the_fields_of_its_spans_beside_its_own() {
        let lines = logged(None, || {
            let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
            let _invocation = invocation("r-1", Some(trace)).entered();
            let _work = correlated(Some("c-1")).entered();
            warn!(item.tries = 2_u32, fatal = false, "An item has to be tried again");
        });
        let expected = json!({
            "timestamp": "2026-11-23T09:00:00.123Z",
            "level": "WARN",
            "message": "An item has to be tried again",
            "item.tries": 2,
            "fatal": false,
            "target": "lambda_kit::log::tests",
            "correlation.id": "c-1",
            "function.request_id": "r-1",
            "xray_trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        });
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn what_is_nearest_to_an_event_stands_and_nothing_takes_the_place_of_level_and_time() {
        let lines = logged(None, || {
            let _outer = correlated(Some("outer")).entered();
            let _inner = correlated(Some("inner")).entered();
            error!(level = "none", timestamp = 0, "A");
            info!(correlation.id = "its own", "B");
        });
        assert_eq!(lines[0]["level"], "ERROR");
        assert_eq!(lines[0]["timestamp"], "2026-11-23T09:00:00.123Z");
        assert_eq!(lines[0]["correlation.id"], "inner");
        assert_eq!(lines[1]["correlation.id"], "its own");
    }

    #[test]
    fn without_a_cause_or_a_trace_there_is_no_such_field() {
        let lines = logged(None, || {
            let _invocation = invocation("r-1", None).entered();
            let _work = correlated(None).entered();
            info!("A");
        });
        assert_eq!(lines[0].get("correlation.id"), None);
        assert_eq!(lines[0].get("xray_trace_id"), None);
        assert_eq!(lines[0]["function.request_id"], "r-1");
    }

    #[test]
    fn a_filter_is_a_level_or_levels_by_target_and_a_bad_one_is_info() {
        let log = || {
            info!("info");
            tracing::debug!(target: "elsewhere", "debug");
        };
        let texts = |filter| -> Vec<_> {
            logged(Some(filter), log).iter().map(|line| line["message"].clone()).collect()
        };
        assert_eq!(texts("warn"), [] as [&str; 0]);
        assert_eq!(texts("warn,elsewhere=debug"), ["debug"]);
        assert_eq!(texts("=?="), ["info"]);
    }
}

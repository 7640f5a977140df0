//! Structured logs. They name things; they never carry message text, phone numbers, names or tokens.

use tracing_subscriber::EnvFilter;

/// Starts logging as JSON lines, as CloudWatch reads them. `filter` is in `RUST_LOG`'s language.
pub fn init(filter: Option<String>) {
    let filter = EnvFilter::new(filter.unwrap_or_else(|| "info".to_owned()));
    // A second call in one process (a test) leaves the first in place.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_current_span(false)
        .without_time()
        .try_init();
}

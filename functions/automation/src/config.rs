//! Configuration, from the environment only.

use lambda_kit::{ConfigError, Vars};
use store::Tables;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The stage of the stack, for metrics.
    pub stage: String,
    /// The tables.
    pub tables: Tables,
    /// Events on their way to endpoints.
    pub deliveries_queue_url: String,
    /// Changes that could not be served in their turn.
    pub changes_queue_url: String,
    /// The event bus.
    pub event_bus: String,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(lookup);
        let config = Self {
            stage: vars.required("STAGE"),
            tables: Tables {
                contacts: vars.required("CONTACTS_TABLE"),
                conversations: vars.required("CONVERSATIONS_TABLE"),
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
                ..Tables::default()
            },
            deliveries_queue_url: vars.required("DELIVERIES_QUEUE_URL"),
            changes_queue_url: vars.required("CHANGES_QUEUE_URL"),
            event_bus: vars.required("EVENT_BUS"),
        };
        vars.finish().map(|()| config)
    }
}

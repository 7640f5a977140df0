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
    /// What is pushed to lists a second later.
    pub pushes_queue_url: String,
    /// Where connections are reached.
    pub connections_url: String,
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
                ..Tables::default()
            },
            pushes_queue_url: vars.required("PUSHES_QUEUE_URL"),
            connections_url: vars.required("CONNECTIONS_URL"),
        };
        vars.finish().map(|()| config)
    }
}

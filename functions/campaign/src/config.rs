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
    /// The queue that it works on.
    pub campaigns_queue_url: String,
    /// The queue that it puts hints on.
    pub chunks_queue_url: String,
    /// Where files with audiences lie.
    pub bucket: String,
    /// The secret that holds the stack's key.
    pub stack_secret_arn: String,
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
                campaigns: vars.required("CAMPAIGNS_TABLE"),
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
                ..Tables::default()
            },
            campaigns_queue_url: vars.required("CAMPAIGNS_QUEUE_URL"),
            chunks_queue_url: vars.required("CHUNKS_QUEUE_URL"),
            bucket: vars.required("BUCKET"),
            stack_secret_arn: vars.required("STACK_SECRET_ARN"),
        };
        vars.finish().map(|()| config)
    }
}

//! Configuration, from the environment only.

use domain::endpoint::Reach;
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
    /// Where it may post to.
    pub reach: Reach,
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
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
                ..Tables::default()
            },
            deliveries_queue_url: vars.required("DELIVERIES_QUEUE_URL"),
            reach: match vars.required("LOOPBACK_ENDPOINTS").as_str() {
                "on" => Reach::PublicAndLoopback,
                // What is not exactly that opens nothing.
                _ => Reach::Public,
            },
        };
        vars.finish().map(|()| config)
    }
}

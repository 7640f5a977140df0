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
            tables: Tables { journal: vars.required("JOURNAL_TABLE"), ..Tables::default() },
        };
        vars.finish().map(|()| config)
    }
}

//! Configuration, from the environment only.

use graph::Tokens;
use lambda_kit::{ConfigError, Vars};
use store::Tables;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The tables.
    pub tables: Tables,
    /// The queue of requests.
    pub send_queue_url: String,
    /// The queue of wake-ups.
    pub later_queue_url: String,
    /// The Graph API.
    pub graph_url: String,
    /// Its access tokens.
    pub tokens: Tokens,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// Names every variable that is missing or cannot be used.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(lookup);
        let tables = Tables {
            contacts: vars.required("CONTACTS_TABLE"),
            conversations: vars.required("CONVERSATIONS_TABLE"),
            directory: vars.required("DIRECTORY_TABLE"),
            journal: vars.required("JOURNAL_TABLE"),
        };
        let send_queue_url = vars.required("SEND_QUEUE_URL");
        let later_queue_url = vars.required("LATER_QUEUE_URL");
        let graph_url = vars.required("GRAPH_URL");
        let tokens = Tokens::parse(&vars.required("META_ACCESS_TOKEN"));
        if let Err(error) = &tokens {
            vars.reject("META_ACCESS_TOKEN", error.to_string());
        }
        vars.finish()?;
        // Without a default token `finish` has said so.
        let tokens = tokens.map_err(|_| ConfigError::default())?;
        Ok(Self { tables, send_queue_url, later_queue_url, graph_url, tokens })
    }
}

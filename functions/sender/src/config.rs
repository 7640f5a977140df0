//! Configuration: from the environment, and from the secret that it names.

use graph::Tokens;
use lambda_kit::{ConfigError, FromSecret, Vars};
use store::Tables;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The stage of the stack, for metrics.
    pub stage: String,
    /// The tables.
    pub tables: Tables,
    /// The queue of requests.
    pub send_queue_url: String,
    /// The queue of wake-ups.
    pub later_queue_url: String,
    /// The queue of hints at chunks of campaigns.
    pub chunks_queue_url: String,
    /// The queue of steps of campaigns.
    pub campaigns_queue_url: String,
    /// The queue of jobs about files.
    pub media_queue_url: String,
    /// The Graph API.
    pub graph_url: String,
    /// The secret that holds [`Access`].
    pub graph_secret_arn: String,
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
                conversations: vars.required("CONVERSATIONS_TABLE"),
                campaigns: vars.required("CAMPAIGNS_TABLE"),
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
            },
            send_queue_url: vars.required("SEND_QUEUE_URL"),
            later_queue_url: vars.required("LATER_QUEUE_URL"),
            chunks_queue_url: vars.required("CHUNKS_QUEUE_URL"),
            campaigns_queue_url: vars.required("CAMPAIGNS_QUEUE_URL"),
            media_queue_url: vars.required("MEDIA_QUEUE_URL"),
            graph_url: vars.required("GRAPH_URL"),
            graph_secret_arn: vars.required("GRAPH_SECRET_ARN"),
            stack_secret_arn: vars.required("STACK_SECRET_ARN"),
        };
        vars.finish().map(|()| config)
    }
}

/// What opens the Graph API.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its access tokens.
    pub tokens: Tokens,
}

impl FromSecret for Access {
    fn from_keys(mut keys: Vars<'_>) -> Result<Self, ConfigError> {
        const KEY: &str = "META_ACCESS_TOKEN";
        match Tokens::parse(&keys.required(KEY)) {
            Ok(tokens) => keys.finish().map(|()| Self { tokens }),
            Err(error) => Err(keys.refuse(KEY, error.to_string())),
        }
    }
}

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
    /// The queue that it works on.
    pub jobs_queue_url: String,
    /// Where large bodies, exports and the list of erasures lie.
    pub bucket: String,
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
            jobs_queue_url: vars.required("JOBS_QUEUE_URL"),
            bucket: vars.required("BUCKET"),
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
    /// The app that they are of, which a picture is uploaded for.
    pub app_id: Option<String>,
}

impl FromSecret for Access {
    fn from_keys(mut keys: Vars<'_>) -> Result<Self, ConfigError> {
        const KEY: &str = "META_ACCESS_TOKEN";
        let app_id = keys.optional("META_APP_ID");
        match Tokens::parse(&keys.required(KEY)) {
            Ok(tokens) => keys.finish().map(|()| Self { tokens, app_id }),
            Err(error) => Err(keys.refuse(KEY, error.to_string())),
        }
    }
}
